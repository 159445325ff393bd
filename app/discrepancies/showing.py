"""Discrepancies as they are read: joined with all that is known of their shipment and losses."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.cases.rules import Recovery
from app.cases.rules import spoken_number as case_number
from app.discrepancies import rules
from app.discrepancies.denials import denying
from app.discrepancies.endings.ending import debts_of
from app.discrepancies.endings.settling_schemas import SettlementOut
from app.discrepancies.evidence.facts import Standing, newest_verdict, stand
from app.discrepancies.evidence.gathering import Row
from app.discrepancies.line_schemas import LineNameOut
from app.discrepancies.models import (
    Discrepancy,
    DiscrepancyLine,
    DiscrepancyRight,
    SettlementStep,
    StoredVerdict,
)
from app.discrepancies.rights import reckoning as rights
from app.discrepancies.rules import WHY_NOT_WEIGHED, Kind, Settlement, State
from app.discrepancies.schemas import (
    CaseNameOut,
    DifferingLineOut,
    DiscrepancyOut,
    DiscrepancyWhole,
    FilingOut,
    LineLossOut,
    ParcelSeenOut,
    PartyOut,
    RightOut,
)
from app.discrepancies.steps import Known, next_steps
from app.discrepancies.weights import questions, weighing
from app.kit.db import now
from app.kit.money_fields import MoneyOut, money_of
from app.obligations import lost
from app.obligations import service as ledger
from app.obligations.rules import DeadlineState, PartyKind
from app.orders import views
from app.vendors import service as vendors

_AS_KEPT = ("id", "version", "reported_at", "vendor_told_at", "note", "settled_at")
_STEP = (
    "id",
    "quantity",
    "obligation_id",
    "performance_id",
    "released_ids",
    "at",
    "by_name",
    "reference",
    "note",
    "recorded_at",
    "recorded_by",
)


async def show(session: AsyncSession, rows: Sequence[Discrepancy]) -> list[DiscrepancyOut]:
    """Return discrepancies as they are read in a list, in the order given."""
    suppliers = await vendors.keys_of(session, {row.supplier_id for row in rows})
    told = views.shipments().subquery()
    found = await session.execute(
        sa.select(told.c.shipment_id, told.c.shipment_key).where(
            told.c.shipment_id.in_({row.shipment_id for row in rows})
        )
    )
    shipments = dict(found.all())
    numbers = await cases.numbers(session, {row.case_id for row in rows})
    return [
        DiscrepancyOut(
            **{name: getattr(row, name) for name in (*_AS_KEPT, "created_at", "updated_at")},
            number=rules.spoken_number(row.number),
            case=CaseNameOut(id=row.case_id, number=case_number(numbers[row.case_id])),
            kind=Kind(row.kind),
            state=State(row.state),
            settlement=Settlement(row.settlement) if row.settlement else None,
            shipment=shipments[row.shipment_id],
            supplier=suppliers[row.supplier_id],
        )
        for row in rows
    ]


async def show_whole(session: AsyncSession, row: Discrepancy) -> DiscrepancyWhole:
    """Return a discrepancy as it is read by itself."""
    (short,) = await show(session, [row])
    standing = await stand(session, row)
    verdict = await newest_verdict(session, row.id)
    told = await rights.rights_of(session, standing)
    shown = _rights(told, await rights.states_of(session, told), now(session))
    filing = _filing(row, now(session).date())
    refused = await session.scalars(denying.select_denials(row.id).limit(rules.MAX_DENIALS))
    denials = await denying.show(session, refused.all())
    early = None if short.state is State.SETTLED else _early(session, standing, told)
    known = Known(
        state=short.state,
        settlement=short.settlement,
        early_note=early,
        rights=shown,
        filing=filing,
        verdict=verdict.answer if verdict else None,
        denials=denials,
        debts=await _debts(session, standing.lines),
        is_recovery_open=await _is_recovery_open(session, row),
        case_id=row.case_id,
        case_number=short.case.number,
    )
    return DiscrepancyWhole(
        **dict(short),
        is_early=early is not None,
        early_note=early,
        lines=await _lines(session, standing),
        parcels=[_parcel(story) for story in standing.stories],
        verdict=weighing.show(verdict) if verdict else None,
        verdict_note=_why_no_verdict(standing, verdict),
        denials=denials,
        deadlines=shown,
        filing=filing,
        settlements=await _settlements(session, standing),
        next_steps=next_steps(known),
    )


async def _lines(session: AsyncSession, standing: Standing) -> list[DifferingLineOut]:
    ids = [line.loss_id for line in standing.lines if line.loss_id is not None]
    rows = await lost.get_losses(session, ids)
    losses = {
        each.id: LineLossOut(
            id=each.id,
            number=each.number,
            remaining_quantity=each.remaining_quantity,
            remaining_value=MoneyOut.model_validate(each.remaining_value)
            if each.remaining_value
            else None,
            restored_at=each.restored_at,
        )
        for each in await ledger.show_losses(session, [rows[loss_id] for loss_id in ids])
    }
    ordered = standing.order_lines
    keys = questions.line_keys(list(standing.gathered.lines.values()))
    return [
        DifferingLineOut(
            order=LineNameOut(purchase_order=told.purchase_order, line=told.line),
            key=keys[told.line_id],
            product=told.product,
            quantity=line.quantity,
            unit_value=money_of(line.unit_value_amount, line.unit_value_currency),
            received=line.received,
            loss=losses[line.loss_id] if line.loss_id else None,
            debt_id=line.debt_id,
        )
        for line, told in zip(standing.lines, ordered, strict=True)
    ]


def _parcel(story: Row) -> ParcelSeenOut:
    place: Mapping[str, Any] = story["place_of_delivery"]
    return ParcelSeenOut(
        id=story["id"],
        tracking_number=story["tracking_number"],
        status=story["status"],
        delivered_at=story["delivered_at"],
        left_at=place["kind"],
        left_at_why=place["why"],
    )


def _why_no_verdict(standing: Standing, verdict: StoredVerdict | None) -> str | None:
    if verdict is not None:
        return None
    kind = Kind(standing.discrepancy.kind)
    if kind in WHY_NOT_WEIGHED:
        return WHY_NOT_WEIGHED[kind]
    missing = {line.purchase_line_id: line.quantity for line in standing.lines}
    asked = questions.ask(standing.gathered, missing, 0.5)
    return asked if isinstance(asked, str) else "It was not weighed yet."


def _rights(
    rows: Sequence[DiscrepancyRight], states: Mapping[UUID, DeadlineState], moment: datetime
) -> list[RightOut]:
    return [
        RightOut(
            right=row.right_kind,
            is_final=row.is_final,
            toward=_party(row.toward),
            window=row.time_window,
            last_on=row.last_on,
            last_at=row.last_at,
            last_safe_on=row.last_safe_on,
            has_passed=None if row.last_at is None else row.last_at < moment,
            not_before_on=row.not_before_on,
            source=row.source,
            why=row.why,
            deadline_id=row.deadline_id,
            state=states.get(row.deadline_id) if row.deadline_id else None,
        )
        for row in rows
    ]


def _party(text: str) -> PartyOut:
    kind, _, key = text.partition(":")
    return PartyOut(kind=PartyKind(kind), key=key or None)


def _filing(row: Discrepancy, today: date) -> FilingOut | None:
    if row.filing is None:
        return None
    last_on = row.filing["last_on"]
    has_passed = None if last_on is None else date.fromisoformat(last_on) < today
    return FilingOut.model_validate(
        {**row.filing, "has_passed": has_passed, "obligation_id": row.filing_obligation_id}
    )


def _early(
    session: AsyncSession, standing: Standing, told: Sequence[DiscrepancyRight]
) -> str | None:
    parcels = [(story["status"], story["delivered_at"] is not None) for story in standing.stories]
    days = [right.not_before_on for right in told if right.not_before_on is not None]
    return rules.early_note(
        parcels, not_before_on=max(days, default=None), today=now(session).date()
    )


async def _debts(session: AsyncSession, lines: Sequence[DiscrepancyLine]) -> list[tuple[int, str]]:
    losses = [line.loss_id for line in lines if line.loss_id is not None]
    return [
        (debt.number, debt.debtor)
        for debt in await debts_of(session, losses)
        if debt.kind != "file_claim"
    ]


async def _is_recovery_open(session: AsyncSession, row: Discrepancy) -> bool:
    case = await cases.get(session, row.case_id)
    others = sa.exists().where(
        Discrepancy.case_id == row.case_id,
        Discrepancy.id != row.id,
        Discrepancy.state == State.OPEN.value,
    )
    is_other_open = await session.scalar(sa.select(others))
    return case.recovery == Recovery.OPEN.value and not is_other_open


async def _settlements(session: AsyncSession, standing: Standing) -> list[SettlementOut]:
    query = sa.select(SettlementStep).where(
        SettlementStep.discrepancy_id == standing.discrepancy.id
    )
    names = {
        line.id: LineNameOut(purchase_order=told.purchase_order, line=told.line)
        for line, told in zip(standing.lines, standing.order_lines, strict=True)
    }
    return [
        SettlementOut(
            **{name: getattr(step, name) for name in _STEP},
            settlement=Settlement(step.settlement),
            order=names[step.line_id] if step.line_id else None,
            amount=money_of(step.amount, step.currency),
        )
        for step in await session.scalars(query.order_by(SettlementStep.id))
    ]
