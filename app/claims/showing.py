"""Claims as they are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.cases.rules import spoken_number as case_number
from app.claims import covering, owing, reading, rules, unit_finds
from app.claims.denial_models import ClaimDenial
from app.claims.denying.showing import x12_response
from app.claims.filing import files_of
from app.claims.models import Claim, ClaimFact, ClaimLine
from app.claims.reading import Read
from app.claims.rules import ClaimFileKind, Kind, WantedRemedy
from app.claims.rules.axes import (
    Authorization,
    ReturnLeg,
    SettlementState,
    is_live,
    x12_disposition,
)
from app.claims.rules.folding import OF_THE_ROAD, Fact
from app.claims.schemas import (
    ClaimCaseOut,
    ClaimDoorOut,
    ClaimFileOut,
    ClaimLineOut,
    ClaimOut,
    ClaimWhole,
    DueOut,
    FactOut,
    OrderNameOut,
    ReturnClockOut,
    RmaOut,
    VendorStatusOut,
    X12Out,
)
from app.claims.standing import Standing, stand
from app.claims.watching import warns_at
from app.kit.money_fields import money_of
from app.obligations import views
from app.obligations.rules import Channel
from app.obligations.rules import State as DebtState
from app.vendors import service as vendors
from app.vendors.rules import Role

_AS_KEPT = (
    "id",
    "version",
    "vendor_reference",
    "our_reference",
    "symptom",
    "submitted_at",
    "settled_at",
    "created_at",
    "updated_at",
)
_DEFECTIVE = "DM"


async def show(session: AsyncSession, rows: Sequence[Claim]) -> list[ClaimOut]:
    """Return claims as they are read in a list, in the order given."""
    keys = await vendors.keys_of(session, {row.vendor_id for row in rows})
    numbers = await cases.numbers(session, {row.case_id for row in rows})
    grounds = await _grounds(session, [row.id for row in rows])
    return [
        _short(session, row, keys[row.vendor_id], numbers[row.case_id], grounds.get(row.id))
        for row in rows
    ]


async def _grounds(session: AsyncSession, claim_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the ground of each claim's newest refusal."""
    rows = await session.execute(
        sa.select(ClaimDenial.claim_id, ClaimDenial.ground)
        .where(ClaimDenial.claim_id.in_(claim_ids))
        .order_by(ClaimDenial.said_at, ClaimDenial.id)
    )
    return dict(rows.all())


def _short(
    session: AsyncSession, row: Claim, vendor: str, case: int, ground: str | None
) -> ClaimOut:
    authorization, settlement = Authorization(row.authorization), SettlementState(row.settlement)
    return ClaimOut(
        **{name: getattr(row, name) for name in _AS_KEPT},
        number=rules.spoken_number(row.number),
        case=ClaimCaseOut(id=row.case_id, number=case_number(case)),
        kind=Kind(row.kind),
        door=ClaimDoorOut(vendor=vendor, role=Role(row.role), product_line=row.product_line),
        asks_for=WantedRemedy(row.asks_for),
        authorization=authorization,
        return_leg=ReturnLeg(row.return_leg),
        settlement=settlement,
        is_open=is_live(authorization, settlement),
        x12=X12Out(
            disposition=x12_disposition(authorization, settlement, has_number=bool(row.rma)),
            reason=_DEFECTIVE,
            response=_response(authorization, ground),
        ),
        rma=_rma(session, row),
        vendor_status=None
        if row.vendor_status is None
        else VendorStatusOut.model_validate(
            {"text": row.vendor_status, "seen_at": row.vendor_status_seen_at}
        ),
    )


def _response(authorization: Authorization, ground: str | None) -> str | None:
    if authorization is Authorization.INFO_REQUESTED:
        return "MI"
    refused = authorization in {Authorization.DENIED, Authorization.APPEALED}
    return x12_response(ground) if refused and ground else None


