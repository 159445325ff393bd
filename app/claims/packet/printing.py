"""The packet as a PDF: black on white, the same bytes for the same claim and files."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

import typst

from app.claims.packet.contents import Contents
from app.claims.packet.scanning import MOST_PAGES, Unprintable, pages

_TEMPLATE = Path(__file__).with_name("packet.typ")
_MOST_ENCLOSED = 60
Laid: TypeAlias = tuple[str, bytes] | str
"""A file to be enclosed: its media type and bytes, or why it has none."""


def render(contents: Contents, files: Mapping[UUID, Laid]) -> bytes:
    """Return the pages as a PDF. Only the fonts that come along are used.

    `files`: media type and bytes by id, or why there are none. What was told is data to the
    template, never markup.
    """
    with tempfile.TemporaryDirectory(prefix="packet-") as name:
        folder = Path(name)
        enclosed = _put(folder, contents, files)
        shutil.copyfile(_TEMPLATE, folder / "packet.typ")
        told = {**contents.told, "enclosed": enclosed}
        (folder / "packet.json").write_text(json.dumps(told))
        return typst.compile(
            str(folder / "packet.typ"),
            root=str(folder),
            format="pdf",
            ignore_system_fonts=True,
            pdf_tags=False,
        )


def _put(folder: Path, contents: Contents, files: Mapping[UUID, Laid]) -> list[dict[str, Any]]:
    """Lay the pages of the files into the folder; return which there are."""
    found: list[dict[str, Any]] = []
    left = _MOST_ENCLOSED
    for each in contents.enclosures:
        title = f"{each.letter}: {each.what}" + (f" ({each.name})" if each.name else "")
        made, why = _pages(files[each.file_id], left)
        left -= len(made)
        names: list[str] = []
        for index, page in enumerate(made):
            names.append(f"{each.letter}-{index}.png")
            (folder / names[-1]).write_bytes(page)
        found.append({"title": title, "pages": names, "why": why})
    return found


def _pages(file: Laid, left: int) -> tuple[list[bytes], str | None]:
    if isinstance(file, str):
        return [], file
    if not left:
        return [], "Not printed: the packet is full. It can be sent as a file."
    media_type, content = file
    try:
        made = pages(content, media_type)
    except Unprintable as error:
        return [], f"Not printed: {error}. It can be sent as a file."
    if len(made) > left:
        return made[:left], "Its other pages are not printed; they can be sent as a file."
    why = f"The first {MOST_PAGES} pages." if len(made) == MOST_PAGES else None
    return made, why
