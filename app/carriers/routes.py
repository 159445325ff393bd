"""Sources over HTTP: who may send us webhooks."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import Scope, needs
from app.carriers import providers, rules, service
from app.carriers.models import Source
from app.carriers.schemas import Providers, SecretIn, SourceIn, SourceOut, SourcePatch
from app.deps import Db, IfMatch, RuntimeDep, TransactionalRoute, problems
from app.idempotency import IDEMPOTENT, IdempotencyKeyReused, StillRunning
from app.kit.etags import check_version, etag
from app.kit.pages import After, Limit, Page, page_of, start_after
from app.kit.problems import BadCursor, NotFound, VersionMismatch
from app.runtime import Runtime

router = APIRouter(prefix="/v1/carriers", tags=["carriers"], route_class=TransactionalRoute)


async def _shown(
    db: AsyncSession, runtime: Runtime, request: Request, sources: list[Source]
) -> list[dict[str, object]]:
    base = runtime.settings.public_url or str(request.base_url).rstrip("/")
    return await service.describe(db, runtime.vault, sources, base_url=base)


@router.get(
    "/providers",
    summary="List the providers whose webhooks are understood",
    response_model=Providers,
    dependencies=[needs(Scope.CARRIERS_READ)],
)
async def list_providers() -> object:
    """List providers; `name` is what a source is registered with."""
    return {"items": list(providers.PROVIDERS.values())}


@router.post(
    "/sources",
    status_code=201,
    summary="Register a sender of webhooks",
    response_model=SourceOut,
    responses=problems(rules.SecretRefused, StillRunning, IdempotencyKeyReused),
    dependencies=[needs(Scope.CARRIERS_WRITE), IDEMPOTENT],
)
async def register_source(
    db: Db, runtime: RuntimeDep, request: Request, body: SourceIn, response: Response
) -> object:
    """Register a source; give its `url` to the carrier. The secret is sealed, never shown again."""
    source = await service.register(db, runtime.vault, document=body)
    response.headers["Location"] = f"/v1/carriers/sources/{source.id}"
    response.headers["ETag"] = etag(source.version)
    return (await _shown(db, runtime, request, [source]))[0]


@router.get(
    "/sources",
    summary="List sources",
    response_model=Page[SourceOut],
    responses=problems(BadCursor),
    dependencies=[needs(Scope.CARRIERS_READ)],
)
async def list_sources(
    db: Db, runtime: RuntimeDep, request: Request, limit: Limit = 50, after: After = None
) -> object:
    """List sources in the order they were registered."""
    rows = await service.page(db, after=start_after(after), limit=limit + 1)
    page = page_of(rows, limit)
    return {**page, "items": await _shown(db, runtime, request, list(rows[:limit]))}


@router.get(
    "/sources/{source_id}",
    summary="Read a source",
    response_model=SourceOut,
    responses=problems(NotFound),
    dependencies=[needs(Scope.CARRIERS_READ)],
)
async def get_source(
    db: Db, runtime: RuntimeDep, request: Request, source_id: UUID, response: Response
) -> object:
    """Read a source: its address, and hints of its secrets."""
    source = await service.get(db, source_id)
    response.headers["ETag"] = etag(source.version)
    return (await _shown(db, runtime, request, [source]))[0]


@router.patch(
    "/sources/{source_id}",
    summary="Rename a source, or switch it off or on",
    response_model=SourceOut,
    responses=problems(NotFound, VersionMismatch),
    dependencies=[needs(Scope.CARRIERS_WRITE)],
)
async def change_source(
    db: Db,
    runtime: RuntimeDep,
    request: Request,
    source_id: UUID,
    body: SourcePatch,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    """Change what the body names. A disabled source answers 410, and what it sends is not kept."""
    source = await service.get(db, source_id, for_update=True)
    check_version(source.version, if_match=if_match, if_none_match=None)
    await service.change(db, source, body)
    response.headers["ETag"] = etag(source.version)
    return (await _shown(db, runtime, request, [source]))[0]


@router.post(
    "/sources/{source_id}/secrets",
    status_code=201,
    summary="Add a second secret",
    response_model=SourceOut,
    responses=problems(
        NotFound, rules.TooManySecrets, rules.SecretRefused, StillRunning, IdempotencyKeyReused
    ),
    dependencies=[needs(Scope.CARRIERS_WRITE), IDEMPOTENT],
)
async def add_secret(
    db: Db,
    runtime: RuntimeDep,
    request: Request,
    source_id: UUID,
    body: SecretIn,
    response: Response,
) -> object:
    """Add the new secret before you change it at the carrier; both are valid meanwhile."""
    source = await service.get(db, source_id, for_update=True)
    await service.add_secret(db, runtime.vault, source, body.secret)
    response.headers["Location"] = f"/v1/carriers/sources/{source.id}"
    return (await _shown(db, runtime, request, [source]))[0]


@router.delete(
    "/sources/{source_id}/secrets/{secret_id}",
    status_code=204,
    summary="End a secret",
    responses=problems(NotFound, rules.LastSecret),
    dependencies=[needs(Scope.CARRIERS_WRITE)],
)
async def remove_secret(db: Db, source_id: UUID, secret_id: UUID) -> None:
    """End the old secret, once the carrier signs with the new one. Seen by all within seconds."""
    source = await service.get(db, source_id, for_update=True)
    await service.remove_secret(db, source, secret_id)
