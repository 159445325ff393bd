"""What rooms above ask of orders."""

from app.orders.customer_bulk import CUSTOMERS
from app.orders.customers import get as get_customer
from app.orders.document_bulk import VENDOR_DOCUMENTS
from app.orders.order_bulk import PURCHASE_ORDERS
from app.orders.purchase_orders import get as get_purchase_order
from app.orders.shipment_bulk import SHIPMENTS
from app.orders.shipments import find_packages
from app.orders.shipments import get as get_shipment

__all__ = [
    "CUSTOMERS",
    "PURCHASE_ORDERS",
    "SHIPMENTS",
    "VENDOR_DOCUMENTS",
    "find_packages",
    "get_customer",
    "get_purchase_order",
    "get_shipment",
]
