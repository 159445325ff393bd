"""References of a document to records beneath, looked up together and refused together."""

from collections.abc import Awaitable, Iterable, Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import records
from app.kit.records import UnknownReference
from app.orders.models import Customer


class References:
    """Gathers what is unknown, so that the ERP learns of all of it at once."""

    def __init__(self) -> None:
        self._errors: list[dict[str, Any]] = []

    async def take(self, resolving: Awaitable[dict[str, UUID]]) -> dict[str, UUID]:
        """Return what `resolving` finds; keep what it refuses for `check`."""
        try:
            return await resolving
        except UnknownReference as problem:
            self._errors += problem.fields["errors"]
            return {}

    def note(self, noun: str, missing: Iterable[tuple[str, str]]) -> None:
        """Keep references (pointer, key) that lead nowhere."""
        self._errors += records.unknown(noun, list(missing)).fields["errors"]

    def check(self) -> None:
        """Refuse the document if anything was unknown. Raises UnknownReference."""
        if self._errors:
            raise UnknownReference(
                "The record names others that were never sent; `errors` points at each.",
                errors=self._errors,
            )


async def customers(session: AsyncSession, named: Mapping[str, str]) -> dict[str, UUID]:
    """Return the ids of the customers that a document names, by key. `named`: pointer -> key.

    Raises UnknownReference.
    """
    keys = set(named.values())
    rows = await session.execute(sa.select(Customer.key, Customer.id).where(Customer.key.in_(keys)))
    found = dict(rows.all())
    missing = [(pointer, key) for pointer, key in named.items() if key not in found]
    if missing:
        raise records.unknown("customer", missing)
    return found


async def customer_keys(session: AsyncSession, ids: set[UUID]) -> dict[UUID, str]:
    """Return the ERP's keys of customers by id."""
    rows = await session.execute(sa.select(Customer.id, Customer.key).where(Customer.id.in_(ids)))
    return dict(rows.all())
