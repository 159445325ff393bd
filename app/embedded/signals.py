"""The wish to stop, as the terminal, the service manager or the system tells it."""

import select
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """We were told to stop amid something. An event loop lets a KeyboardInterrupt through."""


class StopSignals:
    """Notes the signals that ask us to stop, and wakes us for them and for the death of a child."""

    def __init__(self) -> None:
        self.count = 0
        self._raises = False
        self._before = ExitStack()
        self._ours, self._theirs = socket.socketpair()

    def __enter__(self) -> Self:
        for number in _STOPPING:
            # Under nohup the terminal's end is not to end us.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._handle(number, self._note)
        # Without a handler the system would not wake us.
        self._handle(signal.SIGCHLD, lambda _number, _frame: None)
        self._ours.setblocking(False)
        self._theirs.setblocking(False)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.set_wakeup_fd(-1)
        self._before.close()
        self._ours.close()
        self._theirs.close()

    def _handle(self, number: signal.Signals, handler: Any) -> None:
        self._before.callback(signal.signal, number, signal.signal(number, handler))

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.count += 1
        if self._raises:
            self._raises = False
            raise Stopped

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Let a signal break off what is done within, for what may take minutes."""
        if self.count:
            raise Stopped
        self._raises = True
        try:
            yield
        finally:
            self._raises = False

    def wait(self, within_s: float) -> None:
        """Wait for a signal of any kind, but no longer than `within_s`."""
        # Each time: an event loop that ran in between has turned it to itself, and then off.
        signal.set_wakeup_fd(self._theirs.fileno(), warn_on_full_buffer=False)
        readable, _, _ = select.select([self._ours], [], [], within_s)
        if readable:
            self._ours.recv(4096)
