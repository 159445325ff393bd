"""API keys and their scopes: who calls, and what that key may do."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import Request, Security, params
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Context, Identified, now
from app.kit.problems import Forbidden, NotFound, Unauthenticated
from app.kit.vault import SHOWN_CHARS, Vault, looks_like_api_key, new_api_key

_USE_NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may do. Each route names the one it needs."""

    VENDORS_READ = "vendors:read"
    VENDORS_WRITE = "vendors:write"
    PRODUCTS_READ = "products:read"
    PRODUCTS_WRITE = "products:write"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    PARCELS_READ = "parcels:read"
    PARCELS_WRITE = "parcels:write"
    CARRIERS_READ = "carriers:read"
    CARRIERS_WRITE = "carriers:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    OBLIGATIONS_READ = "obligations:read"
    OBLIGATIONS_WRITE = "obligations:write"
    COVERAGE_READ = "coverage:read"
    COVERAGE_WRITE = "coverage:write"
    ACCOUNTS_READ = "accounts:read"
    ACCOUNTS_WRITE = "accounts:write"
    DISCREPANCIES_READ = "discrepancies:read"
    DISCREPANCIES_WRITE = "discrepancies:write"
    PRICE_PROTECTION_READ = "price_protection:read"
    PRICE_PROTECTION_WRITE = "price_protection:write"
    CLAIMS_READ = "claims:read"
    CLAIMS_WRITE = "claims:write"
    REPLACEMENTS_READ = "replacements:read"
    REPLACEMENTS_WRITE = "replacements:write"
    FILES_READ = "files:read"
    FILES_WRITE = "files:write"
    IMPORTS_READ = "imports:read"
    IMPORTS_WRITE = "imports:write"
    EVENTS_READ = "events:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"


class ApiKey(Base, Identified):
    """A key, known by its first characters and the HMAC of the whole."""

    __tablename__ = "api_keys"
    __table_args__ = (sa.Index(None, "fingerprint", unique=True),)

    name: Mapped[str]
    prefix: Mapped[str]
    fingerprint: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


async def create_key(
    session: AsyncSession,
    vault: Vault,
    *,
    name: str,
    scopes: Sequence[Scope],
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Create a key. Returns its record and the key itself, which cannot be had again."""
    plain = new_api_key()
    key = ApiKey(
        name=name,
        prefix=plain[:SHOWN_CHARS],
        fingerprint=vault.fingerprints(plain)[0],
        scopes=sorted(scopes),
        created_at=now(session),
        expires_at=expires_at,
    )
    session.add(key)
    await session.flush()
    return key, plain


async def list_keys(session: AsyncSession) -> Sequence[ApiKey]:
    """Return all keys, the oldest first."""
    return (await session.scalars(sa.select(ApiKey).order_by(ApiKey.id))).all()


async def revoke_key(session: AsyncSession, key_id: UUID) -> ApiKey:
    """End a key now. Raises NotFound."""
    key = await session.get(ApiKey, key_id, with_for_update=True)
    if key is None:
        raise NotFound(f"There is no API key {key_id}.")
    key.revoked_at = key.revoked_at or now(session)
    await session.flush()
    return key


async def authenticate(session: AsyncSession, vault: Vault, plain: str) -> ApiKey:
    """Return the live key that `plain` is.

    Raises Unauthenticated, in the same words for unknown, expired and revoked.
    """
    key = None
    if looks_like_api_key(plain):
        fingerprints = vault.fingerprints(plain)
        key = await session.scalar(sa.select(ApiKey).where(ApiKey.fingerprint.in_(fingerprints)))
    moment = now(session)
    if (
        key is None
        or key.revoked_at is not None
        or (key.expires_at is not None and key.expires_at <= moment)
    ):
        raise Unauthenticated(
            "Send a valid API key: `Authorization: Bearer mg_live_...`.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return key


_bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="mg_live_...",
    description="An API key made by `makegood keys create`.",
)


async def _caller(
    request: Request,
    scopes: SecurityScopes,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> ApiKey:
    session: AsyncSession = request.state.session
    runtime = request.app.state.runtime
    plain = credentials.credentials if credentials else ""
    key = await authenticate(session, runtime.vault, plain)
    missing = [scope for scope in scopes.scopes if scope not in key.scopes]
    if missing:
        raise Forbidden(
            f"This API key lacks the scope {missing[0]}.", needs=missing, has=list(key.scopes)
        )
    context: Context = session.info["context"]
    session.info["context"] = Context(context.clock, f"key:{key.id}", context.request_id)
    if key.last_used_at is None or key.last_used_at < now(session) - _USE_NOTED_EVERY:
        request.state.key_used = key.id
    return key


def needs(scope: Scope) -> params.Security:
    """Return the dependency by which a route names the scope it needs."""
    return params.Security(_caller, scopes=[scope.value])


async def note_use(session: AsyncSession, key_id: UUID) -> None:
    """Note that a key was used; passes over a row that somebody else is noting."""
    free = sa.select(ApiKey.id).where(ApiKey.id == key_id).with_for_update(skip_locked=True)
    await session.execute(
        sa.update(ApiKey).where(ApiKey.id.in_(free)).values(last_used_at=now(session))
    )
