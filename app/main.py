"""The HTTP process: the application and how it is served."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from app import answers, feed, figures, health, openapi, rooms
from app.kit.http import Edge, deadline_protocol
from app.kit.logs import configure_logs
from app.kit.shortcut import Shortcut
from app.runtime import Runtime, open_runtime
from app.settings import Settings

_DESCRIPTION = """
Holds vendors and carriers to their word after the sale.

* Your ERP **PUTs** vendors, products, customers, purchase orders and shipments under its own keys.
* Carriers **POST** their webhooks to the address of a *source*; Makegood keeps every byte.
* `GET /v1/parcels/{parcel_id}` tells a parcel's whole story, and where each word came from.

Errors are RFC 9457 problems; their `type` leads to their documentation. Times are UTC, money and
weights are decimals in strings, lists are pages with an opaque `next`.
"""

RuntimeOpener = Callable[[], AbstractAsyncContextManager[Runtime]]


def create_app(settings: Settings, open_: RuntimeOpener | None = None) -> FastAPI:
    """Build the application. `open_` gives the runtime; by default it is opened by `settings`."""
    opener = open_ or (lambda: open_runtime(settings))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with opener() as runtime, rooms.opened(runtime) as services:
            app.state.runtime = runtime
            for name, service in services.items():
                setattr(app.state, name, service)
            yield

    options: dict[str, Any] = {
        "title": "Makegood",
        "version": version("makegood"),
        "summary": "Obligations after the sale: who owes what to whom, by when, and was it kept.",
        "description": _DESCRIPTION,
        "lifespan": lifespan,
        "redirect_slashes": False,
        "max_body_size": settings.http.max_body_bytes,
        "generate_unique_id_function": openapi.operation_id,
        "openapi_tags": openapi.TAGS,
    }
    app = (
        FastAPIOffline(**options)
        if settings.http.docs
        else FastAPI(docs_url=None, redoc_url=None, **options)
    )
    answers.install(app)
    for router in (*rooms.ROUTERS, feed.router, health.router, figures.router, answers.router):
        app.include_router(router, responses=openapi.COMMON)
    openapi.install(app)
    # Not add_middleware: that stands inside the framework's own 500 and 413.
    shortcut = Shortcut(
        app.build_middleware_stack(),
        rooms.DOOR,
        state_of=app,
        refuse=answers.refusal(app),
        max_body_size=settings.http.max_body_bytes,
    )
    app.middleware_stack = Edge(shortcut)
    return app


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Run the HTTP process until it is told to stop."""
    configure_logs(settings.log_format, settings.log_level)
    http = settings.http
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        http=deadline_protocol(
            http.header_deadline_s,
            http.body_deadline_s,
            streams={rooms.STREAMED: settings.imports.upload_deadline_s},
        ),
        loop="uvloop",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=http.keep_alive_s,
        timeout_graceful_shutdown=http.drain_s,
        limit_concurrency=http.max_connections,
    )