def _rma(session: AsyncSession, row: Claim) -> RmaOut | None:
    if row.rma is None and row.lapses_at is None:
        return None
    lapses_at = row.lapses_at
    return RmaOut(
        number=row.rma,
        lapses_at=lapses_at,
        warns_at=warns_at(lapses_at, session) if lapses_at else None,
    )


async def show_whole(session: AsyncSession, row: Claim) -> ClaimWhole:
    """Return a claim as it is read by itself."""
    (short,) = await show(session, [row])
    standing = await stand(session, row)
    found = await reading.read(session, standing)
    return ClaimWhole(
        **dict(short),
        tried=row.tried,
        found_at=row.found_at,
        is_box_opened=row.is_box_opened,
        lines=await _lines(session, standing),
        entitlement=await covering.entitlement(session, standing),
        facts=_facts(standing, found),
        files=[
            ClaimFileOut(
                id=each.id,
                file_id=each.file_id,
                what=ClaimFileKind(each.what),
                note=each.note,
                added_at=each.added_at,
                added_by=each.added_by,
            )
            for each in await files_of(session, row.id)
        ],
        return_clock=ReturnClockOut(
            late_clock_stopped_at=found.journey.late_clock_stopped_at,
            risk_ended_at=found.journey.risk_ended_at,
        ),
        dues=await _dues(session, row.id),
    )


async def _lines(session: AsyncSession, standing: Standing) -> list[ClaimLineOut]:
    ids = {line.unit_id for line in standing.lines if line.unit_id is not None}
    units = await unit_finds.by_id(session, ids) if ids else {}
    keys = {unit_id: unit.key for unit_id, unit in units.items()}
    return [_line(standing, line, keys) for line in standing.lines]


def _line(standing: Standing, line: ClaimLine, units: Mapping[UUID, str]) -> ClaimLineOut:
    order = standing.order_of(line)
    return ClaimLineOut(
        line=line.position,
        order=OrderNameOut(purchase_order=order.purchase_order, line=order.line) if order else None,
        product=line.product_key,
        unit=units.get(line.unit_id) if line.unit_id else None,
        serial=line.serial,
        quantity=line.quantity,
        granted=line.granted,
        unit_value=money_of(line.unit_value_amount, line.unit_value_currency),
        settled=SettlementState(line.settled) if line.settled else None,
        settled_quantity=line.settled_quantity,
        loss_id=line.loss_id,
    )


def _facts(standing: Standing, found: Read) -> list[FactOut]:
    counted = reading.ids(found.course.counted)
    return [
        FactOut(
            **{name: getattr(fact, name) for name in _FACT},
            fact=Fact(fact.fact),
            channel=Channel(fact.channel) if fact.channel else None,
            counts=fact.id in counted or _moved(fact, found),
        )
        for fact in standing.facts
    ]


_FACT = ("id", "at", "is_ours", "by_name", "words", "told", "recorded_at", "recorded_by")


def _moved(fact: ClaimFact, found: Read) -> bool:
    if Fact(fact.fact) not in OF_THE_ROAD:
        return False
    reached: set[datetime] = set(found.journey.reached.values())
    return fact.at in reached


async def _dues(session: AsyncSession, claim_id: UUID) -> list[DueOut]:
    rows = await owing.rows_of(session, claim_id)
    told = views.obligations().subquery()
    wanted = [row.obligation_id for row in rows if row.obligation_id]
    debts: dict[UUID, Any] = {
        debt.obligation_id: debt
        for debt in await session.execute(sa.select(told).where(told.c.obligation_id.in_(wanted)))
    }
    return [
        DueOut(
            purpose=row.purpose,
            obligation_id=row.obligation_id,
            deadline_id=row.deadline_id,
            number=debt.number if debt else None,
            debtor=debt.debtor if debt else None,
            state=DebtState(debt.state) if debt else None,
            due_at=debt.due_at if debt else None,
        )
        for row in rows
        for debt in [debts.get(row.obligation_id) if row.obligation_id else None]
    ]
