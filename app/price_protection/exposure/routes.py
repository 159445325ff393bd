"""What a notice reaches, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.kit.pages import After, Limit, Page, cut
from app.kit.problems import BadCursor, NotFound
from app.price_protection import keeping
from app.price_protection.exposure import reading
from app.price_protection.exposure.reading import ExposureFilter
from app.price_protection.exposure.rules import Eligibility, Reason
from app.price_protection.exposure.schemas import ExplainedOut, ExposedOut
from app.price_protection.places import cursor_of, place_of
from app.price_protection.rules import NotInNotice

router = APIRouter(
    prefix="/v1/price-protection/notices/{notice_id}",
    tags=["price_protection"],
    route_class=TransactionalRoute,
)


@router.get(
    "/exposure",
    summary="List what a notice reaches",
    response_model=Page[ExposedOut],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.PRICE_PROTECTION_READ)],
)
async def list_exposure(
    db: Db,
    notice_id: UUID,
    limit: Limit = 50,
    after: After = None,
    eligibility: Annotated[
        Eligibility | None, Query(description="Whether they earn something.")
    ] = None,
    reason: Annotated[Reason | None, Query(description="Why they do, or do not.")] = None,
) -> object:
    """List the units that a notice reaches, and those left out, as they were computed last.

    Left out is what was bought in the window or within 30 days before it and earns nothing.
    """
    notice, start = await keeping.get(db, notice_id), place_of(after)
    wanted = ExposureFilter(eligibility, reason)
    rows = await reading.page(db, notice.id, wanted, after=start, limit=limit + 1)
    items, more = cut(rows, limit)
    last = items[-1] if items else None
    return {
        "items": await reading.show(db, items),
        "next": cursor_of(last.purchase_line_id, last.first_unit) if more and last else None,
    }


@router.get(
    "/explain",
    summary="Explain a notice for an order line",
    response_model=ExplainedOut,
    responses=problems(NotFound, NotInNotice),
    dependencies=[needs(Scope.PRICE_PROTECTION_READ)],
)
async def explain_line(
    db: Db,
    notice_id: UUID,
    line: Annotated[
        UUID,
        Query(description="A line's `purchase_line_id`, as GET /v1/purchase-orders shows it."),
    ],
) -> object:
    """Explain what a notice is to each unit of any order line, listed or not, computed now."""
    return await reading.explain(db, await keeping.get(db, notice_id), line)
