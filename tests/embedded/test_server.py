"""The server itself: reached by the application and by nobody else."""

import json
import os
import re
import stat
import subprocess

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app import embedded
from app.embedded import binaries, sockets
from app.embedded.folder import Folder
from app.embedded.owner import Owner
from tests.embedded.conftest import QUICK, as_root, owner


async def ask(url, question):
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            return (await connection.execute(text(question))).one()
    finally:
        await engine.dispose()


async def test_the_application_reaches_its_own_database_without_power(server):
    row = await ask(
        server.url,
        "SELECT current_user, current_database(), rolsuper, rolcreaterole, rolcreatedb, "
        "rolbypassrls, rolreplication, pg_get_userbyid(datdba) "
        "FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()",
    )
    assert tuple(row) == ("app", "makegood", False, False, False, False, False, "app")


async def test_the_database_speaks_unicode_without_the_systems_locales(server):
    row = await ask(
        server.url, "SELECT upper('äß→'), current_setting('server_encoding'), 'Z' < 'a'"
    )
    assert tuple(row) == ("Äß→", "UTF8", True)


async def test_nothing_acknowledged_is_lost_unless_asked_for(server, blueprint):
    assert await ask(server.admin_url, "SELECT current_setting('synchronous_commit')") == ("on",)
    with (blueprint / "postgres" / "postgresql.conf").open() as file:
        lines = [
            line for line in file if re.match(r"\s*(fsync|full_page_writes|synchronous)", line)
        ]
    assert lines == []
    assert await ask(server.admin_url, "SELECT current_setting('data_checksums')") == ("on",)


async def test_settings_are_taken_and_databases_made_where_asked_for(made):
    with embedded.start(made, extra={**QUICK, "work_mem": "7MB"}, createdb=True) as server:
        row = await ask(
            server.url,
            "SELECT current_setting('work_mem'), current_setting('fsync'), rolcreatedb "
            "FROM pg_roles WHERE rolname = current_user",
        )
    assert tuple(row) == ("7MB", "off", True)


async def test_data_outlives_a_stop(made):
    with embedded.start(made, extra=QUICK) as server:
        engine = create_async_engine(server.url)
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE kept AS SELECT 42 AS answer"))
        await engine.dispose()
        url = server.url
    with embedded.start(made, extra=QUICK) as server:
        assert server.url == url
        assert await ask(server.url, "SELECT answer FROM kept") == (42,)


def test_it_listens_on_its_socket_only(server):
    process = psutil.Process(server.pid)
    for each in (process, *process.children()):
        assert [c.laddr for c in each.net_connections("inet") if c.status == "LISTEN"] == []
    status = server.socket_dir.stat()
    assert (stat.S_IMODE(status.st_mode), status.st_uid) == (0o700, owner().uid)


def test_passwords_are_on_no_command_line_and_in_no_log(server):
    secrets = [(server.data_dir / "password").read_text().strip(), server.url.split(":")[2][:64]]
    assert all(len(secret) > 40 for secret in secrets)
    process = psutil.Process(server.pid)
    shown = " ".join(process.cmdline()) + (server.data_dir / "postgres.log").read_text()
    for secret in secrets:
        assert secret not in shown


def test_our_environment_with_its_secrets_does_not_reach_the_server(made, monkeypatch):
    monkeypatch.setenv("MAKEGOOD_SECRETS_KEY", "not-for-postgres")
    monkeypatch.setenv("PGPORT", "9999")
    with embedded.start(made, extra=QUICK) as server:
        assert not {"MAKEGOOD_SECRETS_KEY", "PGPORT"} & set(psutil.Process(server.pid).environ())


