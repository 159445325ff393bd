"""Records the ERP owns: PUT under its own key, replaced whole, never by something older."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

import sqlalchemy as sa
from fastapi import Path, Response
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Identified, now
from app.kit.etags import check_version, etag
from app.kit.fields import ErpKey, In, Instant, Out
from app.kit.problems import Malformed, NotFound, Problem

_CLOCK_SKEW = timedelta(minutes=5)


class StaleRecord(Problem):
    """What was sent is older than what is stored; `stored_as_of` says how old that is."""

    status = 409


class UnknownReference(Problem):
    """The record names others that were never sent; `errors` points at each. Send those first."""

    status = 409


class RecordIn(In):
    """What every ERP record may say of itself."""

    as_of: Instant | None = Field(
        None,
        description="When this was true in the ERP. Something older than what is stored is "
        "refused (409). Without it, the moment of receipt counts.",
        examples=["2026-03-02T09:00:00Z"],
    )


class RecordOut(Out):
    """What every ERP record tells of itself."""

    key: str = Field(description="The ERP's own key.")
    version: int = Field(description="Rises with each change; the ETag.")
    as_of: datetime
    created_at: datetime
    updated_at: datetime


class ErpRecord(Identified):
    """The columns of a record that is PUT by key."""

    key: Mapped[str] = mapped_column(unique=True, sort_order=-9)
    version: Mapped[int]
    as_of: Mapped[datetime]
    content_sha256: Mapped[bytes]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Outcome(StrEnum):
    """What a PUT did."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


KeyPath = Annotated[
    ErpKey,
    Path(
        description="The ERP's own key; it may hold `/`, `#` (as %23), spaces and any Unicode.",
        examples=["4711", "PO/2026/117"],
    ),
]

R = TypeVar("R", bound=ErpRecord)


@dataclass(frozen=True, slots=True)
class Put(Generic[R]):
    """A record after a PUT, and what it did."""

    record: R
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Conditions:
    """The request's If-Match and If-None-Match."""

    if_match: str | None = None
    if_none_match: str | None = None


async def put(
    session: AsyncSession,
    model: type[R],
    *,
    key: str,
    document: RecordIn,
    conditions: Conditions,
    fill: Callable[[R], Awaitable[None]],
) -> Put[R]:
    """Store `document` under `key`: `fill` writes its content into a new or changed record.

    The same content again changes nothing. Raises StaleRecord, VersionMismatch, Malformed and
    what `fill` raises. Of two callers at once the second sees what the first has stored.
    """
    moment = now(session)
    check_as_of(document.as_of, moment)
    await _lock(session, model, key)
    record = await session.scalar(
        sa.select(model)
        .where(model.key == key)
        .with_for_update(key_share=True)
        # A caller may have read it before it waited here; what counts is what stands now.
        .execution_options(populate_existing=True)
    )
    check_version(
        record.version if record else None,
        if_match=conditions.if_match,
        if_none_match=conditions.if_none_match,
    )
    digest = digest_of(content_of(document))
    if record is None:
        record = model()
        record.key, record.version, record.created_at = key, 1, moment
        outcome = Outcome.CREATED
    else:
        _refuse_older(record, document.as_of)
        if record.content_sha256 == digest:
            record.as_of = max(record.as_of, document.as_of or record.as_of)
            await session.flush()
            return Put(record, Outcome.UNCHANGED)
        record.version += 1
        outcome = Outcome.CHANGED
    record.as_of = document.as_of or moment
    record.content_sha256 = digest
    record.updated_at = moment
    try:
        async with session.begin_nested():
            await fill(record)
            session.add(record)
            await session.flush()
    except IntegrityError as error:
        if outcome is not Outcome.CREATED or not _is_key_taken(error, model):
            raise
        # What comes in bulk takes no lock on the names of new records: one was faster.
        return await put(
            session, model, key=key, document=document, conditions=conditions, fill=fill
        )
    return Put(record, outcome)


def _is_key_taken(error: IntegrityError, model: Any) -> bool:
    cause = getattr(error.orig, "__cause__", None)
    return getattr(cause, "constraint_name", None) == f"uq_{model.__tablename__}_key"


def check_as_of(as_of: datetime | None, moment: datetime) -> None:
    """Refuse a record that claims to be of the future. Raises Malformed."""
    if as_of is not None and as_of > moment + _CLOCK_SKEW:
        raise Malformed(
            "as_of lies in the future; it says when the record was true.",
            errors=[{"pointer": "/as_of", "detail": "must not lie in the future"}],
        )


async def _lock(session: AsyncSession, model: type[ErpRecord], key: str) -> None:
    # The row may not exist yet, so the lock is on its name.
    name = sa.func.hashtextextended(f"{model.__name__} {key}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))


def _refuse_older(record: ErpRecord, as_of: datetime | None) -> None:
    if as_of is not None and as_of < record.as_of:
        raise StaleRecord(
            "A newer state of this record is stored; nothing was changed.",
            stored_as_of=record.as_of.isoformat(),
        )


def content_of(document: BaseModel) -> str:
    """Return what a document says, as JSON: the same for the same content."""
    return document.model_dump_json(exclude={"as_of"})


def digest_of(content: str) -> bytes:
    """Return what tells one content from another."""
    return hashlib.sha256(content.encode()).digest()


async def get(session: AsyncSession, model: type[R], key: str, *, noun: str) -> R:
    """Return the record under `key`. Raises NotFound."""
    record = await session.scalar(sa.select(model).where(model.key == key))
    if record is None:
        raise NotFound(f"There is no {noun} under the key {key!r}.")
    return record


def answer(response: Response, result: Put[Any]) -> None:
    """Set status and ETag of the answer to a PUT."""
    response.status_code = 201 if result.outcome is Outcome.CREATED else 200
    show_version(response, result.record)


def show_version(response: Response, record: ErpRecord) -> None:
    """Set the ETag of an answer that shows a record."""
    response.headers["ETag"] = etag(record.version)


def unknown(noun: str, missing: list[tuple[str, str]]) -> UnknownReference:
    """Return the problem for references (pointer, key) to records that were never sent."""
    errors = [
        {"pointer": pointer, "detail": f"there is no {noun} {key!r}; PUT it first"}
        for pointer, key in missing
    ]
    return UnknownReference(f"The record names a {noun} that was never sent.", errors=errors)
