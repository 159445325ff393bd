"""Which user of the operating system the embedded database runs as."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from app.embedded.errors import FolderRefused

_OWN_NAME = "makegood"


@dataclass(frozen=True, slots=True)
class Owner:
    """A user of the operating system, by numbers: in a container it may have no name."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        """The user's name, or its number where it has none."""
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    # The next three are subprocess's arguments; it wants None where nothing is to change.

    @property
    def as_user(self) -> int | None:
        """The user to become."""
        return None if self.uid == os.geteuid() else self.uid

    @property
    def as_group(self) -> int | None:
        """The group to become."""
        return None if self.as_user is None else self.gid

    @property
    def as_groups(self) -> list[int] | None:
        """The further groups to have: none of root's."""
        return None if self.as_user is None else []

    def own(self, path: Path) -> None:
        """Give a file or folder to this user, never what a link points at."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def owner_for(data_dir: Path) -> Owner:
    """Who owns the database below `data_dir`: ourselves, or, for root, somebody without power.

    PostgreSQL refuses to run as root. Whoever owned the data before keeps it: changing hands with
    every start would lock the other one out.
    """
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    for path in (data_dir / "postgres", data_dir):
        if path.is_dir() and path.stat().st_uid != 0:
            return Owner(path.stat().st_uid, path.stat().st_gid)
    return _powerless()


def _powerless() -> Owner:
    if _find(_OWN_NAME) is None:
        _create_own()
    for name in (_OWN_NAME, "postgres", "nobody"):
        if owner := _find(name):
            return owner
    raise FolderRefused(
        "PostgreSQL does not run as root, and this machine has no user 'makegood', 'postgres' or "
        "'nobody' to run it as. Create one (useradd --system makegood) or start as another user."
    )


def _find(name: str) -> Owner | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Owner(entry.pw_uid, entry.pw_gid) if entry.pw_uid else None


def _create_own() -> None:
    if useradd := shutil.which("useradd"):
        # Where it fails (a read-only /etc) one of the other users serves.
        subprocess.run(  # noqa: S603
            [useradd, "--system", "--user-group", "--no-create-home", "--home-dir=/nonexistent",
             "--shell=/usr/sbin/nologin", _OWN_NAME],
            check=False,
            capture_output=True,
        )  # fmt: skip


def blocking_parent(path: Path, owner: Owner) -> Path | None:
    """The first folder on the way to `path` that `owner` may not pass, if there is one."""
    for parent in reversed(path.parents):
        if parent.exists() and not _passable(parent.stat(), owner):
            return parent
    return None


def may_read(path: Path, owner: Owner) -> bool:
    """Whether `owner` may read a file, as far as modes tell."""
    return blocking_parent(path, owner) is None and _allows(path.stat(), owner, stat.S_IROTH)


def _passable(status: os.stat_result, owner: Owner) -> bool:
    return _allows(status, owner, stat.S_IXOTH)


def _allows(status: os.stat_result, owner: Owner, bit: int) -> bool:
    if owner.uid == status.st_uid:
        bit <<= 6
    elif owner.gid == status.st_gid:
        bit <<= 3
    return owner.uid == 0 or bool(status.st_mode & bit)
