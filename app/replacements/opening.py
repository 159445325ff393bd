"""A replacement is asked for: under a claim, once for each of its units, with what it needs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.claims import service as claims
from app.claims.rules import spoken_number as claim_number
from app.claims.rules.axes import ENDS, Authorization, ReturnLeg
from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.kit.problems import NotFound
from app.kit.records import UnknownReference
from app.orders import views
from app.orders.units.rules import spoken_serials
from app.replacements import entitling, keeping, rules
from app.replacements.entitling import AtDoor
from app.replacements.events import ReplacementRequested
from app.replacements.hearing import Saying, hear
from app.replacements.models import Replacement
from app.replacements.moving import settle_states
from app.replacements.rules import FAILED
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.refusals import (
    ClaimNotPursued,
    NothingWentWrong,
    ReplacementRunning,
    SecurityMissing,
)
from app.replacements.rules.securing import missing
from app.replacements.rules.states import Outbound, ReturnCharge, SwapState
from app.replacements.schemas import ReplacementIn
from app.replacements.standing import stand
from app.vendors.terms import AdvanceReplacement

_ENDED = frozenset(each.value for each in ENDS)


@dataclass(frozen=True, slots=True)
class _Unit:
    """What goes back: as the claim names it, or the replacement that failed."""

    product: str
    serial: str | None
    unit_id: Any


async def request(session: AsyncSession, document: ReplacementIn) -> Replacement:
    """Ask for a replacement. Of two for the same unit at once exactly one is taken.

    Raises UnknownReference, ClaimNotPursued, ReplacementRunning, NothingWentWrong, NotEntitled,
    SecurityMissing, ImpossibleMoment.
    """
    moment = now(session)
    claim = await _take_claim(session, document)
    require_possible(
        {"/at": document.at},
        now=moment,
        since=claim.submitted_at,
        since_what="the claim was submitted",
    )
    line = await _line(session, claim, document)
    before = await _before(session, line, document)
    back = _goes_back(line, before)
    row = Replacement(
        id=new_id(),
        version=1,
        claim_id=claim.id,
        line_id=line.id,
        line_position=line.position,
        follows_id=before.id if before else None,
        case_id=claim.case_id,
        vendor_id=claim.vendor_id,
        role=claim.role,
        product_line=claim.product_line,
        terms_on=await _terms_on(session, claim, line),
        wanted_key=line.product_key,
        ship_to=document.ship_to.value,
        security=document.security.model_dump(mode="json"),
        our_reference=document.our_reference,
        back_key=back.product,
        back_serial=back.serial,
        back_lookup=next(iter(spoken_serials(back.serial or "")), None),
        back_unit_id=back.unit_id,
        outbound=Outbound.REQUESTED.value,
        return_leg=ReturnLeg.NOT_REQUIRED.value,
        charge=ReturnCharge.NONE.value,
        state=SwapState.REQUESTED.value,
        is_open=True,
        holds_line=True,
        reminded={},
        requested_at=document.at or moment,
        created_at=moment,
        updated_at=moment,
    )
    session.add(row)
    await session.flush()
    standing = await stand(session, row)
    told = await entitling.at_door(session, standing, is_owed=before is not None)
    entitling.require(told)
    _require_security(standing.offered, document)
    await _opened(session, row, line, document, told)
    return row


async def _opened(
    session: AsyncSession,
    row: Replacement,
    line: Any,
    document: ReplacementIn,
    told: AtDoor,
) -> None:
    saying = Saying(
        SwapFact.REQUESTED,
        row.requested_at,
        is_ours=True,
        by_name=document.by_name,
        channel=document.channel,
        words=document.words,
        told={"entitlement": told.shown()},
    )
    event = ReplacementRequested(
        **keeping.named(row),
        vendor_id=row.vendor_id,
        line=line.position,
        serial=row.back_serial,
        follows_id=row.follows_id,
    )
    await publish(session, event)
    await hear(session, await stand(session, row), saying)
    await claims.swap(session, row.claim_id, line.position)
    await cases.follow(session, row.case_id, [f"replacements/{row.id}"])
    await settle_states(session, row, is_change=False)


async def _take_claim(session: AsyncSession, document: ReplacementIn) -> Any:
    try:
        claim = await claims.take(session, document.claim_id)
    except NotFound as problem:
        errors = [{"pointer": "/claim_id", "detail": problem.detail}]
        raise UnknownReference(problem.detail, errors=errors) from problem
    is_draft = claim.authorization == Authorization.DRAFT.value
    # What came dead under a claim that was settled since is still that claim's to put right.
    if is_draft or (not claim.is_live and document.follows is None):
        detail = (
            f"{claim_number(claim.number)} is {claim.authorization.replace('_', ' ')}, "
            f"{claim.settlement.replace('_', ' ')}"
        )
        errors = [{"pointer": "/claim_id", "detail": detail}]
        raise ClaimNotPursued(_first(claim), errors=errors)
    return claim


def _first(claim: Any) -> str:
    """Return what to do before a replacement can be asked for under a claim."""
    if claim.authorization == Authorization.DRAFT.value:
        return "Submit the claim first: a replacement is asked for under it."
    if claim.authorization == Authorization.DENIED.value:
        return (
            "The vendor has refused the claim. Appeal first, or tell that it agrees after all: a "
            "replacement is asked for under a claim that is being pursued."
        )
    return "The claim is pursued no more: open and submit another one for the unit."


async def _line(session: AsyncSession, claim: Any, document: ReplacementIn) -> Any:
    lines = await claims.lines_of(session, claim.id)
    if document.line is None and len(lines) > 1:
        raise _not_that_line(f"the claim has {len(lines)} lines; say which")
    wanted = document.line or 1
    if wanted > len(lines):
        raise _not_that_line(f"the claim's lines count from 1 to {len(lines)}")
    line = lines[wanted - 1]
    if line.quantity != 1:
        raise _not_that_line(
            f"it is of {line.quantity} units; claim each unit on a line of its own"
        )
    if line.settled in _ENDED and document.follows is None:
        raise _not_that_line(f"it is {line.settled.replace('_', ' ')} already")
    return line


def _not_that_line(detail: str) -> ClaimNotPursued:
    errors = [{"pointer": "/line", "detail": detail}]
    return ClaimNotPursued("A replacement is for one unit of one line.", errors=errors)


async def _before(session: AsyncSession, line: Any, document: ReplacementIn) -> Any:
    """Return the replacement that this one follows, and refuse a second for one unit."""
    rows = [
        each
        for each in await keeping.of_claim(session, document.claim_id)
        if each.line_id == line.id
    ]
    running = next((each for each in rows if each.holds_line), None)
    if running is not None:
        number = rules.spoken_number(running.number)
        errors = [{"pointer": "/claim_id", "detail": f"{number} is {running.state} for it"}]
        raise ReplacementRunning(
            "One unit is replaced once.",
            replacement_id=str(running.id),
            number=number,
            errors=errors,
        )
    failed = [each for each in rows if each.arrival in {x.value for x in FAILED}]
    if document.follows is None:
        return _last_failed(failed)
    found = next((each for each in rows if each.id == document.follows), None)
    if found is None or found not in failed:
        detail = "is no replacement of this line that came dead or as the wrong model"
        errors = [{"pointer": "/follows", "detail": detail}]
        raise NothingWentWrong("Only what failed is followed by another.", errors=errors)
    return _unfollowed(found, rows)


def _last_failed(failed: list[Replacement]) -> Any:
    """Return what came to nothing last: left unnamed, that is what this one follows."""
    return failed[-1] if failed else None


def _unfollowed(found: Replacement, rows: list[Replacement]) -> Replacement:
    after = next((each for each in rows if each.follows_id == found.id), None)
    if after is not None:
        detail = f"is followed by {rules.spoken_number(after.number)} already"
        errors = [{"pointer": "/follows", "detail": detail}]
        raise NothingWentWrong("Only what failed is followed by another.", errors=errors)
    return found


def _goes_back(line: Any, before: Replacement | None) -> _Unit:
    if before is None:
        return _Unit(line.product_key, line.serial, line.unit_id)
    return _Unit(before.came_key or before.wanted_key, before.came_serial, before.came_unit_id)


def _require_security(offered: AdvanceReplacement | None, document: ReplacementIn) -> None:
    given = {name for name, value in document.security if value is not None}
    errors = missing(offered, given)
    if errors:
        raise SecurityMissing("The vendor ships first only with something in hand.", errors=errors)


async def _terms_on(session: AsyncSession, claim: Any, line: Any) -> date:
    """Return the day whose terms count: that of the order, else that of the failure."""
    told = views.purchase_lines().subquery()
    ordered_on = await session.scalar(
        sa.select(told.c.ordered_on).where(told.c.purchase_line_id == line.purchase_line_id)
    )
    return ordered_on or claim.found_at.date()
