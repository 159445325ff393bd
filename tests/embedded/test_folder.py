"""The data folder: private, ours, and nobody else's parents touched."""

import os
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app import embedded
from app.embedded import folder
from app.embedded.owner import Owner, blocking_parent
from tests.embedded.conftest import as_root, owner


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_private_and_its_parents_keep_their_modes(data_dir):
    parent = data_dir / "parent"
    parent.mkdir()
    parent.chmod(0o751)
    data_dir.chmod(0o711)
    folder.opened(parent / "data")
    assert (mode(data_dir), mode(parent), mode(parent / "data")) == (0o711, 0o751, 0o700)


def test_an_empty_folder_open_to_all_is_closed(data_dir):
    data_dir.chmod(0o755)
    (data_dir / "lost+found").mkdir()
    (data_dir / ".makegood-cut-short").touch()
    folder.opened(data_dir)
    assert mode(data_dir) == 0o700


def test_a_folder_full_of_something_else_is_refused_and_left_alone(data_dir):
    data_dir.chmod(0o755)
    (data_dir / "thesis.txt").write_text("...")
    with pytest.raises(embedded.FolderRefused, match="not empty and was not made by Makegood"):
        embedded.start(data_dir)
    assert mode(data_dir) == 0o755
    assert [path.name for path in data_dir.iterdir()] == ["thesis.txt"]


@as_root
def test_a_folder_the_database_cannot_reach_is_refused_by_naming_what_blocks(data_dir):
    data_dir.chmod(0o755)
    blocked = data_dir / "closed"
    blocked.mkdir(mode=0o700)
    with pytest.raises(embedded.FolderRefused) as refusal:
        embedded.start(blocked / "deep" / "data")
    assert f"may not pass {blocked} " in str(refusal.value)
    assert "/var/lib/makegood" in str(refusal.value)
    assert mode(blocked) == 0o700
    assert not (blocked / "deep").exists()


@as_root
def test_what_root_restored_from_a_backup_is_handed_to_the_database(made):
    subprocess.run(["chown", "-R", "root:root", made / "postgres", made / "password"], check=True)
    embedded.start(made).stop()
    assert (made / "postgres" / "base").stat().st_uid == owner().uid


@as_root
def test_another_users_folder_is_refused(data_dir, run_script):
    os.chown(data_dir, 54321, 54321)
    script = run_script(
        "-c",
        "import os, sys\n"
        "sys.modules['rich'] = None\n"
        "from app.embedded import folder, FolderRefused\n"
        "os.setresuid(65534, 65534, 65534)\n"
        "try: folder.create(folder.located(sys.argv[1]))\n"
        "except FolderRefused as error: sys.exit(0 if '54321' in str(error) else 1)\n"
        "sys.exit(2)",
        data_dir,
    )
    assert script.process.wait(20) == 0, script.output.read_text()


def test_the_secrets_key_is_made_once_also_for_those_who_ask_at_the_same_time(data_dir):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(embedded.secrets_key, [data_dir] * 24))
    assert len(keys) == 1
    Fernet(keys.pop())
    assert mode(data_dir / "secrets.key") == 0o600
    assert [path.name for path in data_dir.iterdir()] == ["secrets.key"]


def test_asking_for_the_secrets_key_makes_the_folder(data_dir):
    key = embedded.secrets_key(data_dir / "new")
    assert mode(data_dir / "new") == 0o700
    assert embedded.secrets_key(data_dir / "new") == key


def test_the_default_folder_follows_the_system(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert embedded.default_data_dir() == Path("/var/lib/makegood")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert embedded.default_data_dir() == Path("/home/ann/.local/share/makegood")
    monkeypatch.setenv("XDG_DATA_HOME", "/data/ann")
    assert embedded.default_data_dir() == Path("/data/ann/makegood")


def test_a_parent_is_passable_by_its_owner_its_group_or_all(data_dir):
    parent = data_dir / "parent"
    parent.mkdir()
    data_dir.chmod(0o755)
    status = parent.stat()
    for bits, who, blocks in (
        (0o100, Owner(status.st_uid + 1, status.st_gid + 1), parent),
        (0o010, Owner(status.st_uid + 1, status.st_gid + 1), parent),
        (0o010, Owner(status.st_uid + 1, status.st_gid), None),
        (0o001, Owner(status.st_uid + 1, status.st_gid + 1), None),
        (0o001, Owner(status.st_uid + 1, status.st_gid), parent),
    ):
        parent.chmod(bits)
        assert blocking_parent(parent / "data", who) == blocks, oct(bits)
