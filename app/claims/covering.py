"""Whether a unit is covered at the door where it is claimed, and which door is the next.

A claim is taken all the same: what a term says is one thing, what a vendor grants another.
"""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.denying.facts import dates_of
from app.claims.schemas import ClaimDoorOut, ClaimEntitlementOut
from app.claims.standing import Standing
from app.coverage import service as coverage
from app.coverage.rules import Answer, DoorState
from app.kit.db import now
from app.orders.units import service as units
from app.products import service as products
from app.vendors import service as vendors
from app.vendors.grounds import ClaimKind, Facts
from app.vendors.rules import Role
from app.vendors.terms import Deadline, Right

_RIGHTS = {ClaimKind.DOA: Right.CLAIM_DOA, ClaimKind.WARRANTY: Right.CLAIM_WARRANTY}


async def entitlement(session: AsyncSession, standing: Standing) -> ClaimEntitlementOut:
    """Return whether it is covered, by what is known now. Unknown is never yes."""
    by_unit = await _of_unit(session, standing)
    if by_unit is not None:
        return by_unit
    found = await _window(session, standing, standing.kind)
    told_at = standing.claim.submitted_at or now(session)
    passed = found.has_passed(told_at) if found else None
    answer = {True: "no", False: "yes", None: "unknown"}[passed]
    door, why = (None, None) if answer == "yes" else await _next_door(session, standing)
    return ClaimEntitlementOut(
        answer=answer,
        why=found.why if found else "No term is on record, so nobody knows.",
        last_on=found.last_on if found else None,
        source=found.source if found else None,
        next_door=door,
        next_door_why=why,
    )


async def _of_unit(session: AsyncSession, standing: Standing) -> ClaimEntitlementOut | None:
    """Return what is known of the one unit at this door; None where the ERP keeps none of it."""
    ids = {line.unit_id for line in standing.lines}
    unit_id = next(iter(ids)) if len(ids) == 1 else None
    if unit_id is None:
        return None
    unit = (await units.by_id(session, [unit_id]))[unit_id]
    on = standing.counting.day(standing.claim.submitted_at or now(session))
    found = await coverage.entitlements(session, unit, on=on)
    told = found.doa if standing.kind is ClaimKind.DOA else found.warranty
    own = _own(standing, told.doors)
    if own is None:
        return None
    others = [each for each in told.doors if each is not own and each.answer is not Answer.NO]
    behind = None if own.answer is Answer.YES else next(iter(others), None)
    door = behind and ClaimDoorOut(
        vendor=behind.party.vendor, role=behind.party.role, product_line=None
    )
    return ClaimEntitlementOut(
        answer=own.answer.value,
        why=own.used.why,
        last_on=own.used.ends_on,
        source=own.used.source,
        next_door=door,
        next_door_why=behind.used.why if behind else None,
    )


def _own(standing: Standing, doors: Sequence[DoorState]) -> DoorState | None:
    ours = [each for each in doors if each.party.vendor == standing.vendor]
    role = Role(standing.claim.role)
    return next((each for each in ours if each.party.role is role), next(iter(ours), None))


async def _window(session: AsyncSession, standing: Standing, kind: ClaimKind) -> Deadline | None:
    facts = Facts(dates=await dates_of(session, standing))
    found = await vendors.deadlines(session, door=standing.door, claim_kind=kind, facts=facts)
    return next((each for each in found.vendor if each.right is _RIGHTS[kind]), None)


async def _next_door(
    session: AsyncSession, standing: Standing
) -> tuple[ClaimDoorOut | None, str | None]:
    maker = await _maker(session, standing)
    if maker is not None and maker != standing.vendor:
        door = ClaimDoorOut(vendor=maker, role=Role.MANUFACTURER, product_line=None)
        return door, "Its manufacturer: what a seller no longer takes may still be owed there."
    if standing.kind is ClaimKind.DOA:
        door = ClaimDoorOut(
            vendor=standing.vendor,
            role=Role(standing.claim.role),
            product_line=standing.claim.product_line,
        )
        return door, "The same door, under warranty: that runs by its own time."
    return None, "No other door is known."


async def _maker(session: AsyncSession, standing: Standing) -> str | None:
    """Return the one manufacturer of what is claimed."""
    keys = {line.product_key for line in standing.lines}
    if len(keys) != 1:
        return None
    (shown,) = await products.show(session, [await products.get(session, keys.pop())])
    return shown.manufacturer
