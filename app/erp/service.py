"""What is done with endpoints: register, change, rotate their secrets, test, remove."""

import base64
import secrets as tokens
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app import events
from app.erp import lines, rules, urls
from app.erp.deliveries import count_due
from app.erp.events import EndpointChanged, EndpointRegistered, EndpointRemoved, TestRequested
from app.erp.models import Endpoint, Secret
from app.erp.schemas import EndpointIn, EndpointPatch
from app.events import publish
from app.kit.addresses import AllowList
from app.kit.db import context_of, now
from app.kit.ids import new_id
from app.kit.problems import NotFound
from app.kit.vault import Vault

__all__ = [
    "change",
    "count_due",
    "describe",
    "get",
    "page",
    "register",
    "remove",
    "request_test",
    "require_enabled",
    "reseal",
    "rotate",
]

_KEY_BYTES = 32
_HINT_CHARS = 4
_MAX_SECRETS = 2
Row = dict[str, Any]


async def register(
    session: AsyncSession, vault: Vault, allow: AllowList, document: EndpointIn
) -> tuple[Endpoint, str]:
    """Tell events from now on to a URL. Returns the endpoint and its secret. Raises UrlRefused."""
    endpoint = Endpoint(
        id=new_id(),
        url=urls.check(document.url, allow),
        types=_once(document.types),
        description=document.description,
        include_own=document.include_own,
        caller=context_of(session).caller,
        position=await events.last_position(session),
        version=1,
        created_at=now(session),
    )
    _set_headers(vault, endpoint, document.headers)
    session.add(endpoint)
    await session.flush()
    _, plain = await _new_secret(session, vault, endpoint.id)
    await publish(
        session,
        EndpointRegistered(endpoint_id=endpoint.id, url=endpoint.url, types=endpoint.types),
    )
    return endpoint, plain


async def get(session: AsyncSession, endpoint_id: UUID, *, for_update: bool = False) -> Endpoint:
    """Return an endpoint. Raises NotFound."""
    lock = {"key_share": True} if for_update else None
    endpoint = await session.get(Endpoint, endpoint_id, with_for_update=lock)
    if endpoint is None or endpoint.deleted_at is not None:
        raise NotFound(f"There is no webhook endpoint {endpoint_id}.")
    return endpoint


async def page(session: AsyncSession, *, after: UUID | None, limit: int) -> Sequence[Endpoint]:
    """Return endpoints in the order they were registered, after an id."""
    query = sa.select(Endpoint).where(Endpoint.deleted_at.is_(None))
    if after is not None:
        query = query.where(Endpoint.id > after)
    return (await session.scalars(query.order_by(Endpoint.id).limit(limit))).all()


async def change(
    session: AsyncSession,
    vault: Vault,
    allow: AllowList,
    endpoint: Endpoint,
    patch: EndpointPatch,
) -> None:
    """Change what the patch names. `endpoint` is locked. Raises UrlRefused."""
    given = patch.model_dump(include=patch.model_fields_set)
    changed = list[str]()
    if "url" in given:
        given["url"] = urls.check(given["url"], allow)
    if "types" in given:
        given["types"] = _once(given["types"])
    for name in ("url", "types", "description", "include_own"):
        if name in given and getattr(endpoint, name) != given[name]:
            setattr(endpoint, name, given[name])
            changed.append(name)
    if "headers" in given:
        _set_headers(vault, endpoint, given["headers"])
        changed.append("headers")
    if given.get("is_disabled") is not None and given["is_disabled"] != bool(endpoint.disabled_at):
        await _switch(session, endpoint, is_disabled=given["is_disabled"])
        changed.append("is_disabled")
    if changed:
        await _changed(session, endpoint, changed)


async def rotate(
    session: AsyncSession, vault: Vault, endpoint: Endpoint, *, overlap: timedelta
) -> tuple[Secret, str]:
    """Make a new secret; the others sign for `overlap` yet. Raises RotationUnderWay."""
    moment = now(session)
    valid = await _valid_secrets(session, [endpoint.id])
    if overlap and len(valid) >= _MAX_SECRETS:
        raise rules.RotationUnderWay(
            "Two secrets are valid already.",
            secrets=[{"id": str(each.id), "valid_until": _iso(each)} for each in valid],
        )
    for each in valid:
        each.valid_until = min(each.valid_until or moment + overlap, moment + overlap)
    secret, plain = await _new_secret(session, vault, endpoint.id)
    await _changed(session, endpoint, ["secrets"])
    return secret, plain


