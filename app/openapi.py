"""What the generated OpenAPI document cannot know by itself."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.deps import problems
from app.kit.problems import (
    BadRequest,
    Forbidden,
    Malformed,
    PayloadTooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)

COMMON = problems(
    BadRequest,
    Unauthenticated,
    Forbidden,
    PayloadTooLarge,
    UnsupportedMediaType,
    Malformed,
    Unavailable,
)

TAGS = [
    {"name": "vendors", "description": "Who makes, distributes and services what we sell."},
    {"name": "products", "description": "The catalog: part numbers and weights."},
    {"name": "orders", "description": "Customers, purchase orders and shipments, as the ERP says."},
    {"name": "parcels", "description": "Scans, weights and proofs of a carrier's package."},
    {"name": "carriers", "description": "Sources of carrier webhooks and what they delivered."},
    {"name": "files", "description": "Photos and documents kept as evidence."},
    {"name": "events", "description": "What changed, in the order it was committed."},
    {"name": "health", "description": "For whoever operates the service."},
]

_PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457 problem details. `type` is stable and leads to its documentation; "
    "`errors` points at each fault in the body; other members belong to the `type`.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
    "additionalProperties": True,
}


def operation_id(route: APIRoute) -> str:
    """Return `room-verb_noun`, the stable name of an operation in generated clients."""
    tag = route.tags[0] if route.tags else "service"
    return f"{tag}-{route.name}"


def install(app: FastAPI) -> None:
    """Add the problem document, and drop FastAPI's own error schemas."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = _PROBLEM
            for own in ("HTTPValidationError", "ValidationError"):
                schemas.pop(own, None)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi
