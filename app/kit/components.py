"""The names of schemas in an OpenAPI document, so that clients made from it read well."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_REF = "#/components/schemas/"
# `app__cases__rules__Kind`: what the framework calls one of several that are named alike.
_QUALIFIED = re.compile(r"app__([a-z_]+?)__.*?([A-Z]\w*)")
_PAGE = re.compile(r"(?:.*__)?Page_\w*")


def name_apart(
    document: dict[str, Any], nouns: Mapping[str, str], own: Mapping[str, str]
) -> dict[str, Any]:
    """Return the document with a name of its own for each schema that shares one.

    It begins with the noun of its room, unless `own` has a better one. Raises LookupError.
    """
    schemas = document["components"]["schemas"]
    pages = {name for name in schemas if _PAGE.fullmatch(name)}
    spoken = {name: _spoken(name, nouns, own) for name in schemas if name not in pages}
    for name in pages:
        item = schemas[name]["properties"]["items"]["items"]["$ref"].removeprefix(_REF)
        spoken[name] = f"{spoken[item].removesuffix('Out')}Page"
    if len(set(spoken.values())) != len(spoken):
        twice = sorted(name for name in spoken.values() if list(spoken.values()).count(name) > 1)
        msg = f"schemas share a name, give one of them another: {', '.join(twice)}"
        raise LookupError(msg)
    for each in _objects(document):
        _lead(each, spoken)
    for name, schema in schemas.items():
        if spoken[name] != name:
            schema["title"] = spoken[name]
    document["components"]["schemas"] = {spoken[name]: schemas[name] for name in sorted(schemas)}
    return document


def _lead(value: dict[str, Any], spoken: Mapping[str, str]) -> None:
    """Let what refers to schemas refer to them by their new names."""
    for member, found in value.items():
        name = found.removeprefix(_REF) if isinstance(found, str) else None
        # Also the mapping of a discriminator: its members are such addresses too.
        if name is not None and name != found and name in spoken:
            value[member] = _REF + spoken[name]


def _spoken(name: str, nouns: Mapping[str, str], own: Mapping[str, str]) -> str:
    if name in own:
        return own[name]
    found = _QUALIFIED.fullmatch(name)
    if found is None:
        return name.replace("-", "")
    room, short = found.groups()
    if room not in nouns:
        msg = f"{name} needs a name of its own: give its room a noun"
        raise LookupError(msg)
    return f"{nouns[room]}{short}"


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)
