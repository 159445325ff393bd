"""A `makegood serve` of the test's own: a folder, a port, processes that may be killed."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

START_S = 150


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(is_so: Callable[[], bool], within_s: float, what: str) -> None:
    """Wait for something to become true; an event of another process cannot be awaited."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError(f"not within {within_s} s: {what}")


class Served:
    """One running `makegood serve` and its folder."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="makegood-serve-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.port = free_port()
        self.log = self.folder / "log"
        self.key = ""
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        where = ["--data-dir", str(self.data), "--port", str(self.port)]
        return [sys.executable, "-m", "app.cli", "serve", *where]

    def start(self) -> None:
        mine = ("MAKEGOOD_", "PYTHONDONTWRITEBYTECODE")  # compiled once, the next start is quick
        environment = {k: v for k, v in os.environ.items() if not k.startswith(mine)}
        said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdout=log,
                stderr=log,
                env={**environment, "COLUMNS": "200"},
                start_new_session=True,
            )
        eventually(self.is_ready, START_S, f"serve to be ready; {self.said()[-2000:]}")
        eventually(lambda: "Docs" in self.said()[said_before:], START_S, "the greeting")
        found = re.search(r"mg_live_\w+", self.said()[said_before:])
        self.key = found[0] if found else self.key

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def is_ready(self) -> bool:
        try:
            answer = httpx.get(f"{self.base}/readyz?require=worker", timeout=2)
        except httpx.HTTPError:
            return False
        return answer.status_code == 200

    def family(self) -> list[psutil.Process]:
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, word: str) -> psutil.Process:
        """The child that runs `app.cli WORD`, or the postmaster (`postgres`)."""
        for child in self.family():
            try:
                line = child.cmdline()
            except psutil.Error:
                continue
            is_command = "app.cli" in line and word in line
            is_postmaster = word == "postgres" and line and line[0].endswith("/postgres")
            if is_command or is_postmaster:
                return child
        raise LookupError(word)

    def stop(self) -> float:
        """Ctrl-C; tells how long it took."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(30)
        assert code == 0, self.said()[-2000:]
        return time.monotonic() - started

    def end(self) -> None:
        """Whatever happened, leave nothing running and nothing behind."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for left in self.leftovers():
            left.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def leftovers(self) -> list[psutil.Process]:
        """Processes that work on our folder."""
        found = []
        for process in psutil.process_iter():
            try:
                if str(self.data) in " ".join(process.cmdline()) and process.pid != os.getpid():
                    found.append(process)
            except psutil.Error:
                continue
        return found
