"""What happens to customers, purchase orders and shipments."""

from typing import ClassVar
from uuid import UUID

from app.events import Event


class CustomerRecorded(Event):
    """The ERP told us of a customer, or changed what it told."""

    TYPE: ClassVar[str] = "orders.customer_recorded"

    customer_id: UUID
    key: str
    version: int

    def subject(self) -> str:
        """Return the customer."""
        return f"customers/{self.customer_id}"


class PurchaseOrderRecorded(Event):
    """The ERP told us of a purchase order, or changed what it told."""

    TYPE: ClassVar[str] = "orders.purchase_order_recorded"

    purchase_order_id: UUID
    key: str
    version: int
    is_cancelled: bool

    def subject(self) -> str:
        """Return the purchase order."""
        return f"purchase-orders/{self.purchase_order_id}"


class ShipmentRecorded(Event):
    """The ERP told us of a shipment, or changed what it told."""

    TYPE: ClassVar[str] = "orders.shipment_recorded"

    shipment_id: UUID
    key: str
    version: int
    is_cancelled: bool

    def subject(self) -> str:
        """Return the shipment."""
        return f"shipments/{self.shipment_id}"
