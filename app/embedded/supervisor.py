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
from app.embedded.running import Options, Running, bring_up, stop, stop_found
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
        self.due_at = 0.0

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
            self.due_at = now + pause_s
        if self._running is None and now >= self.due_at:
            try:
                with signals.interrupting():
                    self.start()
            except EmbeddedError as error:
                pause_s = self._pauses.after(0)
                # The text says all; where in our code it was raised would only hide it.
                _log.error("database.not_started", why=str(error), again_in_s=pause_s)
                self.due_at = time.monotonic() + pause_s

    def has_ended(self, pid: int) -> bool:
        """Take note of the server's end, if that was the process that ended."""
        server = self._running.postmaster if self._running else None
        return server is not None and server.pid == pid and not server.is_alive()

    def stop(self) -> None:
        """Stop it, also if we were told to stop while it was starting."""
        if self._running and self._running.postmaster.is_alive():
            stop(self._place, self._running, self._stop_s)
        else:
            stop_found(self._place, self._stop_s)


class _Service:
    """The database and the children together."""

    def __init__(
        self,
        signals: StopSignals,
        database: _Database | None,
        children: Sequence[Tended],
        patience: Patience,
    ) -> None:
        self._signals = signals
        self._database = database
        self._children = children
        self._patience = patience

    def begin(self) -> None:
        """Start the children."""
        for child in self._children:
            child.tend()

    def keep(self) -> None:
        """Keep all running until told to stop."""
        while not self._signals.count:
            now = time.monotonic()
            dues = [each.due_at for each in (*self._children, self._database) if each]
            pauses = [due_at - now for due_at in dues if due_at > now]
            self._signals.wait(min([_LOOK_EVERY_S, *pauses]))
            for child in self._children:
                child.tend()
            if self._database:
                self._database.tend(self._signals)
            self._bury()

    def _bury(self) -> None:
        """Reap the orphans of others, which are ours when we are a container's first process."""
        while pid := _ended():
            known = [child.is_gone() for child in self._children if child.is_process(pid)]
            if not known and not (self._database and self._database.has_ended(pid)):
                os.waitpid(pid, 0)

    def end(self) -> None:
        """Stop the children, then the database they use."""
        _log.info("serve.stopping")
        asked = self._signals.count
        for child in self._children:
            child.terminate()
        until = time.monotonic() + self._patience.children_stop_s
        while not all(child.is_gone() for child in self._children):
            left_s = until - time.monotonic()
            if left_s <= 0 or self._signals.count > max(asked, 1):
                break
            self._signals.wait(min(left_s, _LOOK_EVERY_S))
        for child in self._children:
            child.kill()
        if self._database:
            self._database.stop()


def _ended() -> int | None:
    """A process that ended and was not waited for yet; looked at, and left as it is."""
    if not hasattr(os, "waitid"):
        return None
    try:
        ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return ended.si_pid if ended else None


def run(  # noqa: PLR0913
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
    such signal kills the children without further waiting. Belongs in the main thread, whose life
    the children's hang on. Raises AlreadyRunning and other EmbeddedError.
    """
    patience = patience or Patience()
    place, owner = _opened(data_dir, is_external=url is not None)
    environment = {**os.environ, "MAKEGOOD_DATA_DIR": str(place.path)}
    tended = [Tended(child, environment, patience) for child in children]
    with StopSignals() as signals, Lock(place, owner):
        options = Options(extra or {}, limit_s=patience.database_start_s)
        database = _Database(place, owner, options, patience) if url is None else None
        service = _Service(signals, database, tended, patience)
        try:
            with signals.interrupting():
                prepare(database.start() if database else str(url))
            service.begin()
            if on_ready:
                on_ready()
            service.keep()
        except Stopped:
            _log.info("serve.interrupted")
        finally:
            service.end()
    return 0


def _opened(data_dir: Path | str, *, is_external: bool) -> tuple[Folder, Owner]:
    if not is_external:
        return folder.opened(data_dir)
    place = folder.located(data_dir)
    folder.create(place)
    status = place.path.stat()
    return place, Owner(status.st_uid, status.st_gid)
