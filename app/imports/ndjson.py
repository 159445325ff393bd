"""NDJSON: one record on each line, its `key` among its members. Pure."""

import json
from collections.abc import Iterable, Iterator

from app.imports.columns import KEY
from app.imports.rules import Fault, Told, refused_file
from app.imports.texts import Line
from app.kit import strict_json


def require_beginning(text: str) -> None:
    """Refuse what shows at once that it is no NDJSON. Raises FileRefused."""
    first = text.lstrip()[:1]
    if first == "[":
        detail = "this is an array; send one object on each line, without commas between them"
        raise refused_file(detail)
    if first and first != "{":
        raise refused_file("NDJSON begins with an object: one on each line, such as {...}")


def records(lines: Iterable[Line]) -> Iterator[Told]:
    """Yield the records of a file. A line that cannot be read is a record without a document."""
    for line in lines:
        if line.fault is None and not line.text.strip():
            continue
        told = Told(line.number, bytes_read=line.bytes_read)
        try:
            _read(line, told)
        except _Unreadable as error:
            told.faults.append(Fault(line.number, str(error)))
        yield told


class _Unreadable(Exception):
    pass


def _read(line: Line, told: Told) -> None:
    if line.fault is not None:
        raise _Unreadable(line.fault)
    try:
        found = strict_json.loads(line.text)
    except json.JSONDecodeError as error:
        raise _Unreadable(f"not JSON: {error.msg} (at character {error.pos + 1})") from error
    except RecursionError as error:
        raise _Unreadable("not JSON: it nests too deeply") from error
    except ValueError as error:
        raise _Unreadable("not JSON: a number has thousands of digits") from error
    if not isinstance(found, dict):
        raise _Unreadable("the line is no object; send one record on each line")
    told.key = found.pop(KEY, None)
    told.document = found
