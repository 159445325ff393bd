"""The making of a new, empty database below the data folder."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from app.embedded.errors import ServerFailed
from app.embedded.folder import Folder
from app.embedded.owner import Owner
from app.embedded.postmaster import plain_environment

# Written into postgresql.conf, where whoever runs a larger machine may change them.
_SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def initialise(folder: Folder, owner: Owner, programs: Path, extra: Mapping[str, str]) -> None:
    """Make the database's files, or leave none: a half-made folder would never start."""
    fresh = folder.path / "postgres.new"
    if fresh.exists():
        shutil.rmtree(fresh)
    done = subprocess.run(  # noqa: S603
        _command(fresh, folder, programs, extra),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd="/",
        env=plain_environment(),
        start_new_session=True,
        umask=0o077,
        check=False,
        user=owner.as_user,
        group=owner.as_group,
        extra_groups=owner.as_groups,
    )
    if done.returncode:
        raise ServerFailed(f"PostgreSQL could not make its files in {fresh}:\n{done.stdout}")
    fresh.rename(folder.pgdata)


def _command(
    fresh: Path, folder: Folder, programs: Path, extra: Mapping[str, str]
) -> list[str | Path]:
    settings = [f"--set={name}={value}" for name, value in _SETTINGS.items()]
    # The wheel has no ICU. The builtin provider knows Unicode, unlike the C library's "C", and
    # does not change its order with the system's library, as "en_US" would.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        programs / "initdb",
        f"--pgdata={fresh}",
        "--username=postgres",
        f"--pwfile={folder.password}",
        "--auth-local=scram-sha-256",
        "--auth-host=scram-sha-256",
        "--encoding=UTF8",
        *locale,
        *settings,
        *(["--no-sync"] if extra.get("fsync") == "off" else []),
    ]
