"""Deliveries are taken in: one durable insert each, many sharing a commit, then 200.

Nothing is parsed here but the event's id. What was answered 200 is on disk; a duplicate is
answered 200 too, after the first is on disk.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import orjson
import sqlalchemy as sa

from app.carriers import providers, rules
from app.carriers.models import Source, SourceSecret
from app.carriers.providers import Provider, SignatureRefused
from app.kit.db import sqlstate
from app.kit.groupcommit import BadRow, GroupCommit
from app.kit.ids import new_id
from app.kit.problems import NotFound
from app.kit.vault import token_digest
from app.runtime import Runtime

_NO_SUCH_SOURCE = "There is no source at this address."
_CACHED_SOURCES = 10_000
# SQLSTATE classes of errors that one row can cause: bad data, violated constraint, too large.
_ONE_ROWS_FAULT = ("22", "23", "54")

# Keys and bodies in one statement. Rows come sorted by key, so that two groups that share keys
# wait for one another in one order. A conflicting key that is not yet committed is waited for:
# a duplicate is answered only when the first is durable.
_INSERT = """
WITH given AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[],
                       $7::bytea[], $8::timestamptz[])
    AS given(id, source_id, provider, dedup_key, body_sha256, headers, body, received_at)
), fresh AS (
  INSERT INTO inbox_keys (source_id, dedup_key, body_sha256, delivery_id)
  SELECT source_id, dedup_key, body_sha256, id FROM given
  ON CONFLICT DO NOTHING
  RETURNING delivery_id
)
INSERT INTO inbox (id, source_id, provider, dedup_key, body_sha256, headers, body, size_bytes,
                   received_at, state)
SELECT id, source_id, provider, dedup_key, body_sha256, headers::jsonb, body, octet_length(body),
       received_at, 'pending'
FROM given JOIN fresh ON fresh.delivery_id = given.id
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source as the receiver needs it: opened secrets, and until when to believe this."""

    id: UUID
    provider: Provider
    secrets: tuple[str, ...]
    is_disabled: bool
    stale_at: float


@dataclass(frozen=True, slots=True)
class Row:
    """One delivery to be kept."""

    id: UUID
    source_id: UUID
    provider: str
    dedup_key: str
    body_sha256: bytes
    headers: str
    body: bytes


class Receiver:
    """Takes deliveries in for one HTTP process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._sources: dict[bytes, KnownSource] = {}
        inbox = runtime.settings.inbox
        self._inbox: GroupCommit[Row, bool] = GroupCommit(
            self._write,
            writers=runtime.settings.database.inbox_writers,
            max_group=inbox.max_group,
        )

    async def close(self) -> None:
        """Wait for what is being written."""
        await self._inbox.close()

    async def find(self, token: str) -> KnownSource:
        """Return the source at an address. Raises NotFound, SourceDisabled."""
        digest = token_digest(token)
        source = self._sources.get(digest)
        if source is None or source.stale_at < time.monotonic():
            source = await self._load(digest)
        if source.is_disabled:
            raise rules.SourceDisabled("This source was switched off.")
        return source

    async def take(self, source: KnownSource, headers: Mapping[str, str], body: bytes) -> bool:
        """Keep a delivery; returns whether it is new. On return it is on disk.

        Raises SignatureInvalid.
        """
        provider, now = source.provider, self._runtime.clock.now()
        try:
            provider.verify(headers=headers, body=body, secrets=source.secrets, now=now)
        except SignatureRefused as refusal:
            raise rules.SignatureInvalid(refusal.reason) from refusal
        digest = rules.sha256(body)
        key = provider.dedup_key(headers=headers, body=body) or rules.digest_key(digest)
        kept = rules.kept_headers(headers, provider.signature_headers)
        return await self._inbox.submit(
            Row(
                id=new_id(),
                source_id=source.id,
                provider=provider.name,
                dedup_key=key,
                body_sha256=digest,
                headers=orjson.dumps(kept).decode(),
                body=body,
            )
        )

    async def _load(self, digest: bytes) -> KnownSource:
        async with self._runtime.transaction() as session:
            source = await session.scalar(sa.select(Source).where(Source.token_digest == digest))
            if source is None:
                self._sources.pop(digest, None)
                raise NotFound(_NO_SUCH_SOURCE)
            sealed = await session.scalars(
                sa.select(SourceSecret.sealed).where(SourceSecret.source_id == source.id)
            )
            secrets = tuple(self._runtime.vault.open(each) for each in sealed)
        known = KnownSource(
            id=source.id,
            provider=providers.get(source.provider),
            secrets=secrets,
            is_disabled=source.disabled_at is not None,
            stale_at=time.monotonic() + self._runtime.settings.inbox.source_cache_s,
        )
        if len(self._sources) >= _CACHED_SOURCES:
            self._sources.clear()
        self._sources[digest] = known
        return known

    async def _write(self, rows: Sequence[Row]) -> Sequence[bool]:
        ordered = sorted(rows, key=lambda row: (row.source_id, row.dedup_key, row.body_sha256))
        moment = self._runtime.clock.now()
        columns = [
            [row.id for row in ordered],
            [row.source_id for row in ordered],
            [row.provider for row in ordered],
            [row.dedup_key for row in ordered],
            [row.body_sha256 for row in ordered],
            [row.headers for row in ordered],
            [row.body for row in ordered],
            [moment] * len(ordered),
        ]
        try:
            stored = await self._runtime.pool.fetch(_INSERT, *columns)
        except asyncpg.PostgresError as error:
            if sqlstate(error).startswith(_ONE_ROWS_FAULT):
                raise BadRow(repr(error)) from error
            raise
        kept = {record["id"] for record in stored}
        return [row.id in kept for row in rows]
