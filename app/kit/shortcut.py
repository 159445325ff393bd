"""A way past the framework's routing, for the one address where each microsecond counts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request, Response
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.http import too_large

Endpoint = Callable[[Request, str], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Door:
    """A route whose `endpoint` needs nothing of the framework: POST to `prefix` and a last name."""

    prefix: str
    route: BaseRoute
    endpoint: Endpoint


class Shortcut:
    """Calls a door's endpoint itself; whatever else is asked for goes the usual way.

    The door stays a route like others: documented, and found by the framework as well. What its
    endpoint raises is answered by `refuse`, as everywhere.
    """

    def __init__(
        self,
        app: ASGIApp,
        door: Door,
        *,
        state_of: ASGIApp,
        refuse: Callable[[Request, Exception], Response],
        max_body_size: int,
    ) -> None:
        self._app = app
        self._door = door
        self._state_of = state_of
        self._refuse = refuse
        self._max_body_size = max_body_size

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        name = self._named(scope)
        if name is None:
            await self._app(scope, receive, send)
            return
        scope["app"] = self._state_of
        scope["route"] = self._door.route
        scope[MAX_BODY_SIZE_SCOPE_KEY] = self._max_body_size
        request = Request(scope, self._limited(scope, receive))
        try:
            response = await self._door.endpoint(request, name)
        except Exception as error:  # noqa: BLE001 (`refuse` logs what nobody expected)
            response = self._refuse(request, error)
        await response(scope, receive, send)

    def _named(self, scope: Scope) -> str | None:
        if scope["type"] != "http" or scope["method"] != "POST":
            return None
        before, _, name = scope["path"].rpartition("/")
        return name if name and before == self._door.prefix else None

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > self._max_body_size:
                    raise too_large(scope)
            return message

        return limited
