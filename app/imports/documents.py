"""Records of a file into rows to stage: validated as the body of a PUT is. No database here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from app.imports.rules import MOST_FAULTS, Fault, Told, faults_of
from app.kit.bulk import Kind
from app.kit.fields import ErpKey
from app.kit.ids import new_id
from app.kit.problems import Problem, pointer_of, said
from app.kit.records import check_as_of, content_of, digest_of

_KEY = TypeAdapter(ErpKey)
_INDEX = 2  # of "/lines/3/product", split
_NESTED = frozenset({"packages"})


@dataclass(frozen=True, slots=True)
class Row:
    """A record to stage. Without `document` it is refused, and only its key is remembered."""

    number: int
    line: int
    key: str | None
    id: UUID
    as_of: datetime | None = None
    content_sha256: bytes | None = None
    document: str | None = None
    lines: Sequence[int] | None = None


@dataclass(slots=True)
class Portion:
    """What is staged in one go: the next records of the file, and what is wrong with some."""

    rows: list[Row] = field(default_factory=list)
    faults: dict[int, list[Fault]] = field(default_factory=dict)
    first: int = 0
    last: int = 0
    bytes_read: int = 0


def portions(
    told: Iterable[Told], kind: Kind[Any], *, moment: datetime, after: int, records: int, size: int
) -> Iterator[Portion]:
    """Yield the file's records in portions of so many, or so many characters, at the most.

    The first `after` records are passed over: they are staged already.
    """
    portion, length = Portion(), 0
    for number, record in enumerate(told, start=1):
        if number <= after:
            continue
        portion.first = portion.first or number
        portion.last, portion.bytes_read = number, record.bytes_read
        row, faults = _checked(number, record, kind, moment)
        portion.rows.append(row)
        if faults:
            portion.faults[number] = faults
        length += len(row.document or "")
        if len(portion.rows) >= records or length >= size:
            yield portion
            portion, length = Portion(), 0
    if portion.rows:
        yield portion


def _checked(number: int, told: Told, kind: Kind[Any], moment: datetime) -> tuple[Row, list[Fault]]:
    key, faults = _key(told)
    refused = Row(number, told.line, key, new_id())
    if told.document is None or told.faults:
        return refused, [*told.faults, *faults][:MOST_FAULTS]
    try:
        document = kind.document.model_validate(told.document)
        check_as_of(document.as_of, moment)
        kind.check(document)
    except ValidationError as error:
        found = [_fault(told, key, fault) for fault in error.errors(include_url=False)]
        return refused, [*faults, *found][:MOST_FAULTS]
    except Problem as problem:
        found = faults_of(problem, line=told.line, key=key)
        return refused, [*faults, *found]
    if faults:
        return refused, faults
    content = content_of(document)
    row = Row(
        number=number,
        line=told.line,
        key=key,
        id=refused.id,
        as_of=document.as_of,
        content_sha256=digest_of(content),
        document=kind.staged(document, content),
        lines=told.lines or None,
    )
    return row, []


def _key(told: Told) -> tuple[str | None, list[Fault]]:
    if told.key is None:
        if told.document is None:
            return None, []
        return None, [Fault(told.line, "say in `key` which record it is", "/key")]
    try:
        return _KEY.validate_python(told.key), []
    except ValidationError as error:
        return None, [Fault(told.line, said(fault), "/key") for fault in error.errors()]


def _fault(told: Told, key: str | None, fault: Any) -> Fault:
    pointer = pointer_of(fault["loc"])
    return Fault(line_at(pointer, told.line, told.lines), said(fault), pointer, key=key)


def line_at(pointer: str, line: int, lines: Sequence[int] | None) -> int:
    """Return the line of the row that told what a pointer leads to.

    A row is one item of the innermost list: where lists lie within lists (the contents of
    packages), only the record's first line is sure.
    """
    steps = pointer.split("/")
    if not lines or len(steps) <= _INDEX or not steps[_INDEX].isdigit() or steps[1] in _NESTED:
        return line
    return lines[min(int(steps[_INDEX]), len(lines) - 1)]
