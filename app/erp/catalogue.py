"""Every type of event there is, each with its JSON Schema."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from app.events import Event

_IN_OPENAPI = "#/components/schemas/{model}"
Schema = dict[str, Any]


def event_classes(root: type[Event] = Event) -> Iterator[type[Event]]:
    """Yield the classes of all events of the service that are loaded."""
    for cls in root.__subclasses__():
        if "TYPE" in vars(cls) and cls.__module__.startswith("app."):
            yield cls
        yield from event_classes(cls)


@cache
def event_types() -> tuple[type[Event], ...]:
    """Return the classes of all events, in the order of their types."""
    return tuple(sorted(event_classes(), key=lambda cls: cls.TYPE))


def type_names() -> tuple[str, ...]:
    """Return all types of events."""
    return tuple(cls.TYPE for cls in event_types())


def describe(cls: type[Event]) -> Schema:
    """Return what a type of event is and what its `data` holds."""
    schema = cls.model_json_schema(mode="serialization")
    return {
        "type": cls.TYPE,
        "version": cls.VERSION,
        "description": " ".join((cls.__doc__ or "").split()),
        "data_schema": {**schema, "title": cls.TYPE},
    }


def told(cls: type[Event]) -> tuple[Schema, Schema]:
    """Return what is special in the body in which an event of a type is told, for OpenAPI.

    With it come the schemas it refers to, by name.
    """
    data = cls.model_json_schema(mode="serialization", ref_template=_IN_OPENAPI)
    named = data.pop("$defs", {})
    own = {
        "type": {"const": cls.TYPE, "type": "string"},
        "version": {"const": cls.VERSION, "type": "integer"},
        "data": data,
    }
    return {"title": cls.TYPE, "type": "object", "properties": own}, named
