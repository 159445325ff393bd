"""The HTTP edge: request ids, logs, metrics, and deadlines for those who send too slowly."""

import asyncio
import re
import time
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.kit.ids import new_id

_GIVEN_ID = re.compile(rb"[A-Za-z0-9._:-]{1,100}")
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

log = structlog.stdlib.get_logger("makegood.http")

REQUESTS = Counter(
    "makegood_http_requests_total", "Requests answered.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "makegood_http_request_seconds", "Seconds from first byte to answer.", ["route", "method"]
)


class Edge:
    """Gives each request an id, logs it by its route (never by its path: tokens stand there)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope["request_id"] = request_id
        started = time.perf_counter()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                ]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        finally:
            _note(scope, status, time.perf_counter() - started)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(value):
            return value.decode()
    return str(new_id())


def _note(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", None) or "unmatched"
    method = scope["method"] if route != "unmatched" else "any"
    REQUESTS.labels(route, method, status).inc()
    SECONDS.labels(route, method).observe(seconds)
    if route in _QUIET:
        return
    log.info(
        "request",
        route=route,
        method=scope["method"],
        status=status,
        ms=round(seconds * 1000, 1),
        request_id=scope["request_id"],
    )


def deadline_protocol(header_s: float, body_s: float) -> type[HttpToolsProtocol]:
    """Return uvicorn's protocol with deadlines: it has none for headers, bodies or silence."""

    class DeadlineProtocol(HttpToolsProtocol):
        _deadline: asyncio.TimerHandle | None = None

        def _arm(self, seconds: float) -> None:
            self._disarm()
            self._deadline = self.loop.call_later(seconds, self._close)

        def _disarm(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _close(self) -> None:
            if not self.transport.is_closing():
                self.transport.close()

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._arm(header_s)

        def on_message_begin(self) -> None:
            super().on_message_begin()
            self._arm(header_s)

        def on_headers_complete(self) -> None:
            self._arm(body_s)
            super().on_headers_complete()

        def on_message_complete(self) -> None:
            self._disarm()
            super().on_message_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            self._disarm()
            super().connection_lost(exc)

    return DeadlineProtocol
