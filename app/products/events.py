"""What happens to products."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class ProductRecorded(Event):
    """The ERP told us of a product, or changed what it told."""

    TYPE: ClassVar[str] = "products.recorded"

    product_id: UUID
    key: str
    version: int

    def subject(self) -> str:
        """Return the product."""
        return f"products/{self.product_id}"


class PricesRecorded(Event):
    """A look at a vendor's prices was taken in: one event, however many prices it told."""

    TYPE: ClassVar[str] = "products.prices_recorded"

    poll_id: UUID
    vendor: str
    seen_at: datetime
    opened: int
    changed: int
    seen_again: int
    known: int
    refused: int

    def subject(self) -> str:
        """Return the poll."""
        return f"price-polls/{self.poll_id}"
