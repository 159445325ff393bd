"""How refusals and failures are answered: always a problem document, never a stack trace."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import asyncpg
import structlog
from fastapi import APIRouter, FastAPI, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from fastapi.routing import iter_route_contexts
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from app.kit.db import is_cut_off
from app.kit.http import ProblemResponse, too_large
from app.kit.logs import brief
from app.kit.problems import (
    BadRequest,
    InternalError,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Problem,
    Unavailable,
    every_problem,
    pointer_of,
    said,
)

_RETRY_AFTER = {"Retry-After": "2"}
# SQLSTATE classes that say "later": connection, resources, operator, serialization, lock.
_UNREADABLE = (
    "The body cannot be read: JSON must be UTF-8, nest no deeper than some hundred levels and hold "
    "no number of thousands of digits; a form must be whole."
)
_LATER = ("08", "53", "57", "40", "55")

log = structlog.stdlib.get_logger("makegood.errors")
router = APIRouter(tags=["health"])


def refusal(app: FastAPI) -> Callable[[Request, Exception], Response]:
    """Return what turns an exception into its problem document."""
    return lambda request, error: ProblemResponse(_problem(app, request, error), request.url.path)


def install(app: FastAPI) -> None:
    """Answer every exception that leaves a route."""
    answer = refusal(app)

    async def refuse(request: Request, error: Exception) -> Response:
        return answer(request, error)

    for kind in (
        Problem,
        RequestValidationError,
        HTTPException,
        DBAPIError,
        PoolTimeout,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        ConnectionError,
        TimeoutError,
        Exception,
    ):
        app.add_exception_handler(kind, refuse)


def _problem(app: FastAPI, request: Request, error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return _malformed(error)
    if isinstance(error, HTTPException):
        return _http_problem(app, request, error)
    if is_outage(error):
        log.warning("database away", error=brief(error), route=_route(request))
        return Unavailable(
            "The database is away for the moment; nothing was stored.", headers=_RETRY_AFTER
        )
    if isinstance(error, ClientDisconnect):
        return BadRequest("The sender left before its body was whole; nothing was stored.")
    request_id = request.scope.get("request_id")
    log.error("unexpected", request_id=request_id, route=_route(request), exc_info=error)
    return InternalError("Something broke on our side; it was logged.", request_id=request_id)


def _route(request: Request) -> str | None:
    return getattr(request.scope.get("route"), "path", None)


def is_outage(error: BaseException) -> bool:
    """Whether an error says that the database cannot be used now, rather than that we erred."""
    if isinstance(error, DBAPIError):
        original = error.orig.__cause__ if error.orig is not None else None
        return (
            error.connection_invalidated
            or (original is not None and is_outage(original))
            or (original is None and isinstance(error, OperationalError | InterfaceError))
        )
    if isinstance(error, asyncpg.PostgresError):
        return (getattr(error, "sqlstate", None) or "").startswith(_LATER)
    if isinstance(error, asyncpg.InterfaceError):
        # The same class also says that we use it wrongly; a lost connection "is closed".
        return "clos" in str(error)
    return is_cut_off(error) or isinstance(error, ConnectionError | TimeoutError | PoolTimeout)


def _malformed(error: RequestValidationError) -> Malformed:
    errors = [_fault(fault) for fault in error.errors()]
    return Malformed("The request does not parse; `errors` says where and why.", errors=errors)


def _fault(fault: Mapping[str, Any]) -> dict[str, str]:
    where, *path = fault["loc"] or ("body",)
    pointer, detail = pointer_of(path), said(fault)
    if fault["type"] == "json_invalid":
        return {"pointer": "", "detail": f"not JSON: {fault.get('ctx', {}).get('error', detail)}"}
    if where == "body":
        return {"pointer": pointer, "detail": detail}
    return {"pointer": f"{where}:{pointer.removeprefix('/')}", "detail": detail}


def _http_problem(app: FastAPI, request: Request, error: HTTPException) -> Problem:
    if error.status_code == 404:  # noqa: PLR2004
        return NotFound(f"There is nothing at {request.url.path}.")
    if error.status_code == 405:  # noqa: PLR2004
        allowed = sorted(_methods(app, request))
        return MethodNotAllowed(
            f"{request.method} is not for this address.",
            headers={"Allow": ", ".join(allowed)},
            allowed=allowed,
        )
    if error.status_code == 413:  # noqa: PLR2004
        return too_large(request.scope)
    if error.status_code == 400:  # noqa: PLR2004
        return BadRequest(_UNREADABLE)
    problem = Problem(error.detail)
    problem.status = error.status_code  # type: ignore[misc]  # an HTTP status of the framework
    return problem


def _methods(app: FastAPI, request: Request) -> set[str]:
    """Return the methods of all routes at this address: the framework names only the first's."""
    path = request.scope["path"]
    routes = [x for x in iter_route_contexts(app.routes) if x.path_regex.match(path)]
    # An address that is written out wins over a pattern that also fits it.
    routes = [x for x in routes if not x.param_convertors] or routes
    found = {method for route in routes for method in route.methods or ()} or {"GET"}
    return found | {"HEAD"} if "GET" in found else found


@router.get(
    "/problems/{slug}",
    summary="What a problem type means",
    response_class=PlainTextResponse,
    responses={404: {"description": "There is no such problem type."}},
)
async def explain_problem(slug: Annotated[str, Path(examples=["stale-record"])]) -> str:
    """Explain a problem's `type` in a few words."""
    for cls in every_problem():
        if cls.slug() == slug:
            text = " ".join((cls.__doc__ or "").split())
            return f"{cls.title()} (HTTP {cls.status})\n\n{text}\n"
    raise NotFound(f"There is no problem type {slug!r}.")
