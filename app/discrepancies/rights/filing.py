"""Who may file with the carrier; where only the vendor may, that is its duty to us."""

from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.discrepancies.evidence.facts import Standing
from app.kit.db import now
from app.obligations import service as ledger
from app.obligations.rules import LIVE, GroundKind, Kind, PartyKind, State
from app.obligations.service import DueChange
from app.vendors import service as vendors
from app.vendors.service import Deadlines
from app.vendors.terms import Filing

_SHORT = 200


async def reckon(
    session: AsyncSession, standing: Standing, found: Deadlines, why_moved: DueChange
) -> UUID | None:
    """Write who may file with the carrier; where only the vendor may, that is its duty to us.

    Returns the obligation where there is a new one. No duty begins after the carrier's last day;
    one that began is due at another time, where that day has moved.
    """
    discrepancy, told = standing.discrepancy, found.filing
    discrepancy.filing = None if told is None else _kept(standing, told)
    await session.flush()
    if told is None or not told.vendor_owes:
        await _never_owed(session, standing)
        return None
    source = found.tariff.tariff.source_of("may_file") if found.tariff else None
    before, debtor = discrepancy.filing_obligation_id, await _filer(session, standing)
    if before is not None and (await ledger.get(session, before)).debtor == f"vendor:{debtor}":
        due_at = _end_of(told.last_on) if told.last_on else None
        reckoned = ledger.Reckoned(why_moved, told.why, source[:_SHORT] if source else None)
        await ledger.retime(session, obligation_id=before, due_at=due_at, reckoned=reckoned)
        return None
    if told.last_on is not None and told.last_on < now(session).date():
        return None
    duty = await _owe(session, standing, told, source, debtor)
    if before is not None:
        await _supersede(session, before, duty)
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


async def _filer(session: AsyncSession, standing: Standing) -> str:
    vendor_id = standing.filer_vendor_id()
    return (await vendors.keys_of(session, {vendor_id}))[vendor_id]


async def _owe(
    session: AsyncSession, standing: Standing, told: Filing, source: str | None, debtor: str
) -> UUID:
    document = ledger.ObligationIn.model_validate(
        {
            "kind": Kind.FILE_CLAIM,
            "debtor": {"kind": PartyKind.VENDOR, "key": debtor},
            "description": f"File the claim for shipment {standing.gathered.key} with "
            f"{standing.carrier}.",
            "due_at": _end_of(told.last_on) if told.last_on else None,
            "ground": {
                "kind": GroundKind.TARIFF,
                "text": told.why,
                "reference": source[:_SHORT] if source else None,
            },
            "about": standing.about(),
            "loss_id": standing.only_loss(),
        }
    )
    return (await ledger.open_obligation(session, document=document)).id


async def _never_owed(session: AsyncSession, standing: Standing) -> None:
    """Void a duty to file that the records, as they are now, put on nobody or on us."""
    discrepancy = standing.discrepancy
    duty_id, discrepancy.filing_obligation_id = discrepancy.filing_obligation_id, None
    await session.flush()
    if duty_id is not None and State((await ledger.get(session, duty_id)).state) in LIVE:
        document = ledger.VoidIn(reason="By what is on record now the vendor need not file.")
        await ledger.void(session, obligation_id=duty_id, document=document)


async def _supersede(session: AsyncSession, before: UUID, after: UUID) -> None:
    if State((await ledger.get(session, before)).state) not in LIVE:
        return
    document = ledger.SupersedeIn(by_obligation_id=after, note="Another vendor is the one to file.")
    await ledger.supersede(session, obligation_id=before, document=document)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59, 59), UTC)
