"""What happens to vendors."""

from typing import ClassVar
from uuid import UUID

from app.events import Event


class VendorRecorded(Event):
    """The ERP told us of a vendor, or changed what it told."""

    TYPE: ClassVar[str] = "vendors.recorded"

    vendor_id: UUID
    key: str
    version: int

    def subject(self) -> str:
        """Return the vendor."""
        return f"vendors/{self.vendor_id}"
