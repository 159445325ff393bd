"""The database: the base of all models, engines with sane limits, what a session carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.kit.clock import Clock
from app.kit.ids import new_id


class Base(DeclarativeBase):
    """All tables. Constraint names are fixed, so that a migration can name them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own way)
        datetime: sa.DateTime(timezone=True),
        str: sa.Text(),
        dict[str, Any]: JSONB(none_as_null=True),
        list[Any]: JSONB(none_as_null=True),
    }


class Identified:
    """A row with a time-ordered id of its own."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-10)


def one_of(column: str, values: type[StrEnum]) -> sa.CheckConstraint:
    """Return the check that a column holds one of these words."""
    return sa.CheckConstraint(sa.column(column).in_([each.value for each in values]), name=column)


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf a transaction runs: kept beside every event it writes."""

    clock: Clock
    caller: str
    request_id: str | None = None


SYSTEM_CALLER = "makegood"
ANONYMOUS = "anonymous"


def context_of(session: AsyncSession) -> Context:
    """Return what the session was opened with."""
    return session.info["context"]


def now(session: AsyncSession) -> datetime:
    """Return the present instant by the session's clock."""
    return context_of(session).clock.now()


@dataclass(frozen=True, slots=True)
class Pool:
    """How an engine reaches the server. Times in seconds."""

    url: str
    size: int = 10
    name: str = "makegood"
    command_timeout_s: float = 15
    pgbouncer: bool = False
    server_settings: Mapping[str, str] = field(default_factory=dict)


def driver_options(pool: Pool) -> dict[str, Any]:
    """Return asyncpg's own connect arguments for `pool`."""
    settings = {"application_name": pool.name, "timezone": "UTC", **pool.server_settings}
    if pool.pgbouncer:
        # A bouncer in transaction mode hands each transaction another server connection.
        return {"statement_cache_size": 0}
    millis = str(int(pool.command_timeout_s * 1000))
    settings |= {"statement_timeout": millis, "idle_in_transaction_session_timeout": "30000"}
    return {"server_settings": settings}


async def connect(*args: Any, **options: Any) -> asyncpg.Connection:
    """Connect. A server that cannot be reached is a ConnectionFailureError, not any OSError.

    Otherwise nothing would tell a missing socket from a missing file of ours.
    """
    try:
        return await asyncpg.connect(*args, **options)
    except OSError as error:
        msg = f"cannot reach the server: {type(error).__name__}"
        raise asyncpg.exceptions.ConnectionFailureError(msg) from error


def make_engine(pool: Pool) -> AsyncEngine:
    """Build an engine whose queries end: a frozen server must not hang a request for ever."""
    options = {
        "timeout": 5,
        "command_timeout": pool.command_timeout_s,
        "async_creator_fn": connect,
        **driver_options(pool),
    }
    if pool.pgbouncer:
        options["prepared_statement_cache_size"] = 0
    return create_async_engine(
        pool.url,
        pool_size=pool.size,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        pool_recycle=int(timedelta(hours=1).total_seconds()),
        connect_args=options,
        hide_parameters=True,  # a log must not tell what the ERP told us
    )


def make_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Build the factory of sessions: one for each request or job, never shared."""
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)


def sqlstate(error: BaseException) -> str:
    """Return what PostgreSQL calls an error, five characters; "" for what is not of its making."""
    original = getattr(error, "orig", None) or error
    return getattr(original, "sqlstate", None) or ""


# Connection, resources, operator, serialization, lock: not the statement's own fault.
_PASSING = ("08", "40", "53", "55", "57")


def is_passing(error: BaseException) -> bool:
    """Whether an error is of the moment, so that the same may be tried again as it is."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or sqlstate(error).startswith(_PASSING)
    return isinstance(error, OSError | TimeoutError) or is_cut_off(error)


def is_cut_off(error: BaseException) -> bool:
    """Whether this is what the driver says of a connection that ended amid an operation.

    It finds itself in no state it knows; no other error tells of it.
    """
    return isinstance(error, asyncpg.InternalClientError) and "another operation" in str(error)
