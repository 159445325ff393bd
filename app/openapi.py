"""What the generated OpenAPI document cannot know by itself."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from fastapi.routing import APIRoute

from app.deps import problems
from app.erp import catalogue
from app.erp.schemas import Told
from app.kit.components import name_apart
from app.kit.problems import (
    BadRequest,
    Forbidden,
    Malformed,
    PayloadTooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)

_HERE = Path(__file__).parent
STORED = (_HERE.parent / "openapi" / "openapi.json", _HERE / "_openapi.json")
"""Where `make openapi` writes it, and where a wheel holds it."""

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
    {"name": "orders", "description": "What the ERP knows of customers, orders and papers."},
    {"name": "parcels", "description": "Scans, weights and proofs of a carrier's package."},
    {"name": "carriers", "description": "Sources of carrier webhooks and what they delivered."},
    {"name": "cases", "description": "What customers report, until they are made whole."},
    {"name": "obligations", "description": "Who owes what to whom, by when, and was it kept."},
    {"name": "accounts", "description": "What vendors' papers settle, and what they still owe."},
    {"name": "coverage", "description": "What a unit is entitled to, and at whose door."},
    {"name": "discrepancies", "description": "What arrived differs from what was shipped."},
    {
        "name": "price_protection",
        "description": "Prices that fell, and what units bought shortly before earn by it.",
    },
    {"name": "claims", "description": "What vendors are asked for units that failed."},
    {
        "name": "replacements",
        "description": "What vendors ship first, and what goes back for it or is charged.",
    },
    {"name": "imports", "description": "An ERP's export taken in as a whole, and its faults."},
    {"name": "files", "description": "Photos and documents kept as evidence."},
    {"name": "events", "description": "What changed, in the order it was committed."},
    {
        "name": "erp",
        "description": "Where events are told to, signed, in order, until they arrive.",
    },
    {"name": "health", "description": "For whoever operates the service."},
]

# Of schemas that are named alike: what stands before the name, by room.
_NOUNS = {
    "accounts": "Match",
    "carriers": "Carrier",
    "cases": "Case",
    "claims": "Claim",
    "discrepancies": "Discrepancy",
    "erp": "Erp",
    "imports": "Import",
    "obligations": "Obligation",
    "orders": "Order",
    "parcels": "Parcel",
    "price_protection": "PriceProtection",
    "products": "Product",
    "replacements": "Replacement",
    "vendors": "Vendor",
}
# Where another name says more.
_NAMES = {
    "Body_files-upload_file": "FileUpload",
    "Stage-Input": "ReplacementStageInput",
    "app__accounts__statement_rules__Age": "StatementAge",
    "app__cases__rules__Bearer": "ExpenseBearer",
    "app__claims__rules__Kind": "UnitClaimKind",
    "app__discrepancies__verdict__answers__Stage": "WeighingStage",
    "app__obligations__exposure_schemas__Age": "ExposureAge",
    "app__orders__rules__PartyKind": "ShipmentPartyKind",
    "app__orders__shipment_schemas__PartyIn": "ShipmentPartyIn",
    "app__orders__shipment_schemas__PartyOut": "ShipmentPartyOut",
    "app__vendors__ground_schemas__GroundOut": "RefusalGroundOut",
    "app__vendors__terms__remedies__Stage": "ReplacementStageOutput",
    "app__vendors__terms__vendor__Bearer": "RiskBearer",
}

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

# Standard Webhooks: what every event is told with.
_SIGNED = [
    {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature")
]


def operation_id(route: APIRoute) -> str:
    """Return `room-verb_noun`, the stable name of an operation in generated clients."""
    tag = route.tags[0] if route.tags else "service"
    return f"{tag}-{route.name}"


def render(app: FastAPI) -> str:
    """Return the document as it stands in `openapi/openapi.json`: the same for the same code."""
    return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def install(app: FastAPI) -> None:
    """Add the problem document and whole examples, and drop FastAPI's own error schemas."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = generate()
            schemas = schema.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = _PROBLEM
            schema["webhooks"] = _webhooks(schemas)
            for own in ("HTTPValidationError", "ValidationError"):
                schemas.pop(own, None)
            for content in _request_bodies(schema):
                content.setdefault("example", _example(content["schema"], schemas))
            app.openapi_schema = name_apart(schema, _NOUNS, _NAMES)
        return app.openapi_schema

    setattr(app, "openapi", openapi)  # noqa: B010 (FastAPI's own way to extend it)
    _serve(app)


def _serve(app: FastAPI) -> None:
    """Serve the stored document: to work it out takes seconds, in which nothing else is done."""

    async def document(_: Request) -> Response:
        stored = next((path for path in STORED if path.exists()), None)
        if stored is not None:
            return FileResponse(stored, media_type="application/json")
        text = await asyncio.to_thread(render, app)
        return Response(text, media_type="application/json")

    address = app.openapi_url or "/openapi.json"
    app.router.routes[:] = [x for x in app.routes if getattr(x, "path", None) != address]
    app.add_route(address, document, include_in_schema=False)


def _webhooks(schemas: dict[str, Any]) -> dict[str, Any]:
    """Return what is told to the ERP's endpoints: one entry for each type of event."""
    schemas["Told"] = Told.model_json_schema(mode="serialization")
    found = {}
    for cls in catalogue.event_types():
        own, named = catalogue.told(cls)
        told = {"allOf": [{"$ref": "#/components/schemas/Told"}, own]}
        schemas |= named
        found[cls.TYPE] = {
            "post": {
                "operationId": f"told-{cls.TYPE.replace('.', '_')}",
                "summary": catalogue.describe(cls)["description"],
                "tags": ["erp"],
                "parameters": _SIGNED,
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": told}},
                },
                "responses": {"2XX": {"description": "Taken. Anything else: told again later."}},
            }
        }
    return found


def _request_bodies(schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for operations in schema["paths"].values():
        for operation in operations.values():
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                yield content["application/json"]


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """Put a whole example together from those of its fields; None where there is none."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas)
    told = [*schema.get("examples", ()), *schema.get("enum", ())]
    told += [schema.get("example"), schema.get("const"), schema.get("default")]
    choices = [_example(x, schemas) for x in (*schema.get("anyOf", ()), *schema.get("oneOf", ()))]
    found = next((value for value in (*told, *choices) if value is not None), None)
    return _parts(schema, schemas) if found is None else found


def _parts(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    if "properties" in schema:
        parts = {name: _example(x, schemas) for name, x in schema["properties"].items()}
        return {name: value for name, value in parts.items() if value is not None}
    item = _example(schema["items"], schemas) if "items" in schema else None
    return None if item is None else [item]
