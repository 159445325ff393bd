"""A receiver that fails each event's first attempts, as many as its seed says, then takes it."""

import asyncio
import json
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

MOST_FAILURES = 5
PARKED_AFTER = 4
_FAILURES = (*[0] * 8, 1, 2, 3, 4, MOST_FAILURES)
_STATUSES = (500, 503, 404, 302, 429)


@dataclass
class Fickle:
    """What it was told, and how often it refused it before."""

    seed: int = 1
    port: int = 0
    tries: dict[str, int] = field(default_factory=lambda: defaultdict[str, int](int))
    ids: list[str] = field(default_factory=list[str])
    # By subject, in the order of arrival: the sequence, and the attempts it took.
    arrived: dict[str, list[tuple[int, int]]] = field(
        default_factory=lambda: defaultdict[str, list[tuple[int, int]]](list)
    )

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}/"

    def status_of(self, body: dict[str, Any]) -> int:
        """Return what it answers to an event, and note it."""
        told, subject = body["id"], body["subject"]
        self.tries[told] += 1
        tries = self.tries[told]
        dice = random.Random(f"{self.seed} {subject} {body['sequence']}")
        if tries <= dice.choice(_FAILURES):
            return dice.choice(_STATUSES)
        self.arrived[subject].append((body["sequence"], tries))
        self.ids.append(told)
        return 200

    def overtaken(self) -> list[tuple[str, int, int]]:
        """Return who came after a later one without having failed four times: nobody may."""
        wrong = list[tuple[str, int, int]]()
        for subject, told in self.arrived.items():
            newest = 0
            for sequence, tries in told:
                if sequence < newest and tries <= PARKED_AFTER:
                    wrong.append((subject, sequence, tries))
                newest = max(newest, sequence)
        return wrong

    def has_gaps(self) -> bool:
        """Whether some subject's sequences are not 1, 2, 3 and so on."""
        return any(
            sorted(sequence for sequence, _ in told) != list(range(1, len(told) + 1))
            for told in self.arrived.values()
        )

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
                status = self.status_of(json.loads(await reader.readexactly(int(length))))
                writer.write(f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n\r\n".encode())
        writer.transport.abort()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen; connections end with their clients."""
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield
