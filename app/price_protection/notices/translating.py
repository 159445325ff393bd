"""A price authorisation in X12's words becomes a notice; its faults are told in X12's places."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.problems import Malformed
from app.kit.records import UnknownReference
from app.price_protection.models import PriceNotice
from app.price_protection.notices.schemas import NoticeIn, PriceLineIn
from app.price_protection.notices.writing import open_notice
from app.price_protection.notices.x12 import EFFECTIVE, X12In
from app.price_protection.rules import Origin
from app.products.rules import PartNumberKind, lookup
from app.products.views import part_numbers
from app.vendors.views import vendors

_PLACES = {
    "/effective_on": "/dtm",
    "/announced_on": "/bpa/date",
    "/vendor_number": "/bpa/reference",
    "/currency": "/cur/currency",
}
_PRICES = {"product": "lin", "new_price": "ctp/unit_price", "old_price": "ctp/former_unit_price"}


async def open_x12(session: AsyncSession, document: X12In) -> PriceNotice:
    """Record a notice as X12 tells it. Raises Malformed, UnknownReference, NoticeKnown."""
    effective_on = document.effective_on()
    if effective_on is None:
        detail = f"has no day of the qualifier {EFFECTIVE}: when the prices take effect"
        raise Malformed(
            "It does not say when the prices take effect.",
            errors=[{"pointer": "/dtm", "detail": detail}],
        )
    keys = await _products(session, document)
    notice = NoticeIn(
        vendor=document.vendor,
        vendor_number=document.bpa.reference,
        announced_on=document.bpa.date,
        effective_on=effective_on,
        currency=document.cur.currency,
        lines=[
            PriceLineIn.model_construct(
                product=key,
                product_line=None,
                old_price=each.ctp.former_unit_price,
                new_price=each.ctp.unit_price,
            )
            for key, each in zip(keys, document.pad, strict=True)
        ],
        note=document.nte,
    )
    try:
        return await open_notice(session, notice, origin=Origin.X12_845)
    except (Malformed, UnknownReference) as problem:
        errors = [_moved(each) for each in problem.fields["errors"]]
        raise type(problem)(problem.detail, errors=errors) from problem


def _moved(error: dict[str, Any]) -> dict[str, Any]:
    """Return a fault at its place in X12."""
    pointer = str(error["pointer"])
    parts = pointer.split("/")
    if pointer.startswith("/lines/") and parts[-1] in _PRICES:
        place = f"/pad/{parts[2]}/{_PRICES[parts[-1]]}"
    else:
        place = _PLACES.get(pointer, pointer)
    return error | {"pointer": place}


async def _products(session: AsyncSession, document: X12In) -> list[str]:
    """Return the products' keys by whatever number they go under. Raises UnknownReference.

    The vendor's own numbers come first; those of other distributors are theirs alone.
    """
    told, vendor = part_numbers().subquery(), vendors()
    is_own = sa.func.coalesce(vendor.c.vendor_key == document.vendor, sa.false())
    wanted = sorted({lookup(each.lin.id) for each in document.pad if not each.lin.is_ours})
    rows = await session.execute(
        sa.select(told.c.lookup, told.c.product_key, is_own)
        .outerjoin(vendor, vendor.c.vendor_id == told.c.vendor_id)
        .where(
            told.c.lookup == sa.any_(sa.literal(wanted, ARRAY(sa.Text))),
            sa.or_(is_own, told.c.kind != PartNumberKind.DISTRIBUTOR.value),
        )
        .order_by(is_own.desc(), told.c.product_key)
    )
    found: dict[str, set[str]] = {}
    own: set[str] = set()
    for number, key, is_own_number in rows:
        if is_own_number:
            own.add(number)
        if is_own_number or number not in own:
            found.setdefault(number, set()).add(key)
    errors: list[dict[str, str]] = []
    keys: list[str] = []
    for index, each in enumerate(document.pad):
        candidates = {each.lin.id} if each.lin.is_ours else found.get(lookup(each.lin.id), set())
        if len(candidates) == 1:
            keys.append(next(iter(candidates)))
            continue
        detail = (
            f"several products go under {each.lin.id!r}: {', '.join(sorted(candidates))}; name one "
            "by our key (BP)"
            if candidates
            else f"no product goes under {each.lin.id!r}; PUT it with that part number first"
        )
        errors.append({"pointer": f"/pad/{index}/lin", "detail": detail})
    if errors:
        raise UnknownReference(
            "It names products that are not known by those numbers; `errors` points at each.",
            errors=errors,
        )
    return keys
