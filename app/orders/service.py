"""What rooms above ask of orders."""

from app.orders.customers import get as get_customer
from app.orders.purchase_orders import get as get_purchase_order
from app.orders.shipments import find_packages
from app.orders.shipments import get as get_shipment

__all__ = ["find_packages", "get_customer", "get_purchase_order", "get_shipment"]
