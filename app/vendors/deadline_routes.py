"""When rights end by a vendor's terms, over HTTP."""

from fastapi import APIRouter

from app.auth import Scope, needs
from app.deps import Db, TransactionalRoute, problems
from app.kit.records import UnknownReference
from app.vendors import calendars, vendor_records
from app.vendors.deadline_schemas import TermDeadlineOut, TermDeadlines, TermDeadlinesIn
from app.vendors.ground_schemas import RecordUsed
from app.vendors.term_records import terms_in_force
from app.vendors.terms import NOBODYS, Stated, VendorTerms, prefer, vendor_deadlines

router = APIRouter(tags=["vendors"], route_class=TransactionalRoute)


@router.post(
    "/v1/term-deadlines",
    summary="Tell when rights end",
    response_model=TermDeadlines,
    responses=problems(UnknownReference),
    dependencies=[needs(Scope.VENDORS_READ)],
)
async def compute_term_deadlines(db: Db, body: TermDeadlinesIn) -> object:
    """Count from what has happened, by terms. Stores nothing; not legal advice.

    A day that the vendor itself has named wins over the computed one, and both are shown.
    """
    door, terms, by = body.vendor, None, NOBODYS
    if door is not None:
        found = await vendor_records.resolve(db, {"/vendor/vendor": door.vendor})
        terms = await terms_in_force(
            db,
            vendor_id=found[door.vendor],
            role=door.role,
            product_line=door.product_line,
            on=door.on,
        )
        by = await calendars.of_vendor(db, found[door.vendor])
    told = body.terms or (terms.terms if terms else VendorTerms())
    stated = {right: Stated(each.when, each.by) for right, each in body.stated.items()}
    computed = vendor_deadlines(frozenset(body.rights), told, body.dates, by)
    return TermDeadlines(
        items=[TermDeadlineOut.model_validate(each) for each in prefer(computed, stated, by)],
        vendor_terms=RecordUsed.model_validate(terms) if terms else None,
    )
