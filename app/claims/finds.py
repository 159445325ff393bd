"""The query by which claims are found. Each find rests on an index."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app.claims.models import Claim, ClaimLine
from app.claims.rules import Kind
from app.claims.rules.axes import Authorization, ReturnLeg, SettlementState
from app.orders.rules import rma_lookup, serial_lookup


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """What claims are found by; all that is given must hold."""

    kind: Kind | None = None
    authorization: Authorization | None = None
    return_leg: ReturnLeg | None = None
    settlement: SettlementState | None = None
    is_open: bool | None = None
    case_id: UUID | None = None
    vendor_id: UUID | None = None
    rma: str | None = None
    serial: str | None = None
    number: int | None = None


def select_claims(wanted: ClaimFilter, *, after: UUID | None = None) -> sa.Select[Claim]:
    """Return the query of claims in the order they were opened, after an id."""
    exact = {
        Claim.kind: wanted.kind,
        Claim.authorization: wanted.authorization,
        Claim.return_leg: wanted.return_leg,
        Claim.settlement: wanted.settlement,
        Claim.case_id: wanted.case_id,
        Claim.vendor_id: wanted.vendor_id,
        Claim.number: wanted.number,
    }
    query = sa.select(Claim).order_by(Claim.id)
    query = query.where(*(column == value for column, value in exact.items() if value is not None))
    if wanted.is_open is not None:
        query = query.where(Claim.is_live if wanted.is_open else ~Claim.is_live)
    if wanted.rma is not None:
        query = query.where(
            Claim.rma_lookup == rma_lookup(wanted.rma), Claim.rma_lookup.is_not(None)
        )
    if wanted.serial is not None:
        lookup = serial_lookup(wanted.serial)
        of_serial = sa.select(ClaimLine.claim_id).where(
            ClaimLine.serial_lookup == lookup, ClaimLine.serial_lookup.is_not(None)
        )
        query = query.where(Claim.id.in_(of_serial))
    return query if after is None else query.where(Claim.id > after)
