"""By when our rights end, and who may file with the carrier: reckoned, and told to the ledger.

Reckoned again whenever something becomes known. What is told already is told once: a right whose
day has moved is waived in the ledger and told anew; one that was used stays as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies import keeping
from app.discrepancies.events import DiscrepancyRightsReckoned
from app.discrepancies.facts import Standing, facts_of, supplier_door
from app.discrepancies.models import DiscrepancyRight
from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.obligations import lost
from app.obligations import service as ledger
from app.obligations.rules import DeadlineKind, DeadlineState, GroundKind, PartyKind
from app.obligations.rules import Kind as Owed
from app.vendors import service as vendors
from app.vendors.service import Deadlines
from app.vendors.terms import Deadline, Filing, Right

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
_SHORT = 200


@dataclass(frozen=True, slots=True)
class _Before:
    """Rights as they were reckoned last, and those of their deadlines that are open."""

    kept: Mapping[tuple[str, bool], DiscrepancyRight]
    open_ids: set[UUID]


async def reckon(session: AsyncSession, standing: Standing) -> bool:
    """Reckon the rights of a locked discrepancy, and tell the ledger what is new. Returns whether.

    The same again changes nothing.
    """
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
    opened = [await _right(session, standing, before, each, toward=vendor) for each in found.vendor]
    ours = found.filing is None or found.filing.is_ours is not False
    opened += [
        await _right(session, standing, before, each, toward=carrier, is_ours=ours)
        for each in found.carrier
    ]
    duty = await _file(session, standing, found)
    new = [each for each in opened if each is not None]
    if not new and duty is None:
        return False
    event = DiscrepancyRightsReckoned(
        **keeping.named(standing.discrepancy), deadline_ids=new, filing_obligation_id=duty
    )
    await publish(session, event)
    return True


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


async def _right(
    session: AsyncSession,
    standing: Standing,
    before: _Before,
    found: Deadline,
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
    row.toward, row.last_at, row.last_on = toward, found.last_at, found.last_on
    row.last_safe_on, row.not_before_on = found.last_safe_on, found.not_before_on
    row.time_window, row.source, row.why = found.window, found.source, found.why
    row.reckoned_at = now(session)
    if row.deadline_id is not None:
        if was == (toward, found.last_at) or row.deadline_id not in before.open_ids:
            await session.flush()
            return None
        document = ledger.WaiveIn(by_name=_WE, note=f"Reckoned anew. {found.why}"[:4000])
        await ledger.waive(session, deadline_id=row.deadline_id, document=document)
        row.deadline_id = None
    if found.last_at is not None and found.last_on is not None and is_ours:
        row.deadline_id = await _tell(session, standing, found, toward)
    await session.flush()
    return row.deadline_id


async def _tell(
    session: AsyncSession, standing: Standing, found: Deadline, toward: str
) -> UUID | None:
    last_at, last_on = found.last_at, found.last_on
    if last_at is None or last_on is None:
        return None
    is_whole_day = last_at.time() >= time(23, 59, 59) and last_at.date() == last_on
    last = last_on if is_whole_day else last_at.date()
    by_carrier = toward.startswith("carrier:")
    safe_on = min(found.last_safe_on, last) if found.last_safe_on else None
    document = ledger.DeadlineIn.model_validate(
        {
            "kind": _KINDS.get(found.right, DeadlineKind.REPORT),
            "description": _description(standing, found),
            "toward": party(toward),
            "last_on": last_on if is_whole_day else None,
            "last_at": None if is_whole_day else last_at,
            "last_safe_on": safe_on,
            "last_safe_source": _source(found) if safe_on else None,
            "ground": {
                "kind": GroundKind.TARIFF if by_carrier else GroundKind.TERM,
                "text": found.why[:4000],
                "reference": found.source[:_SHORT] if found.source else None,
            },
            "about": about(standing),
            "loss_id": only_loss(standing),
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


async def _file(session: AsyncSession, standing: Standing, found: Deadlines) -> UUID | None:
    """Write who may file with the carrier; where only the vendor may, that is its duty to us.

    Returns the obligation where there is a new one. No duty begins after the carrier's last day.
    """
    discrepancy, told = standing.discrepancy, found.filing
    before = discrepancy.filing or {}
    discrepancy.filing = None if told is None else _kept(standing, told)
    await session.flush()
    if told is None or not told.vendor_owes:
        return None
    last_on = told.last_on.isoformat() if told.last_on else None
    is_told = discrepancy.filing_obligation_id is not None
    if is_told and before.get("last_on") == last_on:
        return None
    if told.last_on is not None and told.last_on < now(session).date():
        return None
    source = found.tariff.tariff.source_of("may_file") if found.tariff else None
    duty = await _owe(session, standing, told, source)
    if is_told and discrepancy.filing_obligation_id is not None:
        await _supersede(session, discrepancy.filing_obligation_id, duty)
    discrepancy.filing_obligation_id = duty
    await session.flush()
    return duty


def _kept(standing: Standing, told: Filing) -> dict[str, Any]:
    return {
        "carrier": standing.carrier,
        "is_ours": told.is_ours,
        "vendor_owes": told.vendor_owes,
        "last_on": told.last_on.isoformat() if told.last_on else None,
        "why": told.why,
    }


async def _owe(session: AsyncSession, standing: Standing, told: Filing, source: str | None) -> UUID:
    vendor_id = standing.filer_vendor_id()
    keys = await vendors.keys_of(session, {vendor_id})
    document = ledger.ObligationIn.model_validate(
        {
            "kind": Owed.FILE_CLAIM,
            "debtor": {"kind": PartyKind.VENDOR, "key": keys[vendor_id]},
            "description": f"File the claim for shipment {standing.gathered.key} with "
            f"{standing.carrier}.",
            "due_at": end_of(told.last_on) if told.last_on else None,
            "ground": {
                "kind": GroundKind.TARIFF,
                "text": told.why,
                "reference": source[:_SHORT] if source else None,
            },
            "about": about(standing),
            "loss_id": only_loss(standing),
        }
    )
    return (await ledger.open_obligation(session, document=document)).id


async def _supersede(session: AsyncSession, before: UUID, after: UUID) -> None:
    if (await ledger.get(session, before)).state not in {"open", "broken"}:
        return
    document = ledger.SupersedeIn(by_obligation_id=after, note="The carrier's last day moved.")
    await ledger.supersede(session, obligation_id=before, document=document)


def party(text: str) -> dict[str, Any]:
    """Return a party as the ledger is told of it."""
    kind, _, key = text.partition(":")
    return {"kind": kind, "key": key or None}


def about(standing: Standing) -> dict[str, Any]:
    """Return what everything told to the ledger is about."""
    lines = standing.lines
    return {
        "case_id": standing.discrepancy.case_id,
        "shipment": standing.gathered.key,
        "purchase_line_id": lines[0].purchase_line_id if len(lines) == 1 else None,
    }


def only_loss(standing: Standing) -> UUID | None:
    """Return the loss, where there is one."""
    return standing.lines[0].loss_id if len(standing.lines) == 1 else None


def end_of(day: date) -> datetime:
    """Return the last moment of a day (UTC), as the ledger counts it."""
    return datetime.combine(day, time(23, 59, 59), UTC)
