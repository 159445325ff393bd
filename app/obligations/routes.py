"""Debts over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.deps import Db, IfMatch, TransactionalRoute, problems
from app.files.service import UnknownFile
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.etags import etag
from app.kit.fields import Amount, Currency, Instant, ShortText
from app.kit.pages import After, Limit, Page, cut
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.kit.states import IllegalStep
from app.obligations import changing, opening, reading, seeking
from app.obligations.change_schemas import BreakIn, ReleaseIn, SupersedeIn, TriggerIn, VoidIn
from app.obligations.clocks.rules import NotRunning
from app.obligations.measures import CurrencyMismatch, OtherMeasure
from app.obligations.models import Obligation
from app.obligations.obligation_schemas import ObligationIn, ObligationOut, ObligationStory
from app.obligations.promise_schemas import SaidIn
from app.obligations.refusals import (
    NoPromise,
    NotTheCreditor,
    NotYetDue,
    OwedToOneself,
    UnfitAlternative,
    UnfitSuccessor,
)
from app.obligations.rules import Kind, Party, State
from app.obligations.seeking import ObligationFilter, Place

router = APIRouter(prefix="/v1/obligations", tags=["obligations"], route_class=TransactionalRoute)

READS = [needs(Scope.OBLIGATIONS_READ)]
WRITES = [needs(Scope.OBLIGATIONS_WRITE), IDEMPOTENT]
AGAIN = (StillRunning, IdempotencyKeyReused)
PartyText = Annotated[
    str,
    Query(
        pattern=r"^(us|(vendor|carrier|customer):.{1,200})$",
        description="`us`, `vendor:KEY`, `carrier:SLUG` or `customer:KEY`.",
        examples=["vendor:bigdist"],
    ),
]
OfCase = Annotated[UUID | None, Query(description="Only of this case.")]


def party_text(text: str | None) -> str | None:
    """Return a party of a query as the ledger writes it."""
    return None if text is None else str(Party.parse(text))


async def story(db: AsyncSession, obligation: Obligation, response: Response) -> ObligationStory:
    """Return a debt and all that is known of it, under the tag of its version."""
    response.headers["ETag"] = etag(obligation.version)
    return await reading.tell(db, obligation)


@router.post(
    "",
    status_code=201,
    summary="Record a promise or another debt",
    response_model=ObligationStory,
    responses=problems(
        *(OwedToOneself, UnknownReference, UnknownFile, UnfitAlternative, CurrencyMismatch),
        *(OtherMeasure, *AGAIN),
    ),
    dependencies=WRITES,
)
async def open_obligation(db: Db, body: ObligationIn, response: Response) -> object:
    """Record who owes what to whom, by when and why.

    The words of a promise are kept; those that name its time become `due_at` by the rule that
    `promise/due_rule` names. Without a date it is in the worklist all the same.
    """
    obligation = await opening.open_obligation(db, document=body)
    response.headers["Location"] = f"/v1/obligations/{obligation.id}"
    return await story(db, obligation, response)


@router.get(
    "",
    summary="The worklist of debts",
    response_model=Page[ObligationOut],
    responses=problems(BadCursor),
    dependencies=READS,
)
async def list_obligations(
    db: Db,
    limit: Limit = 50,
    after: After = None,
    state: Annotated[
        list[State] | None,
        Query(
            max_length=len(State),
            description="Without it: what is still owed, or may yet come to be.",
        ),
    ] = None,
    overdue: Annotated[bool | None, Query(description="By the clock, now.")] = None,
    dated: Annotated[bool | None, Query(description="false: no due time is known.")] = None,
    contested: Annotated[bool | None, Query(description="true: a promise taken back.")] = None,
    debtor: PartyText | None = None,
    creditor: PartyText | None = None,
    kind: Annotated[Kind | None, Query(description="Only what is owed of this kind.")] = None,
    case_id: OfCase = None,
    loss_id: Annotated[UUID | None, Query(description="Only what pursues this loss.")] = None,
    due_before: Annotated[Instant | None, Query(description="Only with a due time before.")] = None,
    owner: Annotated[
        ShortText | None, Query(description="Only what this one of us looks after.")
    ] = None,
    at_risk: Annotated[
        bool | None, Query(description="true: not due yet, and at risk not to be kept.")
    ] = None,
    amount_from: Annotated[
        Amount | None, Query(description="Only money, of which at least so much is outstanding.")
    ] = None,
    amount_to: Annotated[
        Amount | None, Query(description="Only money, of which at most so much is outstanding.")
    ] = None,
    currency: Annotated[Currency | None, Query(description="Only money of this currency.")] = None,
    number: Annotated[
        int | None, Query(ge=1, le=2**62, description="The one of this number, in any state.")
    ] = None,
) -> object:
    """List debts by when somebody should look at them: the overdue first.

    What has no due time is listed where a look at it is due: 2 days after a promise of haste,
    7 days after one without a date, 30 days for what waits for its trigger.
    """
    wanted = ObligationFilter(
        states=state or (),
        overdue=overdue,
        dated=dated,
        contested=contested,
        debtor=party_text(debtor),
        creditor=party_text(creditor),
        kind=kind,
        case_id=case_id,
        loss_id=loss_id,
        due_before=due_before,
        owner=owner,
        at_risk=at_risk,
        amount_from=amount_from,
        amount_to=amount_to,
        currency=currency,
        number=number,
    )
    rows = await seeking.page(db, wanted, after=seeking.place_after(after), limit=limit + 1)
    shown, more = cut(rows, limit)
    return {
        "items": await reading.show(db, shown),
        "next": Place.of(shown[-1]).cursor() if more else None,
    }


@router.get(
    "/{obligation_id}",
    summary="Read a debt and all that is known of it",
    response_model=ObligationStory,
    responses=problems(NotFound),
    dependencies=READS,
)
async def get_obligation(db: Db, obligation_id: UUID, response: Response) -> object:
    """Read a debt: its promise and who took it back, what was done, alternatives, history."""
    return await story(db, await reading.get(db, obligation_id), response)


@router.post(
    "/{obligation_id}/retractions",
    status_code=201,
    summary="Record that a promise was taken back",
    response_model=ObligationStory,
    responses=problems(NotFound, NoPromise, UnknownFile, *AGAIN),
    dependencies=WRITES,
)
async def add_retraction(db: Db, obligation_id: UUID, body: SaidIn, response: Response) -> object:
    """Add who took the promise back, when and in what words. It stays owed, and is contested."""
    obligation, _ = await changing.retract(db, obligation_id=obligation_id, document=body)
    response.headers["Location"] = f"/v1/obligations/{obligation_id}"
    return await story(db, obligation, response)


@router.post(
    "/{obligation_id}/trigger",
    summary="Record that what a debt waited for has come",
    response_model=ObligationStory,
    responses=problems(NotFound, VersionMismatch, IllegalStep, *AGAIN),
    dependencies=WRITES,
)
async def trigger_obligation(
    db: Db, obligation_id: UUID, body: TriggerIn, response: Response, if_match: IfMatch = None
) -> object:
    """Make a conditional debt an open one. A promise's own words of time count from here."""
    obligation = await changing.trigger(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    return await story(db, obligation, response)


@router.post(
    "/{obligation_id}/break",
    summary="Mark a debt as not kept",
    response_model=ObligationStory,
    responses=problems(NotFound, VersionMismatch, IllegalStep, NotYetDue, NotRunning, *AGAIN),
    dependencies=WRITES,
)
async def break_obligation(
    db: Db, obligation_id: UUID, body: BreakIn, response: Response, if_match: IfMatch = None
) -> object:
    """Mark an overdue debt, or one without a date, as broken. It is still owed."""
    obligation = await changing.mark_broken(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    return await story(db, obligation, response)


@router.post(
    "/{obligation_id}/release",
    summary="Let the debtor off",
    response_model=ObligationStory,
    responses=problems(NotFound, VersionMismatch, IllegalStep, NotTheCreditor, *AGAIN),
    dependencies=WRITES,
)
async def release_obligation(
    db: Db, obligation_id: UUID, body: ReleaseIn, response: Response, if_match: IfMatch = None
) -> object:
    """Release a debt in the creditor's name. A debtor does not release himself: refused."""
    obligation = await changing.release(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    return await story(db, obligation, response)


@router.post(
    "/{obligation_id}/supersede",
    summary="Let another debt take its place",
    response_model=ObligationStory,
    responses=problems(
        *(NotFound, VersionMismatch, IllegalStep, UnknownReference, UnfitSuccessor, *AGAIN)
    ),
    dependencies=WRITES,
)
async def supersede_obligation(
    db: Db, obligation_id: UUID, body: SupersedeIn, response: Response, if_match: IfMatch = None
) -> object:
    """Put another obligation to the same creditor in its place: Monday became Wednesday."""
    obligation = await changing.supersede(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    return await story(db, obligation, response)


@router.post(
    "/{obligation_id}/void",
    summary="Say that it was never owed",
    response_model=ObligationStory,
    responses=problems(NotFound, VersionMismatch, IllegalStep, *AGAIN),
    dependencies=WRITES,
)
async def void_obligation(
    db: Db, obligation_id: UUID, body: VoidIn, response: Response, if_match: IfMatch = None
) -> object:
    """Take out what was recorded in error. It stays on record, as void."""
    obligation = await changing.void(
        db, obligation_id=obligation_id, document=body, if_match=if_match
    )
    return await story(db, obligation, response)
