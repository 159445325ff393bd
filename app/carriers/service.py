"""What is done with sources: register, rename, switch, rotate their secrets."""

import secrets as tokens
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.carriers import providers, rules
from app.carriers.backlog import Backlog, backlog
from app.carriers.events import SourceChanged, SourceRegistered
from app.carriers.models import Source, SourceSecret
from app.carriers.schemas import SourceIn, SourcePatch
from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.problems import NotFound
from app.kit.vault import Vault, token_digest

__all__ = [
    "Backlog",
    "add_secret",
    "backlog",
    "change",
    "describe",
    "get",
    "page",
    "register",
    "remove_secret",
    "reseal",
]

_TOKEN_BYTES = 32
_HINT_CHARS = 4
_HINT_FROM = 12
Row = dict[str, Any]


async def register(session: AsyncSession, vault: Vault, *, document: SourceIn) -> Source:
    """Configure a source. Raises SecretRefused."""
    _check_secret(document.provider, document.secret)
    token = tokens.token_urlsafe(_TOKEN_BYTES)
    source = Source(
        id=new_id(),
        provider=document.provider,
        name=document.name,
        token_digest=token_digest(token),
        token_sealed=vault.seal(token),
        version=1,
        created_at=now(session),
    )
    session.add(source)
    await session.flush()
    session.add(_secret(session, vault, source.id, document.secret))
    registered = SourceRegistered(source_id=source.id, provider=source.provider, name=source.name)
    await session.flush()
    await publish(session, registered)
    return source


async def get(session: AsyncSession, source_id: UUID, *, for_update: bool = False) -> Source:
    """Return a source. Raises NotFound."""
    source = await session.get(Source, source_id, with_for_update=for_update or None)
    if source is None:
        raise NotFound(f"There is no source {source_id}.")
    return source


async def page(session: AsyncSession, *, after: UUID | None, limit: int) -> Sequence[Source]:
    """Return sources in the order they were registered, after an id."""
    query = sa.select(Source)
    if after is not None:
        query = query.where(Source.id > after)
    return (await session.scalars(query.order_by(Source.id).limit(limit))).all()


async def change(session: AsyncSession, source: Source, patch: SourcePatch) -> None:
    """Rename a source, or switch it off or on. `source` is locked."""
    before = (source.name, source.disabled_at)
    if patch.name is not None:
        source.name = patch.name
    if patch.is_disabled is not None:
        source.disabled_at = (source.disabled_at or now(session)) if patch.is_disabled else None
    if (source.name, source.disabled_at) != before:
        await _changed(session, source, "switched" if source.name == before[0] else "renamed")


async def add_secret(session: AsyncSession, vault: Vault, source: Source, secret: str) -> None:
    """Add a second secret, for rotation. Raises SecretRefused, TooManySecrets."""
    _check_secret(source.provider, secret)
    valid = await _secrets(session, [source.id])
    if len(valid) >= rules.MAX_SECRETS:
        raise rules.TooManySecrets(
            "Two secrets are valid already; remove the old one first.",
            secrets=[str(each.id) for each in valid],
        )
    session.add(_secret(session, vault, source.id, secret))
    await _changed(session, source, "secret added")


async def remove_secret(session: AsyncSession, source: Source, secret_id: UUID) -> None:
    """End a secret. Raises NotFound, LastSecret."""
    valid = {each.id: each for each in await _secrets(session, [source.id])}
    if secret_id not in valid:
        raise NotFound(f"The source has no secret {secret_id}.")
    if len(valid) == 1:
        raise rules.LastSecret("This is the only secret; add the new one first.")
    await session.delete(valid[secret_id])
    await _changed(session, source, "secret removed")


async def describe(
    session: AsyncSession, vault: Vault, sources: Sequence[Source], *, base_url: str
) -> list[Row]:
    """Return sources with their addresses and the hints of their secrets."""
    by_source: dict[UUID, list[SourceSecret]] = {source.id: [] for source in sources}
    for secret in await _secrets(session, list(by_source)):
        by_source[secret.source_id].append(secret)
    return [
        {
            "id": source.id,
            "provider": source.provider,
            "name": source.name,
            "url": f"{base_url}/v1/carriers/hooks/{vault.open(source.token_sealed)}",
            "secrets": by_source[source.id],
            "version": source.version,
            "created_at": source.created_at,
            "disabled_at": source.disabled_at,
        }
        for source in sources
    ]


async def reseal(session: AsyncSession, vault: Vault) -> int:
    """Seal all secrets anew under the newest key; returns how many."""
    sources = (await session.scalars(sa.select(Source).with_for_update())).all()
    for source in sources:
        source.token_sealed = vault.reseal(source.token_sealed)
    kept = (await session.scalars(sa.select(SourceSecret).with_for_update())).all()
    for secret in kept:
        secret.sealed = vault.reseal(secret.sealed)
    await session.flush()
    return len(sources) + len(kept)


def _check_secret(provider: str, secret: str) -> None:
    try:
        providers.get(provider).check_secret(secret)
    except ValueError as error:
        raise rules.SecretRefused(
            "The provider cannot have given such a secret.",
            errors=[{"pointer": "/secret", "detail": str(error)}],
        ) from error


def _secret(session: AsyncSession, vault: Vault, source_id: UUID, secret: str) -> SourceSecret:
    # A short secret would be told by its hint.
    hint = f"…{secret[-_HINT_CHARS:]}" if len(secret) >= _HINT_FROM else "…"
    return SourceSecret(
        id=new_id(),
        source_id=source_id,
        sealed=vault.seal(secret),
        hint=hint,
        created_at=now(session),
    )


async def _secrets(session: AsyncSession, source_ids: Sequence[UUID]) -> Sequence[SourceSecret]:
    query = sa.select(SourceSecret).where(SourceSecret.source_id.in_(source_ids))
    return (await session.scalars(query.order_by(SourceSecret.id))).all()


async def _changed(session: AsyncSession, source: Source, what: str) -> None:
    source.version += 1
    await session.flush()
    await publish(session, SourceChanged(source_id=source.id, what=what))
