"""Data folders of a test's own, a made database to copy, and `serve` in small."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from app import embedded
from app.embedded.folder import Folder
from app.embedded.owner import Owner
from app.embedded.postmaster import wait_until
from app.embedded.running import stop_found
from app.embedded.sockets import socket_folder

REPO = Path(__file__).parents[2]
QUICK = {"fsync": "off"}
LIMIT_S = 20.0
BARE = [sys.executable, "-I", "-S", "-c"]

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to be several users")


def owner():
    """Who runs PostgreSQL in these tests: for root `nobody`, so that no user is created."""
    if os.geteuid():
        return Owner(os.geteuid(), os.getegid())
    entry = pwd.getpwnam("nobody")
    return Owner(entry.pw_uid, entry.pw_gid)


def until(is_so, what="it"):
    assert wait_until(is_so, LIMIT_S), f"{what} has not come to pass"


def new_folder(*, in_memory=True):
    # Copying a database takes a second on a disk and next to nothing in memory.
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 1_000_000_000
    path = Path(tempfile.mkdtemp(prefix="mg-test-", dir=memory if roomy and in_memory else None))
    owner().own(path)
    return path


def remove(path):
    place = Folder(path.resolve())
    if place.pgdata.exists():
        stop_found(place, 5)
    with suppress(OSError, embedded.SocketFolderRefused):
        folder = socket_folder(place.path, owner())
        shutil.rmtree(folder)
    shutil.rmtree(path)


@pytest.fixture
def data_dir():
    path = new_folder()
    yield path
    remove(path)


@pytest.fixture(scope="session")
def blueprint():
    """A folder with a made database that does not run: copying it is quicker than making it."""
    path = new_folder()
    embedded.start(path, extra=QUICK).stop()
    yield path
    remove(path)


@pytest.fixture
def made(blueprint, data_dir):
    """A folder of the test's own, with a made database in it."""
    return copy(blueprint, data_dir)


@pytest.fixture
def made_on_disk(blueprint):
    """The same where programs may be run, which some machines do not allow in memory."""
    path = new_folder(in_memory=False)
    yield copy(blueprint, path)
    remove(path)


def copy(source, target):
    subprocess.run(["cp", "-a", f"{source}/.", target], check=True)
    return target


@pytest.fixture(scope="session")
def server():
    """A running server for tests that only look."""
    path = new_folder()
    with embedded.start(path, extra=QUICK) as running:
        running.data_dir = path
        yield running
    remove(path)


@pytest.fixture
def bystander():
    """A process that has nothing to do with us, of the same user."""
    process = subprocess.Popen(
        ["sleep", "600"],
        user=owner().as_user,
        group=owner().as_group,
        extra_groups=owner().as_groups,
    )
    yield process
    assert process.poll() is None, "a bystander was harmed"
    process.kill()
    process.wait()


class Script:
    """A Python script in a process of its own, whose every line of output can be awaited."""

    def __init__(self, folder, *words):
        self.output = folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", *words],
                stdout=output,
                stderr=output,
                cwd=REPO,
                env={**os.environ, "PYTHONPATH": str(REPO)},
            )

    def lines(self, event):
        said = self.output.read_text().splitlines()
        told = [json.loads(line) for line in said if line.startswith("{") and line.endswith("}")]
        return [line for line in told if line["event"] == event]

    def wait_for(self, event, count=1):
        def is_said():
            assert self.process.poll() is None or self.lines(event), self.output.read_text()
            return len(self.lines(event)) >= count

        assert wait_until(is_said, LIMIT_S), f"no {event} in:\n{self.output.read_text()}"
        return self.lines(event)[count - 1]

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(LIMIT_S)


@pytest.fixture
def run_script(tmp_path_factory):
    """Start scripts; what they left running is ended afterwards."""
    scripts = []

    def run(*words):
        scripts.append(Script(tmp_path_factory.mktemp("script"), *map(str, words)))
        return scripts[-1]

    yield run
    for script in scripts:
        if script.process.poll() is None:
            script.process.kill()
            script.process.wait()


def kill(pid):
    """Kill a process and see it dead, which includes being a zombie."""
    process = psutil.Process(pid)
    process.kill()
    until(lambda: is_dead(pid), f"the death of {pid}")


def is_dead(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
