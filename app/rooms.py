"""The list of rooms: their routers, loops, jobs and listeners; nothing else."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter

from app.events import Listener
from app.kit.jobs import Job, Loop, Periodic
from app.runtime import Runtime
from app.vendors import routes as vendors

ROUTERS: Sequence[APIRouter] = (vendors.router,)
LISTENERS: Sequence[Listener] = ()
LOOPS: Sequence[Loop] = ()
JOBS: Sequence[Job] = ()
PERIODIC: Sequence[Periodic] = ()


@asynccontextmanager
async def opened(runtime: Runtime) -> AsyncIterator[dict[str, Any]]:
    """Open what a room's routes share within one HTTP process, by the name it goes under."""
    del runtime
    yield {}
