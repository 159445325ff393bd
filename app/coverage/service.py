"""What a unit is entitled to on a day, from all that is on record. Stores nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.coverage import advancing, lookups
from app.coverage.dating import dates_of
from app.coverage.findings import by_lookup, by_term, carried_over
from app.coverage.lookups import record as record_lookup
from app.coverage.parties import Goods, goods_of
from app.coverage.remedies import Plan, Wanted, compare
from app.coverage.rules import (
    Answer,
    Dates,
    Entitled,
    Entitlement,
    Finding,
    Gives,
    Lookup,
    Party,
)
from app.coverage.weighing import best, settle
from app.kit.db import now
from app.orders.units import service as units
from app.orders.units.rules import spoken_rma
from app.orders.units.service import Unit
from app.vendors.terms import Right

__all__ = ["Entitlements", "entitlements", "record_lookup"]


@dataclass(frozen=True, slots=True)
class Entitlements:
    """What one unit is entitled to on one day, and what helps by when.

    replaces     keys of the units it stands in for, the first one first
    first_dates  when things happened to the first of them; `dates`: to the unit itself
    """

    unit: Unit
    on: date
    goods: Goods
    dates: Dates
    first_dates: Dates
    warranty: Entitlement
    doa: Entitlement
    advance_replacement: Entitlement
    contract: Finding | None
    replaces: tuple[str, ...]
    plans: tuple[Plan, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """A unit with those it stands in for, the first one first, and what is known of each."""

    units: tuple[Unit, ...]
    dates: Mapping[UUID, Dates]
    lookups: Mapping[UUID, list[Lookup]]

    @property
    def unit(self) -> Unit:
        return self.units[-1]

    @property
    def first(self) -> Unit:
        return self.units[0]


async def entitlements(
    session: AsyncSession,
    unit: Unit,
    *,
    on: date | None = None,
    needed_by: date | None = None,
    transit_days: int | None = None,
) -> Entitlements:
    """Return what a unit is entitled to on a day (today), at whose door, and what helps by when.

    transit_days   how many business days a parcel takes; None: unknown
    """
    moment = now(session)
    day = on or moment.date()
    line = await _line(session, unit)
    others = {each.vendor for told in line.lookups.values() for each in told}
    # A replacement was not bought: whose it is, and by what terms, the first one tells.
    goods = await goods_of(session, line.first, line.dates[line.first.id], day, others)
    warranty = _warranty(line, goods, day)
    doa = _doa(line, goods, day)
    contract = _contract(line, day)
    swap = _advance(line, goods, day, warranty=warranty, doa=doa, contract=contract)
    asked: date | datetime = moment if on is None or on == moment.date() else day
    all_of = {each.to: each for each in (warranty, doa, swap)}
    return Entitlements(
        unit=unit,
        on=day,
        goods=goods,
        dates=line.dates[unit.id],
        first_dates=line.dates[line.first.id],
        warranty=warranty,
        doa=doa,
        advance_replacement=swap,
        contract=contract,
        replaces=tuple(each.key for each in line.units[:-1]),
        plans=compare(all_of, Wanted(asked, needed_by, transit_days)),
        warnings=await _warnings(session, unit, goods),
    )


async def _line(session: AsyncSession, unit: Unit) -> _Line:
    chain = await units.chain(session, unit.id)
    ids = [link.old_unit_id for link in chain]
    before = await units.by_id(session, ids)
    line = (*(before[identity] for identity in ids), unit)
    return _Line(
        units=line,
        dates=await dates_of(session, line),
        lookups=await lookups.of_units(session, [each.id for each in line]),
    )


def _warranty(line: _Line, goods: Goods, on: date) -> Entitlement:
    told = [(party, _of_warranty(line, party, on)) for party in goods.parties]
    return settle(Entitled.WARRANTY, told, manufacturer=goods.manufacturer)


def _of_warranty(line: _Line, party: Party, on: date) -> list[Finding]:
    """Return what sources say of one door; of a replacement, by the rest of the unit before."""
    first = line.first
    found = [
        by_term(Right.CLAIM_WARRANTY, party, line.dates[first.id], on),
        *_pages(line, first, party, Gives.WARRANTY, on),
    ]
    for unit in line.units[1:]:
        found = [
            carried_over(party, best(found), line.dates[unit.id], on),
            *_pages(line, unit, party, Gives.WARRANTY, on),
        ]
    return found


def _pages(line: _Line, unit: Unit, party: Party, gives: Gives, on: date) -> list[Finding]:
    told = line.lookups.get(unit.id, [])
    return [by_lookup(each, gives, on) for each in told if each.vendor == party.vendor]


def _doa(line: _Line, goods: Goods, on: date) -> Entitlement:
    """Judge by the unit's own days: a replacement can come dead out of its box too."""
    dates = line.dates[line.unit.id]
    told = [(party, [by_term(Right.CLAIM_DOA, party, dates, on)]) for party in goods.parties]
    return settle(Entitled.DOA, told, manufacturer=goods.manufacturer)


def _contract(line: _Line, on: date) -> Finding | None:
    """Return what pages say of a service contract for the unit; None: no page was looked at."""
    told: Sequence[Lookup] = line.lookups.get(line.unit.id, [])
    found = [by_lookup(each, Gives.CONTRACT, on) for each in told]
    return best(found) if found else None


def _advance(
    line: _Line,
    goods: Goods,
    on: date,
    *,
    warranty: Entitlement,
    doa: Entitlement,
    contract: Finding | None,
) -> Entitlement:
    answers = {"warranty": warranty.answer, "DOA": doa.answer}
    if contract is not None and contract.answer is not Answer.UNKNOWN:
        answers["contract"] = contract.answer
    cover = advancing.covered(answers)
    dates = line.dates[line.first.id]
    told = [
        (
            party,
            [
                advancing.by_terms(party, dates, on, cover=cover, contract=contract),
                *_named(_pages(line, line.unit, party, Gives.ADVANCE_REPLACEMENT, on)),
            ],
        )
        for party in goods.parties
    ]
    return settle(Entitled.ADVANCE_REPLACEMENT, told, manufacturer=goods.manufacturer)


def _named(found: Sequence[Finding]) -> list[Finding]:
    # A page that says nothing of it is no source of it.
    return [each for each in found if each.is_known and each.rule is not None]


async def _warnings(session: AsyncSession, unit: Unit, goods: Goods) -> tuple[str, ...]:
    found = [] if unit.cancelled_at is None else ["This unit was booked in error."]
    gone = (await units.gone(session, [unit.id])).get(unit.id)
    if gone is not None:
        rma = spoken_rma(gone.rma)
        found.append(f"This serial went back in {rma} on {gone.went_back_at.date()}.")
    links = await units.links(session, [unit.id])
    if any(link.old_unit_id == unit.id for link in links):
        found.append("Another unit stands in for this one already.")
    if goods.supplier is None:
        found.append("Who sold it to us is unknown: the unit names no line of an order.")
    if goods.manufacturer is None:
        found.append("Who made it is unknown: the product names no manufacturer.")
    return tuple(found)
