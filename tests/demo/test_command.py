"""`makegood demo`: from nothing to an exit code, and nothing left behind."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from app.cli import app
from tests.faults.served import eventually, free_port

WITHIN_S = 240


@pytest.fixture
def room():
    """A folder in which the demo makes its own; the database's user must be able to pass."""
    folder = Path(tempfile.mkdtemp(prefix="makegood-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def demo(room):
    """Start the command; what it started is ended with the test, however that ends."""
    started = []

    def demo(*words):
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "demo", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "TMPDIR": str(room), "COLUMNS": "110"},
            start_new_session=True,
        )
        started.append(process)
        return process

    yield demo
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    for left in at_work_in(room):
        left.kill()


def at_work_in(folder):
    found = []
    for process in psutil.process_iter():
        try:
            if any(str(folder) in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_it_plays_all_from_nothing_and_leaves_nothing_behind(demo, room):
    process = demo()

    said, _ = process.communicate(timeout=WITHIN_S)

    assert process.returncode == 0, said
    assert "all as they must be" in said
    assert list(room.iterdir()) == []
    assert at_work_in(room) == []


@pytest.mark.parametrize(
    "numbers", [[signal.SIGINT], [signal.SIGTERM], [signal.SIGINT, signal.SIGINT]]
)
def test_told_to_stop_it_stops_its_service_and_removes_the_folder(demo, room, numbers):
    process = demo()
    eventually(lambda: any(room.glob("*/data/postgres/PG_VERSION")), WITHIN_S, "a database")

    for number in numbers:
        process.send_signal(number)
    said, _ = process.communicate(timeout=WITHIN_S)

    assert process.returncode == 130, said
    assert list(room.iterdir()) == []
    assert at_work_in(room) == []


def test_a_service_that_is_not_there_fails_the_first_step():
    url = f"http://127.0.0.1:{free_port()}"

    done = CliRunner().invoke(app, ["demo", "--url", url, "--key", "mg_live_none"])

    assert done.exit_code == 1, done.output
    assert "this was not as it must be" in " ".join(done.output.split())


def test_an_address_without_a_key_is_refused_in_words():
    done = CliRunner().invoke(app, ["demo", "--url", "http://127.0.0.1:1"])

    assert done.exit_code == 1
    assert "go together" in done.output


@pytest.mark.parametrize(
    "words",
    [
        ["--url", "127.0.0.1:8000", "--key", "mg_live_none"],
        ["--url", "http://[::1", "--key", "mg_live_none"],
        ["--url", "http://127.0.0.1:1", "--key", "clé"],
    ],
)
def test_what_can_be_no_address_or_no_key_is_refused_in_words(words):
    done = CliRunner().invoke(app, ["demo", *words])

    assert done.exit_code == 2, done.output
    assert "Invalid value" in " ".join(done.output.split()), done.output
