"""What happens to units."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class _OfUnit(Event):
    unit_id: UUID
    unit: str

    def subject(self) -> str:
        """Return the unit."""
        return f"units/{self.unit_id}"


class UnitRecorded(_OfUnit):
    """The ERP told us of a unit, or changed what it told."""

    TYPE: ClassVar[str] = "orders.unit_recorded"

    version: int
    serial: str
    product: str
    is_cancelled: bool


class UnitMoved(_OfUnit):
    """A unit became somebody's: its owner, its holder, or whoever bears its risk."""

    TYPE: ClassVar[str] = "orders.unit_moved"

    move_id: UUID
    right: str
    to: str
    since: datetime
    why: str


class UnitReplaced(_OfUnit):
    """Another unit stands in for this one."""

    TYPE: ClassVar[str] = "orders.unit_replaced"

    by_unit_id: UUID
    by_unit: str
    rma: str | None
    replaced_at: datetime


class UnitWentBackToVendor(_OfUnit):
    """A unit went back to the vendor under an authorisation."""

    TYPE: ClassVar[str] = "orders.unit_went_back"

    rma: str
    went_back_at: datetime


class UnitCameBack(_OfUnit):
    """A unit that had gone to the vendor came back, repaired or refused."""

    TYPE: ClassVar[str] = "orders.unit_came_back"

    rma: str
    came_back_at: datetime
