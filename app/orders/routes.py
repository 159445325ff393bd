"""Customers, purchase orders and shipments over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
from app.kit.fields import ErpKey, ShortText
from app.kit.pages import After, Limit, Page, cut, encode_cursor, page_of, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import (
    Conditions,
    KeyPath,
    StaleRecord,
    UnknownReference,
    answer,
    show_version,
)
from app.orders import customers, purchase_orders, shipment_reading, shipments
from app.orders.finds import OrderFilter, ShipmentFilter
from app.orders.rules import LineHasShipments, LineOverfilled, SerialRepeated
from app.orders.schemas import CustomerIn, CustomerOut, Email, PurchaseOrderIn, PurchaseOrderOut
from app.orders.shipment_schemas import ShipmentIn, ShipmentOut

router = APIRouter(prefix="/v1", tags=["orders"], route_class=TransactionalRoute)

# An order or a shipment may hold a thousand lines: a page of two hundred would be too much.
WholeLimit = Annotated[int, Query(ge=1, le=50, description="How many items at the most.")]
CustomerKey = Annotated[
    ErpKey | None, Query(description="Only what is for this customer: its key.")
]
Serial = Annotated[
    ShortText | None,
    Query(description="A unit's serial number; case and blanks do not matter."),
]
TrackingNumber = Annotated[
    ShortText | None,
    Query(description="A package's number; case, blanks and dashes do not matter."),
]


@router.put(
    "/customers/{key:path}",
    summary="Tell of a customer",
    response_model=CustomerOut,
    responses={201: {"model": CustomerOut}, **problems(StaleRecord, VersionMismatch)},
    dependencies=[needs(Scope.ORDERS_WRITE)],
)
async def put_customer(
    db: Db,
    key: KeyPath,
    body: CustomerIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a customer or replace the whole of it. The same again changes nothing."""
    result = await customers.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return result.record


@router.get(
    "/customers",
    summary="List customers",
    response_model=Page[CustomerOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def list_customers(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    email: Annotated[Email | None, Query(description="Exactly this address, in any case.")] = None,
) -> object:
    """List customers in the order they were first told."""
    rows = await customers.page(db, after=start_after(after), limit=limit + 1, email=email)
    return page_of(rows, limit)


@router.get(
    "/customers/{key:path}",
    summary="Read a customer",
    response_model=CustomerOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def get_customer(db: Db, key: KeyPath, response: Response) -> object:
    """Read a customer by the ERP's key."""
    customer = await customers.get(db, key)
    show_version(response, customer)
    return customer


@router.put(
    "/purchase-orders/{key:path}",
    summary="Tell of a purchase order",
    response_model=PurchaseOrderOut,
    responses={
        201: {"model": PurchaseOrderOut},
        **problems(StaleRecord, UnknownReference, LineHasShipments, VersionMismatch),
    },
    dependencies=[needs(Scope.ORDERS_WRITE)],
)
async def put_purchase_order(
    db: Db,
    key: KeyPath,
    body: PurchaseOrderIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a purchase order or replace the whole of it. The same again changes nothing.

    A line that is left out is removed; one that was shipped can neither be removed nor shrunk
    below what was shipped. To end an order or a line, set its `cancelled_at`.
    """
    result = await purchase_orders.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return (await purchase_orders.show(db, [result.record]))[0]


@router.get(
    "/purchase-orders",
    summary="List or find purchase orders",
    response_model=Page[PurchaseOrderOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def list_purchase_orders(
    db: Db,
    limit: WholeLimit = 20,
    after: After = None,
    supplier: Annotated[
        ErpKey | None, Query(description="Only what was bought from this vendor: its key.")
    ] = None,
    customer: CustomerKey = None,
    customer_order_number: Annotated[
        ShortText | None, Query(description="The customer's own order with us, exactly.")
    ] = None,
    product: Annotated[ErpKey | None, Query(description="Only with this product: its key.")] = None,
    serial: Serial = None,
    tracking_number: TrackingNumber = None,
) -> object:
    """List purchase orders in the order they were first told.

    All that is asked for must be true of one and the same line.
    """
    rows = await purchase_orders.page(
        db,
        after=start_after(after),
        limit=limit + 1,
        wanted=OrderFilter(
            supplier=supplier,
            customer=customer,
            customer_order_number=customer_order_number,
            product=product,
            serial=serial,
            tracking_number=tracking_number,
        ),
    )
    orders, more = cut(rows, limit)
    return {
        "items": await purchase_orders.show(db, orders),
        "next": encode_cursor(str(orders[-1].id)) if more else None,
    }


@router.get(
    "/purchase-orders/{key:path}",
    summary="Read a purchase order",
    response_model=PurchaseOrderOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def get_purchase_order(db: Db, key: KeyPath, response: Response) -> object:
    """Read a purchase order by the ERP's key, and how much of each line was shipped."""
    order = await purchase_orders.get(db, key)
    show_version(response, order)
    return (await purchase_orders.show(db, [order]))[0]


@router.put(
    "/shipments/{key:path}",
    summary="Tell of a shipment",
    response_model=ShipmentOut,
    responses={
        201: {"model": ShipmentOut},
        **problems(StaleRecord, UnknownReference, LineOverfilled, SerialRepeated, VersionMismatch),
    },
    dependencies=[needs(Scope.ORDERS_WRITE)],
)
async def put_shipment(
    db: Db,
    key: KeyPath,
    body: ShipmentIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a shipment or replace the whole of it. The same again changes nothing.

    All shipments together hold no more of a line than was ordered; cancelled ones do not count.
    A cancelled order or line may still be shipped: vendors do, and that must be told.
    """
    result = await shipments.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return (await shipment_reading.show(db, [result.record]))[0]


@router.get(
    "/shipments",
    summary="List or find shipments",
    response_model=Page[ShipmentOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def list_shipments(
    db: Db,
    limit: WholeLimit = 20,
    after: After = None,
    purchase_order: Annotated[
        ErpKey | None, Query(description="Only what holds something of this order: its key.")
    ] = None,
    tracking_number: TrackingNumber = None,
    serial: Serial = None,
    customer: CustomerKey = None,
) -> object:
    """List shipments in the order they were first told.

    All that is asked for must be true of one and the same package.
    """
    rows = await shipments.page(
        db,
        after=start_after(after),
        limit=limit + 1,
        wanted=ShipmentFilter(
            purchase_order=purchase_order,
            customer=customer,
            serial=serial,
            tracking_number=tracking_number,
        ),
    )
    found, more = cut(rows, limit)
    return {
        "items": await shipment_reading.show(db, found),
        "next": encode_cursor(str(found[-1].id)) if more else None,
    }


@router.get(
    "/shipments/{key:path}",
    summary="Read a shipment",
    response_model=ShipmentOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def get_shipment(db: Db, key: KeyPath, response: Response) -> object:
    """Read a shipment by the ERP's key."""
    shipment = await shipments.get(db, key)
    show_version(response, shipment)
    return (await shipment_reading.show(db, [shipment]))[0]
