"""The embedded PostgreSQL of a data folder: found running or started, and stopped."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from app.embedded import folder, postmaster
from app.embedded.folder import Folder
from app.embedded.lock import Lock
from app.embedded.running import START_LIMIT_S, STOP_LIMIT_S, Options, Running, bring_up, stop


class Server:
    """A running server, and its folder held against a second copy until it is stopped."""

    def __init__(self, place: Folder, lock: Lock, running: Running) -> None:
        self._folder = place
        self._lock = lock
        self._running = running

    @property
    def url(self) -> str:
        """The application's database, for SQLAlchemy."""
        return self._running.access.app_url

    @property
    def admin_url(self) -> str:
        """The server as its superuser, for SQLAlchemy."""
        return self._running.access.admin_url

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._running.postmaster.pid

    @property
    def socket_dir(self) -> Path:
        """The private folder of the server's socket."""
        return self._running.access.socket_dir

    def is_alive(self) -> bool:
        """Whether the server's process still runs."""
        return self._running.postmaster.is_alive()

    def stop(self, within_s: float = STOP_LIMIT_S) -> None:
        """Stop the server, orderly if `within_s` allows, and let go of the folder."""
        try:
            stop(self._folder, self._running, within_s)
        finally:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def start(
    data_dir: Path | str,
    *,
    extra: Mapping[str, str] | None = None,
    createdb: bool = False,
    limit_s: float = START_LIMIT_S,
) -> Server:
    """Start the server of a data folder, or take over the one left running there.

    `extra` are PostgreSQL settings; `createdb` lets the application make databases, for tests;
    `limit_s` is the patience with recovery after a crash. Raises AlreadyRunning and other
    EmbeddedError.
    """
    place, owner = folder.opened(data_dir)
    lock = Lock(place, owner)
    try:
        running = bring_up(place, owner, Options(extra or {}, createdb, limit_s))
    except BaseException:
        lock.release()
        raise
    return Server(place, lock, running)


def connection_url(data_dir: Path | str) -> str | None:
    """How to reach the server that runs on a data folder, or None where none runs."""
    place = folder.located(data_dir)
    try:
        url = str(json.loads(place.connection.read_text())["url"])
    except FileNotFoundError:
        return None
    return url if postmaster.running_on(place.pgdata) else None
