"""The lock by which one process at a time runs a data folder."""

import fcntl
import os
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import psutil

from app.embedded.errors import AlreadyRunning
from app.embedded.folder import Folder
from app.embedded.owner import Owner


class Lock:
    """A held lock. The system releases it with the process, however that ends."""

    def __init__(self, folder: Folder, owner: Owner) -> None:
        self._handle = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._handle, 100, 0).decode()
            os.close(self._handle)
            raise AlreadyRunning(
                f"Makegood already runs on {folder.path} ({holder or 'just started'}). "
                "Stop that one first, or name another data folder."
            ) from None
        owner.own(folder.lock)
        os.truncate(self._handle, 0)
        os.pwrite(self._handle, _ourselves().encode(), 0)

    def release(self) -> None:
        """Let the next one in."""
        with suppress(OSError):
            os.close(self._handle)
        self._handle = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def _ourselves() -> str:
    started_at = datetime.fromtimestamp(psutil.Process().create_time(), UTC)
    return f"process {os.getpid()}, since {started_at:%Y-%m-%d %H:%M:%S} UTC"
