"""What happens to notices of lower prices, and to what they reach."""

from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from app.events import Event


class NoticeEvent(Event):
    """Something that happened to a notice."""

    notice_id: UUID
    number: str
    version: int
    vendor: str
    state: str

    def subject(self) -> str:
        """Return the notice."""
        return f"price-notices/{self.notice_id}"


class NoticeOpened(NoticeEvent):
    """A price fell, or is said to have fallen."""

    TYPE: ClassVar[str] = "price_protection.notice_opened"

    origin: str
    effective_on: date
    currency: str
    lines: list[dict[str, Any]]
    answer_id: UUID | None


class NoticeCorrected(NoticeEvent):
    """A notice says something else now."""

    TYPE: ClassVar[str] = "price_protection.notice_corrected"

    effective_on: date
    currency: str
    lines: list[dict[str, Any]]


class NoticeConfirmed(NoticeEvent):
    """What was heard of or seen is so."""

    TYPE: ClassVar[str] = "price_protection.notice_confirmed"

    by_name: str
    note: str | None
    vendor_said: dict[str, Any] | None


class NoticeWithdrawn(NoticeEvent):
    """The price did not fall: the notice reaches nothing any more."""

    TYPE: ClassVar[str] = "price_protection.notice_withdrawn"

    by_name: str
    note: str | None
    vendor_said: dict[str, Any] | None


class ExposureComputed(NoticeEvent):
    """What a notice reaches was computed, and is not what it was before."""

    TYPE: ClassVar[str] = "price_protection.exposure_computed"

    currency: str
    totals: list[dict[str, Any]]
