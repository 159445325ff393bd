"""A sender that costs little: prepared requests over kept-alive connections, one at a time each."""

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

SECRET = "a sécret of the bench"
SCANS = 9


def body(event_id: str, number: int) -> bytes:
    """Return an EasyPost tracker event of some 3.5 kB."""
    scans = [
        {
            "object": "TrackingDetail",
            "message": "Arrived at carrier facility",
            "description": "Arrived at carrier facility",
            "status": "in_transit",
            "status_detail": "arrived_at_facility",
            "datetime": f"2026-03-0{scan + 1}T08:1{scan}:00Z",
            "source": "UPS",
            "carrier_code": "AR",
            "tracking_location": {
                "object": "TrackingLocation",
                "city": "SPARKS",
                "state": "NV",
                "country": "US",
                "zip": "89431",
            },
        }
        for scan in range(SCANS)
    ]
    event = {
        "id": event_id,
        "object": "Event",
        "description": "tracker.updated",
        "mode": "production",
        "created_at": "2026-03-10T08:00:00.000Z",
        "result": {
            "id": f"trk_{number}",
            "object": "Tracker",
            "tracking_code": f"1ZBENCH{number:09d}",
            "carrier": "UPS",
            "status": "in_transit",
            "updated_at": "2026-03-10T08:00:00Z",
            "weight": 136.0,
            "tracking_details": scans,
        },
    }
    return json.dumps(event).encode()


def request(path: str, event_id: str, number: int) -> bytes:
    """Return a signed request, ready to be written to a socket."""
    content = body(event_id, number)
    key = unicodedata.normalize("NFKD", SECRET).encode()
    digest = hmac.new(key, content, hashlib.sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Hmac-Signature: hmac-sha256-hex={digest}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def requests(path: str, count: int, salt: str) -> list[bytes]:
    """Return `count` different signed requests."""
    tag = base64.b32encode(salt.encode()).decode().rstrip("=")
    return [request(path, f"evt_{tag}_{number}", number) for number in range(count)]


@dataclass(slots=True)
class Outcome:
    """What a run came to."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies_ms: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """Acknowledged requests a second."""
        return self.statuses[200] / self.seconds


class _Connection(asyncio.Protocol):
    """Sends one request after another; counts the answers."""

    def __init__(self, feed: Iterator[bytes], outcome: Outcome, done: asyncio.Event) -> None:
        self._feed, self._outcome, self._done = feed, outcome, done
        self._buffer = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport = cast("asyncio.Transport", transport)
        self._next()

    def _next(self) -> None:
        request = next(self._feed, None)
        if request is None or self._transport is None:
            self._done.set()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        if len(rest) < length:
            return
        self._buffer = b""
        self._outcome.statuses[int(head[9:12])] += 1
        self._outcome.latencies_ms.append((time.perf_counter() - self._sent_at) * 1000)
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._done.set()


async def send(port: int, prepared: list[bytes], *, connections: int) -> Outcome:
    """Send all of `prepared` over so many connections; returns what came of it."""
    loop = asyncio.get_running_loop()
    outcome, feed = Outcome(), iter(prepared)
    done = [asyncio.Event() for _ in range(connections)]
    started = time.perf_counter()
    transports = [
        (
            await loop.create_connection(
                lambda event=event: _Connection(feed, outcome, event), "127.0.0.1", port
            )
        )[0]
        for event in done
    ]
    await asyncio.gather(*(event.wait() for event in done))
    outcome.seconds = time.perf_counter() - started
    for transport in transports:
        transport.close()
    return outcome
