"""The data folder: what lies in it, whose it is, and who may read it."""

import base64
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.embedded.errors import FolderRefused
from app.embedded.owner import Owner, blocking_parent, owner_for

_PRIVATE = 0o700
# An empty file system of its own, such as a container's volume, comes with this.
_OF_NO_ACCOUNT = {"lost+found"}
# Files that are being written, or were when the power failed.
_UNFINISHED = ".makegood-"


@dataclass(frozen=True, slots=True)
class Folder:
    """Where each thing lies in a data folder."""

    path: Path

    @property
    def pgdata(self) -> Path:
        """PostgreSQL's own folder."""
        return self.path / "postgres"

    @property
    def password(self) -> Path:
        """The database superuser's password; the application's is derived from it."""
        return self.path / "password"

    @property
    def connection(self) -> Path:
        """How other commands reach the server."""
        return self.path / "connection.json"

    @property
    def lock(self) -> Path:
        """Held by the one process that runs this folder."""
        return self.path / "serve.lock"

    @property
    def log(self) -> Path:
        """What PostgreSQL says."""
        return self.path / "postgres.log"

    @property
    def secrets(self) -> Path:
        """The key that encrypts credentials at rest."""
        return self.path / "secrets.key"

    def marks(self) -> list[Path]:
        """The files and folders by which a folder is known to be one of ours."""
        return [self.pgdata, self.password, self.connection, self.lock, self.log, self.secrets]


def default_data_dir() -> Path:
    """Where data lies unless told otherwise: a system folder for root, the user's for others."""
    if os.geteuid() == 0:
        return Path("/var/lib/makegood")
    # The XDG rule: a relative path there is to be ignored.
    base = Path(os.environ.get("XDG_DATA_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "share") / "makegood"


def located(data_dir: Path | str) -> Folder:
    """The folder at `data_dir`, whether it exists or not."""
    return Folder(Path(data_dir).expanduser().resolve())


def opened(data_dir: Path | str) -> tuple[Folder, Owner]:
    """The folder at `data_dir`, created if need be, private, and owned by who runs the database."""
    folder = located(data_dir)
    owner = owner_for(folder.path)
    _refuse_unreachable(folder.path, owner)
    create(folder)
    _refuse_unreachable(folder.path, owner)
    for path in (folder.path, *folder.marks()):
        if os.path.lexists(path):
            owner.own(path)
    _give_cluster(folder, owner)
    return folder, owner


def _give_cluster(folder: Folder, owner: Owner) -> None:
    """Hand over what root restored from a backup: PostgreSQL insists on owning its files."""
    version = folder.pgdata / "PG_VERSION"
    if os.geteuid() == 0 and version.exists() and version.stat().st_uid != owner.uid:
        for path in folder.pgdata.rglob("*"):
            owner.own(path)


def create(folder: Folder) -> None:
    """Make the folder, or see that the one there is ours, and close it to everybody else."""
    folder.path.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    status = folder.path.stat()
    if os.geteuid() not in (0, status.st_uid):
        name = Owner(status.st_uid, status.st_gid).name
        raise FolderRefused(f"The data folder {folder.path} belongs to the user '{name}'.")
    names = {entry.name for entry in folder.path.iterdir()} - _OF_NO_ACCOUNT
    strange = {name for name in names if not name.startswith(_UNFINISHED)}
    if strange and not any(os.path.lexists(mark) for mark in folder.marks()):
        raise FolderRefused(
            f"The folder {folder.path} is not empty and was not made by Makegood. "
            "Name an empty folder, or one that does not exist yet."
        )
    if stat.S_IMODE(status.st_mode) != _PRIVATE:
        folder.path.chmod(_PRIVATE)


def _refuse_unreachable(path: Path, owner: Owner) -> None:
    if parent := blocking_parent(path, owner):
        raise FolderRefused(
            f"PostgreSQL runs as the user '{owner.name}', who may not pass {parent} and so cannot "
            f"reach the data folder {path}. Use a folder it can reach, such as /var/lib/makegood."
        )


def read_or_create(path: Path, fresh: str) -> str:
    """The text of a private file, which is `fresh` if this is the first to ask."""
    if not path.exists():
        temporary = _temporary(path, fresh)
        try:
            # A link, unlike a rename, never replaces what another process was first to write.
            path.hardlink_to(temporary)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_text()


def replace(path: Path, text: str) -> None:
    """Write a private file such that a reader sees the old text or the new, never a part."""
    _temporary(path, text).rename(path)


def _temporary(path: Path, text: str) -> Path:
    status = path.parent.stat()
    handle, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
    with open(handle, "w") as file:  # noqa: PTH123
        file.write(text)
        file.flush()
        os.fsync(handle)
    Owner(status.st_uid, status.st_gid).own(Path(name))
    return Path(name)


def secrets_key(data_dir: Path | str) -> str:
    """The folder's secrets key (a Fernet key), made by the first to ask for it."""
    folder = located(data_dir)
    if not folder.secrets.exists():
        create(folder)
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    return read_or_create(folder.secrets, fresh).strip()
