"""`serve` in small: the database and its children live and end together."""

import json
import os
import signal
import threading
import time

import psutil
import pytest

from app import embedded
from app.embedded import supervisor
from tests.embedded.conftest import BARE, REPO, is_dead, kill, until

SCRIPTS = REPO / "tests" / "embedded" / "scripts.py"
LASTING = [*BARE, "import time; time.sleep(600)"]
STUBBORN = [
    *BARE,
    (
        "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "open(sys.argv[1], 'w').close(); time.sleep(600)"
    ),
]


@pytest.fixture
def serve(run_script):
    def serve(data_dir, *children, **told):
        named = [{"name": name, "argv": list(map(str, argv))} for name, argv in children]
        told = {"data_dir": str(data_dir), "children": named, **told}
        return run_script(SCRIPTS, "serve", json.dumps(told))

    return serve


def pid_of(script, name, count=1):
    def starts():
        return [line["pid"] for line in script.lines("child.started") if line["child"] == name]

    until(lambda: len(starts()) >= count, f"start {count} of {name}")
    return starts()[-1]


def is_up(pid):
    """Whether a child has become its command."""
    return "sleep" in " ".join(psutil.Process(pid).cmdline()[-1:])


def test_all_start_in_order_and_stop_within_five_seconds(made, serve):
    note = made.parent / f"{made.name}-note"
    noting = [
        *BARE,
        (
            "import os, sys, time; open(sys.argv[1], 'w').write(os.environ['MAKEGOOD_DATA_DIR']);"
            "time.sleep(600)"
        ),
        note,
    ]
    script = serve(made, ("api", noting), ("worker", LASTING))
    script.wait_for("ready")
    pids = [pid_of(script, name) for name in ("api", "worker")]
    until(lambda: note.exists() and note.read_text() == str(made), "the child's environment")
    note.unlink()
    events = [json.loads(line)["event"] for line in script.output.read_text().splitlines()]
    assert events == ["database.started", "preparing", "child.started", "child.started", "ready"]
    assert script.lines("preparing")[0]["url"] == embedded.connection_url(made)
    database = script.lines("database.started")[0]["pid"]
    asked_at = time.monotonic()
    assert script.stop() == 0
    assert time.monotonic() - asked_at < 5
    assert all(map(is_dead, [*pids, database]))
    assert "database system is shut down" in (made / "postgres.log").read_text()


def test_ctrl_c_in_the_terminal_reaches_the_supervisor_alone(made, serve):
    script = serve(made, ("api", LASTING))
    script.wait_for("ready")
    database = script.lines("database.started")[0]["pid"]
    groups = [os.getpgid(pid) for pid in (pid_of(script, "api"), database)]
    assert os.getpgid(script.process.pid) not in groups
    assert script.stop(signal.SIGINT) == 0
    assert script.lines("child.died") == []


def test_a_second_copy_of_serve_is_refused_and_the_first_goes_on(made, serve):
    script = serve(made, ("api", LASTING))
    script.wait_for("ready")
    second = serve(made, ("api", LASTING))
    assert second.process.wait(20) == 1
    assert "AlreadyRunning: Makegood already runs on" in second.output.read_text()
    assert f"process {script.process.pid}, since" in second.output.read_text()
    assert embedded.connection_url(made)
    assert script.stop() == 0


def test_a_child_that_dies_is_started_again(made, serve):
    script = serve(made, ("api", LASTING), ("worker", LASTING))
    script.wait_for("ready")
    api, worker = pid_of(script, "api"), pid_of(script, "worker")
    kill(api)
    assert pid_of(script, "api", 2) != api
    died = script.wait_for("child.died")
    assert (died["child"], died["pid"], died["code"]) == ("api", api, -signal.SIGKILL)
    assert not is_dead(worker)
    assert script.stop() == 0


def test_a_child_that_keeps_dying_is_given_longer_and_longer_pauses(made, serve):
    script = serve(made, ("api", [*BARE, "raise SystemExit(7)"]), ("odd", ["/no/such/program"]))
    script.wait_for("child.died", 6)
    for name, code in (("api", 7), ("odd", 127)):
        deaths = [line for line in script.lines("child.died") if line["child"] == name]
        assert {line["code"] for line in deaths} == {code}
        pauses = [line["again_in_s"] for line in deaths]
        assert pauses[:2] == [0.05, 0.1]
    assert script.stop() == 0


def test_a_database_that_dies_is_started_again_while_the_children_go_on(made, serve):
    script = serve(made, ("api", LASTING))
    script.wait_for("ready")
    url, api = embedded.connection_url(made), pid_of(script, "api")
    first = script.lines("database.started")[0]["pid"]
    kill(first)
    second = script.wait_for("database.started", 2)["pid"]
    assert second != first
    until(lambda: embedded.connection_url(made) == url, "the same URL")
    assert not is_dead(api)
    assert script.stop() == 0
    assert is_dead(second)


