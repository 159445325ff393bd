"""COPY: the fastest way in, within the session's own transaction."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession


async def copy_rows(
    session: AsyncSession, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Copy rows into a table. JSON is given as text."""
    # SQLAlchemy begins lazily: without a statement of its own the rows would commit alone.
    await session.execute(sa.select(sa.literal(1)))
    connection = await (await session.connection()).get_raw_connection()
    driver: Any = connection.driver_connection
    await driver.copy_records_to_table(table, columns=columns, records=rows)
