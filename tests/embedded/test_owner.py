"""As whom PostgreSQL runs: never as root."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from app import embedded
from app.embedded.owner import Owner, owner_for
from tests.embedded.conftest import as_root, owner


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Root on a machine whose users and programs the test names."""
    users = {"nobody": 65534}
    commands = []

    def find(name):
        if name not in users:
            raise KeyError(name)
        return SimpleNamespace(pw_uid=users[name], pw_gid=users[name])

    def run(command, **_):
        commands.append(command)
        users["makegood"] = 999

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pwd, "getpwnam", find)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(subprocess, "run", run)
    return SimpleNamespace(users=users, commands=commands, new=tmp_path / "new")


def test_root_hands_over_to_makegood_then_postgres_then_nobody(machine):
    assert owner_for(machine.new).uid == 65534
    machine.users["postgres"] = 26
    assert owner_for(machine.new).uid == 26
    machine.users["makegood"] = 998
    assert owner_for(machine.new).uid == 998


def test_root_creates_the_user_makegood_where_it_can(machine, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/sbin/{name}")
    assert owner_for(machine.new).uid == 999
    [command] = machine.commands
    assert (command[0], command[-1]) == ("/usr/sbin/useradd", "makegood")
    assert "--system" in command


def test_root_without_anybody_to_hand_over_to_is_told_so(machine):
    machine.users.clear()
    with pytest.raises(embedded.FolderRefused, match="PostgreSQL does not run as root"):
        owner_for(machine.new)


def test_who_owned_the_data_keeps_it(machine, monkeypatch, tmp_path):
    if tmp_path.stat().st_uid == 0:
        os.chown(tmp_path, 54321, 54321)
    assert owner_for(tmp_path).uid == tmp_path.stat().st_uid


def test_a_user_other_than_root_runs_it_himself(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    assert owner_for(tmp_path) == Owner(1234, os.getegid())
    assert Owner(1234, os.getegid()).as_user is None


@as_root
def test_the_server_of_root_runs_as_the_folders_owner_without_roots_groups(server):
    with Path(f"/proc/{server.pid}/status").open() as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    assert set(status["Uid"].split()) == {str(owner().uid)}
    assert set(status["Gid"].split()) == {str(owner().gid)}
    assert status["Groups"].strip() == ""


@as_root
def test_a_user_other_than_root_starts_and_stops_a_server(made, run_script):
    who = owner()
    script = run_script(
        "-c",
        "import os, sys\n"
        "sys.modules['rich'] = None\n"
        "import encodings.idna\n"
        "from app import embedded\n"
        "os.setgroups([])\n"
        f"os.setresgid({who.gid}, {who.gid}, {who.gid})\n"
        f"os.setresuid({who.uid}, {who.uid}, {who.uid})\n"
        "os.environ.pop('XDG_RUNTIME_DIR', None)\n"
        "server = embedded.start(sys.argv[1], extra={'fsync': 'off'})\n"
        "assert embedded.connection_url(sys.argv[1]) == server.url\n"
        "server.stop()\n",
        made,
    )
    assert script.process.wait(20) == 0, script.output.read_text()
