"""Units over HTTP: what they are, and whose they are."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.fields import ErpKey, ShortText
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import (
    Conditions,
    KeyPath,
    StaleRecord,
    UnknownReference,
    answer,
    show_version,
)
from app.orders.units import custody, reading, records
from app.orders.units.finds import UnitFilter
from app.orders.units.rules import (
    CannotCorrect,
    CannotReplace,
    ImpossibleMove,
    SerialTaken,
    UnitCancelled,
    UnitStandsFast,
    UnitWentBack,
    require_order,
)
from app.orders.units.schemas import UnitIn, UnitMoveIn, UnitMoveOut, UnitOut

router = APIRouter(prefix="/v1/units", tags=["orders"], route_class=TransactionalRoute)
moves = APIRouter(prefix="/v1/unit-moves", tags=["orders"], route_class=TransactionalRoute)

Serial = Annotated[
    ShortText | None,
    Query(description="However people write it: case, blanks, dashes, `S/N:` do not matter."),
]


@router.put(
    "/{key:path}",
    summary="Tell of a unit",
    response_model=UnitOut,
    responses={
        201: {"model": UnitOut},
        **problems(
            StaleRecord,
            UnknownReference,
            SerialTaken,
            UnitWentBack,
            UnitStandsFast,
            CannotReplace,
            ImpossibleMove,
            UnitCancelled,
            VersionMismatch,
        ),
    },
    dependencies=[needs(Scope.ORDERS_WRITE)],
)
async def put_unit(
    db: Db,
    key: KeyPath,
    body: UnitIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a unit or replace the whole of it. The same again changes nothing.

    Whose it is, and that it went back, is added to what is on record: word of an earlier move
    does not undo a later one, and leaving it out takes nothing back. What has no serial number is
    no unit; it is counted by its line.
    """
    result = await records.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return (await reading.show(db, [result.record]))[0]


@router.get(
    "",
    summary="List or find units",
    response_model=Page[UnitOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def list_units(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    serial: Serial = None,
    product: Annotated[ErpKey | None, Query(description="Only of this product: its key.")] = None,
    customer: Annotated[
        ErpKey | None, Query(description="Only what this customer bought: its key.")
    ] = None,
    purchase_order: Annotated[
        ErpKey | None, Query(description="Only what was bought on this order: its key.")
    ] = None,
    line: Annotated[
        ErpKey | None, Query(description="Only of this line of `purchase_order`: its key.")
    ] = None,
    rma: Annotated[
        ShortText | None,
        Query(description="Only what went back under this; case, blanks, dashes do not matter."),
    ] = None,
) -> object:
    """List units in the order they were first told."""
    require_order(purchase_order, line)
    rows = await records.page(
        db,
        after=start_after(after),
        limit=limit + 1,
        wanted=UnitFilter(
            serial=serial,
            product=product,
            customer=customer,
            purchase_order=purchase_order,
            line=line,
            rma=rma,
        ),
    )
    units, more = cut(rows, limit)
    return {
        "items": await reading.show(db, units),
        "next": encode_cursor(str(units[-1].id)) if more else None,
    }


@router.get(
    "/{key:path}",
    summary="Read a unit",
    response_model=UnitOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def get_unit(db: Db, key: KeyPath, response: Response) -> object:
    """Read a unit by the ERP's key: whose it is, what stands in for what, whether it went back."""
    unit = await records.get(db, key)
    show_version(response, unit)
    return (await reading.show(db, [unit]))[0]


@moves.post(
    "",
    status_code=201,
    summary="Tell whose a unit became",
    response_model=UnitMoveOut,
    responses=problems(
        UnknownReference,
        ImpossibleMove,
        UnitCancelled,
        CannotCorrect,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.ORDERS_WRITE), IDEMPOTENT],
)
async def add_unit_move(db: Db, body: UnitMoveIn) -> object:
    """Tell who owns a unit, holds it or bears its risk, since when and why.

    Nothing is overwritten: of what stands the latest counts, and a mistake is put right by a
    move that `corrects` it. The same move again is the one that is on record.
    """
    unit = await records.named(db, body.unit, pointer="/unit")
    row = await custody.move(
        db,
        unit,
        right=body.right,
        to=body.hand(),
        since=body.since,
        why=body.why,
        corrects=body.corrects,
    )
    return (await reading.show_moves(db, unit, [row]))[0]


@moves.get(
    "",
    summary="List the moves of a unit",
    response_model=Page[UnitMoveOut],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.ORDERS_READ)],
)
async def list_unit_moves(
    db: Db,
    unit: Annotated[ErpKey, Query(description="Whose moves: the unit's key.")],
    limit: Limit = 50,
    after: After = None,
) -> object:
    """List whose a unit was, in the order it was told; nothing of it is ever changed."""
    found = await records.get(db, unit)
    rows = await custody.page(db, found, after=start_after(after), limit=limit + 1)
    told, more = cut(rows, limit)
    return {
        "items": await reading.show_moves(db, found, told),
        "next": encode_cursor(str(told[-1].id)) if more else None,
    }
