"""All that a vendor owes us now, gathered from the ledger."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.accounts import invoices
from app.accounts import statement_rules as rules
from app.accounts.statement_rules import Counted, Debt
from app.accounts.statement_schemas import (
    DoneOut,
    InvoiceOut,
    ProposalOut,
    SetOffOut,
    StatementLineOut,
    StatementOut,
    SumOut,
    WordOut,
)
from app.kit.db import now
from app.obligations import lost, views
from app.obligations.rules import US, Kind, Party, PartyKind
from app.orders import views as orders
from app.vendors import service as vendors
from app.vendors.rules import Role

MOST_LINES = 5000


async def statement(
    session: AsyncSession, *, vendor_key: str, company_name: str | None
) -> StatementOut:
    """Return all that a vendor owes us now. Raises NotFound."""
    vendor = await vendors.get(session, vendor_key)
    moment = now(session)
    party = str(Party(PartyKind.VENDOR, vendor_key))
    rows, left_out = await _owed(session, party)
    debts = [_debt(row) for row in rows]
    losses = {
        row.loss_id: (row.loss_value, row.loss_currency)
        for row in rows
        if row.loss_id is not None and row.loss_value is not None
    }
    counted = rules.count(debts, losses)
    ours = await _owed_by_us(session, party)
    terms = await vendors.terms_by_role(session, vendor_id=vendor.id, on=moment.date())
    told = {role: each.terms.set_off for role, each in terms.items()}
    rule = rules.set_off_rule([Role(role) for role in vendor.roles], told)
    proposals = rules.propose(debts, counted, rule=rule, ours=ours, moment=moment)
    evidence = await _evidence(session, [row.obligation_id for row in rows])
    evidence.invoices = await invoices.find(session, vendor.id, rows)
    return StatementOut(
        vendor=vendor.key,
        vendor_name=vendor.name,
        our_account_number=vendor.our_account_number,
        company_name=company_name,
        as_of=moment,
        sums=[
            SumOut(
                currency=currency,
                **{each.value: amount for each, amount in by_age.items()},
                total=sum(by_age.values(), Decimal(0)),
                owed_by_us=ours.get(currency, Decimal(0)),
            )
            for currency, by_age in rules.sums(debts, counted, moment).items()
        ],
        lines=[
            _line(row, debt, counted[debt.obligation_id], evidence, moment)
            for row, debt in zip(rows, debts, strict=True)
        ],
        without_value=sum(debt.value is None for debt in debts),
        left_out=left_out,
        set_off=SetOffOut(
            allowed=rule.allowed,
            why=rule.why,
            terms=sorted(each.key for each in terms.values()),
            proposals=[ProposalOut.model_validate(each) for each in proposals],
        ),
    )


def select_owed(party: str) -> sa.Select[*tuple[Any, ...]]:
    """Return the query of what a party owes us now, the longest overdue first."""
    due, losses = views.due().subquery(), lost.losses().subquery()
    lines = orders.purchase_lines().subquery()
    return (
        sa.select(
            due,
            losses.c.value_amount.label("loss_value"),
            losses.c.value_currency.label("loss_currency"),
            lines.c.purchase_order_key,
            lines.c.line_key,
        )
        .outerjoin(losses, losses.c.loss_id == due.c.loss_id)
        .outerjoin(
            lines,
            lines.c.purchase_line_id
            == sa.func.coalesce(due.c.purchase_line_id, losses.c.purchase_line_id),
        )
        .where(due.c.debtor == party, due.c.creditor == str(US))
        .order_by(due.c.due_at.asc().nulls_last(), due.c.number)
    )


async def _owed(session: AsyncSession, party: str) -> tuple[Sequence[Any], int]:
    rows = (await session.execute(select_owed(party).limit(MOST_LINES + 1))).all()
    if len(rows) <= MOST_LINES:
        return rows, 0
    whole = select_owed(party).order_by(None).subquery()
    all_of_them = await session.scalar(sa.select(sa.func.count()).select_from(whole)) or 0
    return rows[:MOST_LINES], all_of_them - MOST_LINES


async def _owed_by_us(session: AsyncSession, party: str) -> dict[str, Decimal]:
    due = views.due().subquery()
    rows = await session.execute(
        sa.select(due.c.currency, sa.func.sum(due.c.owed - due.c.performed))
        .where(
            due.c.debtor == str(US),
            due.c.creditor == party,
            due.c.currency.is_not(None),
            due.c.owed > due.c.performed,
        )
        .group_by(due.c.currency)
    )
    return dict(rows.all())


def _debt(row: Any) -> Debt:
    left = max(row.owed - row.performed, Decimal(0))
    is_money = row.currency is not None
    value = left if is_money else None
    if not is_money and row.unit_value_amount is not None:
        value = left * row.unit_value_amount
    return Debt(
        obligation_id=row.obligation_id,
        number=row.number,
        is_money=is_money,
        outstanding=left,
        value=value,
        currency=row.currency or row.unit_value_currency,
        due_at=row.due_at,
        is_contested=row.contested_at is not None,
        alternatives_id=row.alternatives_id,
        loss_id=row.loss_id,
    )


class _Evidence:
    """What shows that debts are owed, what has come of them, and what is asked, by debt."""

    def __init__(self) -> None:
        self.promises: dict[UUID, Any] = {}
        self.done: dict[UUID, list[Any]] = defaultdict(list)
        self.invoices: dict[UUID, list[InvoiceOut]] = {}

    def files(self, obligation_id: UUID) -> list[UUID]:
        promise = self.promises.get(obligation_id)
        found = list(promise.file_ids) if promise else []
        for each in self.done[obligation_id]:
            found += each.file_ids
        return found


async def _evidence(session: AsyncSession, ids: Collection[UUID]) -> _Evidence:
    found = _Evidence()
    said, done = views.promises().subquery(), views.performances().subquery()
    for row in await session.execute(sa.select(said).where(said.c.obligation_id.in_(ids))):
        found.promises[row.obligation_id] = row
    query = sa.select(done).where(done.c.obligation_id.in_(ids))
    for row in await session.execute(query.order_by(done.c.performed_at, done.c.performance_id)):
        found.done[row.obligation_id].append(row)
    return found


def _line(
    row: Any, debt: Debt, counted: Counted, evidence: _Evidence, moment: Any
) -> StatementLineOut:
    promise = evidence.promises.get(debt.obligation_id)
    return StatementLineOut(
        obligation_id=debt.obligation_id,
        number=debt.number,
        kind=Kind(row.kind),
        description=row.description,
        ground_kind=row.ground_kind,
        ground=row.ground_text,
        ground_reference=row.ground_reference,
        promise=None if promise is None else WordOut.model_validate(promise),
        done=[DoneOut.model_validate(each) for each in evidence.done[debt.obligation_id]],
        invoices=evidence.invoices.get(debt.obligation_id, []),
        file_ids=evidence.files(debt.obligation_id),
        owed=row.owed,
        outstanding=debt.outstanding,
        currency=row.currency,
        value=debt.value,
        value_currency=debt.currency if debt.value is not None else None,
        is_at_cost=not debt.is_money and debt.value is not None,
        counted=counted.amount,
        counted_beside=counted.beside,
        opened_on=row.created_at.date(),
        due_at=row.due_at,
        days_overdue=rules.overdue_days(row.due_at, moment),
        age=rules.age(row.due_at, moment),
        contested_at=row.contested_at,
        purchase_order=row.purchase_order_key,
        line=row.line_key,
        shipment=row.shipment_key,
        product=row.product_key,
        rma=row.rma,
        serial=row.serial,
        case_id=row.case_id,
    )
