"""A child process: its pauses, its exit code, its bond with the supervisor."""

import os
import signal
import subprocess
import sys

import pytest

from app.embedded.children import Patience, Pauses
from tests.embedded.conftest import BARE, REPO, is_dead, kill, until

TETHER = REPO / "app" / "embedded" / "tether.py"


def test_pauses_double_to_a_limit_and_begin_anew_after_a_good_while():
    pauses = Pauses(Patience(first_pause_s=1, longest_pause_s=5, steady_after_s=60))
    assert [pauses.after(lived_s) for lived_s in (0, 1, 2, 59, 60, 3)] == [1, 2, 4, 5, 1, 2]


def test_burying_strangers_does_not_take_the_exit_code_of_a_child(run_script):
    script = run_script(
        "-c",
        "import os, sys\n"
        "sys.modules['rich'] = None\n"
        "from app.embedded.supervisor import Child, Patience, Tended, _Service\n"
        "api = Child('api', [sys.executable, '-c', 'raise SystemExit(7)'])\n"
        "child = Tended(api, {}, Patience())\n"
        "child.tend()\n"
        "os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)\n"
        "_Service(None, None, [child], Patience())._bury()\n"
        "sys.exit(child._process.returncode)\n",
    )
    assert script.process.wait(20) == 7, script.output.read_text()


@pytest.mark.parametrize("way", ["watch", "hold"])
def test_a_tethered_command_ends_with_its_parent_and_tells_its_code(way, tmp_path):
    if way == "hold" and sys.platform != "linux":
        pytest.skip("only Linux sends a signal at a parent's death")
    tether = [*BARE[:-1], str(TETHER), way, str(os.getpid())]
    assert subprocess.run([*tether, *BARE, "raise SystemExit(5)"], check=False).returncode == 5
    assert subprocess.run([*tether, "/no/such"], check=False, capture_output=True).returncode == 127
    note = tmp_path / "note"
    command = [
        *BARE,
        (
            "import os, sys, time; print(os.getpid(), file=open(sys.argv[1], 'w'), flush=True);"
            "time.sleep(600)"
        ),
        note,
    ]
    # A parent that puts its own number where ours stands.
    standing_in = (
        "import os, subprocess, sys; a = sys.argv; a[6] = str(os.getpid()); subprocess.run(a[1:])"
    )
    parent = subprocess.Popen([*BARE, standing_in, *tether, *command])
    until(lambda: note.exists() and note.read_text().endswith("\n"), "the command")
    kill(parent.pid)
    parent.wait()
    until(lambda: is_dead(int(note.read_text())), "the command's end")


def test_a_tether_hands_on_the_wish_to_stop(tmp_path):
    note = tmp_path / "note"
    tether = [*BARE[:-1], str(TETHER), "watch", str(os.getpid())]
    command = [*BARE, f"import time; open({str(note)!r}, 'w').close(); time.sleep(600)"]
    process = subprocess.Popen([*tether, *command])
    until(note.exists, "the command")
    process.terminate()
    assert process.wait(20) == 128 + signal.SIGTERM
