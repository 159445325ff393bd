"""The address carriers post to. No API key: the token and the signature are the proof."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body, Path, Request, Response

from app.carriers.providers.standard_webhooks_payload import ParcelMessage
from app.carriers.receiving import Receiver
from app.carriers.rules import SignatureInvalid, SourceDisabled
from app.carriers.schemas import Receipt
from app.deps import problems
from app.kit.problems import NotFound
from app.kit.shortcut import Door

router = APIRouter(prefix="/v1/carriers/hooks", tags=["carriers"])

_NEW = orjson.dumps({"received": True, "duplicate": False})
_DOUBLE = orjson.dumps({"received": True, "duplicate": True})


@router.post(
    "/{token}",
    summary="Take in a carrier's webhook",
    response_model=Receipt,
    responses=problems(NotFound, SignatureInvalid, SourceDisabled),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "Whatever the provider sends, kept byte for byte. A sender of "
            "Standard Webhooks (its own scales, say) sends one of the messages described here.",
        }
    },
)
async def take_delivery(
    request: Request,
    token: Annotated[str, Path(max_length=100, description="Of the source.")],
    _described: Annotated[ParcelMessage | dict[str, Any] | None, Body()] = None,
) -> Response:
    """Keep a delivery and answer 200 once it is on disk; a duplicate is answered 200 too.

    The signature is checked over the raw bytes. What the body says is read by a worker later;
    a body that cannot be read is parked where an operator sees it, and answered 200.
    """
    receiver: Receiver = request.app.state.receiver
    source = await receiver.find(token)
    given = request.scope["headers"]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in given}
    is_new = await receiver.take(source, headers, await request.body())
    return Response(_NEW if is_new else _DOUBLE, media_type="application/json")


# At this address each microsecond is paid for by every delivery, and nothing of the request is
# for the framework to parse.
DOOR = Door(router.prefix, router.routes[0], take_delivery)
