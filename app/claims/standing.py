"""A claim with all that is known of it: read, never assumed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import keeping
from app.claims.models import Claim, ClaimFact, ClaimLine, ClaimReturn
from app.claims.order_finds import OrderLine, order_lines
from app.vendors import service as vendors
from app.vendors.grounds import ClaimKind
from app.vendors.rules import Role
from app.vendors.service import Door
from app.vendors.terms import Counting, VendorTerms


@dataclass(frozen=True, slots=True)
class Standing:
    """A claim with all that is known of it.

    terms      of the door, in force on the day of the order; None: nobody told any
    counting   by the vendor's calendar
    """

    claim: Claim
    lines: Sequence[ClaimLine]
    facts: Sequence[ClaimFact]
    returns: Sequence[ClaimReturn]
    orders: Mapping[UUID, OrderLine]
    vendor: str
    terms: VendorTerms | None
    counting: Counting

    @property
    def kind(self) -> ClaimKind:
        """Return what is claimed."""
        return ClaimKind(self.claim.kind)

    @property
    def door(self) -> Door:
        """Return at whose door it is claimed."""
        on = terms_on(self.claim, self.orders.values())
        return Door(self.claim.vendor_id, Role(self.claim.role), on, self.claim.product_line)

    @property
    def party(self) -> dict[str, str]:
        """Return the vendor as the ledger is told of it."""
        return {"kind": "vendor", "key": self.vendor}

    def line(self, position: int) -> ClaimLine:
        """Return the line of a position that there is."""
        return self.lines[position - 1]

    def order_of(self, line: ClaimLine) -> OrderLine | None:
        """Return the order line that a line of the claim is of."""
        return self.orders.get(line.purchase_line_id) if line.purchase_line_id else None

    def about(self, line: ClaimLine | None = None) -> dict[str, Any]:
        """Return what everything that is told to the ledger of it is about."""
        one = line or (self.lines[0] if len(self.lines) == 1 else None)
        return {
            "case_id": self.claim.case_id,
            "purchase_line_id": one.purchase_line_id if one else None,
            "product": one.product_key if one else None,
            "serial": one.serial if one else None,
            "rma": self.claim.rma,
        }


def terms_on(claim: Claim, orders: Any) -> date:
    """Return the day whose terms count: that of the order, else that of the failure."""
    ordered = [line.ordered_on for line in orders if line.ordered_on]
    return min(ordered, default=claim.found_at.date())


async def stand(session: AsyncSession, claim: Claim) -> Standing:
    """Return a claim with all that is known of it now."""
    lines = await keeping.lines_of(session, claim.id)
    facts = await keeping.facts_of(session, claim.id)
    returns = await keeping.returns_of(session, claim.id)
    orders = await order_lines(
        session, {line.purchase_line_id for line in lines if line.purchase_line_id}
    )
    vendor = (await vendors.keys_of(session, {claim.vendor_id}))[claim.vendor_id]
    in_force = await vendors.terms_in_force(
        session,
        vendor_id=claim.vendor_id,
        role=Role(claim.role),
        product_line=claim.product_line,
        on=terms_on(claim, orders.values()),
    )
    counting = await vendors.calendar_of(session, f"vendor:{vendor}")
    terms = in_force.terms if in_force else None
    return Standing(claim, lines, facts, returns, orders, vendor, terms, counting)
