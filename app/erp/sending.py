"""The worker's side: claims what is due, sends it, records what came of it.

Nothing is sent within a transaction. A receiver that hangs holds its own share of what is under
way and nobody else's; results are recorded as they come in, those that are there at once together.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from app.erp import claiming, planning, recording
from app.erp.claiming import Message
from app.erp.recording import Result
from app.kit.addresses import AllowList
from app.kit.logs import brief
from app.kit.outbound import Answer, Outbound
from app.runtime import Runtime
from app.settings import Webhooks

_GATHER_S = 0.01  # how long results wait for another, to be recorded with it
_GATHER_MOST_S = 0.1  # and how long while one follows the other

log = structlog.stdlib.get_logger("makegood.erp")
Post = Callable[[Message], Awaitable[Answer]]


class Sender:
    """Sends for one worker process. `post` stands in for the network in a test."""

    def __init__(self, post: Post | None = None) -> None:
        self._given = post
        self._outbound: tuple[Webhooks, Outbound] | None = None
        self._running: dict[asyncio.Task[Result], UUID] = {}

    async def step(self, runtime: Runtime) -> int:
        """Plan, claim, send, record what has come in; 0 if there was nothing to do at all."""
        planned = await planning.plan(runtime)
        webhooks = runtime.settings.webhooks
        messages = await claiming.claim(
            runtime,
            room=webhooks.concurrency - len(self._running),
            busy=Counter(self._running.values()),
        )
        post = await self._post(webhooks)
        for message in messages:
            task = asyncio.create_task(_send(post, message))
            self._running[task] = message.endpoint_id
        if not self._running:
            return planned
        await self._gather(webhooks.poll_s)
        await self._record(runtime)
        return 1

    async def finish(self, runtime: Runtime) -> None:
        """Wait for what is under way and record it."""
        if self._running:
            await asyncio.wait(self._running)
            await self._record(runtime)
        if self._outbound is not None:
            await self._outbound[1].close()
            self._outbound = None

    async def _gather(self, patience_s: float) -> None:
        """Wait for a result, then for those that follow it closely: a batch costs as one does."""
        done, others = await asyncio.wait(
            self._running, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED
        )
        until = time.monotonic() + _GATHER_MOST_S
        while done and others and time.monotonic() < until:
            done, others = await asyncio.wait(others, timeout=_GATHER_S)

    async def _record(self, runtime: Runtime) -> None:
        done = [task for task in self._running if task.done()]
        if done:
            await recording.record(runtime, [task.result() for task in done])
        # Only now: what could not be recorded is recorded by the next step.
        for task in done:
            del self._running[task]

    async def _post(self, webhooks: Webhooks) -> Post:
        if self._given is not None:
            return self._given
        if self._outbound is None or self._outbound[0] != webhooks:
            if self._outbound is not None:
                await self._outbound[1].close()
            self._outbound = webhooks, open_outbound(webhooks)
        outbound = self._outbound[1]
        return lambda message: outbound.post(message.url, message.headers, message.body)


def open_outbound(webhooks: Webhooks) -> Outbound:
    """Return what posts by these settings."""
    return Outbound(
        AllowList.parse(webhooks.allow),
        timeout_s=webhooks.timeout_s,
        most=webhooks.concurrency,
        ca_file=webhooks.ca_file,
    )


async def _send(post: Post, message: Message) -> Result:
    try:
        return Result(message, await post(message))
    except Exception as error:  # noqa: BLE001 (what nobody foresaw of one must not stop the rest)
        log.warning("an attempt broke", delivery=str(message.delivery_id), error=brief(error))
        return Result(
            message, Answer(status=None, ms=0, error="Makegood itself broke; see its log")
        )
