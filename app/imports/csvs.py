"""CSV: a header that names the documents' fields, one or more rows for each record. Pure."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.imports.columns import KEY, Column, Layout, Level, lay_out
from app.imports.rules import Fault, Told, refused_file
from app.imports.texts import Line

_DELIMITERS = ",;\t"
_SHOWN = 60
_MOST_ROWS = 20_000
_LONGEST_ROW = 2 * 1024 * 1024


def header_of(text: str, columns: Mapping[str, Column]) -> tuple[str, list[str]]:
    """Return the delimiter and the columns that the first line names. Raises FileRefused."""
    if "\x00" in text:
        raise refused_file("the header holds a NUL; a file in UTF-16 must begin with its mark")
    # No column's name holds any of them, so whichever stands there most stands between names.
    delimiter = max(_DELIMITERS, key=text.count)
    try:
        (cells,) = csv.reader([text], delimiter=delimiter, strict=True)
    except (csv.Error, ValueError) as error:
        raise refused_file("the header cannot be read as a line of CSV") from error
    header = [cell.strip().lower() for cell in cells]
    _require_columns(header, columns)
    return delimiter, header


def _require_columns(header: Sequence[str], columns: Mapping[str, Column]) -> None:
    unknown = [name for name in header if name not in columns]
    if unknown:
        shown = ", ".join(repr(name[:_SHOWN]) for name in unknown[:10])
        raise refused_file(f"the header names unknown columns: {shown}", columns=list(columns))
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise refused_file(f"the header names columns twice: {', '.join(twice)}")
    missing = [c.name for c in columns.values() if c.is_required and c.name not in header]
    if missing:
        raise refused_file(
            f"the header lacks columns that every record needs: {', '.join(missing)}",
            columns=list(columns),
        )


def records(lines: Iterator[Line], columns: Mapping[str, Column]) -> Iterator[Told]:
    """Yield the records of a file: rows under one key that stand together are one record.

    A row that cannot be read may be a part of the record before it or after it: unless its key
    says which, neither is told whole.
    """
    first = next(lines, None)
    if first is None:
        return
    delimiter, header = header_of(first.text.rstrip("\r"), columns)
    layout = lay_out(header, columns)
    assembly = _Assembly(layout)
    for row in _rows(lines, delimiter, layout):
        yield from assembly.take(row)
    yield from assembly.end()


class _Assembly:
    """Puts rows together into records."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._is_single = len(layout.levels) == 1
        self._told: _Record | None = None
        self._doubt: _Row | None = None

    def take(self, row: "_Row") -> Iterator[Told]:
        """Add a row; yield what it completes."""
        told = self._told
        if told is not None and (self._is_single or row.key not in {None, told.key}):
            yield from self.end()
        if row.key is None:
            yield from self._cannot_tell(row)
        else:
            self._add(row)

    def _cannot_tell(self, row: "_Row") -> Iterator[Told]:
        self._doubt = None if self._is_single else row
        fault = row.fault or ""
        if self._told is None:
            yield Told(row.line, faults=[Fault(row.line, fault)], bytes_read=row.bytes_read)
        else:
            self._told.spoil(row, fault)

    def _add(self, row: "_Row") -> None:
        if self._told is None:
            self._told = _Record(self._layout, row)
            if self._doubt is not None:
                doubt = "this row cannot be read; it may be a part of the record"
                self._told.spoil(self._doubt, doubt)
        self._doubt = None
        if row.fault is None:
            self._told.add(row)
        else:
            self._told.spoil(row, row.fault)

    def end(self) -> Iterator[Told]:
        """Yield the record that is open."""
        if self._told is not None:
            yield self._told.end()
        self._told = None


@dataclass(slots=True)
class _Row:
    """One row: where it begins, its cells, or why it cannot be read. `key` is null if nobody knows.

    The last cell of a row that is too short may itself be cut: a key there is none.
    """

    line: int
    cells: list[str]
    fault: str | None
    bytes_read: int
    key: str | None


