"""How refusals and failures are answered: always a problem document, never a stack trace."""

from collections.abc import Mapping
from typing import Annotated, Any

import asyncpg
import structlog
from fastapi import APIRouter, FastAPI, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.kit.problems import (
    BadRequest,
    InternalError,
    Malformed,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Problem,
    Unavailable,
    every_problem,
)

MEDIA_TYPE = "application/problem+json"
_RETRY_AFTER = {"Retry-After": "2"}
# SQLSTATE classes that say "later": connection, resources, operator, serialization, lock.
_LATER = ("08", "53", "57", "40", "55")

log = structlog.stdlib.get_logger("makegood.errors")
router = APIRouter(tags=["health"])


def answer(request: Request, problem: Problem) -> JSONResponse:
    """Return the problem as the response to `request`."""
    return JSONResponse(
        problem.body(request.url.path),
        status_code=problem.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


def install(app: FastAPI) -> None:
    """Answer every exception that leaves a route."""

    async def refuse(request: Request, error: Exception) -> Response:
        return answer(request, _problem(app, request, error))

    for kind in (
        Problem,
        RequestValidationError,
        HTTPException,
        DBAPIError,
        PoolTimeout,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        OSError,
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
        log.warning("database away", error=repr(error)[:300], route=_route(request))
        return Unavailable(
            "The database is away for the moment; nothing was stored.", headers=_RETRY_AFTER
        )
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
        return (error.sqlstate or "").startswith(_LATER)
    return isinstance(error, OSError | TimeoutError | PoolTimeout | asyncpg.InterfaceError)


def _malformed(error: RequestValidationError) -> Malformed:
    errors = [_fault(fault) for fault in error.errors()]
    return Malformed("The request does not parse; `errors` says where and why.", errors=errors)


def _fault(fault: Mapping[str, Any]) -> dict[str, str]:
    where, *path = fault["loc"] or ("body",)
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in path]
    detail = str(fault["msg"]).removeprefix("Value error, ")
    if fault["type"] == "json_invalid":
        return {"pointer": "", "detail": f"not JSON: {fault.get('ctx', {}).get('error', detail)}"}
    if where == "body":
        return {"pointer": "".join(f"/{step}" for step in steps), "detail": detail}
    return {"pointer": f"{where}:{'/'.join(steps)}", "detail": detail}


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
        return PayloadTooLarge("The body is larger than this operation takes.")
    if error.status_code == 400:  # noqa: PLR2004
        return BadRequest("The body cannot be read: it is no JSON in UTF-8, or nests too deeply.")
    problem = Problem(str(error.detail))
    problem.status = error.status_code  # type: ignore[misc]  # an HTTP status of the framework
    return problem


def _methods(app: FastAPI, request: Request) -> set[str]:
    """Return the methods of all routes at this address: the framework names only the first's."""
    found: set[str] = set()
    for route in app.routes:
        match, _ = route.matches(request.scope)
        if match is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return found


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
