"""Vendors told in bulk."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.bulk import ROWS, Applied, Batch, Kind, Rows, text_of
from app.vendors.models import Vendor
from app.vendors.schemas import VendorIn


async def _apply(session: AsyncSession, staged: Rows) -> Applied:
    batch = Batch(session, Vendor)
    await batch.begin(staged)
    role = sa.func.jsonb_array_elements_text(ROWS.c.document["roles"]).column_valued("role")
    told = sa.select(
        ROWS.c.number,
        text_of(ROWS.c.document, "name").label("name"),
        sa.func.array(
            sa.select(role).correlate(ROWS).scalar_subquery(), type_=ARRAY(sa.Text)
        ).label("roles"),
        text_of(ROWS.c.document, "our_account_number").label("our_account_number"),
    )
    await batch.write(told)
    return await batch.end()


VENDORS = Kind("vendor", VendorIn, _apply)
