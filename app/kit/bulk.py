"""Records the ERP owns, told in bulk: the rules of a PUT for thousands of them, set-wise.

Who brings them validates each and stages it as a row; a room's `Kind` says how its rows become
records. What one of them may not be is a refusal of that one, in the words of the PUT.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeAlias, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateTable

from app.kit.db import now
from app.kit.problems import Problem
from app.kit.records import ErpRecord, RecordIn, StaleRecord

D = TypeVar("D", bound=RecordIn)
Rows: TypeAlias = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the record of this number in its file was not stored."""

    number: int
    problem: Problem


@dataclass(slots=True)
class Applied:
    """What became of a batch."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)


def as_told(_document: Any, content: str) -> str:
    """Return the content as it is: for kinds whose rows need nothing computed."""
    return content


def nothing_more(_document: Any) -> None:
    """Accept whatever the schema accepts."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[D]):
    """A kind of record that can be told in bulk.

    `check` refuses what the schema cannot see (raises Problem); `staged` makes of a document and
    its JSON what `apply` reads as `document`; `apply` stores a batch. Its rows: number (its place
    in the file), key, id (for a new record), as_of, content_sha256, document.
    """

    noun: str
    document: type[D]
    apply: Callable[[AsyncSession, Rows], Awaitable[Applied]]
    check: Callable[[D], None] = nothing_more
    staged: Callable[[D, str], str] = as_told


class Contended(Exception):
    """Somebody stored a record of the batch meanwhile: the same may be tried again."""


class Turn(StrEnum):
    """What is to become of a row."""

    CREATE = "create"
    CHANGE = "change"
    KEEP = "keep"
    STALE = "stale"


_TABLES = sa.MetaData()


def temporary(name: str, *columns: sa.Column[Any]) -> sa.Table:
    """Return a table that lives no longer than a batch."""
    return sa.Table(name, _TABLES, *columns, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")


ROWS = temporary(
    "bulk_rows",
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text),
    sa.Column("id", sa.Uuid),
    sa.Column("as_of", sa.DateTime(timezone=True)),
    sa.Column("content_sha256", sa.LargeBinary),
    sa.Column("document", JSONB),
    sa.Column("stored_as_of", sa.DateTime(timezone=True)),
    sa.Column("turn", sa.Text),
)
WRITTEN = ROWS.c.turn.in_([Turn.CREATE.value, Turn.CHANGE.value])


