"""What routes are built from: the transaction of a request, its caller, its problems."""

from collections.abc import Callable, Coroutine, Mapping
from email.message import Message
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app import auth, idempotency
from app.kit import strict_json
from app.kit.db import ANONYMOUS, Context
from app.kit.logs import brief
from app.kit.problems import Problem, UnsupportedMediaType
from app.runtime import Runtime

log = structlog.stdlib.get_logger("makegood.requests")
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class TransactionalRoute(APIRoute):
    """One transaction for each request, committed before the answer leaves.

    The route owns it, not a dependency: the answer to an Idempotency-Key is stored in it after
    the answer was built. A GET's transaction is read-only.
    """

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's handler in the transaction."""
        handle = super().get_route_handler()
        reads_json = self.body_field is not None and not _is_form(self)
        reader = (self.methods or set()) <= {"GET", "HEAD"}

        async def handler(request: Request) -> Response:
            if reads_json:
                request = StrictRequest(request.scope, request.receive)
                _require_json(request)
            runtime: Runtime = request.app.state.runtime
            try:
                return await _in_transaction(runtime, request, handle, reader=reader)
            except idempotency.Replay as replay:
                return replay.response

        return handler


async def _in_transaction(
    runtime: Runtime, request: Request, handle: Handler, *, reader: bool
) -> Response:
    context = Context(runtime.clock, ANONYMOUS, request.scope.get("request_id"))
    info = {"context": context, "settings": runtime.settings}
    async with runtime.sessions(info=info) as session:
        if reader:
            await session.connection(execution_options={"postgresql_readonly": True})
        request.state.session = session
        response = await handle(request)
        await idempotency.remember(request, session, response)
        # Leaving by an exception rolls back.
        await session.commit()
    used = getattr(request.state, "key_used", None)
    if used is not None:
        await _note_use(runtime, used)
    return response


async def _note_use(runtime: Runtime, key_id: UUID) -> None:
    try:
        async with runtime.transaction() as session:
            await auth.note_use(session, key_id)
    except (SQLAlchemyError, OSError) as error:
        # The request's own work is committed: this must not turn its answer into a failure.
        log.warning("use of a key not noted", error=brief(error))


def _is_form(route: APIRoute) -> bool:
    return any(
        field.field_info.__class__.__name__ in {"Form", "File"}
        for field in route.dependant.body_params
    )


class StrictRequest(Request):
    """A request whose JSON is UTF-8, read without guessing."""

    async def json(self) -> Any:
        """Return the body's value. Raises JSONDecodeError, or ValueError for what is no UTF-8."""
        return strict_json.loads((await self.body()).decode())


def _require_json(request: Request) -> None:
    headers = request.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return  # no body at all: that it is missing is said with what it should have been
    given = headers.get("content-type", "")
    message = Message()
    message["content-type"] = given
    subtype = message.get_content_subtype()
    is_json = subtype == "json" or subtype.endswith("+json")
    if message.get_content_maintype() != "application" or not is_json:
        raise UnsupportedMediaType(
            "Send the body as JSON, with `Content-Type: application/json`.",
            given=given or None,
            accepted=["application/json"],
        )


def _session(request: Request) -> AsyncSession:
    return request.state.session


def _runtime(request: Request) -> Runtime:
    return request.app.state.runtime


Db = Annotated[AsyncSession, Depends(_session)]
RuntimeDep = Annotated[Runtime, Depends(_runtime)]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The ETag you read: the edit is refused (412) if the record has moved on.",
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=200,
        description="`*`: only create; refused (412) if the record exists.",
    ),
]


def problems(*classes: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for the problems a route may answer with."""
    by_status: dict[int | str, list[type[Problem]]] = {}
    for cls in classes:
        by_status.setdefault(cls.status, []).append(cls)
    return {status: _response(group) for status, group in by_status.items()}


def _response(group: list[type[Problem]]) -> dict[str, Any]:
    examples: Mapping[str, Any] = {
        cls.slug(): {"value": cls(_doc(cls)).body("/v1/...")} for cls in group
    }
    return {
        "description": " ".join(_doc(cls) for cls in group),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": examples,
            }
        },
    }


def _doc(cls: type[Problem]) -> str:
    return " ".join((cls.__doc__ or "").split())
