"""A vendor's statement over HTTP, for its finance department.

The address is a vendor's by name; what it tells is the ledger's. A slash that belongs to the
vendor's key is written `%2F` there: `/v1/vendors/a%2Fstatement` is the vendor `a/statement`.
"""

import asyncio
import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.routing import Match
from starlette.types import Scope

from app.accounts import statement_csv, statement_pdf, statements
from app.accounts.statement_schemas import Format, PaperSize, StatementOut
from app.auth import Scope as KeyScope
from app.auth import needs
from app.deps import Db, RuntimeDep, TransactionalRoute, problems
from app.kit.fields import ErpKey
from app.kit.problems import NotFound

_STEP = b"/statement"


class _StatementRoute(TransactionalRoute):
    """The end of the address as it was sent tells a statement from a key that ends like one."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match where `/statement` is a step of its own; else the address is a vendor's."""
        sent: bytes | None = scope.get("raw_path")
        if sent is not None and not sent.partition(b"?")[0].endswith(_STEP):
            return Match.NONE, {}
        return super().matches(scope)


router = APIRouter(prefix="/v1/vendors", tags=["accounts"], route_class=_StatementRoute)

_BYTES: Any = {"schema": {"type": "string", "format": "binary"}}
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@router.get(
    "/{key:path}/statement",
    summary="What a vendor owes",
    response_model=StatementOut,
    responses={
        200: {"content": {"text/csv": _BYTES, "application/pdf": _BYTES}},
        **problems(NotFound),
    },
    dependencies=[needs(KeyScope.ACCOUNTS_READ)],
)
async def get_statement(
    db: Db,
    runtime: RuntimeDep,
    key: Annotated[ErpKey, Path(description="The vendor's key.", examples=["bigdist"])],
    format: Annotated[Format, Query()] = Format.JSON,  # noqa: A002 (a query parameter's name)
    paper: Annotated[PaperSize, Query(description="For a PDF.")] = PaperSize.A4,
) -> object:
    """Tell all that this vendor owes us now: aged, with ground and evidence.

    What we may set off is proposed where the terms in force allow it; where none says so, it is
    unknown, and nothing is proposed. Of a key that holds `/` write it `%2F`: so a vendor whose
    key ends in `/statement` and its statement both have an address.
    """
    told = await statements.statement(
        db, vendor_key=key, company_name=runtime.settings.company_name
    )
    if format is Format.JSON:
        return told
    # Nothing more is asked of the database: printing need not hold it.
    await db.commit()
    if format is Format.CSV:
        return _file(statement_csv.render(told), "text/csv; charset=utf-8", told, "csv")
    made = await asyncio.to_thread(statement_pdf.render, told, paper)
    return _file(made, "application/pdf", told, "pdf")


def _file(content: bytes, media_type: str, told: StatementOut, ending: str) -> Response:
    vendor = _UNSAFE.sub("-", told.vendor).strip("-.") or "vendor"
    name = f"statement-{vendor}-{told.as_of.date()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
