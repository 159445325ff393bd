"""Calendars over HTTP."""

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, IfNoneMatch, TransactionalRoute, problems
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
from app.vendors import calendars
from app.vendors.calendar_schemas import CalendarIn, CalendarOut
from app.vendors.rules import NeverOpen, PartyHasCalendar

router = APIRouter(prefix="/v1/calendars", tags=["vendors"], route_class=TransactionalRoute)


@router.put(
    "/{key:path}",
    summary="Tell when somebody works",
    response_model=CalendarOut,
    responses={
        201: {"model": CalendarOut},
        **problems(StaleRecord, UnknownReference, NeverOpen, PartyHasCalendar, VersionMismatch),
    },
    dependencies=[needs(Scope.VENDORS_WRITE)],
)
async def put_calendar(
    db: Db,
    key: KeyPath,
    body: CalendarIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> object:
    """Create a calendar or replace the whole of it, and say whose it is.

    The business days and hours of these parties are counted by it from now on.
    """
    result = await calendars.record(
        db, key=key, document=body, conditions=Conditions(if_match, if_none_match)
    )
    answer(response, result)
    return (await calendars.show(db, [result.record]))[0]


@router.get(
    "",
    summary="List calendars",
    response_model=Page[CalendarOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def list_calendars(
    db: Db,
    limit: Limit = 50,
    after: After = None,
) -> object:
    """List calendars in the order they were first told."""
    rows = await calendars.page(db, after=start_after(after), limit=limit + 1)
    kept, more = cut(rows, limit)
    return {
        "items": await calendars.show(db, kept),
        "next": encode_cursor(str(kept[-1].id)) if more else None,
    }


@router.get(
    "/{key:path}",
    summary="Read a calendar",
    response_model=CalendarOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def get_calendar(db: Db, key: KeyPath, response: Response) -> object:
    """Read a calendar, and whose it is."""
    row = await calendars.get(db, key)
    show_version(response, row)
    return (await calendars.show(db, [row]))[0]
