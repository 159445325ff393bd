"""What came of attempts: every one on record, and what is next for its delivery and its line."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.erp import endings, lines, rules
from app.erp.claiming import Message
from app.erp.lines import LineKey
from app.erp.models import Attempt, Delivery, Endpoint, Line, any_of
from app.erp.rules import DELIVERIES, DeliveryState
from app.events import Event, publish
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.outbound import Answer
from app.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a message."""

    message: Message
    answer: Answer

    @property
    def is_success(self) -> bool:
        """Whether the receiver took it."""
        return rules.is_success(self.answer.status)


@dataclass(slots=True)
class Change:
    """What a batch of results means for lines and endpoints."""

    moment: datetime
    heads: dict[LineKey, int]
    free: set[LineKey] = field(default_factory=set)  # their heads hold them up no more
    failed: set[UUID] = field(default_factory=set)
    arrived: list[Delivery] = field(default_factory=list)
    back: dict[UUID, datetime] = field(default_factory=dict)  # endpoints, since when they failed
    events: list[Event] = field(default_factory=list)


async def record(runtime: Runtime, results: Sequence[Result]) -> None:
    """Record what came of messages, in one transaction under the locks of their endpoints."""
    async with runtime.transaction() as session:
        endpoints = await _locked(session, {each.message.endpoint_id for each in results})
        deliveries = await _deliveries(session, results)
        keys = {lines.key_of(each) for each in deliveries.values()}
        change = Change(now(session), await _heads(session, keys))
        for result in results:
            delivery = deliveries.get(result.message.delivery_id)
            if delivery is not None:  # else dropped meanwhile, with its endpoint
                session.add(_attempt(result))
                delivery.attempts += 1
                _apply(change, result, delivery, endpoints[delivery.endpoint_id])
        for endpoint in endpoints.values():
            change.events += endings.judge(endpoint, change.moment)
        await session.flush()
        failing = {each.id for each in endpoints.values() if each.failing_since is not None}
        await _settle(session, change, keys, failing)
        await publish(session, *change.events)


async def _settle(
    session: AsyncSession, change: Change, keys: set[LineKey], failing: set[UUID]
) -> None:
    if change.free:
        await lines.advance(session, change.free)
    if change.back:
        arrived = [each for each in change.arrived if each.endpoint_id in change.back]
        await lines.resume(session, change.back, arrived)
    await lines.make_heads_due(session, keys)
    await lines.take_turns(session, {key for key in keys if key[0] in failing}, change.failed)


def _apply(change: Change, result: Result, delivery: Delivery, endpoint: Endpoint) -> None:
    if result.is_success:
        _arrived(change, delivery, endpoint)
    elif delivery.claim == result.message.claim:
        _failed(change, result, delivery, endpoint)
    # Else it is another worker's by now, or took its place in the line again: not ours to judge.


def _arrived(change: Change, delivery: Delivery, endpoint: Endpoint) -> None:
    if delivery.state != DeliveryState.DELIVERED:
        DELIVERIES.step(delivery, DeliveryState.DELIVERED)
        delivery.delivered_at = change.moment
    delivery.due_at = delivery.claim = None
    change.arrived.append(delivery)
    if endpoint.failing_since is not None:
        change.back.setdefault(endpoint.id, endpoint.failing_since)
        endpoint.failing_since = endpoint.alerted_at = None
    _free(change, delivery)


def _failed(change: Change, result: Result, delivery: Delivery, endpoint: Endpoint) -> None:
    asked = rules.asked_pause(result.answer.retry_after, change.moment)
    is_scheduled = delivery.retry_at <= result.message.at
    delivery.failures += is_scheduled  # one out of turn, before its line's head, counts for nothing
    wait = rules.pause(delivery.failures, random.uniform(-1, 1)) if is_scheduled else None  # noqa: S311
    is_over = is_scheduled and wait is None
    planned = delivery.retry_at if wait is None else change.moment + wait
    delivery.retry_at = max(planned, change.moment + asked)
    delivery.due_at = None if is_over else delivery.retry_at
    delivery.claim = None
    endpoint.failing_since = endpoint.failing_since or change.moment
    delivery.first_failed_at = delivery.first_failed_at or change.moment
    if result.answer.status == rules.GONE:
        change.events += endings.end(endpoint, rules.Disabled.GONE, change.moment)
    if is_over:
        DELIVERIES.step(delivery, DeliveryState.FAILED)
    elif delivery.failures >= rules.PARKED_AFTER:
        DELIVERIES.step(delivery, DeliveryState.PARKED)
    if delivery.state != DeliveryState.PENDING:
        _free(change, delivery)
    elif change.heads[lines.key_of(delivery)] != delivery.sequence:
        delivery.due_at = None  # others were put before it while it was under way
    change.failed.add(delivery.id)


def _free(change: Change, delivery: Delivery) -> None:
    key = lines.key_of(delivery)
    if change.heads[key] == delivery.sequence:
        change.free.add(key)


async def _locked(session: AsyncSession, ids: set[UUID]) -> dict[UUID, Endpoint]:
    found = await session.scalars(
        sa.select(Endpoint)
        .where(Endpoint.id == any_of(ids))
        .order_by(Endpoint.id)
        .with_for_update(key_share=True)
    )
    return {each.id: each for each in found}


async def _deliveries(session: AsyncSession, results: Sequence[Result]) -> dict[UUID, Delivery]:
    found = await session.scalars(
        sa.select(Delivery)
        .where(Delivery.id == any_of(each.message.delivery_id for each in results))
        .order_by(Delivery.id)
        .with_for_update(key_share=True)
    )
    return {each.id: each for each in found}


async def _heads(session: AsyncSession, keys: set[LineKey]) -> dict[LineKey, int]:
    found = await session.execute(
        sa.select(Line.endpoint_id, Line.subject, Line.head).where(lines.within(Line, keys))
    )
    return {(row.endpoint_id, row.subject): row.head for row in found}


def _attempt(result: Result) -> Attempt:
    answer = result.answer
    return Attempt(
        id=new_id(),
        delivery_id=result.message.delivery_id,
        at=result.message.at,
        ms=answer.ms,
        status=answer.status,
        answer=rules.words(answer.body) if answer.body else None,
        error=answer.error or (rules.why_failed(answer.status) if answer.status else None),
    )
