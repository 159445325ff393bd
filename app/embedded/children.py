"""The processes `serve` looks after: started, restarted when they die, stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from app.embedded import tether

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Child:
    """A process to look after: its name in the log, its command, its further environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait: before something that died is started again, and for things to stop."""

    first_pause_s: float = 0.5
    longest_pause_s: float = 30.0
    # What lived this long has recovered: its next death counts as the first.
    steady_after_s: float = 30.0
    children_stop_s: float = 8.0
    database_start_s: float = 120.0
    database_stop_s: float = 30.0


class Pauses:
    """The pauses between attempts: each twice the last, until one has lasted."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._next_s = patience.first_pause_s

    def after(self, lived_s: float) -> float:
        """How long to wait after something lived for `lived_s`."""
        if lived_s >= self._patience.steady_after_s:
            self._next_s = self._patience.first_pause_s
        pause_s = self._next_s
        self._next_s = min(2 * pause_s, self._patience.longest_pause_s)
        return pause_s


class Tended:
    """A child that is kept running."""

    def __init__(self, child: Child, environment: Mapping[str, str], patience: Patience) -> None:
        self._child = child
        self._environment = {**environment, **child.env}
        self._pauses = Pauses(patience)
        self._process: subprocess.Popen[bytes] | None = None
        self._started_at = 0.0
        self.due_at = 0.0

    def tend(self) -> None:
        """Start it when it is due; note its death."""
        now = time.monotonic()
        if self._process is None:
            if now >= self.due_at:
                self._start(now)
        elif self.is_gone():
            pause_s = self._pauses.after(now - self._started_at)
            _log.warning(
                "child.died",
                child=self._child.name,
                pid=self._process.pid,
                code=self._process.returncode,
                again_in_s=pause_s,
            )
            self._process = None
            self.due_at = now + pause_s

    def _start(self, now: float) -> None:
        way = "hold" if sys.platform == "linux" else "watch"
        self._started_at = now
        # A session of its own: Ctrl-C is for us, and a child that does not stop is killed with
        # whatever it started.
        self._process = subprocess.Popen(  # noqa: S603
            [
                *(sys.executable, "-I", "-S", str(Path(tether.__file__))),
                *(way, str(os.getpid()), *self._child.argv),
            ],
            stdin=subprocess.DEVNULL,
            env=self._environment,
            start_new_session=True,
        )
        _log.info("child.started", child=self._child.name, pid=self._process.pid)

    def is_process(self, pid: int) -> bool:
        """Whether this process is ours to wait for."""
        return self._process is not None and self._process.pid == pid

    def is_gone(self) -> bool:
        """Whether it runs no longer; what it started and left behind ends with it."""
        if self._process is None or self._process.returncode is not None:
            return True
        if self._process.poll() is None:
            return False
        self._kill_group(self._process.pid)
        return True

    def terminate(self) -> None:
        """Ask it to stop."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it and whatever it started."""
        if self._process is not None and not self.is_gone():
            _log.warning("child.killed", child=self._child.name, pid=self._process.pid)
            self._kill_group(self._process.pid)
            self._process.wait()

    @staticmethod
    def _kill_group(pid: int) -> None:
        # An empty group is ESRCH, or EPERM where the system still counts a zombie.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
