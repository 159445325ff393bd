"""The columns of a CSV, read off the documents' own schemas.

A column is named as its field, with dots: `unit_weight.weight.value`. Where the path leads through
a list (`lines.key`), each row of the file holds one item of it, and the rows of a record stand
together. A list of plain values is one cell, with `|` between them.
"""

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

Convert = Callable[[str], Any]
KEY = "key"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the path of its field, and through which lists it leads."""

    path: tuple[str, ...]
    lists: tuple[str, ...]
    convert: Convert
    is_required: bool

    @property
    def name(self) -> str:
        """Return what stands in the header."""
        return ".".join(self.path)


@cache
def columns_of(document: type[BaseModel]) -> Mapping[str, Column]:
    """Return the columns of a kind of document, by name; `key` comes first."""
    key = Column((KEY,), (), _text, is_required=True)
    return {column.name: column for column in (key, *_walk(document, (), (), is_required=True))}


def _walk(
    model: type[BaseModel], path: tuple[str, ...], lists: tuple[str, ...], *, is_required: bool
) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        here = (*path, name)
        needed = is_required and field.is_required()
        kind, item = _plain(field.annotation)
        if item is not None and _is_model(item):
            yield from _walk(item, here, (*lists, ".".join(here)), is_required=needed)
        elif item is not None:
            yield Column(here, lists, _split, needed)
        elif _is_model(kind):
            yield from _walk(kind, here, lists, is_required=needed)
        else:
            yield Column(here, lists, _CONVERT.get(kind, _text), needed)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _plain(annotation: Any) -> tuple[Any, Any]:
    """Return a type without its wrappings, and what it is a list of."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in {Union, types.UnionType}:
        (kind,) = (each for each in get_args(annotation) if each is not type(None))
        return _plain(kind)
    if origin is list:
        return list, _plain(get_args(annotation)[0])[0]
    return annotation, None


def _text(cell: str) -> str:
    return cell


def _integer(cell: str) -> Any:
    # What is no number stays as it is: the schema says what is wrong with it.
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 20 else cell  # noqa: PLR2004


def _flag(cell: str) -> Any:
    return {"true": True, "false": False}.get(cell.lower(), cell)


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|")]


_CONVERT: Mapping[Any, Convert] = {int: _integer, bool: _flag}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a row the cells of one header stand: of the record, and of each list's items."""

    width: int
    key: int
    levels: Sequence["Level"]


@dataclass(frozen=True, slots=True)
class Level:
    """The cells of one list's items; of the record itself at the first level."""

    name: str
    at: tuple[int, ...]
    fields: tuple[tuple[int, tuple[str, ...], Convert], ...]
    key: int | None

    def cells(self, row: Sequence[str]) -> tuple[str, ...]:
        """Return this level's cells of a row."""
        return tuple([row[index] for index in self.at])

    def item(self, row: Sequence[str]) -> dict[str, Any]:
        """Return what a row tells at this level; an empty cell is a field that is not there."""
        found: dict[str, Any] = {}
        for index, path, convert in self.fields:
            cell = row[index]
            if not cell:
                continue
            if len(path) == 1:
                found[path[0]] = convert(cell)
                continue
            place = found
            for step in path[:-1]:
                place = place.setdefault(step, {})
            place[path[-1]] = convert(cell)
        return found


def lay_out(header: Sequence[str], columns: Mapping[str, Column]) -> Layout:
    """Return where the columns of a header stand. It must name each once, and all needed ones."""
    at = {name: index for index, name in enumerate(header)}
    present = [columns[name] for name in header]
    paths = [(), *dict.fromkeys(column.lists for column in present if column.lists)]
    longest = max(paths, key=len)
    chain = [longest[:depth] for depth in range(len(longest) + 1)]
    levels: list[Level] = []
    for lists in chain:
        mine = [column for column in present if column.lists == lists and column.path != (KEY,)]
        depth = lists[-1].count(".") + 1 if lists else 0
        key = at.get(f"{lists[-1]}.{KEY}") if lists else at[KEY]
        levels.append(
            Level(
                name=lists[-1].rsplit(".", 1)[-1] if lists else "",
                at=tuple(at[column.name] for column in mine),
                fields=tuple((at[c.name], c.path[depth:], c.convert) for c in mine),
                key=key,
            )
        )
    return Layout(len(header), at[KEY], levels)
