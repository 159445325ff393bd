"""Templates of terms over HTTP: nothing applies by itself, somebody applies it."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.kit.records import UnknownReference
from app.vendors import template_uses, term_records
from app.vendors.models import CarrierTariff, TemplateUse
from app.vendors.rules import (
    OtherRecord,
    RoleNotPlayed,
    TermsAlreadySet,
    TermsOverlap,
    UnfitTemplate,
)
from app.vendors.template_uses import Application
from app.vendors.term_schemas import (
    Applied,
    ApplyIn,
    CarrierTariffOut,
    Templates,
    TemplateUseOut,
)
from app.vendors.terms import TEMPLATES
from app.vendors.terms.templates import named

router = APIRouter(prefix="/v1/term-templates", tags=["vendors"], route_class=TransactionalRoute)

Name = Annotated[str, Path(max_length=100, examples=["usual_notice"])]


@router.get(
    "",
    summary="List templates of terms",
    response_model=Templates,
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def list_term_templates() -> object:
    """List what vendors and carriers commonly ask, each with where that was read."""
    return {"items": list(TEMPLATES.values())}


@router.post(
    "/{name}/apply",
    status_code=201,
    summary="Apply a template to a vendor or carrier",
    response_model=Applied,
    responses=problems(
        NotFound,
        UnfitTemplate,
        OtherRecord,
        TermsAlreadySet,
        TermsOverlap,
        RoleNotPlayed,
        UnknownReference,
        VersionMismatch,
        StillRunning,
        IdempotencyKeyReused,
    ),
    dependencies=[needs(Scope.VENDORS_WRITE), IDEMPOTENT],
)
async def apply_term_template(db: Db, name: Name, body: ApplyIn) -> object:
    """Set a template's terms in one record, under your name. Each says that it is a template's."""
    return await _applied(db, await template_uses.apply(db, template=named(name), order=body))


@router.get(
    "/{name}/uses",
    summary="List who applied a template to what",
    response_model=Page[TemplateUseOut],
    responses=problems(NotFound, BadCursor),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def list_term_template_uses(
    db: Db, name: Name, limit: Limit = 50, after: After = None
) -> object:
    """List the uses of a template in the order they were made."""
    rows = await template_uses.page(
        db, template=named(name).name, after=start_after(after), limit=limit + 1
    )
    return {**page_of(rows, limit), "items": [_use(row) for row in rows[:limit]]}


async def _applied(db: AsyncSession, done: Application) -> Applied:
    record = done.record
    if isinstance(record, CarrierTariff):
        tariff = CarrierTariffOut.model_validate(record)
        return Applied(use=_use(done.use), vendor_terms=None, carrier_tariff=tariff)
    (shown,) = await term_records.show(db, [record])
    return Applied(use=_use(done.use), vendor_terms=shown, carrier_tariff=None)


def _use(row: TemplateUse) -> TemplateUseOut:
    return TemplateUseOut.model_validate({**vars(row), "template_use_id": row.id})
