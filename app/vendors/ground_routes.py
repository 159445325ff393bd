"""Grounds over HTTP: what vendors say, and whether it holds."""

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.kit.records import UnknownReference
from app.vendors import calendars, judging, vendor_records
from app.vendors.calendar_schemas import CalendarUsed
from app.vendors.ground_schemas import (
    CarriageIn,
    GroundOut,
    Grounds,
    JudgementIn,
    JudgementOut,
    RecordUsed,
    RuleOut,
)
from app.vendors.grounds import MEANINGS, RULES, ClaimKind, Facts, Ground, judge
from app.vendors.tariff_records import Carriage, TariffInForce
from app.vendors.term_records import TermsInForce, terms_in_force
from app.vendors.terms import NOBODYS, Filing, VendorTerms, filing

router = APIRouter(prefix="/v1/grounds", tags=["vendors"], route_class=TransactionalRoute)


def _shown(ground: Ground) -> GroundOut:
    return GroundOut(
        ground=ground,
        says=MEANINGS[ground].says,
        x12=MEANINGS[ground].x12,
        judged=[
            RuleOut(claim_kind=kind, rule=rule.name, says=rule.says)
            for kind, rule in RULES[ground].items()
        ],
    )


_ALL = Grounds(items=[_shown(ground) for ground in Ground])


@router.get(
    "",
    summary="List the grounds that are judged",
    response_model=Grounds,
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def list_grounds() -> object:
    """List the reasons vendors give to refuse, and how each is judged by kind of claim."""
    return _ALL


@router.post(
    "/judgements",
    summary="Judge a ground",
    response_model=JudgementOut,
    responses=problems(UnknownReference),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def judge_ground(db: Db, body: JudgementIn) -> object:
    """Judge whether a vendor's reason holds. Stores nothing; not legal advice."""
    terms = await _in_force(db, body)
    told = body.terms or (terms.terms if terms else VendorTerms())
    tariff, filed = await _filing(db, body.carriage, body.claim_kind, body.facts)
    vendor = f"vendor:{body.vendor.vendor}" if body.vendor else None
    counting = await calendars.of_party(db, vendor) if vendor else NOBODYS
    judgement = judge(body.ground, body.claim_kind, body.facts, told, filed, counting)
    return JudgementOut(
        **dict(judgement),
        vendor_terms=RecordUsed.model_validate(terms) if terms else None,
        carrier_tariff=RecordUsed.model_validate(tariff) if tariff else None,
        calendar=CalendarUsed.of(counting),
    )


async def _in_force(db: AsyncSession, body: JudgementIn) -> TermsInForce | None:
    door = body.vendor
    if door is None:
        return None
    found = await vendor_records.resolve(db, {"/vendor/vendor": door.vendor})
    return await terms_in_force(
        db,
        vendor_id=found[door.vendor],
        role=door.role,
        product_line=door.product_line,
        on=door.on,
    )


async def _filing(
    db: AsyncSession, told: CarriageIn | None, kind: ClaimKind, facts: Facts
) -> tuple[TariffInForce | None, Filing | None]:
    if told is None:
        return None, None
    by = await calendars.of_party(db, f"carrier:{told.carrier}")
    if told.tariff is not None:
        return None, filing(told.tariff, told.carrier, facts.sides, facts.dates, by)
    carriage = Carriage(told.carrier, told.service, told.area)
    found = await judging.tariff_for(db, carriage=carriage, claim_kind=kind, on=told.on)
    if found is None:
        return None, None
    return found, filing(found.tariff, told.carrier, facts.sides, facts.dates, by)