class _Source:
    """Hands lines to the CSV reader, and keeps what it cannot hand on.

    A row in quotes may go over many lines, but not without end.
    """

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._length = 0
        self.last = Line(1, "", None, 0)
        self.first = 0
        self.fault: str | None = None

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        if self._length > _LONGEST_ROW:
            msg = "the row is too long"
            raise csv.Error(msg)
        line = self.last = next(self._lines)
        self._length += len(line.text)
        self.first = self.first or line.number
        self.fault = self.fault or line.fault
        return f"{line.text}\n"

    def begin(self) -> None:
        self.first, self.fault, self._length = 0, None, 0


def _rows(lines: Iterable[Line], delimiter: str, layout: Layout) -> Iterator[_Row]:
    source = _Source(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        source.begin()
        cells: list[str] = []
        try:
            cells = [cell.strip() for cell in next(reader)]
            fault = source.fault or _misfit(cells, layout)
        except StopIteration:
            return
        except csv.Error as error:
            fault = source.fault or f"no row of CSV: {error}"
        if source.fault is None and not any(cells) and fault is None:
            continue
        is_known = fault is None or (source.fault is None and len(cells) > layout.key + 1)
        key = cells[layout.key] if is_known else None
        yield _Row(source.first, cells, fault, source.last.bytes_read, key)


def _misfit(cells: Sequence[str], layout: Layout) -> str | None:
    if len(cells) == layout.width or not any(cells):
        return None
    return (
        f"the row has {len(cells)} cells, the header {layout.width}; was the file cut, or is a "
        "delimiter not in quotes?"
    )


class _Record:
    """A record amid its rows."""

    def __init__(self, layout: Layout, row: _Row) -> None:
        self._levels = layout.levels
        self.key = row.key or ""
        self._told = Told(row.line, key=self.key or None)
        self._lines: list[int] = []
        self._is_too_long = False
        self._cells: list[tuple[str, ...]] = []
        self._open: list[dict[str, Any]] = []
        self._document: dict[str, Any] = {}

    def spoil(self, row: _Row, fault: str) -> None:
        """Note a row that cannot be read, and that the record may therefore lack a part."""
        self._told.note(Fault(row.line, fault, key=self._told.key))
        self._told.bytes_read = row.bytes_read

    def add(self, row: _Row) -> None:
        """Add a row's items to the record."""
        self._told.bytes_read = row.bytes_read
        if len(self._lines) == _MOST_ROWS:
            if not self._is_too_long:
                self.spoil(row, f"the record has more than {_MOST_ROWS} rows")
            self._is_too_long = True
            return
        self._lines.append(row.line)
        if not self._open:
            self._document = self._levels[0].item(row.cells)
            self._cells, self._open = [self._levels[0].cells(row.cells)], [self._document]
        for depth, level in enumerate(self._levels):
            cells = level.cells(row.cells)
            if depth < len(self._cells) and self._goes_on(depth, level, cells, row):
                continue
            del self._cells[depth:], self._open[depth:]
            if not any(cells):
                return
            item = level.item(row.cells)
            self._open[depth - 1].setdefault(level.name, []).append(item)
            self._cells.append(cells)
            self._open.append(item)

    def _goes_on(self, depth: int, level: Level, cells: tuple[str, ...], row: _Row) -> bool:
        """Whether the row tells more of the item that the row before told of."""
        if depth == len(self._levels) - 1:
            return depth == 0
        before = self._cells[depth]
        if depth > 0 and (level.key is None or self._key_of(depth) != row.cells[level.key]):
            return False
        for name, old, new in zip(level.fields, before, cells, strict=True):
            if new and new != old:
                column = ".".join(name[1])
                detail = (
                    f"{column} is {new[:_SHOWN]!r} here and {old[:_SHOWN]!r} in a row before; the "
                    "rows of a record tell the same of it, or leave the cell empty"
                )
                pointer = "".join(f"/{step}" for step in name[1])
                self._told.note(
                    Fault(row.line, detail, pointer if depth == 0 else "", key=self._told.key)
                )
        return True

    def _key_of(self, depth: int) -> str | None:
        return self._open[depth].get(KEY)

    def end(self) -> Told:
        """Return the record, whole."""
        self._told.document = self._document
        self._told.lines = self._lines
        return self._told
