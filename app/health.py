"""Whether this process lives, and whether it can work."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app import migrations
from app.kit.db import Base, now
from app.runtime import Runtime

BEAT_EVERY_S = 5
_BEAT_STALE = timedelta(seconds=30)
_BEAT_FORGOTTEN = timedelta(hours=1)

router = APIRouter(tags=["health"])


class WorkerHeartbeat(Base):
    """When a worker was last alive."""

    __tablename__ = "worker_heartbeats"

    worker_id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"]


class Readiness(BaseModel):
    """Whether requests can be served, and each part it hangs on."""

    status: Literal["ready", "degraded", "unready"]
    database: Literal["ok", "away"]
    migrations: Literal["current", "behind", "ahead", "unknown"]
    worker: Literal["ok", "absent", "unknown"]


@router.get("/healthz", summary="Whether the process lives", response_model=Alive)
async def check_health() -> object:
    """Answer at once, without looking at the database."""
    return {"status": "alive"}


@router.get(
    "/readyz",
    summary="Whether requests can be served",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "Not ready; the body says why."}},
)
async def check_readiness(
    request: Request,
    response: Response,
    require: Annotated[
        Literal["worker"] | None,
        Query(description="`worker`: also unready while no worker has shown itself for 30 s."),
    ] = None,
) -> object:
    """Look at the database, its migrations and the workers' heartbeat.

    A missing worker is `degraded`, not unready: webhooks must still be taken in and kept.
    """
    found = await _look(request.app.state.runtime)
    if found.status == "unready" or (require == "worker" and found.worker != "ok"):
        response.status_code = 503
        response.headers["Retry-After"] = "2"
    return found


async def _look(runtime: Runtime) -> Readiness:
    try:
        async with runtime.transaction() as session:
            current = await session.scalar(sa.text("SELECT version_num FROM alembic_version"))
            beaten = await session.scalar(sa.select(sa.func.max(WorkerHeartbeat.beat_at)))
            fresh = beaten is not None and beaten > now(session) - _BEAT_STALE
    except ProgrammingError:
        return _readiness(database="ok", migrations="behind", worker="unknown")
    except (SQLAlchemyError, OSError):
        return _readiness(database="away", migrations="unknown", worker="unknown")
    return _readiness(
        database="ok",
        migrations=_standing(current),
        worker="ok" if fresh else "absent",
    )


def _standing(revision: str | None) -> Literal["current", "behind", "ahead"]:
    if revision == migrations.head():
        return "current"
    # A revision unknown here was made by a newer version: upgrade this process, not the database.
    return "behind" if revision is None or revision in migrations.known() else "ahead"


def _readiness(
    database: Literal["ok", "away"],
    migrations: Literal["current", "behind", "ahead", "unknown"],
    worker: Literal["ok", "absent", "unknown"],
) -> Readiness:
    status: Literal["ready", "degraded", "unready"] = "unready"
    if database == "ok" and migrations == "current":
        status = "ready" if worker == "ok" else "degraded"
    return Readiness(status=status, database=database, migrations=migrations, worker=worker)


async def beat(session: AsyncSession, worker_id: UUID, started_at: datetime) -> None:
    """Show that a worker lives, and forget those that have long been silent."""
    moment = now(session)
    await session.merge(WorkerHeartbeat(worker_id=worker_id, started_at=started_at, beat_at=moment))
    silent = WorkerHeartbeat.beat_at < moment - _BEAT_FORGOTTEN
    await session.execute(sa.delete(WorkerHeartbeat).where(silent))