def test_what_other_commands_need_is_written_and_withdrawn(made):
    with embedded.start(made, extra=QUICK) as server:
        told = json.loads((made / "connection.json").read_text())
        assert told["url"] == server.url == embedded.connection_url(made)
        assert (told["pid"], told["socket_dir"]) == (server.pid, str(server.socket_dir))
        for name in ("connection.json", "password", "serve.lock", "postgres.log"):
            assert stat.S_IMODE((made / name).stat().st_mode) == 0o600, name
    assert embedded.connection_url(made) is None
    assert not (made / "connection.json").exists()
    assert not server.socket_dir.exists()


def test_other_commands_are_told_when_no_server_runs_behind_what_was_written(made):
    (made / "connection.json").write_text(json.dumps({"url": "postgresql://gone"}))
    assert embedded.connection_url(made) is None
    assert embedded.connection_url(made / "missing") is None


@as_root
def test_another_user_of_the_machine_gets_nowhere(server):
    def attempt(*command):
        return subprocess.run(
            command, user=54321, group=54321, extra_groups=[], capture_output=True, check=False,
            text=True, cwd="/", env={"PGPASSWORD": server.url.split(":")[2].partition("@")[0]},
        )  # fmt: skip

    psql = binaries.installed() / "bin" / "psql"
    refused = attempt(psql, "-h", server.socket_dir, "-U", "app", "-c", "SELECT 1", "makegood")
    assert refused.returncode == 2
    assert "Permission denied" in refused.stderr
    for name in ("password", "connection.json", "postgres.log"):
        assert "Permission denied" in attempt("cat", server.data_dir / name).stderr


def test_whoever_gets_to_the_socket_still_needs_the_password(server):
    refused = subprocess.run(
        [binaries.installed() / "bin" / "psql", "-w", "-h", server.socket_dir, "-U", "postgres"],
        capture_output=True, check=False, text=True, cwd="/", env={},
    )  # fmt: skip
    assert "no password supplied" in refused.stderr


def test_a_second_copy_on_the_same_folder_is_told_so_plainly(server):
    with pytest.raises(embedded.AlreadyRunning) as refusal:
        embedded.start(server.data_dir)
    said = str(refusal.value)
    assert str(server.data_dir) in said
    assert f"process {os.getpid()}, since 20" in said
    assert embedded.connection_url(server.data_dir) == server.url


async def test_a_very_long_path_to_the_folder_does_not_matter(made):
    made.chmod(0o755)
    deep = made / ("d" * 120) / ("e" * 120)
    deep.mkdir(parents=True)
    for name in ("postgres", "password"):
        (made / name).rename(deep / name)
    with embedded.start(deep, extra=QUICK) as server:
        assert len(os.fsencode(server.socket_dir / ".s.PGSQL.5432")) < 108
        assert await ask(server.url, "SELECT 1") == (1,)


def test_a_long_or_odd_folder_for_temporary_files_does_not_matter(monkeypatch, data_dir):
    monkeypatch.setattr(sockets, "_bases", lambda: [data_dir / ("t" * 90), data_dir / "a,b:c"])
    for base in sockets._bases():
        base.mkdir()
    with pytest.raises(embedded.SocketFolderRefused, match="no folder for the database's socket"):
        sockets.socket_folder(data_dir, owner())


def test_a_folder_where_others_may_rename_is_no_place_for_the_socket(monkeypatch, data_dir):
    data_dir.chmod(0o777)
    monkeypatch.setattr(sockets, "_bases", lambda: [data_dir])
    with pytest.raises(embedded.SocketFolderRefused):
        sockets.socket_folder(data_dir, owner())
    data_dir.chmod(0o1777)
    assert sockets.socket_folder(data_dir, owner()).parent == data_dir


def test_a_squatted_socket_folder_is_refused(monkeypatch, data_dir):
    base = data_dir / "tmp"
    base.mkdir()
    data_dir.chmod(0o755)
    monkeypatch.setattr(sockets, "_bases", lambda: [base])
    place = sockets.socket_folder(data_dir, owner())
    place.chmod(0o755)
    with pytest.raises(embedded.SocketFolderRefused, match="open to others"):
        sockets.socket_folder(data_dir, owner())
    place.rmdir()
    place.symlink_to(data_dir)
    with pytest.raises(embedded.SocketFolderRefused, match="is no folder"):
        sockets.socket_folder(data_dir, owner())


