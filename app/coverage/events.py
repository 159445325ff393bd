"""What becomes known of a unit's coverage."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class WarrantyLookupRecorded(Event):
    """It was told what a vendor's warranty page says of a unit."""

    TYPE: ClassVar[str] = "coverage.lookup_recorded"

    warranty_lookup_id: UUID
    key: str
    version: int
    unit_id: UUID
    unit: str
    vendor: str
    says: str
    seen_at: datetime

    def subject(self) -> str:
        """Return the unit."""
        return f"units/{self.unit_id}"
