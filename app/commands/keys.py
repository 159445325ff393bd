"""API keys: who may call, and what they may do."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table

from app import auth
from app.auth import Scope
from app.commands.manners import DataDir, console, settings_of, with_runtime
from app.runtime import Runtime

keys = typer.Typer(help="API keys: who may call, and what they may do.", no_args_is_help=True)


@keys.command(name="create")
def create_key(
    name: Annotated[str, typer.Option(help="Whose key it is, for people.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it may do; repeat. Default: everything.")
    ] = None,
    expires_in_days: Annotated[int | None, typer.Option(min=1, max=3650)] = None,
    data_dir: DataDir = None,
) -> None:
    """Create an API key and print it, this once."""

    async def create(runtime: Runtime) -> str:
        expires_at = None
        if expires_in_days is not None:
            expires_at = runtime.clock.now() + timedelta(days=expires_in_days)
        async with runtime.transaction() as session:
            _, plain = await auth.create_key(
                session,
                runtime.vault,
                name=name,
                scopes=scope or list(Scope),
                expires_at=expires_at,
            )
        return plain

    print(with_runtime(settings_of(data_dir), create))  # noqa: T201 (for scripts: the key alone)


@keys.command(name="list")
def list_keys(data_dir: DataDir = None) -> None:
    """List API keys: never themselves, only their first characters."""

    async def rows(runtime: Runtime) -> list[tuple[str, ...]]:
        async with runtime.transaction() as session:
            return [
                (
                    str(key.id),
                    key.prefix,
                    key.name,
                    "all" if set(key.scopes) == set(Scope) else " ".join(key.scopes),
                    _state(key),
                    f"{key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never",
                )
                for key in await auth.list_keys(session)
            ]

    table = Table("id", "begins with", "name", "scopes", "state", "last used (UTC)")
    for row in with_runtime(settings_of(data_dir), rows):
        table.add_row(*row)
    console.print(table)


def _state(key: auth.ApiKey) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    return f"until {key.expires_at:%Y-%m-%d}" if key.expires_at else "valid"


@keys.command(name="revoke")
def revoke_key(key_id: UUID, data_dir: DataDir = None) -> None:
    """End an API key now."""

    async def revoke(runtime: Runtime) -> str:
        async with runtime.transaction() as session:
            return (await auth.revoke_key(session, key_id)).name

    console.print(f"Revoked {with_runtime(settings_of(data_dir), revoke)!r}.")
