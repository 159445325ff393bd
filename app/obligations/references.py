"""What a document of the ledger names in the rooms beneath, looked up and refused together."""

from collections.abc import Awaitable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.files import service as files
from app.kit.problems import NotFound
from app.kit.records import UnknownReference
from app.obligations.losses.models import Loss
from app.obligations.rules import Party, PartyKind
from app.obligations.schemas import AboutIn, PartyIn
from app.orders import service as orders
from app.orders import views
from app.products import service as products
from app.vendors import service as vendors


def party(told: PartyIn) -> Party:
    """Return who is meant."""
    return Party.of(told.kind, told.key)


async def check(
    session: AsyncSession,
    *,
    parties: Mapping[str, PartyIn],
    about: AboutIn,
    loss_id: UUID | None = None,
    file_ids: Mapping[str, list[UUID]] | None = None,
) -> dict[str, UUID]:
    """Return the ids of the parties that have one, by pointer.

    Raises UnknownReference, which points at everything that was never sent; UnknownFile.
    Parcels and cases are taken as they are named.
    """
    errors: list[dict[str, Any]] = []
    found: dict[str, UUID] = {}
    for pointer, told in parties.items():
        try:
            identity = await _identity(session, told, f"{pointer}/key")
        except UnknownReference as problem:
            errors += problem.fields["errors"]
        else:
            found |= {} if identity is None else {pointer: identity}
    errors += await _unknown(session, about)
    if loss_id is not None and await session.get(Loss, loss_id) is None:
        errors.append({"pointer": "/loss_id", "detail": f"there is no loss {loss_id}"})
    if errors:
        raise UnknownReference(
            "It names others that were never sent; `errors` points at each.", errors=errors
        )
    for pointer, ids in (file_ids or {}).items():
        await files.require(session, set(ids), pointer=pointer)
    return found


async def _unknown(session: AsyncSession, about: AboutIn) -> list[dict[str, Any]]:
    errors: list[dict[str, Any]] = []
    if about.shipment is not None:
        shipment = orders.get_shipment(session, about.shipment)
        errors += await _missing(shipment, "/about/shipment")
    if about.product is not None:
        product = products.resolve(session, {"/about/product": about.product})
        errors += await _missing(product, "/about/product")
    if about.purchase_line_id is not None:
        lines = views.purchase_lines().subquery()
        known = sa.select(lines.c.purchase_line_id).where(
            lines.c.purchase_line_id == about.purchase_line_id
        )
        if await session.scalar(known) is None:
            detail = f"there is no purchase line {about.purchase_line_id}"
            errors.append({"pointer": "/about/purchase_line_id", "detail": detail})
    return errors


async def _identity(session: AsyncSession, told: PartyIn, pointer: str) -> UUID | None:
    if told.kind is PartyKind.VENDOR and told.key is not None:
        return (await vendors.resolve(session, {pointer: told.key}))[told.key]
    if told.kind is PartyKind.CUSTOMER and told.key is not None:
        try:
            return (await orders.get_customer(session, told.key)).id
        except NotFound as problem:
            errors = [{"pointer": pointer, "detail": f"{problem.detail} PUT it first."}]
            raise UnknownReference(problem.detail, errors=errors) from problem
    return None


async def _missing(looking: Awaitable[object], pointer: str) -> list[dict[str, Any]]:
    try:
        await looking
    except UnknownReference as problem:
        return problem.fields["errors"]
    except NotFound as problem:
        return [{"pointer": pointer, "detail": f"{problem.detail} PUT it first."}]
    return []
