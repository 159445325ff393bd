"""What is done with customers: record, get, page."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.events import publish
from app.kit import records
from app.kit.records import Conditions, Outcome, Put
from app.orders.events import CustomerRecorded
from app.orders.finds import select_customers
from app.orders.models import Customer
from app.orders.schemas import CustomerIn


async def record(
    session: AsyncSession, *, key: str, document: CustomerIn, conditions: Conditions
) -> Put[Customer]:
    """Store a customer as the ERP tells it. Raises StaleRecord, VersionMismatch."""

    async def fill(customer: Customer) -> None:
        customer.name = document.name
        customer.email = document.email
        customer.phone = document.phone
        address = document.address
        customer.address = address.model_dump(mode="json") if address else None

    result = await records.put(
        session, Customer, key=key, document=document, conditions=conditions, fill=fill
    )
    if result.outcome is not Outcome.UNCHANGED:
        customer = result.record
        event = CustomerRecorded(customer_id=customer.id, key=key, version=customer.version)
        await publish(session, event)
    return result


async def get(session: AsyncSession, key: str) -> Customer:
    """Return the customer under the ERP's key. Raises NotFound."""
    return await records.get(session, Customer, key, noun="customer")


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, email: str | None = None
) -> Sequence[Customer]:
    """Return customers in the order they were first told, after an id."""
    return (await session.scalars(select_customers(after=after, email=email).limit(limit))).all()
