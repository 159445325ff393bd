"""Customers told in bulk."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.bulk import ROWS, Applied, Batch, Kind, Rows, object_of, text_of
from app.orders.models import Customer
from app.orders.schemas import CustomerIn


async def _apply(session: AsyncSession, staged: Rows) -> Applied:
    batch = Batch(session, Customer)
    await batch.begin(staged)
    told = ROWS.c.document
    await batch.write(
        sa.select(
            ROWS.c.number,
            text_of(told, "name").label("name"),
            text_of(told, "email").label("email"),
            text_of(told, "phone").label("phone"),
            object_of(told, "address").label("address"),
        )
    )
    return await batch.end()


CUSTOMERS = Kind("customer", CustomerIn, _apply)
