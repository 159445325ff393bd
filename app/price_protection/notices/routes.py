"""Notices of lower prices over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.etags import etag
from app.kit.fields import ErpKey
from app.kit.pages import After, Limit, Page, cut, encode_cursor, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.price_protection import keeping
from app.price_protection.models import PriceNotice
from app.price_protection.notices import reading, translating, withdrawing, writing
from app.price_protection.notices.reading import NoticeFilter
from app.price_protection.notices.schemas import (
    DecisionIn,
    NoticeCorrectionIn,
    NoticeIn,
    NoticeOut,
    NoticeWhole,
)
from app.price_protection.notices.x12 import X12In
from app.price_protection.rules import (
    NoticeIsWithdrawn,
    NoticeKnown,
    NoticeWasCredited,
    Origin,
    State,
    read_number,
)
from app.vendors import service as vendors

router = APIRouter(
    prefix="/v1/price-protection/notices",
    tags=["price_protection"],
    route_class=TransactionalRoute,
)

Number = Annotated[
    str | None,
    Query(
        max_length=24,
        pattern=r"^ *([Pp][Nn][ -]*)?[0-9]{1,18} *$",
        description="As it was said over the phone: `PN-1042`, `pn 1042` or `1042`.",
        examples=["PN-1042"],
    ),
]


async def _shown(db: AsyncSession, response: Response, notice: PriceNotice) -> object:
    response.headers["ETag"] = etag(notice.version)
    return await reading.show_whole(db, notice)


@router.post(
    "",
    status_code=201,
    summary="Tell of a lower price",
    response_model=NoticeWhole,
    responses=problems(UnknownReference, NoticeKnown, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.PRICE_PROTECTION_WRITE), IDEMPOTENT],
)
async def open_notice(db: Db, body: NoticeIn, response: Response) -> object:
    """Tell that a vendor's prices fall on a day, or that somebody heard so.

    A worker computes which units it reaches, by the terms of those they were bought from. What is
    only heard of stays unconfirmed, and the vendor owes us an answer.
    """
    notice = await writing.open_notice(db, body)
    response.headers["Location"] = f"/v1/price-protection/notices/{notice.id}"
    return await _shown(db, response, notice)


@router.post(
    "/x12-845",
    status_code=201,
    summary="Tell of a lower price as X12 845",
    response_model=NoticeWhole,
    responses=problems(UnknownReference, NoticeKnown, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.PRICE_PROTECTION_WRITE), IDEMPOTENT],
)
async def open_notice_by_authorization(db: Db, body: X12In, response: Response) -> object:
    """Tell of a vendor's price authorisation: an X12 845, its segments as JSON.

    Products are found by our key or by any of their part numbers.
    """
    notice = await translating.open_x12(db, body)
    response.headers["Location"] = f"/v1/price-protection/notices/{notice.id}"
    return await _shown(db, response, notice)


@router.get(
    "",
    summary="List or find notices",
    response_model=Page[NoticeOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.PRICE_PROTECTION_READ)],
)
async def list_notices(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    vendor: Annotated[ErpKey | None, Query(description="The vendor's key.")] = None,
    state: Annotated[State | None, Query(description="Whether it holds.")] = None,
    origin: Annotated[Origin | None, Query(description="How we know of it.")] = None,
    number: Number = None,
) -> object:
    """List notices in the order they were told. All that is asked for holds."""
    start, vendor_id = start_after(after), None
    if vendor is not None:
        try:
            vendor_id = (await vendors.resolve(db, {"vendor": vendor}))[vendor]
        except UnknownReference:
            return Page[NoticeOut](items=[], next=None)
    wanted = NoticeFilter(
        vendor_id=vendor_id,
        state=state,
        origin=origin,
        number=read_number(number) if number is not None else None,
    )
    rows = await reading.page(db, wanted, after=start, limit=limit + 1)
    items, more = cut(rows, limit)
    return {
        "items": await reading.show(db, items),
        "next": encode_cursor(str(items[-1].id)) if more else None,
    }


@router.get(
    "/{notice_id}",
    summary="Read a notice",
    response_model=NoticeWhole,
    responses=problems(NotFound),
    dependencies=[needs(Scope.PRICE_PROTECTION_READ)],
)
async def get_notice(db: Db, notice_id: UUID, response: Response) -> object:
    """Read a notice, by whose terms it was computed, and what it comes to."""
    return await _shown(db, response, await keeping.get(db, notice_id))


@router.put(
    "/{notice_id}",
    summary="Correct a notice",
    response_model=NoticeWhole,
    responses=problems(NotFound, VersionMismatch, NoticeIsWithdrawn, UnknownReference, NoticeKnown),
    dependencies=[needs(Scope.PRICE_PROTECTION_WRITE)],
)
async def put_notice(
    db: Db, notice_id: UUID, body: NoticeCorrectionIn, response: Response, if_match: IfMatch = None
) -> object:
    """Replace what a notice says; its exposure is computed anew. The same again changes nothing.

    Of two who correct the same version at once exactly one does.
    """
    return await _shown(db, response, await writing.correct(db, notice_id, body, if_match))


@router.post(
    "/{notice_id}/confirm",
    summary="Confirm a notice",
    response_model=NoticeWhole,
    responses=problems(NotFound, VersionMismatch, IllegalStep, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.PRICE_PROTECTION_WRITE), IDEMPOTENT],
)
async def confirm_notice(
    db: Db, notice_id: UUID, body: DecisionIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say that what was heard of, or seen, is so. It protects units from then on."""
    return await _shown(db, response, await writing.confirm(db, notice_id, body, if_match))


@router.post(
    "/{notice_id}/withdraw",
    summary="Withdraw a notice",
    response_model=NoticeWhole,
    responses=problems(
        NotFound,
        VersionMismatch,
        IllegalStep,
        NoticeWasCredited,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.PRICE_PROTECTION_WRITE), IDEMPOTENT],
)
async def withdraw_notice(
    db: Db, notice_id: UUID, body: DecisionIn, response: Response, if_match: IfMatch = None
) -> object:
    """Say that the price did not fall: the notice reaches nothing any more, and stays on record.

    One by which a credit came stays, for what was credited is not to be claimed again.
    """
    return await _shown(db, response, await withdrawing.withdraw(db, notice_id, body, if_match))


@router.post(
    "/{notice_id}/recompute",
    status_code=202,
    summary="Compute a notice again",
    response_model=NoticeWhole,
    responses=problems(NotFound, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.PRICE_PROTECTION_WRITE), IDEMPOTENT],
)
async def recompute_notice(db: Db, notice_id: UUID, response: Response) -> object:
    """Have a worker compute the exposure by what is known then: orders that were told later.

    A correction, other terms or another calendar do the same by themselves.
    """
    return await _shown(db, response, await writing.recompute(db, notice_id))
