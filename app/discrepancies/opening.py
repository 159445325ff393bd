"""A discrepancy is opened: what was lost is told to the ledger, our rights are, it is weighed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.cases import service as cases
from app.cases.rules import CaseIsClosed
from app.cases.rules import Kind as CaseKind
from app.cases.rules import State as CaseState
from app.discrepancies import keeping, naming, rules
from app.discrepancies.events import DiscrepancyOpened
from app.discrepancies.evidence.facts import Standing, stand
from app.discrepancies.evidence.gathering import OrderLine
from app.discrepancies.models import Discrepancy, DiscrepancyLine
from app.discrepancies.naming import Named
from app.discrepancies.rights import reckoning as rights
from app.discrepancies.rules import Kind, State
from app.discrepancies.schemas import DifferingLineIn, DiscrepancyIn
from app.discrepancies.weights import weighing
from app.events import publish
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.moments import require_possible
from app.obligations import service as ledger
from app.obligations.rules import GroundKind, PartyKind
from app.obligations.rules import Kind as Owed
from app.obligations.service import DueChange
from app.settings import Verdicts
from app.vendors import service as vendors

# What money a document can tell of.
_MOST = Decimal(10) ** 15


async def open_discrepancy(
    session: AsyncSession, document: DiscrepancyIn, settings: Verdicts
) -> Discrepancy:
    """Open a discrepancy on a case, and all that follows from it.

    Of two who open at once for the same units exactly one does. Raises UnknownReference,
    CaseIsClosed, UnfitKind, ContradictsShipment, ImpossibleMoment.
    """
    moment = now(session)
    told = {
        "/reported_at": document.reported_at,
        "/vendor_told_at": document.vendor_told_at,
    }
    require_possible(told, now=moment)
    case = await naming.lock_case(session, document.case_id)
    if case.state == CaseState.CLOSED.value:
        errors = [{"pointer": "/case_id", "detail": "the case is closed"}]
        raise CaseIsClosed("Reopen the case first.", errors=errors)
    rules.require_fit(document.kind, CaseKind(case.kind))
    named = await naming.find(session, document)
    await naming.check(session, document, named, case)
    discrepancy = Discrepancy(
        id=new_id(),
        version=1,
        case_id=case.id,
        kind=document.kind.value,
        state=State.OPEN.value,
        shipment_id=named.gathered.shipment_id,
        supplier_id=named.lines[0].supplier_id,
        reported_at=document.reported_at or case.reported_at,
        vendor_told_at=document.vendor_told_at,
        note=document.note,
        created_at=moment,
        updated_at=moment,
    )
    session.add(discrepancy)
    await session.flush()
    lines = await _lines(session, discrepancy, document, named)
    opened = DiscrepancyOpened(
        **keeping.named(discrepancy),
        kind=discrepancy.kind,
        shipment_id=discrepancy.shipment_id,
        loss_ids=[line.loss_id for line in lines if line.loss_id is not None],
    )
    await publish(session, opened)
    if document.kind is not Kind.OVER_SHIPMENT:
        await cases.start_recovery(session, case.id)
    await reconsider(session, discrepancy, settings)
    return discrepancy


async def reconsider(
    session: AsyncSession,
    discrepancy: Discrepancy,
    settings: Verdicts,
    otherwise: DueChange = DueChange.FACTS_CHANGED,
) -> None:
    """Weigh a locked discrepancy and reckon its rights by what is known now.

    `otherwise`: why a day has moved though its term is the same. The same again does nothing; nor
    does it for one that is settled.
    """
    if State(discrepancy.state) is not State.OPEN:
        return
    standing = await stand(session, discrepancy)
    await cases.follow(session, discrepancy.case_id, _subjects(standing))
    await weighing.weigh_if_new(session, standing, settings)
    if await rights.reckon(session, standing, otherwise):
        await keeping.changed(session, discrepancy)


def _subjects(standing: Standing) -> list[str]:
    """Return what besides its own things is in the case's timeline from now on."""
    return [
        f"discrepancies/{standing.discrepancy.id}",
        f"shipments/{standing.discrepancy.shipment_id}",
        *(f"parcels/{story['id']}" for story in standing.stories),
    ]