@as_root
def test_a_socket_folder_of_another_user_is_refused(monkeypatch, data_dir):
    data_dir.chmod(0o1777)
    monkeypatch.setattr(sockets, "_bases", lambda: [data_dir])
    os.chown(sockets.socket_folder(data_dir, owner()), 54321, 54321)
    with pytest.raises(embedded.SocketFolderRefused, match="belongs to the user '54321'"):
        sockets.socket_folder(data_dir, owner())


def test_two_folders_have_two_sockets(data_dir):
    one, two = (sockets.socket_folder(data_dir / name, owner()) for name in "ab")
    other = sockets._name(data_dir / "a", Owner(54321, 54321))
    assert len({one.name, two.name, other}) == 3
    one.rmdir()
    two.rmdir()


def test_a_server_that_cannot_start_is_quoted(made):
    with pytest.raises(embedded.ServerFailed) as failure:
        embedded.start(made, extra={"work_mem": "a lot"})
    assert 'invalid value for parameter "work_mem": "a lot"' in str(failure.value)
    assert str(made / "postgres.log") in str(failure.value)
    embedded.start(made, extra=QUICK).stop()


def test_a_failed_making_leaves_nothing_that_would_be_taken_for_a_database(data_dir, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setitem(embedded.cluster._SETTINGS, "shared_buffers", "many")
        with pytest.raises(embedded.ServerFailed, match="could not make its files"):
            embedded.start(data_dir)
    (data_dir / "postgres.new").mkdir(exist_ok=True)
    (data_dir / "postgres.new" / "half").touch()
    embedded.start(data_dir, extra=QUICK).stop()


def test_data_of_another_major_version_is_refused(made):
    (made / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(embedded.BinariesMissing, match="written by PostgreSQL 17, and this is 18"):
        embedded.start(made)


def test_a_lost_or_wrong_password_file_is_named(made):
    (made / "password").write_text("guess")
    with pytest.raises(embedded.ServerFailed, match="does not take the password in"):
        embedded.start(made, extra=QUICK)
    (made / "password").unlink()
    with pytest.raises(embedded.ServerFailed, match=f"{made}/password is missing"):
        embedded.start(made, extra=QUICK)


def test_a_machine_without_binaries_is_told_of_the_other_way(data_dir, monkeypatch):
    monkeypatch.setattr(binaries.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(embedded.BinariesMissing, match="MAKEGOOD_DATABASE_URL"):
        embedded.start(data_dir)


@as_root
def test_binaries_the_databases_user_cannot_reach_are_copied_once(
    made_on_disk, tmp_path, monkeypatch
):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    unreachable = closed / "pginstall"
    unreachable.symlink_to(binaries.installed())
    monkeypatch.setattr(binaries, "installed", lambda: unreachable)
    (made_on_disk / "pginstall-0.1").mkdir()
    with embedded.start(made_on_disk, extra=QUICK) as server:
        program = psutil.Process(server.pid).exe()
    [copy] = made_on_disk.glob("pginstall-*")
    assert program == str(copy / "bin" / "postgres")
    assert copy.stat().st_uid == 0
    copied_at = copy.stat().st_ctime_ns
    embedded.start(made_on_disk, extra=QUICK).stop()
    assert copy.stat().st_ctime_ns == copied_at


def test_a_long_log_is_set_aside(made):
    place = Folder(made)
    with place.log.open("w") as log:
        log.truncate(10_000_001)
    embedded.start(made, extra=QUICK).stop()
    assert place.log.stat().st_size < 100_000
    assert (made / "postgres.log.1").stat().st_size == 10_000_001
