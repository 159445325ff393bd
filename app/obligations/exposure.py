"""What is owed to us in money's worth: by debtor, currency and age. Deadlines are no part of it.

Goods count at our cost of a unit. One loss counts once, though several claims pursue it, and so
does one of alternatives: the largest claim first, up to what is left of the loss; the rest of
what is claimed for it stands beside, as pursued elsewhere.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.obligations.exposure_schemas import (
    Age,
    ExposureOut,
    ExposureRow,
    ExposureTotal,
    UnvaluedRow,
)
from app.obligations.loss_models import Allocation, Loss
from app.obligations.models import IS_DUE, IS_SHARED, OWED_TO_US, Obligation
from app.obligations.rules import Party
from app.obligations.schemas import PartyOut

_NOTHING = Decimal(0)
_OLDER_THAN = ((Age.OVER_90, 90), (Age.FROM_61, 60), (Age.FROM_31, 30))


async def read(session: AsyncSession, *, debtor: str | None = None) -> ExposureOut:
    """Return what is owed to us now, by all or by one debtor."""
    moment = now(session)
    rows = (await session.execute(select_exposure(moment))).mappings()
    items: list[ExposureRow] = []
    unvalued: dict[str, int] = defaultdict(int)
    for row in rows:
        if debtor is not None and row["debtor"] != debtor:
            continue
        if row["currency"] is None:
            unvalued[row["debtor"]] += row["count"]
            continue
        items.append(
            ExposureRow(
                debtor=_party(row["debtor"]),
                currency=row["currency"],
                age=Age(row["age"]),
                amount=row["money"] + row["goods"],
                money=row["money"],
                goods_at_cost=row["goods"],
                pursued_elsewhere=row["elsewhere"],
                obligations=row["count"],
            )
        )
    ages = list(Age)
    items.sort(key=lambda each: (str(each.debtor), each.currency, ages.index(each.age)))
    return ExposureOut(
        as_of=moment,
        items=items,
        totals=_totals(items),
        unvalued=[
            UnvaluedRow(debtor=_party(text), obligations=count)
            for text, count in sorted(unvalued.items())
        ],
    )


def _party(text: str) -> PartyOut:
    return PartyOut.model_validate(Party.parse(text))


def _totals(items: list[ExposureRow]) -> list[ExposureTotal]:
    by_currency: dict[str, list[ExposureRow]] = defaultdict(list)
    for each in items:
        by_currency[each.currency].append(each)
    return [
        ExposureTotal(
            currency=currency,
            amount=sum((each.amount for each in rows), _NOTHING),
            overdue=sum((each.amount for each in rows if each.age.is_overdue()), _NOTHING),
            goods_at_cost=sum((each.goods_at_cost for each in rows), _NOTHING),
        )
        for currency, rows in sorted(by_currency.items())
    ]


def select_exposure(moment: datetime) -> sa.Select[*tuple[Any, ...]]:
    """Return the query: debtor, currency (null: worth unknown), age, money, goods and so on."""
    alone, shared = _alone(), _counted_once(_shared())
    each = sa.union_all(alone, shared).subquery("each")
    return sa.select(
        each.c.debtor,
        each.c.currency,
        _age(each.c.due_at, moment).label("age"),
        _sum(each.c.counted, each.c.is_money).label("money"),
        _sum(each.c.counted, ~each.c.is_money).label("goods"),
        sa.func.coalesce(sa.func.sum(each.c.value - each.c.counted), 0).label("elsewhere"),
        sa.func.count().label("count"),
    ).group_by(each.c.debtor, each.c.currency, sa.literal_column("age"))


def _sum(column: Any, condition: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(column).filter(condition), 0)


def _age(due_at: Any, moment: datetime) -> Any:
    def before(days: int) -> Any:
        return due_at < sa.literal(moment - timedelta(days=days), sa.DateTime(timezone=True))

    return sa.case(
        (due_at.is_(None), Age.NO_DATE.value),
        *((before(days), age.value) for age, days in _OLDER_THAN),
        (before(0), Age.FROM_0.value),
        else_=Age.NOT_DUE.value,
    )


def _claims() -> tuple[Any, ...]:
    left = sa.func.greatest(Obligation.owed - Obligation.performed, 0)
    worth = sa.case(
        (Obligation.currency.is_not(None), left), else_=left * Obligation.unit_value_amount
    )
    return (
        Obligation.debtor,
        sa.func.coalesce(Obligation.currency, Obligation.unit_value_currency).label("currency"),
        Obligation.due_at,
        Obligation.currency.is_not(None).label("is_money"),
        worth.label("value"),
    )


def _alone() -> sa.Select[*tuple[Any, ...]]:
    """Return debts that nothing else pursues: all but a few."""
    told = _claims()
    grouped = sa.select(Obligation.alternatives_id).where(IS_DUE, OWED_TO_US, IS_SHARED)
    own = sa.select(*told).where(
        IS_DUE,
        OWED_TO_US,
        Obligation.loss_id.is_(None),
        Obligation.alternatives_id.not_in(grouped),
    )
    each = own.subquery("alone")
    return sa.select(each, each.c.value.label("counted"))


def _shared() -> sa.Subquery:
    grouped = sa.select(Obligation.alternatives_id).where(IS_DUE, OWED_TO_US, IS_SHARED)
    key = sa.func.coalesce(Obligation.loss_id, Obligation.alternatives_id).label("key")
    pursuing = sa.select(*_claims(), Obligation.id, Obligation.loss_id, key).where(
        IS_DUE, OWED_TO_US, Obligation.loss_id.is_not(None)
    )
    among = sa.select(*_claims(), Obligation.id, Obligation.loss_id, key).where(
        IS_DUE, OWED_TO_US, Obligation.loss_id.is_(None), Obligation.alternatives_id.in_(grouped)
    )
    return sa.union_all(pursuing, among).subquery("shared")


def _counted_once(claim: sa.Subquery) -> sa.Select[*tuple[Any, ...]]:
    left = _left_of_losses().subquery("left_of_losses")
    same = [claim.c.key, claim.c.currency]
    largest = sa.func.max(claim.c.value).over(partition_by=same)
    is_capped = sa.and_(left.c.value.is_not(None), left.c.currency == claim.c.currency)
    before = sa.func.coalesce(
        sa.func.sum(claim.c.value).over(
            partition_by=same,
            order_by=[claim.c.value.desc(), claim.c.due_at.asc().nulls_last(), claim.c.id],
            rows=(None, -1),
        ),
        0,
    )
    cap = sa.case((is_capped, left.c.value), else_=largest)
    names = ("debtor", "currency", "due_at", "is_money", "value")
    return sa.select(
        *(claim.c[name] for name in names),
        sa.func.greatest(sa.func.least(claim.c.value, cap - before), 0).label("counted"),
    ).join(left, left.c.loss_id == claim.c.loss_id, isouter=True)


def _left_of_losses() -> sa.Select[*tuple[Any, ...]]:
    """Return what is left of the losses that are pursued, where their value was told."""
    pursued = sa.select(Obligation.loss_id).where(
        IS_DUE, OWED_TO_US, Obligation.loss_id.is_not(None)
    )
    done = (
        sa.select(
            Allocation.loss_id,
            sa.func.coalesce(sa.func.sum(Allocation.quantity), 0).label("units"),
            sa.func.coalesce(sa.func.sum(Allocation.amount), 0).label("amount"),
        )
        .where(Allocation.loss_id.in_(pursued))
        .group_by(Allocation.loss_id)
        .subquery("done")
    )
    by_units = sa.case(
        (done.c.units > 0, sa.func.round(Loss.value_amount * done.c.units / Loss.quantity, 4)),
        else_=0,
    )
    left = Loss.value_amount - by_units - sa.func.coalesce(done.c.amount, 0)
    return (
        sa.select(
            Loss.id.label("loss_id"),
            Loss.value_currency.label("currency"),
            sa.func.greatest(left, 0).label("value"),
        )
        .join(done, done.c.loss_id == Loss.id, isouter=True)
        .where(Loss.id.in_(pursued), Loss.value_amount.is_not(None))
    )
