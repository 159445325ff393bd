"""The HTTP edge: request ids, logs, metrics, and deadlines for those who send too slowly."""

import asyncio
import json
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

import structlog
from prometheus_client import Counter, Histogram
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.kit.ids import new_id
from app.kit.problems import BadRequest, PayloadTooLarge, Problem

_GIVEN_ID = re.compile(rb"[A-Za-z0-9._:-]{1,100}")
# Asked all the time, or on record elsewhere: what a hook took in stands in the inbox. When it
# goes well, the figures say it.
_QUIET = frozenset({"/healthz", "/readyz", "/metrics", "/v1/carriers/hooks/{token}"})
_NOT_WELL = 400
_PLAIN = (b"content-type", b"text/plain; charset=utf-8")

log = structlog.stdlib.get_logger("makegood.http")

REQUESTS = Counter(
    "makegood_http_requests_total", "Requests answered.", ["route", "method", "status"]
)
SECONDS = Histogram(
    "makegood_http_request_seconds", "Seconds from first byte to answer.", ["route", "method"]
)


class ProblemResponse(JSONResponse):
    """A problem as the answer to a request for `path`."""

    media_type = "application/problem+json"

    def __init__(self, problem: Problem, path: str) -> None:
        super().__init__(problem.body(path), problem.status, problem.headers)

    def render(self, content: Any) -> bytes:
        """Write JSON. What cannot be UTF-8 (a lone surrogate we were sent) becomes `?`."""
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


class Edge:
    """The outermost layer: request ids, HEAD, logs by route (never by path: tokens stand there).

    Outside even of the framework's own error handling, so that no answer escapes it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = scope["method"]
        method = "GET" if given == "HEAD" else given
        scope = {**scope, "method": method, "request_id": _request_id(scope)}
        exchange = _Exchange(scope, send, is_head=given == "HEAD")
        started = time.perf_counter()
        try:
            app = self._app if _is_readable(scope) else _UNREADABLE
            await app(scope, receive, exchange.send)
        except Exception:
            # Whoever answered has logged it; the server would only log it again.
            if not exchange.is_complete:
                raise
        finally:
            _note(scope, given, exchange.status, time.perf_counter() - started)


class _Exchange:
    """The answer to one request on its way out."""

    def __init__(self, scope: Scope, send: Send, *, is_head: bool) -> None:
        self.status = 500
        self.is_complete = False
        self._scope = scope
        self._send = send
        self._is_head = is_head
        self._body: bytes | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = self._begin(message)
        elif message["type"] == "http.response.body":
            self.is_complete = not message.get("more_body", False)
            if self._is_head:
                message = {**message, "body": b""}
            elif self._body is not None:
                message = {**message, "body": self._body}
        await self._send(message)

    def _begin(self, message: Message) -> Message:
        self.status = message["status"]
        headers = list(message["headers"])
        # The framework's limit answers in plain text where Content-Length gave it away.
        if self.status == PayloadTooLarge.status and _PLAIN in headers:
            response = ProblemResponse(too_large(self._scope), self._scope["path"])
            self._body, headers = bytes(response.body), response.raw_headers
        return {
            **message,
            "headers": [
                *headers,
                (b"x-request-id", self._scope["request_id"].encode()),
                (b"x-content-type-options", b"nosniff"),
            ],
        }


def too_large(scope: Scope) -> PayloadTooLarge:
    """Return the problem of a body above the limit of the operation it was sent to."""
    limit = scope.get(MAX_BODY_SIZE_SCOPE_KEY)
    return PayloadTooLarge("The body is larger than this operation takes.", limit_bytes=limit)


async def _refuse_address(scope: Scope, receive: Receive, send: Send) -> None:
    problem = BadRequest("The address is no UTF-8, or holds a NUL.")
    await ProblemResponse(problem, "/")(scope, receive, send)


_UNREADABLE: ASGIApp = _refuse_address


def _is_readable(scope: Scope) -> bool:
    """Whether the address is text PostgreSQL can keep, and not bytes that decoding would alter."""
    raw = scope.get("raw_path") or b""
    try:
        text = unquote_to_bytes(raw).decode() + unquote_to_bytes(scope["query_string"]).decode()
    except UnicodeDecodeError:
        return False
    return "\x00" not in text


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(value):
            return value.decode()
    return str(new_id())


@lru_cache(maxsize=4096)
def _figures(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    # Finding a figure by its labels costs more than counting.
    return REQUESTS.labels(route, method, status), SECONDS.labels(route, method)


def _note(scope: Scope, method: str, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", None) or "unmatched"
    count, times = _figures(route, method if route != "unmatched" else "any", status)
    count.inc()
    times.observe(seconds)
    if status < _NOT_WELL and route in _QUIET:
        return
    log.info(
        "request",
        route=route,
        method=method,
        status=status,
        ms=round(seconds * 1000, 1),
        request_id=scope["request_id"],
    )


_MOST_HEADER_BYTES = 64 * 1024


class DeadlineProtocol(HttpToolsProtocol):
    """uvicorn's protocol with deadlines: it has none for headers, bodies or silence.

    A body must be in within `body_deadline_s`; one POSTed to an address of `streams` within what
    stands there, and in it `body_deadline_s` is the longest silence.
    """

    header_deadline_s: float
    body_deadline_s: float
    streams: Mapping[bytes, float]
    _streamed_until: float | None = None
    _deadline: asyncio.TimerHandle | None = None
    _header_bytes = 0

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
        """Expect a request."""
        super().connection_made(transport)
        self._arm(self.header_deadline_s)

    def on_message_begin(self) -> None:
        """Expect the rest of the headers."""
        super().on_message_begin()
        self._header_bytes = 0
        self._arm(self.header_deadline_s)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Refuse headers that would only fill our memory."""
        self._header_bytes += len(name) + len(value)
        if self._header_bytes > _MOST_HEADER_BYTES:
            # The parser ends the request here, with 400, and the connection with it.
            msg = "the headers are too large"
            raise ValueError(msg)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Expect the body."""
        longest = self.streams.get(self.url.partition(b"?")[0])
        self._streamed_until = None if longest is None else self.loop.time() + longest
        self._arm(self.body_deadline_s)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Expect more of it."""
        if self._streamed_until is not None:
            self._arm(min(self.body_deadline_s, self._streamed_until - self.loop.time()))
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Wait no longer than for any body for what nobody will read."""
        if self._deadline is not None and self._streamed_until is not None:
            self._streamed_until = None
            self._arm(self.body_deadline_s)
        super().on_response_complete()

    def on_message_complete(self) -> None:
        """Expect nothing more of this request."""
        self._disarm()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more of this connection."""
        self._disarm()
        super().connection_lost(exc)


def deadline_protocol(
    header_s: float, body_s: float, *, streams: Mapping[bytes, float] | None = None
) -> type[DeadlineProtocol]:
    """Return the protocol under these deadlines."""
    return type(
        "Protocol",
        (DeadlineProtocol,),
        {"header_deadline_s": header_s, "body_deadline_s": body_s, "streams": streams or {}},
    )
