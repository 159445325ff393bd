"""The wish to stop, as the terminal, the service manager or the system tells it."""

import selectors
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(KeyboardInterrupt):
    """We were told to stop amid something. An event loop lets a KeyboardInterrupt through."""


class StopSignals:
    """Notes the signals that ask us to stop, and wakes us for them and for the death of a child."""

    def __init__(self) -> None:
        self.count = 0
        self._raises = False
        self._after = ExitStack()

    def __enter__(self) -> Self:
        for number in STOPPING:
            # Under nohup the terminal's end is not to end us.
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._handle(number, self._note)
        # Without a handler the system would not wake us.
        self._handle(signal.SIGCHLD, _wake)
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.setblocking(False)
            self._after.callback(end.close)
        self._after.callback(signal.set_wakeup_fd, -1)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._after.close()

    def _handle(self, number: signal.Signals, handler: Any) -> None:
        self._after.callback(signal.signal, number, signal.signal(number, handler))

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
        with selectors.DefaultSelector() as selector:
            selector.register(self._ours, selectors.EVENT_READ)
            if selector.select(within_s):
                self._ours.recv(4096)


def _wake(_number: int, _frame: FrameType | None) -> None:
    """Do nothing: that the signal came is all."""
