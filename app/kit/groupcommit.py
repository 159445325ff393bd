"""Group commit: waiting callers share one statement; each is answered after *its* commit."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")
Answer = TypeVar("Answer")


class BadRow(Exception):
    """One of the rows cannot be written, whoever it is; raised by a writer."""


class GroupCommit(Generic[Row, Answer]):
    """Collects rows while a write is under way and writes what has gathered in one go.

    `write` takes rows and returns an answer for each, in order, once they are durable. Where it
    raises BadRow, the group is written one by one, so that a bad row fails alone; any other
    error is everybody's.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Row]], Awaitable[Sequence[Answer]]],
        *,
        writers: int,
        max_group: int,
    ) -> None:
        self._write = write
        self._writers = writers
        self._max_group = max_group
        self._waiting: deque[tuple[Row, asyncio.Future[Answer]]] = deque()
        self._running: set[asyncio.Task[None]] = set()
        # Writers that will still look for rows. Not those that run: one that has found nothing
        # more is still running for a moment, and would leave the next row to nobody.
        self._awake = 0

    async def submit(self, row: Row) -> Answer:
        """Write `row`; returns after its commit, raises what its write raised."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, answer))
        if self._awake < self._writers:
            self._awake += 1
            writer = asyncio.create_task(self._drain())
            self._running.add(writer)
            writer.add_done_callback(self._running.discard)
        return await answer

    async def close(self) -> None:
        """Wait for what is being written."""
        while self._running:
            await asyncio.wait(self._running)

    async def _drain(self) -> None:
        try:
            while self._waiting:
                size = min(len(self._waiting), self._max_group)
                await self._write_group([self._waiting.popleft() for _ in range(size)])
        except BaseException as error:
            # This writer is being ended; without another nobody would serve those who wait.
            if self._awake == 1:
                _fail(list(self._waiting), error)
                self._waiting.clear()
            raise
        finally:
            self._awake -= 1

    async def _write_group(self, group: list[tuple[Row, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._write([row for row, _ in group])
            _succeed(group, answers)
        except BadRow as error:
            if len(group) == 1:
                _fail(group, error)
                return
            for member in group:
                await self._write_group([member])
        except Exception as error:  # noqa: BLE001 (whatever it is, those who wait must hear it)
            _fail(group, error)
        except BaseException as error:
            _fail(group, error)
            raise


def _succeed(group: list[tuple[Row, asyncio.Future[Answer]]], answers: Sequence[Answer]) -> None:
    for (_, waiter), answer in zip(group, answers, strict=True):
        if not waiter.done():
            waiter.set_result(answer)


def _fail(group: list[tuple[Row, asyncio.Future[Answer]]], error: BaseException) -> None:
    for _, waiter in group:
        if not waiter.done():
            waiter.set_exception(error)