async def refresh(
    session: AsyncSession,
    discrepancy_id: UUID,
    settings: Verdicts,
    otherwise: DueChange = DueChange.FACTS_CHANGED,
) -> Discrepancy:
    """Reckon and weigh a discrepancy anew. Raises NotFound."""
    discrepancy = await keeping.take(session, discrepancy_id)
    await reconsider(session, discrepancy, settings, otherwise)
    return discrepancy


async def _lines(
    session: AsyncSession, discrepancy: Discrepancy, document: DiscrepancyIn, named: Named
) -> Sequence[DiscrepancyLine]:
    keys = await vendors.keys_of(session, {discrepancy.supplier_id})
    supplier = keys[discrepancy.supplier_id]
    rows: list[DiscrepancyLine] = []
    # The ledger writes its own event for each of them: they are told one by one.
    for position, (told, line) in enumerate(zip(document.lines, named.lines, strict=True)):
        value = _unit_value(told, line)
        row = DiscrepancyLine(
            id=new_id(),
            discrepancy_id=discrepancy.id,
            position=position,
            purchase_line_id=line.line_id,
            quantity=told.quantity,
            unit_value_amount=value["amount"] if value else None,
            unit_value_currency=value["currency"] if value else None,
            received=told.received,
        )
        about = {
            "case_id": discrepancy.case_id,
            "purchase_line_id": line.line_id,
            "shipment": document.shipment,
            "product": line.product,
        }
        if document.kind is Kind.OVER_SHIPMENT:
            row.debt_id = await _give_back(session, row, line, supplier, about)
        else:
            row.loss_id = await _lose(session, row, line, document.kind, about)
        rows.append(row)
    session.add_all(rows)
    await session.flush()
    return rows


def _unit_value(told: DifferingLineIn, line: OrderLine) -> dict[str, Any] | None:
    if told.unit_value is not None:
        return {"amount": told.unit_value.amount, "currency": told.unit_value.currency}
    if line.unit_price <= 0:
        return None
    return {"amount": line.unit_price, "currency": line.currency}


_WHAT = {
    Kind.SHORT_SHIPMENT: "missing from",
    Kind.NON_DELIVERY: "never delivered with",
    Kind.WRONG_ITEM: "replaced by something else in",
    Kind.DAMAGE: "damaged in",
}


async def _lose(
    session: AsyncSession, row: DiscrepancyLine, line: OrderLine, kind: Kind, about: dict[str, Any]
) -> UUID:
    """Record what of a line was lost. One loss for each line: units of two cannot be added up."""
    value = None
    if row.unit_value_amount is not None and row.quantity * row.unit_value_amount < _MOST:
        worth = row.quantity * row.unit_value_amount
        value = {"amount": format(worth, "f"), "currency": row.unit_value_currency}
    document = ledger.LossIn.model_validate(
        {
            "description": f"{row.quantity} of {line.product} ({line.name}) {_WHAT[kind]} "
            f"shipment {about['shipment']!r}.",
            "quantity": row.quantity,
            "value": value,
            "about": about,
        }
    )
    return (await ledger.open_loss(session, document=document)).id


async def _give_back(
    session: AsyncSession,
    row: DiscrepancyLine,
    line: OrderLine,
    supplier: str,
    about: dict[str, Any],
) -> UUID:
    """Record that what came too much is not ours."""
    document = ledger.ObligationIn.model_validate(
        {
            "kind": Owed.RETURN_GOODS,
            "debtor": {"kind": PartyKind.US},
            "creditor": {"kind": PartyKind.VENDOR, "key": supplier},
            "quantity": row.quantity,
            "description": f"{row.quantity} of {line.product} came beyond what was ordered "
            f"({line.name}).",
            "ground": {
                "kind": GroundKind.POLICY,
                "text": "What comes beyond an order is the seller's: it goes back, unless the "
                "seller leaves it or is paid for it.",
            },
            "about": about,
        }
    )
    return (await ledger.open_obligation(session, document=document)).id
