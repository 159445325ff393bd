"""At whose door a claim is made, and whether a unit is in another claim already."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import rules
from app.claims.models import Claim, ClaimLine
from app.claims.naming import NamedLine
from app.claims.rules.axes import MADE_GOOD
from app.claims.rules.refusals import ContradictsClaim, UnitClaimedTwice
from app.claims.schemas import ClaimDoorIn
from app.kit.db import now
from app.orders import views
from app.vendors import service as vendors
from app.vendors.rules import Role, RoleNotPlayed, require_role

# A seller's terms are those of its part as a distributor, where it plays that.
_SELLS_AS = (Role.DISTRIBUTOR, Role.MANUFACTURER, Role.SERVICE)


async def find(
    session: AsyncSession, told: ClaimDoorIn | None, lines: Sequence[NamedLine]
) -> tuple[UUID, Role]:
    """Return the vendor and the part in which it is asked.

    Raises UnknownReference, RoleNotPlayed, ContradictsClaim.
    """
    if told is not None:
        vendor_id = (await vendors.resolve(session, {"/door/vendor": told.vendor}))[told.vendor]
        vendor = await vendors.get(session, told.vendor)
        try:
            require_role(vendor.key, vendor.roles, told.role)
        except RoleNotPlayed as problem:
            for error in problem.fields["errors"]:
                error["pointer"] = "/door/role"
            raise
        return vendor_id, told.role
    suppliers = {line.order.supplier_id for line in lines if line.order is not None}
    if len(suppliers) != 1 or any(line.order is None for line in lines):
        detail = (
            "the lines were bought from several; make a claim of each, or name the door"
            if suppliers
            else "nothing says whom it was bought from; name the door"
        )
        errors = [{"pointer": "/door", "detail": detail}]
        raise ContradictsClaim("One claim is made at one door.", errors=errors)
    (vendor_id,) = suppliers
    key = (await vendors.keys_of(session, {vendor_id}))[vendor_id]
    vendor = await vendors.get(session, key)
    roles = [role for role in _SELLS_AS if role.value in vendor.roles]
    ordered = [line.order.ordered_on for line in lines if line.order and line.order.ordered_on]
    on = min(ordered, default=now(session).date())
    told_of = await vendors.terms_by_role(session, vendor_id=vendor_id, on=on)
    return vendor_id, next((role for role in roles if role in told_of), roles[0])


async def hold(session: AsyncSession, names: Iterable[str]) -> None:
    """Hold units by name until the end of the transaction, taken in one order."""
    keys = sa.select(
        sa.func.hashtextextended(
            sa.func.unnest(sa.cast(sorted(set(names)), sa.ARRAY(sa.Text))), 11
        ).label("key")
    ).subquery()
    ordered = sa.select(keys.c.key).distinct().order_by(keys.c.key).subquery()
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(ordered.c.key)))


async def require_free(session: AsyncSession, claim: Claim, lines: Sequence[ClaimLine]) -> None:
    """Refuse units that another claim pursues already. Raises UnitClaimedTwice.

    Of two that are opened at once for the same unit the second sees the first.
    """
    await hold(session, (_unit_name(line) for line in lines))
    await hold(session, (f"line {line.purchase_line_id}" for line in lines))
    errors = [
        *await _serials_taken(session, claim, lines),
        *await _counts_taken(session, claim, lines),
    ]
    if errors:
        raise UnitClaimedTwice("It is claimed already.", errors=errors)


def _unit_name(line: ClaimLine) -> str:
    return f"unit {line.product_key} {line.serial_lookup}"


async def _serials_taken(
    session: AsyncSession, claim: Claim, lines: Sequence[ClaimLine]
) -> list[dict[str, Any]]:
    named = {(x.product_key, x.serial_lookup): x.position for x in lines if x.serial_lookup}
    rows = await session.execute(
        select_serials({serial for _, serial in named if serial}, besides=claim.id)
    )
    return [
        {
            "pointer": f"/lines/{named[row.product_key, row.serial_lookup] - 1}/serial",
            "detail": f"{row.serial!r} {_why_taken(row)} claim {rules.spoken_number(row.number)}",
            "claim_id": str(row.id),
        }
        for row in rows
        if (row.product_key, row.serial_lookup) in named
    ]


def _why_taken(row: Any) -> str:
    return "is in" if row.is_live else f"was {row.settled} by"


def select_serials(lookups: set[str], *, besides: UUID) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of claims of these serial numbers that are live, or have made them good.

    What was repaired, or kept for an allowance, may fail again.
    """
    return (
        sa.select(
            Claim.id,
            Claim.number,
            ClaimLine.product_key,
            ClaimLine.serial,
            ClaimLine.serial_lookup,
            Claim.is_live,
            ClaimLine.settled,
        )
        .join(ClaimLine, ClaimLine.claim_id == Claim.id)
        .where(
            ClaimLine.serial_lookup.in_(lookups),
            ClaimLine.serial_lookup.is_not(None),
            sa.or_(Claim.is_live, ClaimLine.settled.in_(MADE_GOOD)),
            Claim.id != besides,
        )
        .order_by(Claim.number)
    )


async def _counts_taken(
    session: AsyncSession, claim: Claim, lines: Sequence[ClaimLine]
) -> list[dict[str, Any]]:
    """Return order lines of which more are claimed at once than were ordered."""
    wanted = {line.purchase_line_id: line for line in lines if line.purchase_line_id}
    taken = (
        sa.select(ClaimLine.purchase_line_id, sa.func.sum(ClaimLine.quantity).label("quantity"))
        .join(Claim, Claim.id == ClaimLine.claim_id)
        .where(
            ClaimLine.purchase_line_id.in_(wanted),
            sa.or_(Claim.is_live, Claim.id == claim.id),
        )
        .group_by(ClaimLine.purchase_line_id)
    )
    told = views.purchase_lines().subquery()
    sums = taken.subquery()
    rows = await session.execute(
        sa.select(told.c.purchase_line_id, told.c.quantity, sums.c.quantity.label("claimed"))
        .join(sums, sums.c.purchase_line_id == told.c.purchase_line_id)
        .where(sums.c.quantity > told.c.quantity)
    )
    return [
        {
            "pointer": f"/lines/{wanted[row.purchase_line_id].position - 1}/quantity",
            "detail": f"{row.quantity} were ordered of it, and {row.claimed} would be in claims",
        }
        for row in rows
    ]
