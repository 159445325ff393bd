"""What happens to products."""

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
