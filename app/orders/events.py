"""What happens to customers, purchase orders, shipments and vendor documents."""

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


class PurchaseOrdersImported(Event):
    """A batch of purchase orders came in bulk, in place of an event for each."""

    TYPE: ClassVar[str] = "orders.purchase_orders_imported"

    batch_id: UUID
    purchase_order_ids: list[UUID]

    def subject(self) -> str:
        """Return the batch."""
        return f"purchase-order-batches/{self.batch_id}"


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


class ShipmentsImported(Event):
    """A batch of shipments came in bulk, in place of an `orders.shipment_recorded` for each."""

    TYPE: ClassVar[str] = "orders.shipments_imported"

    batch_id: UUID
    shipment_ids: list[UUID]

    def subject(self) -> str:
        """Return the batch."""
        return f"shipment-batches/{self.batch_id}"


class VendorDocumentRecorded(Event):
    """The ERP told us of a vendor's document, or changed what it told."""

    TYPE: ClassVar[str] = "orders.vendor_document_recorded"

    document_id: UUID
    key: str
    version: int
    kind: str
    vendor: str
    is_cancelled: bool

    def subject(self) -> str:
        """Return the document."""
        return f"vendor-documents/{self.document_id}"


class VendorDocumentsImported(Event):
    """A batch of documents came in bulk, in place of an event for each."""

    TYPE: ClassVar[str] = "orders.vendor_documents_imported"

    batch_id: UUID
    document_ids: list[UUID]

    def subject(self) -> str:
        """Return the batch."""
        return f"vendor-document-batches/{self.batch_id}"
