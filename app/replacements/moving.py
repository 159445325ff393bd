"""The states of a replacement are read anew from all that was heard, and what follows is done."""

from collections.abc import Collection
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit.db import now
from app.obligations.service import DueChange
from app.orders.rules import rma_lookup
from app.orders.units.rules import spoken_serials
from app.replacements import effects, owing, reminding
from app.replacements.charging import seeing
from app.replacements.events import ReplacementClosed, ReplacementMoved, ReturnByReckoned
from app.replacements.keeping import changed, named
from app.replacements.models import Replacement
from app.replacements.reading import Read, read
from app.replacements.rules import SwapOutcome
from app.replacements.rules.folding import SwapFact
from app.replacements.rules.states import OVER, SwapState
from app.replacements.standing import Standing, stand
from app.replacements.valuing import at_risk

_AXES = ("state", "outbound", "return_leg", "charge")
_ENDS = {SwapState.DENIED: SwapOutcome.DENIED, SwapState.CANCELLED: SwapOutcome.CANCELLED}


async def settle_states(
    session: AsyncSession,
    row: Replacement,
    *,
    is_change: bool = True,
    otherwise: DueChange = DueChange.FACTS_CHANGED,
    documents: Collection[UUID] = (),
) -> Read:
    """Read the states of a locked replacement anew, and tell the ledger what is owed by them now.

    Without a change of its own it is another version only where something came of it.
    `documents`: papers of vendors that were told of, and may name it.
    """
    await session.flush()
    before = {name: getattr(row, name) for name in _AXES}
    was = (row.return_by, row.return_due_at)
    standing = await stand(session, row)
    _name(standing)
    await seeing.see(session, read(standing, now(session)), documents)
    standing = await stand(session, row)
    found = read(standing, now(session))
    await _write(session, found)
    is_owed_otherwise = await owing.reckon(session, found, otherwise=otherwise)
    # What the ledger was told may have been the last of it.
    standing = await stand(session, row)
    found = read(standing, now(session))
    _word(row, found)
    is_reminded = await reminding.remind(session, found)
    row.watch_at = reminding.watch_at(session, found)
    after = {name: getattr(row, name) for name in _AXES}
    if is_change or is_owed_otherwise or is_reminded or after != before:
        await changed(session, row)
    if was != (row.return_by, row.return_due_at):
        await _tell_return_by(session, found, was[0])
    await _moved(session, found, before, after)
    return found


def _name(standing: Standing) -> None:
    """Write down what came, and under which number, as it was told last."""
    row = standing.replacement
    ordered = sorted(standing.facts, key=lambda each: (each.at, each.id))
    for fact in ordered:
        told = fact.told
        if fact.fact == SwapFact.APPROVED.value and told.get("rma"):
            row.rma = told["rma"]
        if fact.fact in {SwapFact.SHIPPED.value, SwapFact.ARRIVED.value}:
            row.came_key = told.get("product") or row.came_key
            row.came_serial = told.get("serial") or row.came_serial
        if fact.fact == SwapFact.SHIPPED.value and told.get("billed"):
            row.billed_amount = Decimal(told["billed"]["amount"])
            row.billed_currency = told["billed"]["currency"]
    row.rma = row.rma or standing.claim.rma
    row.rma_lookup = (rma_lookup(row.rma) or None) if row.rma else None
    row.came_lookup = next(iter(spoken_serials(row.came_serial or "")), None)


async def _write(session: AsyncSession, found: Read) -> None:
    row, by = found.standing.replacement, found.return_by
    _word(row, found)
    row.arrival = found.arrival.value if found.arrival else None
    row.stated_return_by, row.return_by, row.return_due_at = by.stated, by.on, by.due_at
    row.charged_after = by.charged_after
    risk = await at_risk(session, found.standing)
    row.at_risk_amount, row.at_risk_currency, row.at_risk_why = risk.amount, risk.currency, risk.why
    await session.flush()


def _word(row: Replacement, found: Read) -> None:
    row.outbound = found.course.now.value
    row.return_leg = found.journey.now.value
    row.charge = found.charge.value
    row.state = found.state.value
    row.holds_line = found.holds_line
    row.is_open = found.state not in OVER


async def _tell_return_by(session: AsyncSession, found: Read, was: object) -> None:
    by = found.return_by
    event = ReturnByReckoned.model_validate(
        {
            **named(found.standing.replacement),
            "was": was,
            "return_by": by.on,
            "due_at": by.due_at,
            "by_terms": by.by_terms,
            "stated": by.stated,
            "source": by.source,
            "why": by.why,
        }
    )
    await publish(session, event)


async def _moved(
    session: AsyncSession, found: Read, before: dict[str, str], after: dict[str, str]
) -> None:
    row = found.standing.replacement
    if after["outbound"] != before["outbound"]:
        await effects.swap(session, found)
    await effects.make_whole(session, found)
    await effects.let_wait_again(session, found)
    await effects.know_units(session, found)
    await effects.move_units(session, found)
    if after != before:
        told = {f"{name}_before": value for name, value in before.items()}
        await publish(session, ReplacementMoved(**named(row), **told, **after))
    await _end(session, found)
    await session.flush()


async def _end(session: AsyncSession, found: Read) -> None:
    """Write down how it ended, or that it has not after all."""
    row = found.standing.replacement
    if row.is_open:
        row.outcome = row.closed_at = None
        return
    outcome = _ENDS.get(found.state) or found.returned_as() or SwapOutcome.RETURNED
    is_new = row.outcome != outcome.value
    at = row.closed_at or now(session)
    row.outcome, row.closed_at = outcome.value, at
    if is_new:
        event = ReplacementClosed(**named(row), outcome=outcome.value, closed_at=at)
        await publish(session, event)
    await effects.settle_claim(session, found, outcome)
