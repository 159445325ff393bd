"""What `makegood serve` does: a database, the API and a worker, from nothing, in one command."""

import asyncio
import socket
import sys
import time
from pathlib import Path

import httpx
from rich.console import Console
from rich.panel import Panel

from app import auth, migrations
from app.auth import Scope
from app.embedded.supervisor import Child
from app.embedded.supervisor import run as supervise
from app.kit.logs import configure_logs
from app.runtime import NotConfigured, Runtime, data_dir, database_url, open_runtime
from app.settings import Settings

_READY_WITHIN_S = 30
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


class PortTaken(NotConfigured):
    """The port cannot be listened on; the message says why."""


def serve(settings: Settings, *, host: str, port: int) -> int:
    """Run all of it until told to stop; returns the exit code.

    Raises NotConfigured, PortTaken and EmbeddedError, in words for people.
    """
    configure_logs(settings.log_format, settings.log_level)
    _require_free(host, port)
    first_key: list[str] = []

    def prepare(url: str) -> None:
        asyncio.run(migrations.upgrade(url))
        first_key.extend(asyncio.run(_first_key(settings, url)))

    command = [sys.executable, "-m", "app.cli"]
    return supervise(
        data_dir(settings),
        prepare=prepare,
        children=[
            Child("api", [*command, "api", "--host", host, "--port", str(port)]),
            Child("worker", [*command, "worker"]),
        ],
        on_ready=lambda: _greet(host, port, data_dir(settings), first_key),
        url=database_url(settings) if settings.database_url else None,
    )


async def _first_key(settings: Settings, url: str) -> list[str]:
    """Create a key of all scopes where there is none yet."""
    async with open_runtime(settings, url=url) as runtime:
        return await _make_first_key(runtime)


async def _make_first_key(runtime: Runtime) -> list[str]:
    async with runtime.transaction() as session:
        if await auth.list_keys(session):
            return []
        _, plain = await auth.create_key(
            session, runtime.vault, name="first key", scopes=list(Scope)
        )
        return [plain]


def _require_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = error.strerror or str(error)
            msg = f"Port {port} on {host} cannot be used ({why}); choose another with --port."
            raise PortTaken(msg) from error


def _greet(host: str, port: int, folder: Path, first_key: list[str]) -> None:
    shown = _ANY.get(host, host)
    base = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    is_ready = _await_ready(base)
    lines = [
        f"API    {base}" if is_ready else f"API    {base} (still starting; see the log)",
        f"Docs   {base}/docs",
        f"Data   {folder}",
    ]
    if first_key:
        lines += ["", "Your first API key, shown this once:", f"[bold]{first_key[0]}[/]"]
    console = Console()
    console.print(Panel("\n".join(lines), title="Makegood", expand=False), soft_wrap=True)
    console.file.flush()


def _await_ready(base: str) -> bool:
    until = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{base}/readyz", timeout=2, trust_env=False).is_success:
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    return False
