"""What is owed to us in money's worth: by debtor, currency and age. Deadlines are no part of it.

Goods count at our cost of a unit. One loss counts once, though several claims pursue it, and so
does one of alternatives: the largest claim first, up to what is left of the loss; the rest of
what is claimed for it stands beside, as pursued elsewhere.

Read from sums by day that are kept beforehand (`folding`), debt by debt on the days on which an
age ends, and from the ledger itself for what has changed since: all in one statement, so that it
is what the ledger says at that instant.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.obligations.exposure import counting
from app.obligations.exposure.models import ExposureMark, ExposurePart, ExposureSum
from app.obligations.exposure.schemas import (
    Age,
    ExposureOut,
    ExposureRow,
    ExposureTotal,
    UnvaluedRow,
)
from app.obligations.rules import Party
from app.obligations.schemas import PartyOut

_CENT = Decimal("0.01")
# Wide enough for the sum of all that can be told: nothing is rounded.
_EXACT = Context(prec=100)
_OLDER_THAN = ((Age.OVER_90, 90), (Age.FROM_61, 60), (Age.FROM_31, 30), (Age.FROM_0, 0))
_MOMENT = sa.DateTime(timezone=True)
_TYPES: dict[str, Any] = {"days": ARRAY(_MOMENT), "debtor": sa.Text()}
_WORTH = ("money", "goods", "elsewhere")
_PLACE = ("debtor", "currency", "day", "due_at")


async def read(session: AsyncSession, *, debtor: str | None = None) -> ExposureOut:
    """Return what is owed to us now, by all or by one debtor."""
    moment = now(session)
    rows = (await session.execute(select_exposure(moment, debtor=debtor))).mappings()
    items: list[ExposureRow] = []
    unvalued: dict[str, int] = defaultdict(int)
    places = {age.value: place for place, age in enumerate(Age)}
    for row in sorted(
        rows, key=lambda row: (row["debtor"], row["currency"] or "", places[row["age"]])
    ):
        if row["currency"] is None:
            unvalued[row["debtor"]] += int(row["obligations"])
            continue
        money, goods = _told(row["money"]), _told(row["goods"])
        items.append(
            ExposureRow(
                debtor=_party(row["debtor"]),
                currency=row["currency"],
                age=Age(row["age"]),
                amount=money + goods,
                money=money,
                goods_at_cost=goods,
                pursued_elsewhere=_told(row["elsewhere"]),
                obligations=int(row["obligations"]),
            )
        )
    return ExposureOut(
        as_of=moment,
        items=items,
        totals=_totals(items),
        unvalued=[
            UnvaluedRow(debtor=_party(text), obligations=count)
            for text, count in sorted(unvalued.items())
        ],
    )


@lru_cache(maxsize=1024)
def _party(text: str) -> PartyOut:
    return PartyOut.model_validate(Party.parse(text))


def _totals(items: list[ExposureRow]) -> list[ExposureTotal]:
    by_currency: dict[str, list[ExposureRow]] = defaultdict(list)
    for each in items:
        by_currency[each.currency].append(each)
    return [
        ExposureTotal(
            currency=currency,
            amount=sum((each.amount for each in rows), _told(Decimal(0))),
            overdue=sum((each.amount for each in rows if each.age.is_overdue()), _told(Decimal(0))),
            goods_at_cost=sum((each.goods_at_cost for each in rows), _told(Decimal(0))),
        )
        for currency, rows in sorted(by_currency.items())
    ]


def select_exposure(moment: datetime, *, debtor: str | None = None) -> sa.Select[*tuple[Any, ...]]:
    """Return the query: debtor, currency (null: worth unknown), age, money, goods and so on."""
    ends = {f"end_{days}": moment - timedelta(days=days) for _, days in _OLDER_THAN}
    told: dict[str, Any] = {**ends, "days": sorted({_day(end) for end in ends.values()})}
    if debtor is not None:
        told["debtor"] = debtor
    return _query(is_for_one=debtor is not None).params(told)


@cache
def _query(*, is_for_one: bool) -> sa.Select[*tuple[Any, ...]]:
    """Return the query built once: that takes as long as to run it.

    end_90 and so on   when an age ends
    days               the days on which they end, which are read debt by debt
    """
    ends = sa.cast(sa.bindparam("days", type_=_TYPES["days"]), _TYPES["days"])
    stale = sa.select(ExposureMark.key).distinct().cte("stale")
    whole = sa.select(
        *_of(ExposureSum, "debtor", "currency", "day"),
        ExposureSum.day.label("due_at"),
        *_of(ExposureSum, *_WORTH),
        ExposureSum.obligations,
    ).where(sa.or_(ExposureSum.day.is_(None), ExposureSum.day != sa.all_(ends)))
    part = sa.select(*_of(ExposurePart, *_PLACE, *_WORTH), sa.literal(1).label("obligations"))
    gone = sa.select(
        *_of(ExposurePart, *_PLACE),
        *(-column for column in _of(ExposurePart, *_WORTH)),
        sa.literal(-1),
    ).where(ExposurePart.key.in_(sa.select(stale.c.key)))
    anew = counting.count(sa.select(stale.c.key)).subquery("anew")
    each = sa.union_all(
        whole,
        part.where(ExposurePart.day == sa.any_(ends)),
        gone,
        sa.select(*(anew.c[name] for name in (*_PLACE, *_WORTH)), sa.literal(1)),
    ).subquery("each")
    query = sa.select(
        each.c.debtor,
        each.c.currency,
        _age(each.c.due_at).label("age"),
        *(sa.func.sum(each.c[name]).label(name) for name in (*_WORTH, "obligations")),
    ).group_by(each.c.debtor, each.c.currency, sa.literal_column("age"))
    if is_for_one:
        query = query.where(each.c.debtor == sa.bindparam("debtor", type_=_TYPES["debtor"]))
    return query.having(sa.func.sum(each.c.obligations) != 0)


def _of(model: type[ExposureSum | ExposurePart], *names: str) -> list[Any]:
    return [getattr(model, name) for name in names]


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _told(amount: Decimal) -> Decimal:
    """Return a sum with two places, or as many as it needs: whatever else was in it before."""
    plain = _EXACT.normalize(amount)
    cents = _EXACT.quantize(plain, _CENT)
    return cents if cents == plain else plain


def _age(due_at: Any) -> Any:
    def before(days: int) -> Any:
        return due_at < sa.bindparam(f"end_{days}", type_=_MOMENT)

    return sa.case(
        (due_at.is_(None), Age.NO_DATE.value),
        *((before(days), age.value) for age, days in _OLDER_THAN),
        else_=Age.NOT_DUE.value,
    )
