"""How the server of a data folder comes to run: taken over as found, or started afresh."""

import json
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path

import asyncpg
import structlog

from app.embedded import binaries, cluster, folder, postmaster, sockets
from app.embedded.access import NOT_NOW, PORT, Access
from app.embedded.errors import ServerFailed
from app.embedded.folder import Folder
from app.embedded.owner import Owner
from app.embedded.postmaster import Postmaster

_log = structlog.get_logger(__name__)

START_LIMIT_S = 120.0
STOP_LIMIT_S = 30.0
_UNREACHABLE_S = 10.0
_PAUSE_S = 0.02
_LOG_LIMIT = 10_000_000
_LAST_LINES = 15
# What PostgreSQL says while the remains of a killed server still hold its memory or its files.
_IN_THE_WAY = re.compile(r"FATAL: .*(is still in use|already exists)")


@dataclass(frozen=True, slots=True)
class Options:
    """How the server is to be: settings, what the application's role may do, patience."""

    extra: Mapping[str, str] = field(default_factory=dict[str, str])
    createdb: bool = False
    limit_s: float = START_LIMIT_S


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answered, and how to log in to it."""

    postmaster: Postmaster
    access: Access


class _InTheWay(ServerFailed):
    """Something of an earlier server is about to go, and a new one will then start."""


class _Knock(Enum):
    """What a server did when we tried to log in."""

    READY = auto()
    BUSY = auto()
    SILENT = auto()


def bring_up(place: Folder, owner: Owner, options: Options) -> Running:
    """See that the server of a folder runs; whoever asks holds the folder's lock."""
    password = _password(place)
    running = _found_or_started(place, owner, password, options)
    try:
        running.access.admit_app(createdb=options.createdb)
        _publish(place, running)
    except BaseException:
        stop(place, running, STOP_LIMIT_S)
        raise
    return running


def stop(place: Folder, running: Running, within_s: float) -> None:
    """Stop a server and withdraw what was published about it."""
    place.connection.unlink(missing_ok=True)
    _end(running.postmaster, within_s)
    _log.info("database.stopped", pid=running.postmaster.pid)
    _clear_sockets(running.access)
    with suppress(OSError):
        running.access.socket_dir.rmdir()


def stop_found(place: Folder, within_s: float) -> None:
    """Stop the server of a folder, whoever started it and however far it came."""
    if found := postmaster.running_on(place.pgdata) or postmaster.begun_on(place.pgdata):
        place.connection.unlink(missing_ok=True)
        _end(found, within_s)
        _log.info("database.stopped", pid=found.pid)


def _end(server: Postmaster, within_s: float) -> None:
    if not server.stop(within_s):
        raise ServerFailed(f"PostgreSQL (process {server.pid}) does not stop.")


def _password(place: Folder) -> str:
    if place.pgdata.exists() and not place.password.exists():
        raise ServerFailed(
            f"The file {place.password} is missing, and without it nobody can log in to the "
            "database beside it. Restore it from where the folder came from."
        )
    return folder.read_or_create(place.password, secrets.token_urlsafe(32)).strip()


def _publish(place: Folder, running: Running) -> None:
    started_at = datetime.fromtimestamp(running.postmaster.process.create_time(), UTC)
    told = {
        "url": running.access.app_url,
        "pid": running.postmaster.pid,
        "socket_dir": str(running.access.socket_dir),
        "started_at": started_at.isoformat(),
    }
    folder.replace(place.connection, json.dumps(told, indent=2) + "\n")


def _found_or_started(place: Folder, owner: Owner, password: str, options: Options) -> Running:
    until = time.monotonic() + options.limit_s
    while True:
        try:
            return _adopted(place, password, until) or _started(place, owner, password, options)
        except _InTheWay:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S * 10)


def _adopted(place: Folder, password: str, until: float) -> Running | None:
    """Take over the server an earlier supervisor left, once it proves to be this folder's."""
    found = postmaster.running_on(place.pgdata)
    if found is None:
        return None
    access = _talked_to(found, place, password, until)
    if access:
        _log.info("database.adopted", pid=found.pid)
        return Running(found, access)
    if found.is_alive():
        # Its socket is gone or another's: nobody can use it, and a new one cannot start.
        _log.warning("database.unreachable", pid=found.pid)
        _end(found, STOP_LIMIT_S)
    return None


