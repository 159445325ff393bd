"""By when our rights end: reckoned, and told to the ledger.

Reckoned again whenever something becomes known. What is told already is told once: a right whose
day has moved is moved in the ledger too, with its history; one that has ended stays as it is, and
one that is ours no more, or has no day any more, is waived there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import keeping
from app.discrepancies.events import DiscrepancyRightsReckoned
from app.discrepancies.evidence.facts import Standing, facts_of, supplier_door
from app.discrepancies.models import DiscrepancyRight
from app.discrepancies.rights import filing
from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.obligations import lost
from app.obligations import service as ledger
from app.obligations.rules import DeadlineKind, DeadlineState, GroundKind
from app.obligations.service import DueChange
from app.vendors import service as vendors
from app.vendors.terms import Deadline, Right

_KINDS: Mapping[Right, DeadlineKind] = MappingProxyType(
    {
        Right.FILE_WITH_CARRIER: DeadlineKind.FILE,
        Right.RETURN: DeadlineKind.RETURN,
        Right.SHIP_UNDER_RMA: DeadlineKind.SHIP,
        Right.ASK_FOR_PROOF_OF_DELIVERY: DeadlineKind.OTHER,
        Right.CLAIM_DOA: DeadlineKind.FILE,
        Right.CLAIM_WARRANTY: DeadlineKind.FILE,
    }
)
_WE = "makegood"
_SHORT, _LONG = 200, 4000


@dataclass(frozen=True, slots=True)
class _Before:
    """Rights as they were reckoned last, those of their deadlines that are open, what changed."""

    kept: Mapping[tuple[str, bool], DiscrepancyRight]
    open_ids: set[UUID]
    changed: dict[str, DueChange] = field(default_factory=dict[str, DueChange])


async def reckon(session: AsyncSession, standing: Standing, otherwise: DueChange) -> bool:
    """Reckon the rights of a locked discrepancy, and tell the ledger what is new.

    `otherwise`: why a day has moved though its term is the same. Returns whether anything is
    otherwise than before; the same again changes nothing.
    """
    filed = standing.discrepancy.filing
    standing.discrepancy.carrier = standing.carrier
    found = await vendors.deadlines(
        session,
        door=await supplier_door(session, standing),
        claim_kind=standing.claim_kind,
        facts=await facts_of(session, standing),
        carriage=standing.carriage(),
    )
    told = await rights_of(session, standing)
    before = _Before(
        {(row.right_kind, row.is_final): row for row in told}, await _still_open(session, told)
    )
    vendor, carrier = f"vendor:{standing.supplier}", f"carrier:{standing.carrier}"
    ours = found.filing is None or found.filing.is_ours is not False
    told_to = [(each, vendor, True) for each in found.vendor]
    told_to += [(each, carrier, ours) for each in found.carrier]
    opened: list[UUID | None] = []
    for each, toward, is_ours in told_to:
        cause = _cause(before.kept.get((each.right.value, each.is_final)), each, otherwise)
        opened.append(
            await _right(session, standing, before, each, cause, toward=toward, is_ours=is_ours)
        )
    await _drop(session, before, (*found.vendor, *found.carrier))
    why_moved = before.changed.get(Right.FILE_WITH_CARRIER.value, otherwise)
    duty = await filing.reckon(session, standing, found, why_moved)
    new = [each for each in opened if each is not None]
    if new or duty is not None:
        event = DiscrepancyRightsReckoned(
            **keeping.named(standing.discrepancy), deadline_ids=new, filing_obligation_id=duty
        )
        await publish(session, event)
    return bool(before.changed or new or duty) or filed != standing.discrepancy.filing


async def rights_of(session: AsyncSession, standing: Standing) -> list[DiscrepancyRight]:
    """Return the rights of a discrepancy as they were reckoned last, the earliest first."""
    query = sa.select(DiscrepancyRight).where(
        DiscrepancyRight.discrepancy_id == standing.discrepancy.id
    )
    by = (DiscrepancyRight.last_at.asc().nulls_last(), DiscrepancyRight.id)
    return list(await session.scalars(query.order_by(*by)))


async def states_of(
    session: AsyncSession, rights: Iterable[DiscrepancyRight]
) -> dict[UUID, DeadlineState]:
    """Return the states of the rights' deadlines in the ledger, by their ids."""
    told = lost.deadlines().subquery()
    ids = [row.deadline_id for row in rights if row.deadline_id is not None]
    rows = await session.execute(
        sa.select(told.c.deadline_id, told.c.state).where(told.c.deadline_id.in_(ids))
    )
    return {deadline_id: DeadlineState(state) for deadline_id, state in rows}


async def _still_open(session: AsyncSession, rights: Iterable[DiscrepancyRight]) -> set[UUID]:
    states = await states_of(session, rights)
    return {identity for identity, state in states.items() if state is DeadlineState.OPEN}


def _cause(row: DiscrepancyRight | None, found: Deadline, otherwise: DueChange) -> DueChange:
    if row is None or None in {row.time_window, found.window}:
        return otherwise
    is_other = (row.time_window, row.source) != (found.window, found.source)
    return DueChange.TERMS_CHANGED if is_other else otherwise


