"""The database's server process: known by its data folder, started, awaited and stopped."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from app.embedded.owner import Owner
from app.embedded.signals import STOPPING

_EVERY_S = 0.02
_QUIT_LIMIT_S = 10.0
_SOCKET_LINE = 4
_STATUS_LINE = 7


def wait_until(is_so: Callable[[], bool], within_s: float) -> bool:
    """Wait for something to become so; tell whether it did."""
    until = time.monotonic() + within_s
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(_EVERY_S)
    return True


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running server: a child of ours, or one an earlier supervisor left behind."""

    process: psutil.Process
    child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self.process.pid

    def is_alive(self) -> bool:
        """Whether the server still runs; a dead one that nobody reaped does not."""
        if self.child is not None:
            return self.child.poll() is None
        try:
            return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def stop(self, within_s: float) -> bool:
        """End open transactions and stop, orderly if it can be done in time; tell if it stopped."""
        # Fast shutdown; then at once, with recovery at the next start; then by the system.
        for step, limit_s in (
            (signal.SIGINT, within_s),
            (signal.SIGQUIT, _QUIT_LIMIT_S),
            (signal.SIGKILL, _QUIT_LIMIT_S),
        ):
            self._signal(step)
            if wait_until(lambda: not self.is_alive(), limit_s):
                return True
        return False

    def _signal(self, number: signal.Signals) -> None:
        # Both refuse to signal a stranger who was given the same number meanwhile.
        with suppress(psutil.NoSuchProcess):
            if self.child is not None:
                self.child.send_signal(number)
            else:
                self.process.send_signal(number)


@dataclass(frozen=True, slots=True)
class PidFile:
    """What a server wrote into its data folder about itself; the socket's place comes late."""

    pid: int
    socket_dir: Path | None
    is_starting: bool
    is_single_user: bool


def read_pid_file(pgdata: Path) -> PidFile | None:
    """What postmaster.pid says, or None where there is none or it says too little to go by."""
    try:
        lines = (pgdata / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    where = lines[_SOCKET_LINE] if len(lines) > _SOCKET_LINE else ""
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else "starting"
    return PidFile(
        abs(pid),
        Path(where) if where else None,
        is_starting=status == "starting",
        # Such a session writes its number negative.
        is_single_user=pid < 0,
    )


def running_on(pgdata: Path) -> Postmaster | None:
    """The live server of this data folder, if there is one."""
    written = read_pid_file(pgdata)
    if written is None:
        return None
    try:
        process = psutil.Process(written.pid)
        return Postmaster(process) if _serves(process, pgdata) else None
    except (psutil.NoSuchProcess, ValueError):
        return None


def begun_on(pgdata: Path) -> Postmaster | None:
    """The server of this folder among our children, though it may not have said so yet."""
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if _serves(process, pgdata):
                return Postmaster(process)
    return None


def _serves(process: psutil.Process, pgdata: Path) -> bool:
    """Whether a process is a server of this folder, and not a stranger with the same number."""
    if process.uids().real != pgdata.stat().st_uid:
        return False
    # A zombie has no command line.
    words = process.cmdline()
    if not words or Path(words[0]).name != "postgres":
        return False
    if "-D" in words and words[words.index("-D") + 1 :][:1] == [str(pgdata)]:
        return True
    # Started by another hand. In a container even root may not see where others work.
    with suppress(psutil.AccessDenied):
        return Path(process.cwd()) == pgdata
    return False


def spawn(command: Sequence[str | Path], log: Path, owner: Owner) -> Postmaster:
    """Start a server as a direct child, out of reach of the terminal's Ctrl-C."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    handle = os.open(log, flags, 0o600)
    # Told to stop amid the start, we would lose sight of a child that no one could find by its
    # command yet. PostgreSQL sets a signal mask of its own.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        owner.own(log)
        child = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            cwd="/",
            env=plain_environment(),
            start_new_session=True,
            umask=0o077,
            user=owner.as_user,
            group=owner.as_group,
            extra_groups=owner.as_groups,
        )
    finally:
        os.close(handle)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return Postmaster(psutil.Process(child.pid), child)


def plain_environment() -> dict[str, str]:
    """What PostgreSQL's programs need to know: none of our secrets, none of libpq's settings."""
    kept = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "LC_ALL": "C",
        "TZ": "UTC",
    }
