"""Cases as they are read: what they name by the ERP's keys, and the customer's clock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import consistency, evidence, keeping, naming, rules
from app.cases.consistency import Standing
from app.cases.models import Case, MakeWhole
from app.cases.rules import Bearer, State
from app.cases.schemas import CaseFileOut, CaseOut, CaseWhole, OrderLineOut
from app.cases.settling_schemas import ExpenseOut, MakeWholeOut
from app.kit.db import now
from app.kit.money_fields import money_of
from app.orders import views

_OTHERWISE = {"number", "customer", "order_line", "shipment", "is_customer_waiting"}
_AS_KEPT = set(CaseOut.model_fields) - _OTHERWISE - {"customer_waited_s"}


async def show(session: AsyncSession, cases: Sequence[Case]) -> list[CaseOut]:
    """Return cases as they are read in a list, in the order given."""
    named = await _named(session, [case.id for case in cases])
    return [CaseOut(**_columns(session, case, named[case.id])) for case in cases]


async def show_whole(session: AsyncSession, case: Case) -> CaseWhole:
    """Return a case as it is read by itself."""
    told = (await _named(session, [case.id]))[case.id]
    files = [CaseFileOut.model_validate(file) for file in await evidence.files_of(session, case.id)]
    return CaseWhole(
        **_columns(session, case, told),
        made_whole=await _made_whole(session, case),
        files=files,
        remarks=consistency.remarks(await _standing(session, case, told)),
    )


async def _named(session: AsyncSession, case_ids: Sequence[UUID]) -> dict[UUID, Any]:
    customer, line, shipment = (
        view().subquery() for view in (views.customers, views.purchase_lines, views.shipments)
    )
    rows = await session.execute(
        sa.select(
            Case.id,
            customer.c.customer_key,
            line.c.purchase_line_id,
            line.c.purchase_order_key,
            line.c.line_key,
            line.c.cancelled_at.label("line_cancelled_at"),
            shipment.c.shipment_key,
            shipment.c.cancelled_at.label("shipment_cancelled_at"),
        )
        .join(customer, customer.c.customer_id == Case.customer_id)
        .outerjoin(line, line.c.purchase_line_id == Case.purchase_line_id)
        .outerjoin(shipment, shipment.c.shipment_id == Case.shipment_id)
        .where(Case.id.in_(case_ids))
    )
    return {row.id: row for row in rows}


def _columns(session: AsyncSession, case: Case, told: Any) -> dict[str, Any]:
    line = None
    if told.purchase_line_id is not None:
        line = OrderLineOut(
            purchase_line_id=told.purchase_line_id,
            purchase_order=told.purchase_order_key,
            line=told.line_key,
        )
    return {name: getattr(case, name) for name in _AS_KEPT} | {
        "number": rules.spoken_number(case.number),
        "customer": told.customer_key,
        "order_line": line,
        "shipment": told.shipment_key,
        "is_customer_waiting": case.state == State.OPEN.value,
        "customer_waited_s": keeping.waited_s(session, case),
    }


async def _made_whole(session: AsyncSession, case: Case) -> MakeWholeOut | None:
    given = await session.scalar(
        sa.select(MakeWhole).where(MakeWhole.case_id == case.id, MakeWhole.undone_at.is_(None))
    )
    if given is None:
        return None
    names = ("id", "remedy", "quantity", "at", "reference", "note", "recorded_at", "recorded_by")
    return MakeWholeOut(
        **{name: getattr(given, name) for name in names},
        amount=money_of(given.amount, given.currency),
        paid_by=Bearer.US,
        expense_of=ExpenseOut(kind=Bearer(given.bearer), key=given.bearer_key),
    )


async def _standing(session: AsyncSession, case: Case, told: Any) -> Standing:
    holds = None
    if case.shipment_id is not None and case.purchase_line_id is not None:
        holds = await naming.holds_line(session, case.shipment_id, case.purchase_line_id)
    return Standing(
        state=State(case.state),
        needed_by=case.needed_by,
        today=now(session).date(),
        is_line_cancelled=told.line_cancelled_at is not None,
        is_shipment_cancelled=told.shipment_cancelled_at is not None,
        holds_line=holds,
    )
