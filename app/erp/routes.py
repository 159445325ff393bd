"""Endpoints over HTTP: where events are told to."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.deps import Db, IfMatch, RuntimeDep, TransactionalRoute, problems
from app.erp import rules, service
from app.erp.schemas import (
    EndpointIn,
    EndpointOut,
    EndpointPatch,
    NewEndpoint,
    NewSecret,
    SecretIn,
    TestOut,
)
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.addresses import AllowList
from app.kit.etags import check_version, etag
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.runtime import Runtime

router = APIRouter(prefix="/v1/webhook-endpoints", tags=["erp"], route_class=TransactionalRoute)


def _allow(runtime: Runtime) -> AllowList:
    return AllowList.parse(runtime.settings.webhooks.allow)


@router.post(
    "",
    status_code=201,
    summary="Register an endpoint",
    response_model=NewEndpoint,
    responses=problems(rules.UrlRefused, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.WEBHOOKS_WRITE), IDEMPOTENT],
)
async def register_endpoint(
    db: Db, runtime: RuntimeDep, body: EndpointIn, response: Response
) -> object:
    """Have events told to a URL from now on, signed by Standard Webhooks. Keep the `secret`.

    An event counts as taken when the URL answers 2xx within 15 seconds. Else it is told again after
    5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours (give or take a fifth), or later where
    `Retry-After` asks for it. Events of one subject come in order; one that failed four times is
    passed by those behind it. 410 disables the endpoint, and so do 120 hours without a success.
    """
    endpoint, secret = await service.register(db, runtime.vault, _allow(runtime), body)
    response.headers["Location"] = f"/v1/webhook-endpoints/{endpoint.id}"
    response.headers["ETag"] = etag(endpoint.version)
    return {**(await service.describe(db, [endpoint]))[0], "secret": secret}


@router.get(
    "",
    summary="List endpoints",
    response_model=Page[EndpointOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.WEBHOOKS_READ)],
)
async def list_endpoints(db: Db, limit: Limit = 50, after: After = None) -> object:
    """List endpoints in the order they were registered."""
    rows = await service.page(db, after=start_after(after), limit=limit + 1)
    page = page_of(rows, limit)
    return {**page, "items": await service.describe(db, rows[:limit])}


@router.get(
    "/{endpoint_id}",
    summary="Read an endpoint",
    response_model=EndpointOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.WEBHOOKS_READ)],
)
async def get_endpoint(db: Db, endpoint_id: UUID, response: Response) -> object:
    """Read an endpoint: what it is told, and whether that arrives."""
    endpoint = await service.get(db, endpoint_id)
    response.headers["ETag"] = etag(endpoint.version)
    return (await service.describe(db, [endpoint]))[0]


@router.patch(
    "/{endpoint_id}",
    summary="Change an endpoint, or switch it off or on",
    response_model=EndpointOut,
    responses=problems(NotFound, VersionMismatch, rules.UrlRefused),
    dependencies=[needs(Scope.WEBHOOKS_WRITE)],
)
async def change_endpoint(
    db: Db,
    runtime: RuntimeDep,
    endpoint_id: UUID,
    body: EndpointPatch,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Change what the body names. Once enabled again it is told all that happened meanwhile."""
    endpoint = await service.get(db, endpoint_id, for_update=True)
    check_version(endpoint.version, if_match=if_match, if_none_match=None)
    await service.change(db, runtime.vault, _allow(runtime), endpoint, body)
    response.headers["ETag"] = etag(endpoint.version)
    return (await service.describe(db, [endpoint]))[0]


@router.delete(
    "/{endpoint_id}",
    status_code=204,
    summary="Remove an endpoint",
    responses=problems(NotFound, VersionMismatch),
    dependencies=[needs(Scope.WEBHOOKS_WRITE)],
)
async def remove_endpoint(db: Db, endpoint_id: UUID, if_match: IfMatch = None) -> None:
    """Tell it nothing more, not even what waits. What was told to it is dropped."""
    endpoint = await service.get(db, endpoint_id, for_update=True)
    check_version(endpoint.version, if_match=if_match, if_none_match=None)
    await service.remove(db, endpoint)


@router.post(
    "/{endpoint_id}/secrets",
    status_code=201,
    summary="Rotate an endpoint's secret",
    response_model=NewSecret,
    responses=problems(NotFound, rules.RotationUnderWay, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.WEBHOOKS_WRITE), IDEMPOTENT],
)
async def rotate_secret(
    db: Db, runtime: RuntimeDep, endpoint_id: UUID, body: SecretIn, response: Response
) -> object:
    """Make a new secret, shown this once. For 24 hours what is told is signed with both."""
    endpoint = await service.get(db, endpoint_id, for_update=True)
    overlap = timedelta(hours=body.overlap_hours)
    secret, plain = await service.rotate(db, runtime.vault, endpoint, overlap=overlap)
    response.headers["Location"] = f"/v1/webhook-endpoints/{endpoint.id}"
    shown = ("id", "hint", "created_at", "valid_until")
    return {**{name: getattr(secret, name) for name in shown}, "secret": plain}


@router.post(
    "/{endpoint_id}/test",
    status_code=202,
    summary="Send a test event",
    response_model=TestOut,
    responses=problems(NotFound, rules.EndpointDisabled, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.WEBHOOKS_WRITE), IDEMPOTENT],
)
async def send_test(db: Db, endpoint_id: UUID) -> object:
    """Tell `erp.test_requested` to this endpoint alone, whatever types it is told."""
    endpoint = await service.get(db, endpoint_id, for_update=True)
    return {"test_id": await service.request_test(db, endpoint)}
