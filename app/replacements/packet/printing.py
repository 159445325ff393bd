"""The packet as a PDF: black on white, the same bytes for the same dispute."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

_TEMPLATE = Path(__file__).with_name("dispute.typ")


def render(told: Mapping[str, Any]) -> bytes:
    """Return the pages as a PDF. What was told is data to the template, never markup."""
    with tempfile.TemporaryDirectory(prefix="dispute-") as name:
        folder = Path(name)
        shutil.copyfile(_TEMPLATE, folder / "dispute.typ")
        (folder / "dispute.json").write_text(json.dumps(told))
        return typst.compile(
            str(folder / "dispute.typ"),
            root=str(folder),
            format="pdf",
            ignore_system_fonts=True,
            pdf_tags=False,
        )