class Batch:
    """A batch amid its application, in `ROWS`: locked, sorted out, refused and written."""

    def __init__(self, session: AsyncSession, model: type[ErpRecord]) -> None:
        self.session = session
        self.applied = Applied()
        self._model = model
        self._tables: list[sa.Table] = []

    async def begin(self, staged: Rows) -> None:
        """Lock what is stored under the batch's keys, then decide what each row is to become."""
        # The tables a batch looks into are in memory for the most part: a look by key is cheap.
        await self.session.execute(sa.text("SET LOCAL random_page_cost = 1.1"))
        rows, model = staged.subquery("staged"), self._model
        held = (
            sa.select(model.id)
            .join(rows, rows.c.key == model.key)
            .order_by(model.id)
            .with_for_update(key_share=True, of=model)
            .subquery()
        )
        await self.session.execute(sa.select(sa.func.count()).select_from(held))
        turn = sa.case(
            (model.id.is_(None), Turn.CREATE.value),
            (rows.c.as_of < model.as_of, Turn.STALE.value),
            (model.content_sha256 == rows.c.content_sha256, Turn.KEEP.value),
            else_=Turn.CHANGE.value,
        )
        sorted_out = sa.select(
            *(rows.c.number, rows.c.key, sa.func.coalesce(model.id, rows.c.id)),
            *(rows.c.as_of, rows.c.content_sha256, rows.c.document, model.as_of, turn),
        ).outerjoin_from(rows, model, model.key == rows.c.key)
        await self.fill(ROWS, sorted_out)
        await self._refuse_stale()

    async def fill(self, table: sa.Table, query: Rows) -> None:
        """Make a temporary table and fill it; its columns are the query's, in their order."""
        await self.session.execute(CreateTable(table))
        self._tables.append(table)
        await self.session.execute(sa.insert(table).from_select(list(table.c), query))
        # Nobody else looks after temporary tables; without figures the plans would be guesses.
        await self.session.execute(sa.text(f"ANALYZE {table.name}"))

    async def _refuse_stale(self) -> None:
        stale = await self.session.execute(
            sa.select(ROWS.c.number, ROWS.c.stored_as_of).where(ROWS.c.turn == Turn.STALE.value)
        )
        await self.refuse(
            Refusal(
                number,
                StaleRecord(
                    "A newer state of this record is stored; nothing was changed.",
                    stored_as_of=stored.isoformat(),
                ),
            )
            for number, stored in stale.all()
        )

    async def refuse(self, refusals: Iterable[Refusal]) -> None:
        """Take rows out of the batch, and out of all its tables."""
        found = list(refusals)
        if not found:
            return
        self.applied.refused += found
        numbers = sa.literal([refusal.number for refusal in found], ARRAY(sa.Integer))
        for table in self._tables:
            await self.session.execute(sa.delete(table).where(table.c.number == sa.any_(numbers)))

    async def write(self, told: Rows) -> None:
        """Store what is to be created or changed. Raises Contended.

        `told`: first the number, then the record's own columns, by their names.
        """
        model, moment = self._model, now(self.session)
        source = told.subquery("told")
        place, *own = source.c
        names = [column.name for column in own]
        as_of = sa.func.coalesce(ROWS.c.as_of, moment)
        fresh = (
            sa.select(
                *(ROWS.c.id, ROWS.c.key, sa.literal(1), as_of, ROWS.c.content_sha256),
                *(sa.literal(moment), sa.literal(moment), *own),
            )
            .join(source, place == ROWS.c.number)
            .where(ROWS.c.turn == Turn.CREATE.value)
            .order_by(ROWS.c.number)
        )
        ours = ["id", "key", "version", "as_of", "content_sha256", "created_at", "updated_at"]
        created = await self._run(
            insert(model).from_select([*ours, *names], fresh).on_conflict_do_nothing()
        )
        if created != await self._count(Turn.CREATE):
            raise Contended
        changed = await self._run(
            sa.update(model)
            .where(
                model.id == ROWS.c.id,
                ROWS.c.turn == Turn.CHANGE.value,
                place == ROWS.c.number,
            )
            .values(
                {
                    "version": model.version + 1,
                    "as_of": as_of,
                    "content_sha256": ROWS.c.content_sha256,
                    "updated_at": moment,
                    **{name: source.c[name] for name in names},
                }
            )
        )
        await self._run(
            sa.update(model)
            .where(
                model.id == ROWS.c.id,
                ROWS.c.turn == Turn.KEEP.value,
                ROWS.c.as_of > model.as_of,
            )
            .values(as_of=ROWS.c.as_of)
        )
        self.applied.created, self.applied.changed = created, changed
        self.applied.unchanged = await self._count(Turn.KEEP)

    async def _run(self, statement: Any) -> int:
        options = {"synchronize_session": False}
        result: Any = await self.session.execute(statement, execution_options=options)
        return result.rowcount

    async def _count(self, turn: Turn) -> int:
        query = sa.select(sa.func.count()).select_from(ROWS).where(ROWS.c.turn == turn.value)
        return await self.session.scalar(query) or 0

    async def end(self) -> Applied:
        """Drop the batch's tables; return what became of it."""
        for table in self._tables:
            await self.session.execute(sa.text(f"DROP TABLE pg_temp.{table.name}"))
        return self.applied


def text_of(document: Any, *path: str) -> sa.ColumnElement[Any]:
    """Return the text at a path of a JSON document; null where there is none."""
    return _at(document, path).astext


def object_of(document: Any, *path: str) -> sa.ColumnElement[Any]:
    """Return the object at a path of a JSON document; null where there is none."""
    return sa.func.nullif(_at(document, path), sa.literal_column("'null'::jsonb"), type_=JSONB)


def _at(document: Any, path: Sequence[str]) -> Any:
    return document[path] if len(path) > 1 else document[path[0]]


def flatten(document: Any, name: str, alias: str) -> Any:
    """Return the items of a document's list as rows: `value`, and `n` from 1 on."""
    return (
        sa.func.jsonb_array_elements(document[name])
        .table_valued(sa.column("value", JSONB), with_ordinality="n", joins_implicitly=True)
        .render_derived(name=alias)
    )


NEW_ID = sa.literal_column(
    "encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing substring(int8send("
    "floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), "
    "53, 1), 'hex')::uuid",
    sa.Uuid,
)
"""A new time-ordered id (UUIDv7) for each row, made by the server; PostgreSQL 15 has none."""


def by_number(rows: Sequence[Any]) -> dict[int, list[Any]]:
    """Return rows by the number that each begins with."""
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found
