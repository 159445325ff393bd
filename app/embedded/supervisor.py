"""What `makegood serve` is: a database and the processes that use it, kept running together."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import structlog

from app.embedded import folder
from app.embedded.children import Child, Patience, Pauses, Tended
from app.embedded.errors import EmbeddedError
from app.embedded.folder import Folder
from app.embedded.lock import Lock
from app.embedded.owner import Owner
from app.embedded.running import Options, Running, bring_up, stop
from app.embedded.signals import Stopped, StopSignals

__all__ = ["Child", "Patience", "run"]

_log = structlog.get_logger(__name__)

# A server taken over is no child of ours: nobody wakes us for its death.
_LOOK_EVERY_S = 0.5


class _Database:
    """The embedded database, kept running."""

    def __init__(self, place: Folder, owner: Owner, options: Options, patience: Patience) -> None:
        self._place = place
        self._owner = owner
        self._options = options
        self._pauses = Pauses(patience)
        self._stop_s = patience.database_stop_s
        self._running: Running | None = None
        self._started_at = 0.0
        self._due_at = 0.0

    def start(self) -> str:
        """Start it; tell its URL."""
        self._running = bring_up(self._place, self._owner, self._options)
        self._started_at = time.monotonic()
        return self._running.access.app_url

    def tend(self, signals: StopSignals) -> None:
        """Start it again if it died. Its URL stays, so those who use it need not know."""
        now = time.monotonic()
        if self._running and not self._running.postmaster.is_alive():
            pause_s = self._pauses.after(now - self._started_at)
            pid = self._running.postmaster.pid
            _log.error("database.died", pid=pid, again_in_s=pause_s)
            self._running = None
            self._due_at = now + pause_s
        if self._running is None and now >= self._due_at:
            try:
                with signals.interrupting():
                    self.start()
            except EmbeddedError as error:
                pause_s = self._pauses.after(0)
                _log.exception("database.not_started", why=str(error), again_in_s=pause_s)
                self._due_at = time.monotonic() + pause_s

    def has_ended(self, pid: int) -> bool:
        """Take note of the server's end, if that was the process that ended."""
        server = self._running.postmaster if self._running else None
        return server is not None and server.pid == pid and not server.is_alive()

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._running and self._running.postmaster.is_alive():
            stop(self._place, self._running, self._stop_s)


def run(
    data_dir: Path | str,
    *,
    prepare: Callable[[str], object],
    children: Sequence[Child],
    on_ready: Callable[[], object] | None = None,
    url: str | None = None,
    extra: Mapping[str, str] | None = None,
    patience: Patience | None = None,
) -> int:
    """Run the database of a data folder, or use the one at `url`, and the children beside it.

    `prepare` is given the database's URL before the first child starts; `on_ready` is called once
    all have. Returns the exit code after an orderly stop by SIGINT, SIGTERM or SIGHUP; a second
    such signal kills the children without further waiting. Belongs in the main thread, which the
    children's lives hang on. Raises AlreadyRunning and other EmbeddedError.
    """
    patience = patience or Patience()
    place, database = _database(data_dir, url, extra or {}, patience)
    ...
    return 0
