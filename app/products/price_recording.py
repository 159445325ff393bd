"""Prices into their history, set-wise: a poll costs a dozen statements, however long it is.

All rows of a poll are of one vendor and one instant. Polls of a vendor take turns, so that each
decides by what the one before has written; what is told late finds its place in between.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.schema import CreateTable

from app.kit.bulk import temporary
from app.kit.copying import copy_rows
from app.products.models import Product
from app.products.price_models import PriceChange, PricePoll, PriceSeen
from app.products.price_rules import PriceKind

# So that no statement of a request lasts long, however long the poll is.
_PORTION = 20_000
Refused: TypeAlias = tuple[int, str, str]
_SERIES = ("product_id", "kind", "currency", "reference")


class Turn(StrEnum):
    """What a sight is to its history."""

    OPENS = "opens"  # the first of all
    DIFFERS = "differs"  # between two others, or after the last
    EXTENDS = "extends"  # the price before it, seen once more
    PRECEDES = "precedes"  # the price after it, seen earlier than was known
    SPLITS = "splits"  # amid what looked like one price
    KNOWN = "known"  # within what is known already
    CONTRADICTS = "contradicts"  # another price at the very same instant


def _told_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("number", sa.Integer),
        sa.Column("product", sa.Text),
        sa.Column("kind", sa.Text),
        sa.Column("currency", sa.CHAR(3)),
        sa.Column("reference", sa.Text),
        sa.Column("amount", sa.Numeric),
        sa.Column("noise", sa.Numeric),
    ]


_TOLD = temporary("told_prices", *_told_columns())
_SIGHTS = temporary(
    "price_sights",
    *_told_columns(),
    sa.Column("product_id", sa.Uuid),
    sa.Column("before_first_at", sa.DateTime(timezone=True)),
    sa.Column("before_last_at", sa.DateTime(timezone=True)),
    sa.Column("before_amount", sa.Numeric),
    sa.Column("after_first_at", sa.DateTime(timezone=True)),
    sa.Column("turn", sa.Text),
)


class Recording:
    """The rows of one poll amid their recording."""

    def __init__(self, session: AsyncSession, poll: PricePoll) -> None:
        self._session = session
        self._poll = poll
        self.refused: list[Refused] = []

    async def record(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Keep the rows of a poll, and count in it what became of them."""
        name = sa.func.hashtextextended(f"prices {self._poll.vendor_id}", 0)
        await self._session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
        # The history is in memory for the most part: a look by key is cheap.
        await self._session.execute(sa.text("SET LOCAL random_page_cost = 1.1"))
        for begin in range(0, len(rows), _PORTION):
            await self._record_portion(rows[begin : begin + _PORTION])

    async def _record_portion(self, rows: Sequence[tuple[Any, ...]]) -> None:
        await self._session.execute(CreateTable(_TOLD))
        await copy_rows(self._session, _TOLD.name, [c.name for c in _TOLD.c], rows)
        await self._session.execute(sa.text(f"ANALYZE {_TOLD.name}"))
        await self._sort_out()
        turns = await self._count()
        await self._refuse(turns)
        await self._note_changes()
        if turns.get(Turn.SPLITS):
            await self._split()
        if turns.get(Turn.EXTENDS):
            await self._extend()
        if turns.get(Turn.PRECEDES):
            await self._precede()
        await self._insert()
        self._poll.opened += turns.get(Turn.OPENS, 0)
        self._poll.changed += sum(turns.get(x, 0) for x in (Turn.DIFFERS, Turn.SPLITS))
        self._poll.seen_again += sum(turns.get(x, 0) for x in (Turn.EXTENDS, Turn.PRECEDES))
        self._poll.known += turns.get(Turn.KNOWN, 0)
        for table in (_TOLD, _SIGHTS):
            await self._session.execute(sa.text(f"DROP TABLE pg_temp.{table.name}"))

    async def _sort_out(self) -> None:
        told, moment = _TOLD.c, self._poll.seen_at
        product = aliased(Product)
        before, after = self._beside(product, moment)
        same_as_before = sa.func.abs(before.c.amount - told.amount) <= told.noise
        same_as_after = sa.func.abs(after.c.amount - told.amount) <= told.noise
        at_an_end = sa.literal(moment).in_([before.c.first_seen_at, before.c.last_seen_at])
        turn = sa.case(
            (sa.and_(before.c.amount.is_(None), after.c.amount.is_(None)), Turn.OPENS.value),
            (
                before.c.last_seen_at >= moment,
                sa.case(
                    (same_as_before, Turn.KNOWN.value),
                    (at_an_end, Turn.CONTRADICTS.value),
                    else_=Turn.SPLITS.value,
                ),
            ),
            (same_as_before, Turn.EXTENDS.value),
            (same_as_after, Turn.PRECEDES.value),
            else_=Turn.DIFFERS.value,
        )
        found = (
            sa.select(
                *(*_TOLD.c, product.id, before.c.first_seen_at, before.c.last_seen_at),
                *(before.c.amount, after.c.first_seen_at),
                sa.case((product.id.is_not(None), turn)),
            )
            .outerjoin_from(_TOLD, product, product.key == told.product)
            .outerjoin(before, sa.true())
            .outerjoin(after, sa.true())
        )
        await self._session.execute(CreateTable(_SIGHTS))
        await self._session.execute(sa.insert(_SIGHTS).from_select(list(_SIGHTS.c), found))
        await self._session.execute(sa.text(f"ANALYZE {_SIGHTS.name}"))

    def _beside(self, product: Any, moment: Any) -> tuple[Any, Any]:
        """Return the stretch that began last by then, and the one that began next."""
        told, seen = _TOLD.c, PriceSeen
        of_series = sa.select(seen.first_seen_at, seen.last_seen_at, seen.amount).where(
            seen.product_id == product.id,
            seen.vendor_id == self._poll.vendor_id,
            seen.kind == told.kind,
            seen.currency == told.currency,
            seen.reference == told.reference,
        )
        before = of_series.where(seen.first_seen_at <= moment).order_by(seen.first_seen_at.desc())
        after = of_series.where(seen.first_seen_at > moment).order_by(seen.first_seen_at)
        return before.limit(1).lateral("before"), after.limit(1).lateral("after")

    async def _count(self) -> dict[str | None, int]:
        rows = await self._session.execute(
            sa.select(_SIGHTS.c.turn, sa.func.count().label("count_")).group_by(_SIGHTS.c.turn)
        )
        return {row.turn: row.count_ for row in rows}

    async def _refuse(self, turns: dict[str | None, int]) -> None:
        if not turns.get(None) and not turns.get(Turn.CONTRADICTS):
            return
        sight = _SIGHTS.c
        rows = await self._session.execute(
            sa.select(sight.number, sight.product, sight.turn, sight.before_amount).where(
                sa.or_(sight.turn.is_(None), sight.turn == Turn.CONTRADICTS.value)
            )
        )
        for number, product, turn, amount in rows:
            if turn is None:
                detail = f"there is no product {product!r}; PUT it first"
                self.refused.append((number, "/product", detail))
            else:
                detail = f"at this instant {amount} is on record; one of the two is wrong"
                self.refused.append((number, "/price/amount", detail))

    def _its_stretch(self, first_at: Any, turn: Turn) -> list[sa.ColumnElement[bool]]:
        seen, sight = PriceSeen, _SIGHTS.c
        return [
            sight.turn == turn.value,
            seen.vendor_id == self._poll.vendor_id,
            *(getattr(seen, name) == sight[name] for name in _SERIES),
            seen.first_seen_at == first_at,
        ]

    async def _run(self, statement: Any) -> None:
        options = {"synchronize_session": False}
        await self._session.execute(statement, execution_options=options)

    async def _split(self) -> None:
        """Part a stretch in two: of what lay between its ends only the ends are known."""
        sight = _SIGHTS.c
        await self._put_in(
            sa.select(
                *(sight[name] for name in _SERIES),
                *(sight.before_last_at, sight.before_last_at, sight.before_amount, sa.literal(1)),
            ).where(sight.turn == Turn.SPLITS.value)
        )
        await self._run(
            sa.update(PriceSeen)
            .where(*self._its_stretch(sight.before_first_at, Turn.SPLITS))
            .values(
                last_seen_at=PriceSeen.first_seen_at,
                sights=sa.func.greatest(PriceSeen.sights - 1, 1),
            )
        )

    async def _extend(self) -> None:
        where = self._its_stretch(_SIGHTS.c.before_first_at, Turn.EXTENDS)
        moment = self._poll.seen_at
        await self._run(
            sa.update(PriceSeen)
            .where(*where)
            .values(last_seen_at=moment, sights=PriceSeen.sights + 1)
        )

    async def _precede(self) -> None:
        where = self._its_stretch(_SIGHTS.c.after_first_at, Turn.PRECEDES)
        moment = self._poll.seen_at
        await self._run(
            sa.update(PriceSeen)
            .where(*where)
            .values(first_seen_at=moment, sights=PriceSeen.sights + 1)
        )

    async def _insert(self) -> None:
        sight, moment = _SIGHTS.c, sa.literal(self._poll.seen_at)
        new = sight.turn.in_([Turn.OPENS.value, Turn.DIFFERS.value, Turn.SPLITS.value])
        await self._put_in(
            sa.select(
                *(sight[name] for name in _SERIES), moment, moment, sight.amount, sa.literal(1)
            )
            .where(new)
            .order_by(*(sight[name] for name in _SERIES))
        )

    async def _put_in(self, rows: Any) -> None:
        columns = [*_SERIES, "first_seen_at", "last_seen_at", "amount", "sights"]
        found = rows.add_columns(sa.literal(self._poll.vendor_id))
        await self._run(sa.insert(PriceSeen).from_select([*columns, "vendor_id"], found))

    async def _note_changes(self) -> None:
        """Name the base prices that listeners are to look at."""
        sight, earlier = _SIGHTS.c, PriceSeen
        had_another = (
            sa.select(earlier.product_id)
            .where(
                earlier.vendor_id == self._poll.vendor_id,
                *(getattr(earlier, name) == sight[name] for name in _SERIES),
                earlier.first_seen_at < sight.before_first_at,
            )
            .exists()
        )
        is_second_sight = sa.and_(
            sight.turn == Turn.EXTENDS.value,
            sight.before_first_at == sight.before_last_at,
            had_another,
        )
        rows = sa.select(sa.literal(self._poll.id), sight.product_id, sight.currency).where(
            sight.kind == PriceKind.BASE.value,
            sa.or_(
                sight.turn.in_([Turn.DIFFERS.value, Turn.SPLITS.value, Turn.PRECEDES.value]),
                is_second_sight,
            ),
        )
        columns = ["poll_id", "product_id", "currency"]
        await self._run(sa.insert(PriceChange).from_select(columns, rows))
