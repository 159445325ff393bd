"""What a notice names in the rooms beneath, and what it may not say: found and refused together."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.kit.records import UnknownReference
from app.orders import views as orders
from app.price_protection import rules
from app.price_protection.notices import answering
from app.price_protection.notices.schemas import FallIn, ReportedIn
from app.products import service as products
from app.vendors import service as vendors


def check(session: AsyncSession, document: FallIn) -> None:
    """Refuse what can be no fall in price. Raises Malformed."""
    rules.require_sound(
        [line.line() for line in document.lines],
        effective_on=document.effective_on,
        announced_on=document.announced_on,
        today=now(session).date(),
    )


async def check_report(session: AsyncSession, reported: ReportedIn | None) -> None:
    """Refuse a report of the future, or by nobody known. Raises Malformed, UnknownReference."""
    if reported is None:
        return
    answering.require_said(reported, now(session), at="/reported")
    if reported.customer is None:
        return
    told = orders.customers().subquery()
    query = sa.select(told.c.customer_id).where(told.c.customer_key == reported.customer)
    if await session.scalar(query) is None:
        detail = f"there is no customer {reported.customer!r}; PUT it first"
        raise UnknownReference(
            "The notice names a customer that was never sent.",
            errors=[{"pointer": "/reported/customer", "detail": detail}],
        )


async def find(session: AsyncSession, document: FallIn) -> tuple[UUID, dict[str, UUID]]:
    """Return the vendor's id and the products' by key. Raises UnknownReference."""
    named = {
        f"/lines/{index}/product": line.product
        for index, line in enumerate(document.lines)
        if line.product is not None
    }
    errors: list[Any] = []
    found: list[dict[str, UUID]] = []
    for resolving in (
        vendors.resolve(session, {"/vendor": document.vendor}),
        products.resolve(session, named),
    ):
        try:
            found.append(await resolving)
        except UnknownReference as problem:
            errors += problem.fields["errors"]
    if errors:
        msg = "The notice names records that were never sent; `errors` points at each."
        raise UnknownReference(msg, errors=errors)
    of_vendor, of_products = found
    return of_vendor[document.vendor], of_products
