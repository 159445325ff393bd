"""Small plots in text: readings against what was to be there, and odds on a log scale."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

_GUIDE, _AXIS = "┊", "─"
_NARROWEST, _WIDEST = 20, 50
_ROUND_FROM = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a plot: a label, cells drawn for a number of columns, a note."""

    label: str
    cells: Callable[[int], str]
    note: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Rows under one another, as wide as there is room."""

    rows: Sequence[Row]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it."""
        label = max(len(row.label) for row in self.rows)
        note = max(len(row.note) for row in self.rows)
        width = min(max(options.max_width - label - note - 3, _NARROWEST), _WIDEST)
        for row in self.rows:
            line = f"{row.label:<{label}} {row.cells(width):<{width}}  {row.note}".rstrip()
            yield Text(line, style=row.style, no_wrap=True, overflow="ellipsis")


@dataclass(frozen=True, slots=True)
class Bar:
    """A reading: what it may have been truly, from least to most; `speaks` or says nothing."""

    label: str
    least: float
    most: float
    note: str
    speaks: bool = True


@dataclass(frozen=True, slots=True)
class Guide:
    """A value that readings are held against."""

    label: str
    value: float


def readings(bars: Sequence[Bar], guides: Sequence[Guide], unit: str) -> Plot:
    """Draw readings as bars over an axis, with a dotted line at each guide's value."""
    most = max([*(bar.most for bar in bars), *(guide.value for guide in guides)]) * 1.1

    def columns(width: int) -> list[int]:
        return [_column(guide.value / most, width) for guide in guides]

    def names(width: int) -> str:
        return _ending_at(zip(columns(width), (guide.label for guide in guides), strict=True))

    def row(bar: Bar) -> Row:
        def cells(width: int) -> str:
            first, last = (_column(each / most, width) for each in (bar.least, bar.most))
            wide = last - first > 1
            drawn = _dotted(columns(width), width)
            for column in range(first, last + 1):
                if not wide or drawn[column] == " ":
                    drawn[column] = ("▒" if wide else "█") if bar.speaks else "·"
            return "".join(drawn)

        return Row(bar.label, cells, bar.note, "" if bar.speaks else "dim")

    def scale(width: int) -> str:
        return f"0{f'{most:,.0f} {unit}':>{width - 1}}"

    return Plot([_faint(names), *map(row, bars), _faint(_axis), _faint(scale)])


@dataclass(frozen=True, slots=True)
class Odds:
    """How likely one side is against the other: above 1 for the right one, below for the left."""

    label: str
    value: float


def odds(rows: Sequence[Odds], *, left: str, right: str, decides: float) -> Plot:
    """Draw odds on a log scale, even in the middle; dotted lines stand where it is decided."""
    reach = max([decides * 2, *(max(row.value, 1 / row.value) for row in rows)]) * 1.5
    marks = {1 / decides: f"{decides:g}:1", 1.0: "1:1", decides: f"{decides:g}:1"}

    def column(value: float, width: int) -> int:
        return _column(0.5 + math.log(value) / math.log(reach) / 2, width)

    def row(each: Odds) -> Row:
        def cells(width: int) -> str:
            drawn = _dotted((column(mark, width) for mark in marks), width)
            drawn[column(each.value, width)] = "●"
            return "".join(drawn)

        return Row(each.label, cells, _spoken(each.value, left, right))

    def ends(width: int) -> str:
        return f"◀ {left}{f'{right} ▶':>{width - len(left) - 2}}"

    def scale(width: int) -> str:
        return _ending_at(
            (column(mark, width) + len(text) // 2, text) for mark, text in marks.items()
        )

    return Plot([_faint(ends), *map(row, rows), _faint(_axis), _faint(scale)])


def _spoken(value: float, left: str, right: str) -> str:
    if value == 1:
        return "even"
    side, against = (right, value) if value > 1 else (left, 1 / value)
    number = f"{against:,.0f}" if against >= _ROUND_FROM else f"{against:.1f}"
    return f"{number} to 1 for {side}"


def _faint(cells: Callable[[int], str]) -> Row:
    return Row("", cells, style="dim")


def _axis(width: int) -> str:
    return _AXIS * width


def _dotted(columns: Iterable[int], width: int) -> list[str]:
    at = set(columns)
    return [_GUIDE if column in at else " " for column in range(width)]


def _ending_at(labels: Iterable[tuple[int, str]]) -> str:
    """Write each label so that it ends at its column, where there is room."""
    line = ""
    for column, label in labels:
        line += f"{label:>{max(column + 1 - len(line), len(label) + 1)}}"
    return line


def _column(share: float, width: int) -> int:
    return min(max(round(share * (width - 1)), 0), width - 1)
