"""Runs a command that ends when the process that started it ends, even by kill -9.

Called as `tether.py hold|watch PARENT COMMAND...`, by a bare interpreter: it imports nothing of
ours. `hold` (Linux) has the kernel send the signal and becomes the command; `watch` (any system)
stays and looks after its parent.
"""

import ctypes
import os
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG = 1
_EVERY_S = 0.5
_NOT_FOUND = 127


def hold(parent: int, command: list[str]) -> int:
    """Become the command, which is sent SIGTERM when `parent` dies."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        os.execvp(command[0], command)  # noqa: S606
    # It died before we had asked.
    return 0


def watch(parent: int, command: list[str]) -> int:
    """Run the command and hand on what signals we get, SIGTERM also when `parent` dies."""
    received: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: received.append(number))
    child = subprocess.Popen(command)  # noqa: S603
    while True:
        try:
            code = child.wait(_EVERY_S)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                received.append(signal.SIGTERM)
            while received:
                child.send_signal(received.pop())
        else:
            return code if code >= 0 else 128 - code


def main() -> int:
    """Do as the command line says."""
    way, parent, *command = sys.argv[1:]
    try:
        return {"hold": hold, "watch": watch}[way](int(parent), command)
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        return _NOT_FOUND


if __name__ == "__main__":
    sys.exit(main())
