"""What is due is claimed, so that of all workers one tells it, and made ready to be sent.

A claim pushes the due time ahead: a worker that ends while it tells loses its claim then, and
another tells it again, under the same `webhook-id`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from standardwebhooks import Webhook

from app.erp.models import Delivery, Endpoint, Secret, any_of
from app.erp.schemas import Told
from app.events import StoredEvent
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.vault import Vault
from app.runtime import Runtime

_SLACK = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery as it is sent."""

    delivery_id: UUID
    endpoint_id: UUID
    claim: UUID
    at: datetime
    url: str
    headers: Mapping[str, str]
    body: bytes


async def claim(runtime: Runtime, *, room: int, busy: Mapping[UUID, int]) -> list[Message]:
    """Claim what is due, `room` at the most; `busy`: how much is under way to each endpoint."""
    webhooks = runtime.settings.webhooks
    if room <= 0:
        return []
    async with runtime.transaction() as session:
        moment, token = now(session), new_id()
        claimed = await session.scalars(
            sa.update(Delivery)
            .where(
                Delivery.id.in_(
                    select_due(moment, room=room, each=webhooks.per_endpoint, busy=busy)
                )
            )
            .values(
                due_at=moment + timedelta(seconds=webhooks.timeout_s) + _SLACK,
                claim=token,
            )
            .returning(Delivery.id)
        )
        ids = claimed.all()
        return await _messages(session, runtime.vault, ids, token) if ids else []


def select_due(
    moment: datetime, *, room: int, each: int, busy: Mapping[UUID, int]
) -> sa.Select[UUID]:
    """Return the query of due deliveries, so many to each endpoint, passing over the claimed."""
    under_way = (
        sa.func.unnest(
            sa.cast(list(busy), ARRAY(sa.Uuid())), sa.cast(list(busy.values()), ARRAY(sa.Integer))
        )
        .table_valued(sa.column("endpoint_id", sa.Uuid()), sa.column("count", sa.Integer))
        .render_derived("busy")
    )
    enabled = (
        sa.select(
            Endpoint.id,
            sa.func.greatest(0, each - sa.func.coalesce(under_way.c.count, 0)).label("room"),
        )
        .join_from(Endpoint, under_way, under_way.c.endpoint_id == Endpoint.id, isouter=True)
        .where(Endpoint.disabled_at.is_(None), Endpoint.deleted_at.is_(None))
        .cte("enabled")
    )
    due = (
        sa.select(Delivery.id, Delivery.due_at)
        .where(Delivery.endpoint_id == enabled.c.id, Delivery.due_at <= moment)
        .order_by(Delivery.due_at)
        .limit(enabled.c.room)
        .with_for_update(skip_locked=True, key_share=True)
        .lateral("due")
    )
    return sa.select(due.c.id).join_from(enabled, due, sa.true()).order_by(due.c.due_at).limit(room)


async def _messages(
    session: AsyncSession, vault: Vault, ids: Sequence[UUID], token: UUID
) -> list[Message]:
    moment = now(session)
    rows = await session.execute(
        sa.select(Delivery, Endpoint, StoredEvent)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .join(StoredEvent, StoredEvent.id == Delivery.event_id)
        .where(Delivery.id == any_of(ids))
        .order_by(Delivery.id)
    )
    found = rows.all()
    endpoints = {row.Endpoint.id: row.Endpoint for row in found}
    signers = await _signers(session, vault, list(endpoints), moment)
    extra = {each.id: _extra(vault, each) for each in endpoints.values()}
    return [
        Message(
            delivery_id=delivery.id,
            endpoint_id=endpoint.id,
            claim=token,
            at=moment,
            url=endpoint.url,
            headers={
                **extra[endpoint.id],
                **signed(event.id, moment, body := body_of(event, delivery), signers[endpoint.id]),
            },
            body=body,
        )
        for delivery, endpoint, event in found
    ]


def body_of(event: StoredEvent, delivery: Delivery) -> bytes:
    """Return the bytes an event is told in: the same at every attempt."""
    columns = {name: getattr(event, name) for name in Told.model_fields if name != "sequence"}
    told = Told.model_validate({**columns, "sequence": delivery.sequence})
    return orjson.dumps(told.model_dump(mode="json"))


def signed(
    event_id: UUID, moment: datetime, body: bytes, signers: Sequence[Webhook]
) -> dict[str, str]:
    """Return the headers of Standard Webhooks, with a signature by each valid secret."""
    text = body.decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Makegood",
        "webhook-id": str(event_id),
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(x.sign(str(event_id), moment, text) for x in signers),
    }


def _extra(vault: Vault, endpoint: Endpoint) -> dict[str, Any]:
    sealed = endpoint.headers_sealed
    return orjson.loads(vault.open(sealed)) if sealed is not None else {}


async def _signers(
    session: AsyncSession, vault: Vault, endpoint_ids: Sequence[UUID], moment: datetime
) -> dict[UUID, list[Webhook]]:
    valid = await session.scalars(
        sa.select(Secret)
        .where(
            Secret.endpoint_id == any_of(endpoint_ids),
            sa.or_(Secret.valid_until.is_(None), Secret.valid_until > moment),
        )
        .order_by(Secret.id.desc())
    )
    found = defaultdict[UUID, list[Webhook]](list)
    for secret in valid:
        found[secret.endpoint_id].append(Webhook(vault.open(secret.sealed)))
    return found