def _talked_to(found: Postmaster, place: Folder, password: str, until: float) -> Access | None:
    silent_since = time.monotonic()
    while found.is_alive() and time.monotonic() - silent_since < _UNREACHABLE_S:
        access = _access_of(place, password)
        answer = _knock(access, place) if access else _Knock.SILENT
        if answer is _Knock.READY:
            return access
        if answer is _Knock.BUSY:
            silent_since = time.monotonic()
        if time.monotonic() > until:
            # It may be recovering, and would have to begin anew if it were stopped.
            raise ServerFailed(f"PostgreSQL (process {found.pid}) runs, but is not ready yet.")
        time.sleep(_PAUSE_S)
    return None


def _access_of(place: Folder, password: str) -> Access | None:
    written = postmaster.read_pid_file(place.pgdata)
    if written and written.is_single_user:
        raise ServerFailed(
            f"Somebody works on the database in {place.path} (process {written.pid}, PostgreSQL "
            "in single-user mode). Start again when that is done."
        )
    return Access(written.socket_dir, password) if written and written.socket_dir else None


def _knock(access: Access, place: Folder) -> _Knock:
    if not (access.socket_dir / f".s.PGSQL.{PORT}").exists():
        return _Knock.SILENT
    written = postmaster.read_pid_file(place.pgdata)
    if written and written.is_starting:
        return _Knock.BUSY
    try:
        is_ours = access.data_directory() == place.pgdata
    except asyncpg.InvalidPasswordError:
        raise ServerFailed(
            f"The database in {place.path} does not take the password in {place.password}. "
            "Restore the file that belongs to it."
        ) from None
    except (asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError):
        return _Knock.BUSY
    except NOT_NOW:
        return _Knock.SILENT
    return _Knock.READY if is_ours else _Knock.SILENT


def _started(place: Folder, owner: Owner, password: str, options: Options) -> Running:
    programs = binaries.runnable(place, owner)
    access = Access(sockets.socket_folder(place.path, owner), password)
    if not place.pgdata.exists():
        cluster.initialise(place, owner, programs, options.extra)
    _sweep(place, access)
    said_before = _turn_log(place)
    server = postmaster.spawn(_command(programs, place, access, options.extra), place.log, owner)
    try:
        _await_ready(server, access, place, options.limit_s, said_before)
    except BaseException:
        server.stop(STOP_LIMIT_S)
        raise
    _log.info("database.started", pid=server.pid, user=owner.name)
    return Running(server, access)


def _sweep(place: Folder, access: Access) -> None:
    """Remove what a dead server left; that it is dead has been seen.

    PostgreSQL itself takes any process with the number written there for a server, also a zombie
    and a stranger that was given the number since.
    """
    (place.pgdata / "postmaster.pid").unlink(missing_ok=True)
    _clear_sockets(access)


def _clear_sockets(access: Access) -> None:
    for left in access.socket_dir.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def _turn_log(place: Folder) -> int:
    """Set a long log aside; tell how long the present one is."""
    if not place.log.exists():
        return 0
    if place.log.stat().st_size > _LOG_LIMIT:
        place.log.rename(place.log.with_name("postgres.log.1"))
        return 0
    return place.log.stat().st_size


def _command(
    programs: Path, place: Folder, access: Access, extra: Mapping[str, str]
) -> list[str | Path]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(access.socket_dir),
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "lc_messages": "C",
        "logging_collector": "off",
        **extra,
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [programs / "postgres", "-D", place.pgdata, *words]


def _await_ready(
    server: Postmaster, access: Access, place: Folder, limit_s: float, said_before: int
) -> None:
    until = time.monotonic() + limit_s
    while _knock(access, place) is not _Knock.READY:
        if not server.is_alive():
            said = _last_words(place, said_before)
            failure = _InTheWay if _IN_THE_WAY.search(said) else ServerFailed
            raise failure(f"PostgreSQL did not start. Its last words in {place.log}:\n{said}")
        if time.monotonic() > until:
            said = _last_words(place, said_before)
            raise ServerFailed(
                f"PostgreSQL was not ready within {limit_s:.0f} s. Its last words in {place.log}:\n"
                f"{said}"
            )
        time.sleep(_PAUSE_S)


def _last_words(place: Folder, said_before: int) -> str:
    with place.log.open(errors="replace") as log:
        log.seek(said_before)
        return "".join(log.readlines()[-_LAST_LINES:])
