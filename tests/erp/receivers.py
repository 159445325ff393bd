"""An ERP's side of it: a real server whose manners a test sets."""

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from app.events import Event, publish


class Rang(Event):
    """Something that happens to one of many bells."""

    TYPE = "tests.rang"

    bell: str
    number: int

    def subject(self) -> str:
        return f"bells/{self.bell}"


async def ring(runtime, *rings, caller="tester"):
    """Let bells ring: `a1` is the first ring of bell a."""
    async with runtime.transaction(caller) as session:
        await publish(session, *(Rang(bell=each[0], number=int(each[1:])) for each in rings))


@dataclass(frozen=True)
class Told:
    """One request as it came in."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self):
        return json.loads(self.raw)

    @property
    def ring(self):
        data = self.body["data"]
        return f"{data['bell']}{data['number']}" if "bell" in data else self.body["type"]


@dataclass
class Receiver:
    """Keeps what it is told; `answer` decides, by the request, what it says to it."""

    port: int = 0
    scheme: str = "http"
    told: list[Told] = field(default_factory=list)
    status: int = 200
    headers: str = ""
    body: bytes = b"thanks"

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}/hooks"

    @property
    def rings(self):
        return [each.ring for each in self.told if each.body["type"] == Rang.TYPE]

    def status_of(self, _told):
        return self.status

    async def answer(self, told, writer):
        head = f"HTTP/1.1 {self.status_of(told)} So\r\n{self.headers}"
        writer.write(f"{head}Content-Length: {len(self.body)}\r\n\r\n".encode() + self.body)

    async def converse(self, reader, writer):
        try:
            while told := await _read(reader):
                self.told.append(told)
                await self.answer(told, writer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _read(reader):
    first = await reader.readline()
    if not first:
        return None
    headers = {}
    while line := (await reader.readline()).decode().strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Told(headers, await reader.readexactly(int(headers["content-length"])))


@asynccontextmanager
async def listening(receiver, **tls):
    """Serve until the test is over, whatever the receiver is still doing then."""
    tasks, writers = set(), set()

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        writers.add(writer)
        await receiver.converse(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", receiver.port, **tls)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for writer in writers:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()
