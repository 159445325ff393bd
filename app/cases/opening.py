"""A case is opened, and what is known of it is corrected."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import keeping, naming, rules
from app.cases.events import CaseChanged, CaseOpened
from app.cases.models import Case
from app.cases.naming import Named
from app.cases.rules import RECOVERIES, Kind, Recovery, State
from app.cases.schemas import CaseIn, CasePatch
from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id


async def open_case(session: AsyncSession, document: CaseIn) -> Case:
    """Open a case. Raises UnknownReference, ContradictsOrder, ImpossibleTime."""
    moment = now(session)
    reported_at = document.reported_at or moment
    rules.require_possible(reported_at, now=moment, pointer="/reported_at")
    named = await naming.find(
        session,
        customer=document.customer,
        order_line=document.order_line,
        shipment=document.shipment,
    )
    await naming.check(session, named, kind=document.kind, quantity=document.quantity)
    case = Case(
        id=new_id(),
        version=1,
        state=State.OPEN.value,
        recovery=Recovery.NONE.value,
        kind=document.kind.value,
        customer_id=named.customer_id,
        report=document.report,
        channel=document.channel.value if document.channel else None,
        reported_at=reported_at,
        purchase_line_id=named.purchase_line_id,
        quantity=document.quantity,
        shipment_id=named.shipment_id,
        needed_by=document.needed_by,
        waiting_since=reported_at,
        waited_before_s=0,
        created_at=moment,
        updated_at=moment,
    )
    session.add(case)
    await session.flush()
    await publish(session, _opened(case, document))
    return case


def _opened(case: Case, document: CaseIn) -> CaseOpened:
    return CaseOpened(
        **keeping.named(case),
        kind=case.kind,
        customer=document.customer,
        report=case.report,
        reported_at=case.reported_at,
        purchase_line_id=case.purchase_line_id,
        quantity=case.quantity,
        shipment_id=case.shipment_id,
        needed_by=case.needed_by,
    )


async def change(
    session: AsyncSession, *, case_id: UUID, patch: CasePatch, if_match: str | None = None
) -> Case:
    """Correct what is known of a case. The same again changes nothing.

    Raises NotFound, VersionMismatch, NotEditable, UnknownReference, ContradictsOrder.
    """
    case = await keeping.take(session, case_id, if_match)
    wanted = await _wanted(session, patch)
    changed = {name: value for name, value in wanted.items() if getattr(case, name) != value}
    names = [name.removesuffix("_id") for name in changed]
    rules.require_editable(State(case.state), names)
    if not changed:
        return case
    for name, value in changed.items():
        setattr(case, name, value)
    named = Named(case.customer_id, case.purchase_line_id, case.shipment_id)
    await naming.check(session, named, kind=Kind(case.kind), quantity=case.quantity)
    await keeping.changed(session, case)
    await publish(session, CaseChanged(**keeping.named(case), changed=names))
    return case


async def _wanted(session: AsyncSession, patch: CasePatch) -> dict[str, Any]:
    """Return the columns that a patch sets; null leaves those that cannot be null."""
    wanted: dict[str, Any] = patch.model_dump(include=patch.model_fields_set)
    wanted = {
        name: value
        for name, value in wanted.items()
        if value is not None or name not in {"report", "kind"}
    }
    if "kind" in wanted:
        wanted["kind"] = wanted["kind"].value
    if "shipment" in wanted:
        wanted["shipment_id"] = await naming.find_shipment(session, wanted.pop("shipment"))
    return wanted


async def start_recovery(session: AsyncSession, case_id: UUID) -> Case:
    """Say that something is being recovered for a case, if nobody has yet. Raises NotFound.

    For the rooms above: a claim may begin before the customer is made whole.
    """
    case = await keeping.take(session, case_id)
    if case.recovery == Recovery.OPEN.value:
        return case
    reopen_recovery(case)
    await keeping.changed(session, case)
    await publish(session, CaseChanged(**keeping.named(case), changed=["recovery"]))
    return case


def reopen_recovery(case: Case) -> None:
    """Set the recovery of a locked case to open, if it is not."""
    if case.recovery != Recovery.OPEN.value:
        RECOVERIES.step(case, Recovery.OPEN)
        case.recovery_closed_at = case.recovery_outcome = case.recovery_note = None