async def _right(  # noqa: PLR0913 (what a right is made of)
    session: AsyncSession,
    standing: Standing,
    before: _Before,
    found: Deadline,
    cause: DueChange,
    *,
    toward: str,
    is_ours: bool = True,
) -> UUID | None:
    """Write one right; return its deadline where the ledger was told of a new one."""
    row = before.kept.get((found.right.value, found.is_final))
    if row is None:
        row = DiscrepancyRight(
            id=new_id(),
            discrepancy_id=standing.discrepancy.id,
            right_kind=found.right.value,
            is_final=found.is_final,
        )
        session.add(row)
    was = (row.toward, row.last_at)
    told = {
        "toward": toward,
        "last_at": found.last_at,
        "last_on": found.last_on,
        "last_safe_on": found.last_safe_on,
        "not_before_on": found.not_before_on,
        "time_window": found.window,
        "source": found.source,
        "why": found.why,
    }
    if any(getattr(row, name) != value for name, value in told.items()):
        before.changed[row.right_kind] = cause
        for name, value in told.items():
            setattr(row, name, value)
        row.reckoned_at = now(session)
    if row.deadline_id is not None:
        stands = is_ours and was == (toward, found.last_at)
        if stands or row.deadline_id not in before.open_ids:
            await session.flush()
            return None
        before.changed[row.right_kind] = cause
        if is_ours and was[0] == toward and found.last_at and found.last_on:
            await _move(session, row.deadline_id, found, cause)
            return None
        await _waive(session, row.deadline_id, found.why)
        row.deadline_id = None
    if found.last_at is not None and found.last_on is not None and is_ours:
        row.deadline_id = await _tell(session, standing, found, toward)
    await session.flush()
    return row.deadline_id


async def _waive(session: AsyncSession, deadline_id: UUID, why: str) -> None:
    document = ledger.WaiveIn(by_name=_WE, note=f"Reckoned anew. {why}"[:_LONG])
    await ledger.waive(session, deadline_id=deadline_id, document=document)


async def _drop(session: AsyncSession, before: _Before, found: Iterable[Deadline]) -> None:
    """Take away the rights that terms or tariffs, as they are now, no longer speak of."""
    told = {(each.right.value, each.is_final) for each in found}
    for name, row in before.kept.items():
        if name in told:
            continue
        if row.deadline_id in before.open_ids:
            await _waive(session, row.deadline_id, "No term speaks of it any more.")
        await session.delete(row)
        before.changed[row.right_kind] = DueChange.TERMS_CHANGED
    await session.flush()


def _ends(found: Deadline) -> ledger.Ends | None:
    last_at, last_on = found.last_at, found.last_on
    if last_at is None or last_on is None:
        return None
    last = last_on if found.is_whole_day else last_at.date()
    safe_on = min(found.last_safe_on, last) if found.last_safe_on else None
    return ledger.Ends(
        last_on=last_on if found.is_whole_day else None,
        last_at=None if found.is_whole_day else last_at,
        last_safe_on=safe_on,
        last_safe_source=_source(found) if safe_on else None,
    )


async def _move(
    session: AsyncSession, deadline_id: UUID, found: Deadline, cause: DueChange
) -> None:
    if (ends := _ends(found)) is not None:
        reference = found.source[:_SHORT] if found.source else None
        reckoned = ledger.Reckoned(cause, found.why[:_LONG], reference)
        await ledger.move(session, deadline_id=deadline_id, ends=ends, reckoned=reckoned)


async def _tell(
    session: AsyncSession, standing: Standing, found: Deadline, toward: str
) -> UUID | None:
    ends = _ends(found)
    if ends is None:
        return None
    by_carrier = toward.startswith("carrier:")
    document = ledger.DeadlineIn.model_validate(
        {
            "kind": _KINDS.get(found.right, DeadlineKind.REPORT),
            "description": _description(standing, found),
            "toward": party(toward),
            "last_on": ends.last_on,
            "last_at": ends.last_at,
            "last_safe_on": ends.last_safe_on,
            "last_safe_source": ends.last_safe_source,
            "ground": {
                "kind": GroundKind.TARIFF if by_carrier else GroundKind.TERM,
                "text": found.why[:_LONG],
                "reference": found.source[:_SHORT] if found.source else None,
            },
            "about": standing.about(),
            "loss_id": standing.only_loss(),
        }
    )
    return (await ledger.open_deadline(session, document=document)).id


def _description(standing: Standing, found: Deadline) -> str:
    what = found.right.value.replace("_", " ")
    last = "the last day to" if found.is_final else "in time to"
    shipment = standing.gathered.key
    return f"{standing.discrepancy.kind.replace('_', ' ')} of shipment {shipment}: {last} {what}."


def _source(found: Deadline) -> str:
    return f"A business day before the end: {found.window}"[:_SHORT]


def party(text: str) -> dict[str, Any]:
    """Return a party as the ledger is told of it."""
    kind, _, key = text.partition(":")
    return {"kind": kind, "key": key or None}
