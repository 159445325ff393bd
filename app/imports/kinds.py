"""The kinds of records that can be imported. To add one, give it a name and its room's `Kind`."""

from collections.abc import Mapping
from typing import Any

from app.imports.rules import ImportKind
from app.kit.bulk import Kind
from app.orders import service as orders
from app.price_protection import service as price_protection
from app.products import service as products
from app.vendors import service as vendors

KINDS: Mapping[ImportKind, Kind[Any]] = {
    ImportKind.VENDORS: vendors.VENDORS,
    ImportKind.PRODUCTS: products.PRODUCTS,
    ImportKind.CUSTOMERS: orders.CUSTOMERS,
    ImportKind.PURCHASE_ORDERS: orders.PURCHASE_ORDERS,
    ImportKind.SHIPMENTS: orders.SHIPMENTS,
    ImportKind.VENDOR_DOCUMENTS: orders.VENDOR_DOCUMENTS,
    ImportKind.PRICE_NOTICES: price_protection.PRICE_NOTICES,
}
