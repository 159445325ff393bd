"""The way back as it is read."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import reading
from app.claims.models import Claim
from app.claims.returning.inspecting import findings_of, terms_fee
from app.claims.returning.schemas import ClaimFindingOut, ReturnOut, WayBackOut
from app.claims.rules.findings import X12_REASONS, FeeResolution, FoundOutcome
from app.claims.standing import stand
from app.kit.money_fields import MoneyOut
from app.obligations import views
from app.obligations.rules import State as DebtState
from app.vendors.grounds import Judgement

_PARCEL = ("id", "tracking_number", "carrier", "sent_at", "parcel_id", "lost_at", "by_name", "note")
_FINDING = (
    *("id", "serial_found", "report_file_id", "note", "disputed_at", "disputed_by"),
    *("disputed_words", "resolved_at", "resolution_note"),
)


async def way_back(session: AsyncSession, claim: Claim) -> WayBackOut:
    """Return the parcels and findings of a claim."""
    standing = await stand(session, claim)
    carried = await reading.carried(session, standing.returns)
    lines = {line.id: line for line in standing.lines}
    findings = await findings_of(session, claim.id)
    states = await _states(session, [row.fee_id for row in findings if row.fee_id])
    shown: list[ClaimFindingOut] = []
    for row in findings:
        outcome, line = FoundOutcome(row.outcome), lines[row.line_id]
        by_terms, why = terms_fee(standing, line, outcome)
        shown.append(
            ClaimFindingOut(
                **{name: getattr(row, name) for name in _FINDING},
                line=line.position,
                outcome=outcome,
                x12_response=X12_REASONS.get(outcome),
                fee=MoneyOut.model_validate(row.fee) if row.fee else None,
                fee_by_terms=MoneyOut(amount=by_terms[0], currency=by_terms[1])
                if by_terms
                else None,
                fee_why=row.fee_why or why,
                fee_obligation_id=row.fee_id,
                fee_state=states.get(row.fee_id) if row.fee_id else None,
                judgement=Judgement.model_validate(row.judgement) if row.judgement else None,
                resolution=FeeResolution(row.resolution) if row.resolution else None,
            )
        )
    return WayBackOut(
        parcels=[
            ReturnOut(
                **{name: getattr(row, name) for name in _PARCEL},
                delivered_at=told.delivered_at,
                came_back_at=told.came_back_at,
            )
            for row, told in zip(standing.returns, carried, strict=True)
        ],
        findings=shown,
    )


async def _states(session: AsyncSession, ids: list[UUID]) -> dict[UUID, DebtState]:
    told = views.obligations().subquery()
    rows = await session.execute(
        sa.select(told.c.obligation_id, told.c.state).where(told.c.obligation_id.in_(ids))
    )
    return {obligation_id: DebtState(state) for obligation_id, state in rows}