def test_a_database_that_will_not_start_again_is_tried_until_it_does(made, serve):
    script = serve(made, ("api", LASTING))
    script.wait_for("ready")
    away = made / "postgres" / "postgresql.conf"
    away.rename(made / "aside.conf")
    kill(script.lines("database.started")[0]["pid"])
    failure = script.wait_for("database.not_started", 2)
    assert "postgresql.conf" in failure["why"]
    (made / "aside.conf").rename(away)
    script.wait_for("database.started", 2)
    assert script.stop() == 0


def test_children_do_not_outlive_a_killed_supervisor_and_the_database_is_taken_over(made, serve):
    script = serve(made, ("api", LASTING))
    script.wait_for("ready")
    api, database = pid_of(script, "api"), script.lines("database.started")[0]["pid"]
    until(lambda: is_up(api), "the child's command")
    script.process.kill()
    script.process.wait()
    until(lambda: is_dead(api), "the child's end")
    assert not is_dead(database)
    again = serve(made, ("api", LASTING))
    again.wait_for("ready")
    assert again.lines("database.adopted")[0]["pid"] == database
    kill(database)
    assert again.wait_for("database.started")["pid"] != database
    assert again.stop() == 0


def test_a_stubborn_child_is_killed_with_what_it_started(made, serve):
    note = made / "note"
    parent = [*BARE, "import subprocess, sys; subprocess.run(sys.argv[1:])", *STUBBORN, note]
    api = [*STUBBORN, f"{note}-too"]
    script = serve(made, ("api", api), ("worker", parent), patience={"children_stop_s": 0.3})
    script.wait_for("ready")
    until(lambda: note.exists() and (made / "note-too").exists(), "the grandchild")
    family = psutil.Process(script.process.pid).children(recursive=True)
    assert script.stop() == 0
    assert all(is_dead(each.pid) for each in family)
    assert script.lines("child.killed")[0]["child"] == "api"


def test_a_second_signal_means_at_once(made, serve):
    note = made / "note"
    script = serve(made, ("api", [*STUBBORN, note]), patience={"children_stop_s": 60})
    script.wait_for("ready")
    until(note.exists, "the child's deafness")
    script.process.terminate()
    script.wait_for("serve.stopping")
    assert script.stop() == 0


def test_a_failed_preparation_is_told_and_leaves_nothing_running(made, serve):
    script = serve(made, ("api", LASTING), prepare="fails")
    assert script.process.wait(20) == 1
    assert "RuntimeError: no such migration" in script.output.read_text()
    assert script.lines("child.started") == []
    assert is_dead(script.lines("database.started")[0]["pid"])


def test_a_preparation_that_takes_long_can_be_broken_off(made, serve):
    script = serve(made, ("api", LASTING), prepare="hangs")
    script.wait_for("preparing")
    assert script.stop() == 0
    assert script.lines("child.started") == []
    assert is_dead(script.lines("database.started")[0]["pid"])


def test_told_to_stop_as_the_database_is_spawned_it_leaves_none_behind(made, serve):
    script = serve(made, ("api", LASTING), stopped_as_it_spawns=True)
    assert script.process.wait(20) == 0
    assert script.lines("child.started") == []
    assert is_dead(script.lines("spawned")[0]["pid"])


def test_with_a_database_of_its_own_only_the_children_are_looked_after(data_dir, serve):
    url = "postgresql+asyncpg://app@db.example/makegood"
    script = serve(data_dir, ("api", LASTING), url=url)
    script.wait_for("ready")
    assert script.lines("preparing")[0]["url"] == url
    assert not (data_dir / "postgres").exists()
    kill(pid_of(script, "api"))
    pid_of(script, "api", 2)
    assert script.stop() == 0


def test_as_first_process_it_buries_strangers_and_knows_its_own(data_dir, serve):
    # A grandchild whose parent goes first, and which then ends: whoever adopts it must wait for it.
    leaving = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    time.sleep(0.1)\n"
        "    os._exit(3)\n"
        "sys.exit(7)"
    )
    children = ("api", [*BARE, leaving]), ("worker", LASTING)
    patience = {"longest_pause_s": 0.05}
    script = serve(data_dir, *children, url="postgresql://x", subreaper=True, patience=patience)
    script.wait_for("child.died", 3)
    assert {line["code"] for line in script.lines("child.died")} == {7}
    worker = pid_of(script, "worker")
    kill(worker)
    pid_of(script, "worker", 2)
    deaths = [line for line in script.lines("child.died") if line["child"] == "worker"]
    assert [(line["pid"], line["code"]) for line in deaths] == [(worker, -signal.SIGKILL)]
    supervisor_process = psutil.Process(script.process.pid)

    def dead_for_long():
        return [
            each for each in supervisor_process.children()
            if is_dead(each.pid) and time.time() - each.create_time() > 0.5
        ]  # fmt: skip

    script.wait_for("child.died", 7)
    until(lambda: not dead_for_long(), "the burial")
    assert script.stop() == 0


def test_in_another_thread_than_the_main_one_it_refuses(data_dir):
    failures = []

    def attempt():
        try:
            supervisor.run(data_dir, prepare=print, children=[], url="postgresql://x")
        except ValueError as error:
            failures.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert len(failures) == 1
    assert "main thread" in failures[0]
