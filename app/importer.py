"""The other side of an import: sends a file to a running service and shows how far it is."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from app.auth import Scope, create_key
from app.imports.rules import ACTIVE, ImportFormat, ImportKind, ImportMode, ImportState
from app.runtime import Runtime

_TYPES = {ImportFormat.NDJSON: "application/x-ndjson", ImportFormat.CSV: "text/csv"}
_CSV_NAMES = frozenset({".csv", ".tsv", ".txt"})
_PIECE = 256 * 1024
_POLL_S = 0.3
_PATIENCE_S = 60
_SHOWN = 10
_LENT_FOR = timedelta(days=1)


class ImportRefused(Exception):
    """The service did not take the file, or was lost; the message says why."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file, and what is to be done with it."""

    path: Path
    kind: ImportKind
    mode: ImportMode
    format: ImportFormat


def format_of(path: Path) -> ImportFormat:
    """Return how a file is written, by its name."""
    return ImportFormat.CSV if path.suffix.lower() in _CSV_NAMES else ImportFormat.NDJSON


async def lend_key(runtime: Runtime) -> tuple[UUID, str]:
    """Make a key that can import and nothing else, for a day at the most."""
    async with runtime.transaction() as session:
        record, plain = await create_key(
            session,
            runtime.vault,
            name="makegood import",
            scopes=[Scope.IMPORTS_READ, Scope.IMPORTS_WRITE],
            expires_at=runtime.clock.now() + _LENT_FOR,
        )
    return record.id, plain


def bring(sent: Sent, *, url: str, key: str, console: Console) -> bool:
    """Send a file and see it through; returns whether all of it was stored.

    Raises ImportRefused.
    """
    with _client(url, key) as client:
        with _progress(console) as progress:
            begun = _send(client, sent, progress)
            done = _follow(client, begun, progress)
        return _ended(console, client, done)


def follow(import_id: UUID, *, url: str, key: str, console: Console) -> bool:
    """See an import through that was sent before; returns whether all of it was stored.

    Raises ImportRefused.
    """
    with _client(url, key) as client:
        begun = _ask(client, str(import_id))
        if begun is None:
            msg = f"The service at {client.base_url} cannot be reached."
            raise ImportRefused(msg)
        with _progress(console) as progress:
            done = _follow(client, begun, progress)
        return _ended(console, client, done)


def _client(url: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:10}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        MofNCompleteColumn(),
        TextColumn("{task.fields[unit]}"),
        console=console,
    )


def _send(client: httpx.Client, sent: Sent, progress: Progress) -> dict[str, Any]:
    size = sent.path.stat().st_size
    task = progress.add_task("Sending", total=size, unit="bytes")
    try:
        answer = client.post(
            "/v1/imports",
            params={"kind": sent.kind.value, "mode": sent.mode.value},
            content=_pieces(sent.path, progress, task),
            headers={"Content-Type": _TYPES[sent.format], "Content-Length": str(size)},
        )
    except httpx.TransportError as error:
        msg = f"The service at {client.base_url} cannot be reached, or hung up: {error}"
        raise ImportRefused(msg) from error
    except KeyboardInterrupt as error:
        msg = "Stopped before the file was sent whole: nothing of it is imported."
        raise ImportRefused(msg) from error
    return _import_of(answer)


def _import_of(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise ImportRefused(_reason(answer))
    try:
        return {"id": answer.json()["id"], **answer.json()}
    except (ValueError, KeyError, TypeError) as error:
        msg = f"What answers at {answer.url} is not Makegood."
        raise ImportRefused(msg) from error


def _pieces(path: Path, progress: Progress, task: TaskID) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
            progress.advance(task, len(piece))


def _reason(answer: httpx.Response) -> str:
    """Return what a refusal says, in one or a few lines."""
    try:
        problem = answer.json()
        faults = [f"{error['detail']}" for error in problem.get("errors", ())]
        return "\n".join([problem["detail"], *(f for f in faults if f != problem["detail"])])
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"The service answered {answer.status_code}."


def _follow(client: httpx.Client, begun: dict[str, Any], progress: Progress) -> dict[str, Any]:
    try:
        return _followed(client, begun, progress)
    except KeyboardInterrupt as error:
        msg = (
            f"Watched no longer; the import goes on in the service. To see it through:\n"
            f"  makegood import-status {begun['id']}"
        )
        raise ImportRefused(msg) from error


def _followed(client: httpx.Client, begun: dict[str, Any], progress: Progress) -> dict[str, Any]:
    reading = progress.add_task("Reading", total=begun["size_bytes"], unit="bytes")
    storing = progress.add_task("Storing", total=None, unit="records")
    heard_at = time.monotonic()
    while True:
        found = _ask(client, begun["id"])
        if found is not None:
            heard_at = time.monotonic()
            progress.update(reading, completed=found["bytes_read"])
            is_read = found["state"] not in {ImportState.RECEIVED, ImportState.STAGING}
            total = found["staged"] if is_read else None
            progress.update(storing, completed=found["handled"], total=total)
            if found["state"] not in ACTIVE:
                return found
        elif time.monotonic() - heard_at > _PATIENCE_S:
            msg = f"The service does not answer any more; the import {begun['id']} may go on there."
            raise ImportRefused(msg)
        time.sleep(_POLL_S)


def _ask(client: httpx.Client, import_id: str) -> dict[str, Any] | None:
    """Return the import; None while the service is away."""
    try:
        answer = client.get(f"/v1/imports/{import_id}")
    except httpx.TransportError:
        return None
    if answer.is_server_error:
        return None
    return _import_of(answer)


def _ended(console: Console, client: httpx.Client, done: dict[str, Any]) -> bool:
    """Say how it ended, and what was refused; returns whether all of it was stored."""
    _tell(console, done)
    if done["failed"]:
        _show_faults(console, client, done)
    return done["state"] == ImportState.FINISHED and not done["failed"]


def _tell(console: Console, done: dict[str, Any]) -> None:
    figures = ", ".join(
        f"{done[name]:,} {name}" for name in ("created", "changed", "unchanged", "failed")
    )
    console.print(f"{done['state'].capitalize()}: {figures}.", highlight=False)
    if done["failure"]:
        console.print(done["failure"], highlight=False, markup=False)


def _show_faults(console: Console, client: httpx.Client, done: dict[str, Any]) -> None:
    path = f"/v1/imports/{done['id']}/errors"
    table = Table("line", "key", "pointer", "what is wrong")
    shown = 0
    with client.stream("GET", path) as report:
        for line in report.iter_lines():
            if shown == _SHOWN:
                break
            fault = json.loads(line)
            cells = (str(fault["line"]), fault["key"] or "", fault["pointer"], fault["detail"])
            # What stands in a file is shown as it is, never as markup.
            table.add_row(*(Text(cell) for cell in cells))
            shown += 1
    console.print(table)
    console.print(f"All of them: GET {path} (?format=csv)", highlight=False)
