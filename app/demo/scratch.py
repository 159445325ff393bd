"""A `makegood serve` of the demo's own, on a scratch folder and a free port."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.embedded import EmbeddedError, tether

_READY_WITHIN_S = 120
_STOP_WITHIN_S = 45
_LAST_LINES = 15


class NotServing(EmbeddedError):
    """The service did not start; the message tells its last words."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that runs: its address and its folder."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What it says."""
        return self.folder / "log"

    def await_ready(self) -> None:
        """Wait until it answers, its worker too. Raises NotServing."""
        until = time.monotonic() + _READY_WITHIN_S
        with httpx.Client(base_url=self.url, timeout=2, trust_env=False) as client:
            while not _is_ready(client):
                if self.process.poll() is not None or time.monotonic() > until:
                    said = self.log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
                    last = "\n".join(said)
                    raise NotServing(f"The service did not start. Its last words:\n{last}")
                time.sleep(0.1)


@contextmanager
def folder(*, keep: bool) -> Iterator[Path]:
    """A folder for a service, removed at the end unless it is to be kept."""
    made = Path(tempfile.mkdtemp(prefix="makegood-demo-"))
    # The database's own user must be able to pass; its data folder is closed to everybody else.
    made.chmod(0o755)
    try:
        yield made
    finally:
        if not keep:
            shutil.rmtree(made, ignore_errors=True)


@contextmanager
def serving(place: Path) -> Iterator[Service]:
    """Run `makegood serve` on a folder, until the end or until we die."""
    service = _started(place)
    try:
        yield service
    finally:
        _stop(service)


def _started(place: Path) -> Service:
    port = _free_port()
    command = [
        *(sys.executable, "-m", "app.cli", "serve"),
        *("--data-dir", str(place / "data"), "--port", str(port)),
    ]
    way = "hold" if sys.platform == "linux" else "watch"
    # Whatever the caller has set is for another service: this one brings all of its own.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKEGOOD_")}
    log = os.open(place / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        process = subprocess.Popen(  # noqa: S603
            [
                *(sys.executable, "-I", "-S", str(Path(tether.__file__))),
                *(way, str(os.getpid()), *command),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us, who then stop it
        )
    finally:
        os.close(log)
    return Service(f"http://127.0.0.1:{port}", place, process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz", params={"require": "worker"}).is_success
    except httpx.HTTPError:
        return False


def _stop(service: Service) -> None:
    """Stop it in good order, so that its database leaves nothing behind."""
    service.process.terminate()
    try:
        service.process.wait(_STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        service.process.kill()
        service.process.wait()
