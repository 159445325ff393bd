"""Tables for spreadsheets: CSV that Excel reads as it is meant, and runs nothing of."""

import csv
import io
from collections.abc import Iterable, Sequence

MARK = b"\xef\xbb\xbf"
"""What makes Excel read UTF-8 as such: it goes before the header."""
# What a spreadsheet would take for a formula, and run; some take the wide forms for it too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BLANK = ("\t", "\r", "\n")


def rows_of(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV in UTF-8: commas, cells quoted where they must be."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def cell(value: object) -> str:
    """Return a value as a spreadsheet may show it: what looks like a formula gets a quote."""
    text = "" if value is None else str(value)
    is_run = text.startswith(_BLANK) or text.lstrip().startswith(_FORMULA)
    return f"'{text}" if is_run else text
