"""How entitlements are shown."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from app.coverage import advancing
from app.coverage.remedies import Help, Plan
from app.coverage.rules import (
    DISCLAIMER,
    Answer,
    Dates,
    DoorState,
    Entitlement,
    Finding,
    Known,
    Party,
)
from app.coverage.schemas import (
    AdvanceReplacementOut,
    DateOut,
    DoorOut,
    EntitlementOut,
    EntitlementsOut,
    FindingOut,
    KnownOut,
    NextDoorOut,
    OwedByOut,
    RemedyOut,
    StepOut,
    SwapOut,
    UnitCandidateOut,
)
from app.coverage.service import Entitlements
from app.orders.units.service import UnitOut
from app.vendors.terms import Window

_DAY = timedelta(days=1)


def candidate(unit: UnitOut) -> UnitCandidateOut:
    """Return a unit that may be meant, and where its entitlements are."""
    return UnitCandidateOut(
        unit=unit.key,
        serial=unit.serial,
        product=unit.product,
        manufacturer=unit.manufacturer,
        customer=unit.customer,
        href=f"/v1/entitlements?unit={quote(unit.key, safe='')}",
    )


def shown(found: Entitlements, needed_by: date | None) -> EntitlementsOut:
    """Return what a unit is entitled to, as it is read."""
    goods = found.goods
    return EntitlementsOut(
        unit=found.unit.key,
        serial=found.unit.serial,
        product=goods.product_key,
        product_line=goods.product_line,
        manufacturer=goods.manufacturer,
        supplier=goods.supplier,
        on=found.on,
        needed_by=needed_by,
        terms_on=goods.terms_on,
        terms_on_why=goods.terms_on_why,
        replaces=list(found.replaces),
        dates=_dates(found.dates),
        warranty=EntitlementOut(**_entitlement(found.warranty)),
        doa=EntitlementOut(**_entitlement(found.doa)),
        advance_replacement=AdvanceReplacementOut(
            **_entitlement(found.advance_replacement), terms=_swap(found)
        ),
        contract=None if found.contract is None else _finding(found.contract, is_used=True),
        remedies=[_remedy(plan) for plan in found.plans],
        best=_best(found.plans),
        warnings=list(found.warnings),
        note=DISCLAIMER,
    )


def _dates(dates: Dates) -> list[DateOut]:
    return [
        DateOut(
            anchor=anchor,
            used=_known(told[0]),
            others=[_known(each) for each in told[1:]],
            disagree=len({each.when.isoformat()[:10] for each in told}) > 1,
        )
        for anchor, told in sorted(dates.items())
        if told
    ]


def _known(known: Known) -> KnownOut:
    return KnownOut(when=known.when, source=known.source, weight=known.weight)


def _entitlement(found: Entitlement) -> Mapping[str, Any]:
    door, decided_by = found.door, found.decided_by
    used = decided_by.used if decided_by else None
    return {
        "answer": found.answer,
        "why": found.why,
        "ends_on": used.ends_on if used else None,
        "rule": used.rule if used else None,
        "source": used.source if used else None,
        "owed_by": _party(found.owed_by),
        "door": _party(door.party if door else None),
        "next_door": _next(door, found.next_door),
        "disagree": decided_by is not None and decided_by.disagree,
        "doors": [_door(each) for each in found.doors],
    }


def _party(party: Party | None) -> OwedByOut | None:
    return None if party is None else OwedByOut(vendor=party.vendor, role=party.role)


def _next(door: DoorState | None, behind: DoorState | None) -> NextDoorOut | None:
    if door is None or behind is None:
        return None
    closes = door.used.ends_on
    return NextDoorOut(
        vendor=behind.party.vendor,
        role=behind.party.role,
        answer=behind.answer,
        from_=closes + _DAY if closes is not None and closes < date.max else None,
        closes_on=behind.used.ends_on,
    )


def _door(door: DoorState) -> DoorOut:
    return DoorOut(
        vendor=door.party.vendor,
        role=door.party.role,
        answer=door.answer,
        closes_on=door.used.ends_on,
        next=door.next_vendor,
        disagree=door.disagree,
        findings=[_finding(each, is_used=each is door.used) for each in door.findings],
    )


def _finding(finding: Finding, *, is_used: bool) -> FindingOut:
    return FindingOut(
        basis=finding.basis,
        vendor=finding.vendor,
        role=finding.role,
        answer=finding.answer,
        begins_on=finding.begins_on,
        ends_on=finding.ends_on,
        last_at=finding.last_at,
        rule=finding.rule,
        source=finding.source,
        terms=finding.terms_key,
        terms_version=finding.terms_version,
        lookup=finding.lookup_key,
        seen_on=finding.seen_on,
        weight=finding.weight,
        is_used=is_used,
        why=finding.why,
    )


def _swap(found: Entitlements) -> SwapOut | None:
    """Return the terms of the door that is used, or would be first."""
    entitlement = found.advance_replacement
    doors = [each for each in (entitlement.door, *entitlement.doors) if each is not None]
    party = next((each.party for each in doors if each.party.terms.advance_replacement), None)
    offered = party.terms.advance_replacement if party else None
    if party is None or offered is None:
        return None
    reached = advancing.stage_on(party, offered, found.first_dates, found.on)
    stage = reached.stage if isinstance(reached, advancing.Reached) else None
    charge = offered.charge
    return SwapOut(
        condition=stage.condition if stage else None,
        needs_contract=stage.needs_contract if stage else None,
        ships_within=_text(offered.ships_within),
        return_by=_text(offered.return_by),
        charged_after=_text(offered.charged_after),
        charge_model=charge.model if charge else None,
        charge_basis=charge.basis if charge else None,
        security=charge.security if charge else None,
        must_match=offered.must_match,
        default_ends_service=offered.default_ends_service,
    )


def _text(window: Window | None) -> str | None:
    return None if window is None else window.text()


def _remedy(plan: Plan) -> RemedyOut:
    return RemedyOut(
        remedy=plan.remedy,
        answer=plan.answer,
        vendor=plan.party.vendor,
        role=plan.party.role,
        helps_by=plan.helps_by,
        not_before_on=plan.not_before_on,
        in_time=plan.in_time,
        return_by=plan.return_by,
        steps=[StepOut.model_validate(step) for step in plan.steps],
        notes=list(plan.notes),
        why=plan.why,
    )


def _best(plans: tuple[Plan, ...]) -> Help | None:
    """Return the soonest that is owed, and in time where a day was named."""
    for plan in plans:
        is_late = plan.in_time not in {None, Answer.YES}
        if plan.answer is Answer.YES and plan.helps_by is not None and not is_late:
            return plan.remedy
    return None
