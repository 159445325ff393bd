"""A claim's packet over HTTP: one PDF, made to be faxed."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.claims import packet, service
from app.deps import Db, RuntimeDep, TransactionalRoute, problems
from app.kit.problems import NotFound

router = APIRouter(prefix="/v1/claims", tags=["claims"], route_class=TransactionalRoute)

_BYTES: Any = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/{claim_id}/packet.pdf",
    summary="Print a claim's packet",
    response_class=Response,
    responses={200: {"content": {"application/pdf": _BYTES}}, **problems(NotFound)},
    dependencies=[needs(Scope.CLAIMS_READ)],
)
async def get_packet(db: Db, runtime: RuntimeDep, claim_id: UUID) -> Response:
    """Print all that the vendor needs to decide, in one PDF: black on white, for a fax.

    Cover letter, units and serial numbers, what is wrong, the evidence, its terms, what was said
    so far, then the invoice copy, photos and other files. The same claim gives the same bytes.
    """
    claim = await service.get(db, claim_id)
    contents, made = await packet.make(
        db, runtime.files, claim, company=runtime.settings.company_name
    )
    headers = {"Content-Disposition": f'inline; filename="claim-{contents.number}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)
