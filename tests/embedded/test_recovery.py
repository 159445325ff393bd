"""After every kind of violent end the next start works, and no stranger is harmed."""

import json
import os
import re
import signal
import subprocess
import threading

import psutil
import pytest

from app import embedded
from app.embedded import binaries, postmaster, running
from app.embedded.access import Access
from app.embedded.folder import Folder
from app.embedded.sockets import socket_folder
from tests.embedded.conftest import QUICK, REPO, is_dead, kill, owner, until

SCRIPTS = REPO / "tests" / "embedded" / "scripts.py"


def starts_and_answers(data_dir):
    with embedded.start(data_dir, extra=QUICK) as server:
        access = Access(server.socket_dir, (data_dir / "password").read_text())
        assert access.data_directory() == data_dir / "postgres"
        return server.pid


def abandoned(run_script, data_dir, **told):
    """A server whose owner was killed with kill -9."""
    script = run_script(SCRIPTS, "own", json.dumps({"data_dir": str(data_dir), **told}))
    pid = script.wait_for("owning")["pid"]
    script.process.kill()
    script.process.wait()
    return pid


def pretend(data_dir, pid):
    """Leave behind what a server killed at a bad moment leaves, with the number `pid`."""
    sockets = socket_folder(data_dir, owner())
    lines = f"{pid}\n{data_dir}/postgres\n1700000000\n5432\n"
    (data_dir / "postgres" / "postmaster.pid").write_text(f"{lines}{sockets}\n\n1 1\nready\n")
    (sockets / ".s.PGSQL.5432.lock").write_text(f"{lines}{sockets}\n")
    (sockets / ".s.PGSQL.5432").touch()


def test_a_killed_server_starts_again(made):
    server = embedded.start(made, extra=QUICK)
    kill(server.pid)
    assert not server.is_alive()
    assert embedded.connection_url(made) is None
    server.stop()
    assert starts_and_answers(made) != server.pid


def test_a_dead_server_nobody_buried_is_not_taken_for_a_living_one(made, run_script):
    told = {"data_dir": str(made), "release": True}
    script = run_script(SCRIPTS, "own", json.dumps(told))
    pid = script.wait_for("owning")["pid"]
    found = postmaster.running_on(made / "postgres")
    assert found.is_alive()
    kill(pid)
    assert not found.is_alive()
    assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    assert embedded.connection_url(made) is None
    assert starts_and_answers(made) != pid
    assert psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_stranger_with_the_number_of_a_dead_server_is_left_in_peace(made, bystander):
    pretend(made, bystander.pid)
    starts_and_answers(made)


def test_a_server_of_another_folder_with_the_number_of_ours_is_left_in_peace(made, server):
    pretend(made, server.pid)
    starts_and_answers(made)
    assert server.is_alive()


def test_a_pid_file_that_says_nothing_is_swept_away(made):
    for text in ("", "\n", "x\n", "0\n", "99999999999999999999\n", "-\n"):
        (made / "postgres" / "postmaster.pid").write_text(text)
        starts_and_answers(made)


def test_a_server_left_running_is_taken_over_and_can_be_stopped(made, run_script):
    pid = abandoned(run_script, made)
    server = embedded.start(made, extra=QUICK)
    assert server.pid == pid
    assert embedded.connection_url(made) == server.url
    server.stop()
    until(lambda: is_dead(pid), "the end of the server taken over")
    assert "database system is shut down" in (made / "postgres.log").read_text()
    assert starts_and_answers(made) != pid


def test_a_server_left_running_that_nobody_can_reach_is_replaced(made, run_script, monkeypatch):
    monkeypatch.setattr(running, "_UNREACHABLE_S", 0.2)
    pid = abandoned(run_script, made)
    (socket_folder(made, owner()) / ".s.PGSQL.5432").unlink()
    assert starts_and_answers(made) != pid
    assert is_dead(pid)


def test_a_server_that_answers_for_another_folder_is_not_taken_over(
    made, server, run_script, monkeypatch
):
    monkeypatch.setattr(running, "_UNREACHABLE_S", 0.2)
    pid = abandoned(run_script, made)
    # Both take the password, and the one that answers is not ours.
    (made / "password").write_text((server.data_dir / "password").read_text())
    place = made / "postgres" / "postmaster.pid"
    ours = str(socket_folder(made, owner()))
    place.write_text(place.read_text().replace(ours, str(server.socket_dir)))
    with pytest.raises(embedded.ServerFailed, match="does not take the password"):
        embedded.start(made, extra=QUICK)
    assert is_dead(pid)
    assert server.is_alive()


def test_what_still_holds_a_killed_servers_memory_is_waited_for(made):
    first = embedded.start(made, extra=QUICK)
    lingering = psutil.Process(first.pid).children()[0]
    lingering.send_signal(signal.SIGSTOP)
    kill(first.pid)
    first.stop()
    second = []
    thread = threading.Thread(target=lambda: second.append(embedded.start(made, extra=QUICK)))
    thread.start()
    try:
        log = made / "postgres.log"
        until(lambda: "is still in use" in log.read_text(), "a refusal by PostgreSQL")
        assert second == []
    finally:
        lingering.send_signal(signal.SIGCONT)
        thread.join(20)
    assert second[0].is_alive()
    second[0].stop()


def test_waiting_for_what_lingers_has_a_limit(made):
    first = embedded.start(made, extra=QUICK)
    lingering = psutil.Process(first.pid).children()[0]
    lingering.send_signal(signal.SIGSTOP)
    kill(first.pid)
    first.stop()
    try:
        with pytest.raises(embedded.ServerFailed, match="is still in use"):
            embedded.start(made, extra=QUICK, limit_s=0.5)
    finally:
        lingering.send_signal(signal.SIGCONT)


def said_of(process):
    """What a process calls itself; some of PostgreSQL's end soon after its start."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def test_a_server_that_does_not_end_orderly_is_ended_all_the_same(made, monkeypatch):
    server = embedded.start(made, extra=QUICK)
    family = psutil.Process(server.pid).children()
    [writer] = [each for each in family if "checkpointer" in said_of(each)]
    writer.send_signal(signal.SIGSTOP)
    # PostgreSQL itself would wait 5 s after the second signal before it kills.
    monkeypatch.setattr(postmaster, "_QUIT_LIMIT_S", 0.2)
    server.stop(within_s=0.2)
    assert is_dead(server.pid)
    writer.kill()
    starts_and_answers(made)


def test_a_session_in_single_user_mode_is_not_disturbed(made):
    command = [binaries.installed() / "bin" / "postgres", "--single", "-D", made / "postgres"]
    who = owner()
    session = subprocess.Popen(
        [*command, "postgres"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, cwd="/",
        user=who.as_user, group=who.as_group, extra_groups=who.as_groups,
    )  # fmt: skip
    pid_file = made / "postgres" / "postmaster.pid"
    until(lambda: pid_file.exists() and pid_file.read_text().count("\n") > 3, "the session")
    with pytest.raises(embedded.ServerFailed, match=f"process {session.pid}.*single-user"):
        embedded.start(made, extra=QUICK)
    assert session.poll() is None
    session.communicate(b"")
    starts_and_answers(made)


def test_of_several_who_start_at_the_same_moment_one_does(made):
    started, refused = [], []

    def start():
        try:
            started.append(embedded.start(made, extra=QUICK))
        except embedded.AlreadyRunning as refusal:
            refused.append(refusal)

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    for server in started:
        server.stop()
    assert (len(started), len(refused)) == (1, 5)
    assert Folder(made).lock.exists()
    assert re.match(rf"process {os.getpid()}, since", Folder(made).lock.read_text())