async def remove(session: AsyncSession, endpoint: Endpoint) -> None:
    """Tell an endpoint nothing more. What was told to it is dropped later, by a worker."""
    endpoint.deleted_at = now(session)
    await session.execute(sa.delete(Secret).where(Secret.endpoint_id == endpoint.id))
    await session.flush()
    await publish(session, EndpointRemoved(endpoint_id=endpoint.id))


async def request_test(session: AsyncSession, endpoint: Endpoint) -> UUID:
    """Tell an endpoint, and it alone, that it is being tested. Raises EndpointDisabled."""
    require_enabled(endpoint)
    test_id = new_id()
    await publish(session, TestRequested(endpoint_id=endpoint.id, test_id=test_id))
    return test_id


def require_enabled(endpoint: Endpoint) -> None:
    """Refuse what only an enabled endpoint can be asked for. Raises EndpointDisabled."""
    if endpoint.disabled_at is not None:
        raise rules.EndpointDisabled(
            "The endpoint is disabled; enable it first.", reason=endpoint.disabled_reason
        )


async def describe(session: AsyncSession, endpoints: Sequence[Endpoint]) -> list[Row]:
    """Return endpoints with the hints of their secrets."""
    by_endpoint: dict[UUID, list[Secret]] = {each.id: [] for each in endpoints}
    for secret in await _valid_secrets(session, list(by_endpoint)):
        by_endpoint[secret.endpoint_id].append(secret)
    names = [column.key for column in sa.inspect(Endpoint).column_attrs]
    return [
        {**{name: getattr(each, name) for name in names}, "secrets": by_endpoint[each.id]}
        for each in endpoints
    ]


async def reseal(session: AsyncSession, vault: Vault) -> int:
    """Seal all secrets and headers anew under the newest key; returns how many."""
    endpoints = (
        await session.scalars(
            sa.select(Endpoint).where(Endpoint.headers_sealed.is_not(None)).with_for_update()
        )
    ).all()
    for endpoint in endpoints:
        endpoint.headers_sealed = vault.reseal(endpoint.headers_sealed or b"")
    kept = (await session.scalars(sa.select(Secret).with_for_update())).all()
    for secret in kept:
        secret.sealed = vault.reseal(secret.sealed)
    await session.flush()
    return len(endpoints) + len(kept)


async def _switch(session: AsyncSession, endpoint: Endpoint, *, is_disabled: bool) -> None:
    if is_disabled:
        endpoint.disabled_at, endpoint.disabled_reason = now(session), rules.Disabled.BY_HAND.value
        return
    since = endpoint.failing_since
    endpoint.disabled_at = endpoint.disabled_reason = None
    endpoint.failing_since = endpoint.alerted_at = None
    await session.flush()
    if since is not None:
        await lines.resume(session, {endpoint.id: since})


def _once(types: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(types))


def _set_headers(vault: Vault, endpoint: Endpoint, headers: dict[str, str]) -> None:
    endpoint.header_names = list(headers)
    endpoint.headers_sealed = vault.seal(orjson.dumps(headers).decode()) if headers else None


async def _new_secret(session: AsyncSession, vault: Vault, endpoint_id: UUID) -> tuple[Secret, str]:
    plain = f"whsec_{base64.b64encode(tokens.token_bytes(_KEY_BYTES)).decode()}"
    secret = Secret(
        id=new_id(),
        endpoint_id=endpoint_id,
        sealed=vault.seal(plain),
        hint=f"…{plain[-_HINT_CHARS:]}",
        created_at=now(session),
    )
    session.add(secret)
    await session.flush()
    return secret, plain


async def _valid_secrets(session: AsyncSession, endpoint_ids: Sequence[UUID]) -> Sequence[Secret]:
    is_valid = sa.or_(Secret.valid_until.is_(None), Secret.valid_until > now(session))
    query = sa.select(Secret).where(Secret.endpoint_id.in_(endpoint_ids), is_valid)
    return (await session.scalars(query.order_by(Secret.id))).all()


def _iso(secret: Secret) -> str | None:
    return secret.valid_until.isoformat() if secret.valid_until else None


async def _changed(session: AsyncSession, endpoint: Endpoint, changed: list[str]) -> None:
    endpoint.version += 1
    await session.flush()
    await publish(session, EndpointChanged(endpoint_id=endpoint.id, changed=changed))
