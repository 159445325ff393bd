"""Idempotency-Key: the answer to a POST is stored with its effect and given again to a retry."""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import ANONYMOUS, Base, context_of, now
from app.kit.problems import Problem

_KEPT_HEADERS = ("content-type", "location", "etag")


class IdempotencyKeyReused(Problem):
    """This Idempotency-Key was sent before with another body or to another address."""

    status = 422


class StillRunning(Problem):
    """A request with this Idempotency-Key is still running; ask again after `Retry-After`."""

    status = 409


class Replay(Exception):
    """The answer is already known; carries the response to give again."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


class StoredAnswer(Base):
    """What was answered to a key of a caller. Written in the transaction of the effect."""

    __tablename__ = "idempotency_answers"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)


Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Your own id of this request: a retry with the same key and body is answered "
        "as the first was (`Idempotent-Replay: true`) and does nothing again. Kept 48 hours.",
    ),
]


async def _claim(request: Request, key: Key = None) -> None:
    if key is not None:
        digest = begin(request)
        digest.update(await request.body())
        await claim(request, key, digest.digest())


async def claim(request: Request, key: str, fingerprint: bytes) -> None:
    """Take the key for this request. Raises StillRunning, IdempotencyKeyReused, Replay.

    For routes whose body is a stream: they call it once the body is in. All others say
    IDEMPOTENT.
    """
    session: AsyncSession = request.state.session
    caller = context_of(session).caller
    if caller == ANONYMOUS:
        msg = "IDEMPOTENT must stand after needs(...): answers are kept for each caller"
        raise RuntimeError(msg)
    lock = sa.func.hashtextextended(f"{caller} {key}", 0)
    if not await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(lock))):
        raise StillRunning(
            "A request with this Idempotency-Key is still running.", headers={"Retry-After": "1"}
        )
    stored = await session.get(StoredAnswer, (caller, key))
    if stored is None:
        request.state.idempotency = (caller, key, fingerprint)
    elif stored.fingerprint != fingerprint:
        raise IdempotencyKeyReused(
            "This Idempotency-Key was used for another request; use a new key for a new request.",
            first_used_at=stored.created_at.isoformat(),
        )
    else:
        raise Replay(_response(stored))


IDEMPOTENT = Depends(_claim)


def begin(request: Request) -> "hashlib._Hash":
    """Return the digest of a request so far; its body is still to come."""
    target = f"{request.url.path}?{request.url.query}"
    return hashlib.sha256(f"{request.method} {target}\n".encode())


def _response(stored: StoredAnswer) -> Response:
    headers = {**stored.headers, "Idempotent-Replay": "true"}
    return Response(stored.body, status_code=stored.status, headers=headers)


async def remember(request: Request, session: AsyncSession, response: Response) -> None:
    """Store the answer beside the effect, if the request named a key."""
    claim: tuple[str, str, bytes] | None = getattr(request.state, "idempotency", None)
    if claim is None:
        return
    caller, key, fingerprint = claim
    session.add(
        StoredAnswer(
            caller=caller,
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            headers={k: v for k, v in response.headers.items() if k in _KEPT_HEADERS},
            body=bytes(response.body),
            created_at=now(session),
        )
    )
    await session.flush()


async def forget(session: AsyncSession, older_than: timedelta) -> None:
    """Drop answers that no retry will ask for any more."""
    limit = now(session) - older_than
    await session.execute(sa.delete(StoredAnswer).where(StoredAnswer.created_at < limit))
