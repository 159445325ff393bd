"""Requests to addresses a user gave us: guarded where the connection is made, and bounded.

The name is looked up once and every address it gives is checked; the connection goes to one of
those very addresses, so a name that changes between two look-ups gains nothing. TLS still asks
for the name. Redirects are not followed, proxies of the environment not used.

Not the package httpx-secure: it finds the address by connecting, so that even a refused host
gets a connection from us, and it keeps what a name led to for ten minutes.
"""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore
import httpx
from httpcore import SOCKET_OPTION, AsyncNetworkBackend, AsyncNetworkStream

from app.kit.addresses import AllowList, Refused

KEPT_BYTES = 2048
_BODY_S = 2.0  # what is still to come of an answer's body after its headers; only for the record
_KEEP_ALIVE_S = 5.0

# Threads of their own: names that take their time must not keep others from being looked up.
_LOOK_UPS = ThreadPoolExecutor(64, thread_name_prefix="look-up")
_TROUBLE = (
    Refused,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
    OSError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request: a status, or words that say why there is none."""

    status: int | None
    ms: int
    body: bytes = b""
    retry_after: str | None = None
    error: str | None = None


async def resolve(host: str, port: int) -> Sequence[str]:
    """Return the addresses a name leads to."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(
        _LOOK_UPS, partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    )
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Guard(AsyncNetworkBackend):
    """Connects to checked addresses only."""

    def __init__(self, allow: AllowList, *, only_allowed: bool = False) -> None:
        self._allow = allow
        self._only_allowed = only_allowed
        self._backend: AsyncNetworkBackend = getattr(httpcore, "AnyIOBackend")()  # noqa: B009

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's own signature)
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect to `host`. Raises Refused if any address it leads to is not for us."""
        try:
            found = await resolve(host, port)
        except (OSError, UnicodeError) as error:
            msg = f"the name {host} leads to no address"
            raise httpcore.ConnectError(msg) from error
        for address in found:
            self._allow.check(host, ip_address(address), only_allowed=self._only_allowed)
        error: Exception = httpcore.ConnectError(f"the name {host} leads to no address")
        for address in found:
            try:
                return await self._backend.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failure:
                error = failure
        raise error


class Outbound:
    """Posts for one process; connections are kept a few seconds, to the address once checked."""

    def __init__(
        self,
        allow: AllowList,
        *,
        timeout_s: float,
        most: int,
        ca_file: Path | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._connect_s = timeout_s / 3  # so that a dead address leaves time for another
        context = httpx.create_ssl_context(trust_env=False)
        if ca_file is not None:
            context.load_verify_locations(ca_file)
        self._pools = {
            scheme: httpcore.AsyncConnectionPool(
                ssl_context=context,
                max_connections=most,
                keepalive_expiry=_KEEP_ALIVE_S,
                network_backend=Guard(allow, only_allowed=scheme == "http"),
            )
            for scheme in ("https", "http")
        }

    async def close(self) -> None:
        """Close what connections are kept."""
        async with AsyncExitStack() as stack:
            for pool in self._pools.values():
                stack.push_async_callback(pool.aclose)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post and tell what came of it; never raises for what the other side does."""
        started = time.perf_counter()
        answer: dict[str, Any] = {"status": None}
        try:
            answer = await self._exchange(httpx.URL(url), headers, body)
        except TimeoutError:
            answer["error"] = f"no answer within {self._timeout_s:g} s"
        except _TROUBLE as error:
            answer["error"] = _words(error)
        return Answer(ms=round((time.perf_counter() - started) * 1000), **answer)

    async def _exchange(
        self, url: httpx.URL, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        fields = {
            "Host": url.netloc.decode("ascii"),
            "Content-Length": str(len(body)),
            "Accept-Encoding": "identity",
            **headers,
        }
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(self._timeout_s):
                response = await stack.enter_async_context(
                    self._pools[url.scheme].stream(
                        "POST",
                        target,
                        headers=list(fields.items()),
                        content=body,
                        extensions={"timeout": {"connect": self._connect_s}},
                    )
                )
            given = {name.lower(): value for name, value in response.headers}
            retry_after = given.get(b"retry-after")
            return {
                "status": response.status,
                "body": await _beginning(response),
                "retry_after": retry_after.decode("latin-1") if retry_after else None,
            }


async def _beginning(response: httpcore.Response) -> bytes:
    """Return the first bytes of an answer's body; what does not come soon is not waited for."""
    kept = b""
    try:
        async with asyncio.timeout(_BODY_S):
            async for part in response.aiter_stream():
                kept += part[: KEPT_BYTES - len(kept)]
                if len(kept) == KEPT_BYTES:
                    break
    except (TimeoutError, httpcore.NetworkError, httpcore.ProtocolError):
        pass  # the status was said, and it is what counts
    return kept


def _words(error: BaseException) -> str:
    """Say what went wrong: the words of the innermost cause that has some of its own."""
    said = str(error).strip() or type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is refused: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or 'no reason given'}"
        # Of names that lead nowhere the numbers are negative, and no system's words go with them.
        if isinstance(cause, OSError) and cause.errno is not None and cause.errno > 0:
            said = os.strerror(cause.errno)
        cause = cause.__cause__ or cause.__context__
    return said.replace("\x00", "\ufffd")[:500]
