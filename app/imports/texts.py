"""Bytes into lines, in flat memory: encodings, byte order marks, lines that are too long. Pure."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

UTF_8_MARK = codecs.BOM_UTF8
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_NO_UTF_8 = b"\xff"


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end, or what is wrong with it; and how many bytes were read by then."""

    number: int
    text: str
    fault: str | None
    bytes_read: int


def lines_of(chunks: Iterable[bytes], *, longest: int) -> Iterator[Line]:
    """Yield the lines of a file in UTF-8, with or without its mark, or in UTF-16 with one."""
    number, rest, is_too_long = 0, b"", False
    read = _Read()
    for chunk in _in_utf_8(read.counted(chunks)):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            number += 1
            yield _line(number, line, read.count, longest, is_too_long=is_too_long)
            is_too_long = False
        if len(rest) > longest:
            # What is left of it is let go, piece by piece.
            rest, is_too_long = b"", True
    if rest or is_too_long:
        yield _line(number + 1, rest, read.count, longest, is_too_long=is_too_long)


class _Read:
    """Counts the bytes of the file itself."""

    def __init__(self) -> None:
        self.count = 0

    def counted(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self.count += len(chunk)
            yield chunk


def _line(number: int, line: bytes, read: int, longest: int, *, is_too_long: bool) -> Line:
    if is_too_long or len(line) > longest:
        return Line(number, "", f"the line is longer than {longest} bytes", read)
    try:
        return Line(number, line.decode(), None, read)
    except UnicodeDecodeError:
        return Line(
            number,
            "",
            "the line is no UTF-8 (or, with its mark, no UTF-16); save the file as UTF-8",
            read,
        )


def _in_utf_8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the file as UTF-8 without a mark. What is no UTF-16 becomes what is no UTF-8."""
    source = iter(chunks)
    first = b""
    while len(first) < len(UTF_8_MARK) and (chunk := next(source, None)) is not None:
        first += chunk
    encoding = _UTF_16.get(first[:2])
    if encoding is None:
        yield first.removeprefix(UTF_8_MARK)
        yield from source
        return
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    yield decoder.decode(first[2:]).encode("utf-8", "surrogatepass")
    for chunk in source:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    try:
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        yield _NO_UTF_8
