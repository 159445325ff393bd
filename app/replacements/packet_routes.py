"""The packet of a dispute over HTTP: one PDF, made to be faxed."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from app.auth import Scope, needs
from app.deps import Db, RuntimeDep, TransactionalRoute, problems
from app.kit.problems import NotFound
from app.replacements import packet, service
from app.replacements.rules import spoken_number
from app.replacements.rules.refusals import NothingDisputed

router = APIRouter(prefix="/v1/replacements", tags=["replacements"], route_class=TransactionalRoute)

_BYTES: Any = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/{replacement_id}/dispute.pdf",
    summary="Print the dispute of a charge",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": _BYTES}},
        **problems(NotFound, NothingDisputed),
    },
    dependencies=[needs(Scope.REPLACEMENTS_READ)],
)
async def get_dispute(db: Db, runtime: RuntimeDep, replacement_id: UUID) -> Response:
    """Print what is charged and what shows that the unit went back, in one PDF.

    The charge, the proof, the carrier's scans, the weight, the terms and what was said. The same
    dispute gives the same bytes.
    """
    row = await service.get(db, replacement_id)
    made = await packet.make(db, row, company=runtime.settings.company_name)
    name = f"dispute-{spoken_number(row.number)}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(made, media_type="application/pdf", headers=headers)
