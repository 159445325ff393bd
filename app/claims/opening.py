"""A claim is drafted: what it names is found, at which door, and that nobody claims it already."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.cases.rules import CaseIsClosed
from app.cases.rules import State as CaseState
from app.claims import doors, filing, naming, order_finds
from app.claims.events import ClaimOpened
from app.claims.keeping import named
from app.claims.models import Claim, ClaimLine
from app.claims.naming import NamedLine
from app.claims.rules.axes import Authorization, ReturnLeg, SettlementState
from app.claims.rules.lines import is_beyond_counting
from app.claims.rules.refusals import ContradictsClaim
from app.claims.schemas import ClaimIn, ClaimLineIn
from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.kit.problems import NotFound
from app.kit.records import UnknownReference
from app.obligations import service as ledger

_FIRST = date(1900, 1, 1)
_DAY = timedelta(days=1)


async def open_claim(session: AsyncSession, document: ClaimIn) -> Claim:
    """Draft a claim on a case. It is owed nothing before it is submitted.

    Of two for the same unit at once exactly one is taken. Raises UnknownReference, UnknownFile,
    CaseIsClosed, RoleNotPlayed, SerialOfAnother, ContradictsClaim, UnitClaimedTwice,
    UnitWentBack, ImpossibleMoment.
    """
    moment = now(session)
    case = await _lock_case(session, document.case_id)
    lines = await naming.find(session, document.lines, customer_id=case.customer_id)
    _require_found_since(document, lines, moment)
    _require_countable(document, lines)
    vendor_id, role = await doors.find(session, document.door, lines)
    claim = Claim(
        id=new_id(),
        version=1,
        case_id=case.id,
        kind=document.kind.value,
        vendor_id=vendor_id,
        role=role.value,
        product_line=await _product_line(session, document, lines),
        asks_for=document.asks_for.value,
        symptom=document.symptom,
        tried=document.tried,
        found_at=document.found_at or case.reported_at,
        is_box_opened=document.is_box_opened,
        our_reference=document.our_reference,
        authorization=Authorization.DRAFT.value,
        return_leg=ReturnLeg.NOT_REQUIRED.value,
        settlement=SettlementState.UNSETTLED.value,
        is_live=True,
        created_at=moment,
        updated_at=moment,
    )
    session.add(claim)
    await session.flush()
    rows = await _lines(session, claim, document, lines)
    await doors.require_free(session, claim, rows)
    await filing.add(session, claim, document.files)
    await cases.start_recovery(session, case.id)
    await cases.follow(session, case.id, [f"claims/{claim.id}"])
    opened = ClaimOpened(
        **named(claim),
        kind=claim.kind,
        vendor_id=claim.vendor_id,
        serials=[row.serial for row in rows if row.serial is not None],
    )
    await publish(session, opened)
    return claim


def _require_found_since(document: ClaimIn, lines: Sequence[NamedLine], moment: datetime) -> None:
    """Refuse what failed before it was ordered. Raises ImpossibleMoment."""
    ordered = [line.order.ordered_on for line in lines if line.order and line.order.ordered_on]
    # It may have been the day before where it failed.
    since = datetime.combine(max(min(ordered), _FIRST), time.min, UTC) - _DAY if ordered else None
    require_possible(
        {"/found_at": document.found_at}, now=moment, since=since, since_what="it was ordered"
    )


def _require_countable(document: ClaimIn, lines: Sequence[NamedLine]) -> None:
    """Refuse lines that are worth more than the ledger can write down. Raises ContradictsClaim."""
    errors: list[dict[str, Any]] = []
    for index, (told, line) in enumerate(zip(document.lines, lines, strict=True)):
        worth = _worth(told, line)
        if worth is not None and is_beyond_counting(told.quantity * worth[0]):
            detail = f"{told.quantity} of it are worth more than can be counted"
            errors.append({"pointer": f"/lines/{index}/unit_value", "detail": detail})
    if errors:
        raise ContradictsClaim("Nothing is worth as much.", errors=errors)


def _worth(told: ClaimLineIn, line: NamedLine) -> tuple[Decimal, str] | None:
    """Return what one is worth: as told, else what was paid for it."""
    if told.unit_value is not None:
        return told.unit_value.amount, told.unit_value.currency
    order = line.order
    return (order.unit_price, order.currency) if order and order.unit_price > 0 else None


async def _product_line(
    session: AsyncSession, document: ClaimIn, lines: Sequence[NamedLine]
) -> str | None:
    """Return whose terms count: as told, else those of the one line of what is claimed."""
    if document.door is not None and document.door.product_line is not None:
        return document.door.product_line
    return await order_finds.product_line(session, {line.product for line in lines})


async def _lock_case(session: AsyncSession, case_id: UUID) -> Any:
    try:
        case = await cases.take(session, case_id)
    except NotFound as problem:
        errors = [{"pointer": "/case_id", "detail": problem.detail}]
        raise UnknownReference(problem.detail, errors=errors) from problem
    if case.state == CaseState.CLOSED.value:
        errors = [{"pointer": "/case_id", "detail": "the case is closed"}]
        raise CaseIsClosed("Reopen the case first.", errors=errors)
    return case


async def _lines(
    session: AsyncSession, claim: Claim, document: ClaimIn, found: Sequence[NamedLine]
) -> list[ClaimLine]:
    await _require_losses(session, claim, document)
    rows: list[ClaimLine] = []
    for index, (told, line) in enumerate(zip(document.lines, found, strict=True)):
        worth = _worth(told, line)
        rows.append(
            ClaimLine(
                id=new_id(),
                claim_id=claim.id,
                position=index + 1,
                purchase_line_id=line.order.line_id if line.order else None,
                product_key=line.product,
                unit_id=line.unit_id,
                serial=line.serial,
                serial_lookup=line.serial_lookup,
                quantity=told.quantity,
                unit_value_amount=worth[0] if worth else None,
                unit_value_currency=worth[1] if worth else None,
                settled_quantity=0,
                loss_id=told.loss_id,
            )
        )
    session.add_all(rows)
    await session.flush()
    return rows


async def _require_losses(session: AsyncSession, claim: Claim, document: ClaimIn) -> None:
    """Refuse losses that are not of this case. Raises ContradictsClaim."""
    wanted = {line.loss_id for line in document.lines if line.loss_id is not None}
    found: set[UUID] = set()
    # As many as a person names by hand: mostly none.
    for loss_id in sorted(wanted):
        try:
            loss = await ledger.get_loss(session, loss_id)
        except NotFound:
            continue
        if loss.case_id == claim.case_id:
            found.add(loss_id)
    errors = [
        {"pointer": f"/lines/{index}/loss_id", "detail": "this case has no such loss"}
        for index, line in enumerate(document.lines)
        if line.loss_id is not None and line.loss_id not in found
    ]
    if errors:
        raise ContradictsClaim("Several claims pursue one loss of one case.", errors=errors)
