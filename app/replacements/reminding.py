"""When time itself makes something of a replacement: reminders of the return, and its being late.

Each reminder is sent once for each last day; where several have become due at once, the most
pressing stands for all.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.claims.rules.axes import ReturnLeg
from app.events import publish
from app.orders.units import service as units
from app.orders.units.rules import US, Hand, HandKind, Right
from app.orders.views import customers
from app.replacements.events import ReturnReminder
from app.replacements.keeping import named
from app.replacements.models import Replacement
from app.replacements.reading import Read
from app.replacements.rules import ShipTo
from app.replacements.rules.returning import Reminder, reminders, working_days_left
from app.replacements.rules.states import GRANTED
from app.runtime import settings_of

_INSTANT = timedelta(microseconds=1)
# Where nothing is on its way.
_HERE = frozenset({ReturnLeg.NOT_REQUIRED, ReturnLeg.AWAITING_RETURN, ReturnLeg.LOST_IN_TRANSIT})


def waits(found: Read) -> bool:
    """Whether the unit is still with somebody who should send it."""
    return (
        found.return_by.on is not None
        and found.course.now in GRANTED
        and found.journey.now in _HERE
        and found.returned_as() is None
    )


def _left(session: AsyncSession, found: Read) -> list[Reminder]:
    """Return the reminders that were not sent yet for this last day."""
    on = found.return_by.on
    if on is None or not waits(found):
        return []
    told: dict[str, Any] = found.standing.replacement.reminded
    sent = set(told["days"]) if told.get("on") == on.isoformat() else set[int]()
    days = settings_of(session).replacements.remind_days
    return [each for each in reminders(on, days, found.standing.counting) if each.days not in sent]


def watch_at(session: AsyncSession, found: Read) -> datetime | None:
    """Return when time itself next makes something of it."""
    reached = (*found.course.reached.values(), *found.journey.reached.values())
    # What a carrier's clock told too early is owed otherwise once it has come.
    moments = [
        *(each.at for each in _left(session, found)),
        *(x for x in reached if x > found.moment),
    ]
    due_at = found.return_by.due_at
    if due_at is not None and due_at >= found.moment and found.late_clock_stopped_at is None:
        moments.append(due_at + _INSTANT)
    return min(moments, default=None)


async def remind(session: AsyncSession, found: Read) -> bool:
    """Send the reminder that has become due of a locked replacement; returns whether one has."""
    row, by = found.standing.replacement, found.return_by
    due = [each for each in _left(session, found) if each.at <= found.moment]
    if not due or by.on is None or by.due_at is None:
        return False
    sent = row.reminded["days"] if row.reminded.get("on") == by.on.isoformat() else []
    row.reminded = {
        "on": by.on.isoformat(),
        "days": sorted({*sent, *(each.days for each in due)}, reverse=True),
    }
    if by.due_at < found.moment:
        # It is overdue by now, and the ledger says so.
        return False
    counting = found.standing.counting
    event = ReturnReminder(
        **named(row),
        working_days_left=working_days_left(counting.day(found.moment), by.on, counting),
        return_by=by.on,
        due_at=by.due_at,
        holder=str(await holder(session, row)),
        product=row.back_key,
        serial=row.back_serial,
        rma=row.rma,
        at_risk_amount=format(row.at_risk_amount, "f") if row.at_risk_amount is not None else None,
        at_risk_currency=row.at_risk_currency,
    )
    await publish(session, event)
    return True


async def holder(session: AsyncSession, row: Replacement) -> Hand:
    """Return who has what goes back: as is on record, else to whom the replacement goes."""
    if row.back_unit_id is not None:
        move = (await units.held(session, [row.back_unit_id]))[row.back_unit_id].get(Right.HOLDER)
        if move is not None:
            return Hand(HandKind(move.hand_kind), move.hand_key)
    if row.ship_to != ShipTo.CUSTOMER.value:
        return US
    case = await cases.get(session, row.case_id)
    told = customers().subquery()
    key = await session.scalar(
        told.select()
        .with_only_columns(told.c.customer_key)
        .where(told.c.customer_id == case.customer_id)
    )
    return Hand(HandKind.CUSTOMER, key) if key else US
