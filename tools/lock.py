"""Pin the whole tree in pyproject.toml: uv.lock names package hosts and stays out of git.

`python tools/lock.py` writes what uv.lock holds; with `--upgrade` the newest versions that fit.
"""

import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
SECTION = re.compile(r"\n*^\[tool\.uv\]\n.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)
# What builds the project itself; `editables` is asked for at build time only.
BUILD = ("hatchling", "editables")

Package = dict[str, Any]


def main(arguments: Sequence[str]) -> None:
    """Resolve, write the pins, and see that they resolve to the same."""
    if "--upgrade" in arguments:
        _write([], [])
        _uv("lock", "--upgrade")
    else:
        _uv("lock")
    pins = _pins()
    build = _uv("pip", "compile", "--quiet", "--no-header", "--no-annotate", "-", given=BUILD)
    _write(pins, build.split())
    _uv("lock")
    if _pins() != pins:
        sys.exit("the pins do not resolve to themselves")
    print(f"{len(pins)} pins")


def _pins() -> list[str]:
    versions: dict[str, list[Package]] = defaultdict(list)
    for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]:
        if "registry" in package["source"]:
            versions[package["name"]].append(package)
    return [pin for name in sorted(versions) for pin in _pins_of(name, versions[name])]


def _pins_of(name: str, found: Sequence[Package]) -> Iterator[str]:
    for package in found:
        markers = " or ".join(f"({m})" for m in package.get("resolution-markers", ()))
        where = f" ; {markers}" if markers and len(found) > 1 else ""
        yield f"{name}=={package['version']}{where}".replace('"', "'")


def _write(pins: Sequence[str], build: Sequence[str]) -> None:
    kept = SECTION.sub("\n\n", PROJECT.read_text()).strip() + "\n"
    lists = {"constraint-dependencies": pins, "build-constraint-dependencies": build}
    lines = [
        "\n[tool.uv]",
        "# Written by `make lock`: the versions that were tested together.",
        *(f"{name} = [\n{_listed(entries)}]" for name, entries in lists.items()),
    ]
    PROJECT.write_text(kept + "\n".join(lines) + "\n" if pins else kept)


def _listed(entries: Sequence[str]) -> str:
    return "".join(f'    "{entry}",\n' for entry in entries)


def _uv(*arguments: str, given: Sequence[str] = ()) -> str:
    done = subprocess.run(
        ["uv", *arguments],
        cwd=ROOT,
        input="\n".join(given),
        text=True,
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
