"""What a replacement does to others: units, the customer's case, the claim it is asked under."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.cases.rules import STATES as CASES
from app.cases.rules import State as CaseState
from app.claims import service as claims
from app.claims.rules.axes import ENDS, SettlementState
from app.kit.problems import Problem
from app.orders.units import service as units
from app.orders.units.rules import Hand, HandKind, Right, UnitWentBack
from app.orders.units.service import Unit
from app.replacements import keeping, reminding
from app.replacements.reading import Read
from app.replacements.rules import FAILED, Arrival, ShipTo, SwapOutcome, spoken_number
from app.replacements.rules.states import ENDED, Outbound

_WE = "makegood"
_ENDED = frozenset(each.value for each in ENDS)
_CAME_TO_NOTHING = frozenset({SwapOutcome.DENIED, SwapOutcome.CANCELLED})


async def swap(session: AsyncSession, found: Read) -> None:
    """Tell the claim whether its line's return is owed by a replacement."""
    row = found.standing.replacement
    others = await keeping.of_claim(session, row.claim_id)
    ended = {each.value for each in ENDED}
    runs = any(x.line_id == row.line_id and x.outbound not in ended for x in others)
    await claims.swap(session, row.claim_id, row.line_position, is_swapped=runs)


async def know_units(session: AsyncSession, found: Read) -> None:
    """Find the units that came and that go back, once the ERP has told them."""
    row = found.standing.replacement
    if row.back_unit_id is None and row.back_serial is not None:
        told = await units.find(session, row.back_serial, row.back_key)
        if len(told) == 1:
            row.back_unit_id = told[0].id
    if row.came_unit_id is None and row.came_serial is not None:
        told = await units.find(session, row.came_serial, row.came_key)
        if len(told) == 1 and told[0].id != row.back_unit_id:
            row.came_unit_id = told[0].id


async def move_units(session: AsyncSession, found: Read) -> None:
    """Note on the units themselves which came for which, and in whose hands they are."""
    row = found.standing.replacement
    ids = [each for each in (row.back_unit_id, row.came_unit_id) if each is not None]
    if not ids:
        return
    locked = {unit.id: unit for unit in await units.lock(session, sorted(ids))}
    back = locked.get(row.back_unit_id) if row.back_unit_id else None
    came = locked.get(row.came_unit_id) if row.came_unit_id else None
    if came is not None:
        await _came(session, found, back, came)
    if back is not None:
        await _went(session, found, back)


async def _came(session: AsyncSession, found: Read, back: Unit | None, came: Unit) -> None:
    reached = found.course.reached
    at = reached.get(Outbound.DELIVERED)
    if at is None or at > found.moment or found.arrival is Arrival.WRONG_MODEL:
        return
    row = found.standing.replacement
    if back is not None:
        await quietly(session, units.replaced, back, came, at=at, rma=row.rma)
    to = await reminding.holder(session, row)
    if row.ship_to == ShipTo.US.value:
        to = Hand(HandKind.US)
    why = f"The replacement {spoken_number(row.number)} was delivered."
    await quietly(session, units.move, came, right=Right.HOLDER, to=to, since=at, why=why)


async def _went(session: AsyncSession, found: Read, back: Unit) -> None:
    row, sent = found.standing.replacement, found.proof().sent_at
    if sent is not None and row.rma is not None:
        try:
            await units.went_back(session, back, rma=row.rma, at=sent)
        except UnitWentBack:
            # It is on record already how it went; the replacement goes by its parcel.
            return
    received = found.proof().received_at
    if received is not None:
        to = Hand(HandKind.VENDOR, found.standing.vendor)
        why = f"The vendor confirms it: replacement {spoken_number(row.number)}."
        await quietly(session, units.move, back, right=Right.HOLDER, to=to, since=received, why=why)


async def quietly(
    session: AsyncSession, do: Callable[..., Awaitable[Any]], *given: Any, **named: Any
) -> bool:
    """Do what the room beneath may refuse; what it refuses is left as it was."""
    try:
        async with session.begin_nested():
            await do(session, *given, **named)
    except Problem:
        return False
    return True


async def make_whole(session: AsyncSession, found: Read) -> None:
    """Say that the customer has what she is owed, once the replacement was delivered to her."""
    row, at = found.standing.replacement, found.delivered_at
    if row.ship_to != ShipTo.CUSTOMER.value or at is None or found.arrival in FAILED:
        return
    is_other = row.came_key is not None and row.came_key != row.wanted_key
    if is_other and found.arrival is not Arrival.WORKING:
        # Another model: whether it will do, somebody must say.
        return
    case = await cases.take(session, row.case_id)
    if CaseState.MADE_WHOLE not in CASES.allowed(CaseState(case.state)):
        return
    if case.state != CaseState.OPEN.value or at < case.waiting_since or at > found.moment:
        return
    number = spoken_number(row.number)
    document = cases.MakeWholeIn.model_validate(
        {
            "remedy": "replacement",
            "quantity": 1,
            "at": at,
            "reference": number,
            "note": f"The vendor's replacement {number} was delivered.",
            "expense_of": {"kind": "vendor", "key": found.standing.vendor},
        }
    )
    await quietly(session, cases.make_whole, case_id=case.id, document=document)


async def let_wait_again(session: AsyncSession, found: Read) -> None:
    """Take the case up again: what came to her was dead, or is not what she needs."""
    row, told = found.standing.replacement, found.arrived
    if row.ship_to != ShipTo.CUSTOMER.value or told is None or found.arrival not in FAILED:
        return
    case = await cases.take(session, row.case_id)
    if case.state != CaseState.MADE_WHOLE.value or case.made_whole_at is None:
        return
    if case.made_whole_at > max(told.at, found.delivered_at or told.at):
        # She was made whole since, by another.
        return
    number = spoken_number(row.number)
    what = (found.arrival or Arrival.DEAD).value.replace("_", " ")
    document = cases.ReopenIn.model_validate(
        {
            "waiting_since": max(told.at, case.made_whole_at),
            "note": f"The replacement {number} arrived: {what}.",
        }
    )
    await quietly(session, cases.reopen, case_id=case.id, document=document)


async def settle_claim(session: AsyncSession, found: Read, outcome: SwapOutcome) -> None:
    """Settle the claim's line as replaced, now that nothing is owed either way."""
    row, line = found.standing.replacement, found.standing.line
    at = found.delivered_at
    if (
        outcome in _CAME_TO_NOTHING
        or found.arrival in FAILED
        or at is None
        or line.settled in _ENDED
    ):
        return
    document = claims.SettleClaimIn.model_validate(
        {
            "settlement": SettlementState.REPLACED,
            "line": line.position,
            "replacement_serial": row.came_serial,
            "at": max(at, found.standing.claim.submitted_at or at),
            "by_name": _WE,
            "reference": spoken_number(row.number),
            "note": f"Replaced in advance, {spoken_number(row.number)}.",
        }
    )
    await quietly(session, claims.settle, claim_id=row.claim_id, document=document)
