"""What rooms above ask of losses and deadlines, set-wise."""

from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.obligations.losses.models import Deadline, Loss


@cache
def losses() -> sa.Select[*tuple[Any, ...]]:
    """Return all that was lost.

    loss_id, number, kind, quantity (null where only its worth was told)
    value_amount, value_currency   what it is worth, where that was told
    restored_at       when all of it had been made good; null: something is left
    case_id, purchase_line_id (indexed), shipment_key
    """
    return sa.select(
        Loss.id.label("loss_id"),
        Loss.number,
        Loss.kind,
        Loss.quantity,
        Loss.value_amount,
        Loss.value_currency,
        Loss.restored_at,
        Loss.case_id,
        Loss.purchase_line_id,
        Loss.shipment_key,
    )


@cache
def deadlines() -> sa.Select[*tuple[Any, ...]]:
    """Return rights of ours.

    deadline_id, number, kind, state, description, toward, case_id
    last_at, last_on         its end; `last_on` where a day was named
    last_safe_on, last_safe_source   until when it is safe to use it, and by what
    ended_at
    ground_text, ground_reference
    """
    return sa.select(
        Deadline.id.label("deadline_id"),
        Deadline.number,
        Deadline.description,
        Deadline.last_on,
        Deadline.last_safe_on,
        Deadline.last_safe_source,
        Deadline.ground_text,
        Deadline.ground_reference,
        Deadline.kind,
        Deadline.state,
        Deadline.toward,
        Deadline.last_at,
        Deadline.ended_at,
        Deadline.case_id,
    )


async def get_losses(session: AsyncSession, loss_ids: Collection[UUID]) -> dict[UUID, Loss]:
    """Return losses by id, to be shown."""
    rows = await session.scalars(sa.select(Loss).where(Loss.id.in_(loss_ids)))
    return {row.id: row for row in rows}
