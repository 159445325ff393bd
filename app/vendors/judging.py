"""What rooms above ask of terms: to judge a denial, and when rights of ours end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.vendors import calendars
from app.vendors.grounds import ClaimKind, Facts, Judgement, judge
from app.vendors.rules import Role
from app.vendors.tariff_records import Carriage, TariffInForce, tariff_in_force
from app.vendors.term_records import TermsInForce, terms_in_force
from app.vendors.terms import (
    NOBODYS,
    Counting,
    Deadline,
    Filing,
    Right,
    Stated,
    TariffKind,
    VendorTerms,
    carrier_deadlines,
    filing,
    prefer,
    vendor_deadlines,
)

_TARIFFS: Mapping[ClaimKind, TariffKind] = MappingProxyType(
    {
        ClaimKind.SHORT_SHIPMENT: TariffKind.DAMAGE_OR_MISSING_CONTENTS,
        ClaimKind.DAMAGE: TariffKind.DAMAGE_OR_MISSING_CONTENTS,
        ClaimKind.CONCEALED_DAMAGE: TariffKind.DAMAGE_OR_MISSING_CONTENTS,
        ClaimKind.NON_DELIVERY: TariffKind.NON_DELIVERY,
    }
)
_RIGHTS: Mapping[ClaimKind, frozenset[Right]] = MappingProxyType(
    {
        ClaimKind.SHORT_SHIPMENT: frozenset(
            {Right.REPORT_SHORTAGE, Right.ASK_FOR_PROOF_OF_DELIVERY}
        ),
        ClaimKind.NON_DELIVERY: frozenset(
            {Right.REPORT_NON_DELIVERY, Right.ASK_FOR_PROOF_OF_DELIVERY}
        ),
        ClaimKind.WRONG_ITEM: frozenset({Right.REPORT_WRONG_ITEM}),
        ClaimKind.DAMAGE: frozenset({Right.REPORT_DAMAGE}),
        ClaimKind.CONCEALED_DAMAGE: frozenset({Right.REPORT_CONCEALED_DAMAGE}),
        ClaimKind.DOA: frozenset({Right.CLAIM_DOA, Right.SHIP_UNDER_RMA}),
        ClaimKind.WARRANTY: frozenset({Right.CLAIM_WARRANTY, Right.SHIP_UNDER_RMA}),
        ClaimKind.STOCK_RETURN: frozenset({Right.RETURN, Right.SHIP_UNDER_RMA}),
    }
)


@dataclass(frozen=True, slots=True)
class Door:
    """At whose door it is claimed: a vendor in a role, for a product line, by a day's terms."""

    vendor_id: UUID
    role: Role
    on: date
    product_line: str | None = None


@dataclass(frozen=True, slots=True)
class JudgedDenial:
    """A judgement, and the records in force that it was made by; None where there are none."""

    judgement: Judgement
    terms: TermsInForce | None
    tariff: TariffInForce | None


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When rights of ours end, and who may file with the carrier at all."""

    vendor: tuple[Deadline, ...]
    carrier: tuple[Deadline, ...]
    filing: Filing | None
    terms: TermsInForce | None
    tariff: TariffInForce | None
    vendor_counting: Counting = NOBODYS
    carrier_counting: Counting = NOBODYS


async def judge_denial(
    session: AsyncSession,
    *,
    door: Door,
    ground: str,
    claim_kind: ClaimKind,
    facts: Facts,
    carriage: Carriage | None = None,
) -> JudgedDenial:
    """Judge a vendor's ground by the terms and the tariff in force. Stores nothing."""
    terms = await _terms(session, door)
    tariff, filed, _ = await _filing(session, door, claim_kind, facts, carriage)
    told = terms.terms if terms else VendorTerms()
    counting = await calendars.of_vendor(session, door.vendor_id)
    judgement = judge(ground, claim_kind, facts, told, filed, counting)
    return JudgedDenial(judgement, terms, tariff)


async def deadlines(
    session: AsyncSession,
    *,
    door: Door,
    claim_kind: ClaimKind,
    facts: Facts,
    carriage: Carriage | None = None,
    stated: Mapping[Right, Stated] = MappingProxyType({}),
) -> Deadlines:
    """Return when our rights against vendor and carrier end. What is unset has no day.

    A day that they have named themselves wins over the computed one, which is told beside it.
    """
    terms = await _terms(session, door)
    tariff, filed, by_carrier = await _filing(session, door, claim_kind, facts, carriage)
    by_vendor = await calendars.of_vendor(session, door.vendor_id)
    rights = _RIGHTS.get(claim_kind, frozenset())
    return Deadlines(
        prefer(
            vendor_deadlines(
                rights, terms.terms if terms else VendorTerms(), facts.dates, by_vendor
            ),
            stated,
            by_vendor,
        ),
        prefer(carrier_deadlines(tariff.tariff, facts.dates, by_carrier), stated, by_carrier)
        if tariff
        else (),
        filed,
        terms,
        tariff,
        by_vendor,
        by_carrier,
    )


async def _terms(session: AsyncSession, door: Door) -> TermsInForce | None:
    return await terms_in_force(
        session,
        vendor_id=door.vendor_id,
        role=door.role,
        product_line=door.product_line,
        on=door.on,
    )


async def _filing(
    session: AsyncSession,
    door: Door,
    claim_kind: ClaimKind,
    facts: Facts,
    carriage: Carriage | None,
) -> tuple[TariffInForce | None, Filing | None, Counting]:
    if carriage is None:
        return None, None, NOBODYS
    tariff = await tariff_for(session, carriage=carriage, claim_kind=claim_kind, on=door.on)
    if tariff is None:
        return None, None, NOBODYS
    counting = await calendars.of_party(session, f"carrier:{carriage.carrier}")
    filed = filing(tariff.tariff, carriage.carrier, facts.sides, facts.dates, counting)
    return tariff, filed, counting


async def tariff_for(
    session: AsyncSession, *, carriage: Carriage, claim_kind: ClaimKind, on: date
) -> TariffInForce | None:
    """Return the tariff that a kind of claim falls under; None where it falls under none."""
    kind = _TARIFFS.get(claim_kind)
    if kind is None:
        return None
    return await tariff_in_force(session, carriage=carriage, kind=kind, on=on)
