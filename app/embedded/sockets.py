"""The private folder of the server's socket, whose path must be short."""

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

from app.embedded.errors import SocketFolderRefused
from app.embedded.owner import Owner, blocking_parent

_FILE = "/.s.PGSQL.5432.lock"
# What the systems' socket addresses hold: 104 bytes on macOS, 108 on Linux, the last one a zero.
_LONGEST = 103
# In a database URL a comma or a colon in the host would mean something.
_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")


def socket_folder(data_dir: Path, owner: Owner) -> Path:
    """The folder for the socket of the server on `data_dir`, made private to `owner`."""
    name = _name(data_dir, owner)
    for base in _bases():
        if _is_usable(base, name, owner):
            _make_private(base / name, owner)
            return base / name
    raise SocketFolderRefused(
        f"There is no folder for the database's socket: {tempfile.gettempdir()} and /tmp have "
        "too long a path, cannot be written to, or let everybody rename what lies in them."
    )


def _name(data_dir: Path, owner: Owner) -> str:
    digest = hashlib.sha256(f"{owner.uid}:{data_dir}".encode()).hexdigest()
    return f"makegood-{digest[:16]}"


def _bases() -> list[Path]:
    # For root /run, where nobody else can take the name before us.
    runtime = "/run" if os.geteuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "")
    return [Path(base) for base in (runtime, tempfile.gettempdir(), "/tmp") if base]  # noqa: S108


def _is_usable(base: Path, name: str, owner: Owner) -> bool:
    whole = f"{base / name}{_FILE}"
    return (
        base.is_absolute()
        and base.is_dir()
        and len(os.fsencode(whole)) <= _LONGEST
        and _PLAIN.fullmatch(whole) is not None
        and os.access(base, os.W_OK | os.X_OK)
        and blocking_parent(base / name, owner) is None
        and _keeps_names(base.stat())
    )


def _keeps_names(status: os.stat_result) -> bool:
    """Whether others cannot put a folder of theirs in the place of ours."""
    is_shared = bool(status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    return not is_shared or bool(status.st_mode & stat.S_ISVTX)


def _make_private(path: Path, owner: Owner) -> None:
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        _refuse_foreign(path, owner)
    owner.own(path)


def _refuse_foreign(path: Path, owner: Owner) -> None:
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise SocketFolderRefused(f"{path}, the place of the database's socket, is no folder.")
    if status.st_uid not in (owner.uid, os.geteuid()):
        name = Owner(status.st_uid, status.st_gid).name
        raise SocketFolderRefused(
            f"{path}, the place of the database's socket, belongs to the user '{name}'. "
            "Somebody may be waiting there for passwords; look into it, then remove the folder."
        )
    if stat.S_IMODE(status.st_mode) != 0o700:  # noqa: PLR2004
        raise SocketFolderRefused(
            f"{path}, the place of the database's socket, is open to others. Remove the folder."
        )
