"""The ledger's own ways: which rows are locked, in what order, and what each event says."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import now
from app.kit.etags import check_version
from app.kit.problems import NotFound
from app.kit.records import UnknownReference
from app.obligations.losses.models import Loss
from app.obligations.models import Obligation
from app.obligations.rules import STATES, State


class Locked:
    """Obligations locked together with their alternatives."""

    def __init__(self, rows: Iterable[Obligation]) -> None:
        self._rows = {row.id: row for row in rows}

    def __getitem__(self, obligation_id: UUID) -> Obligation:
        return self._rows[obligation_id]

    def alternatives(self, obligation: Obligation) -> list[Obligation]:
        """Return the others of which and this one either is enough."""
        return [
            row
            for row in self._rows.values()
            if row.alternatives_id == obligation.alternatives_id and row.id != obligation.id
        ]


async def lock(session: AsyncSession, *obligation_ids: UUID) -> Locked:
    """Lock obligations and their alternatives. Raises NotFound.

    First the row of the first of each group, then the others: an alternative that is being added
    meanwhile is waited for, and seen. Losses are locked before, always.
    """
    named = sa.select(Obligation.id, Obligation.alternatives_id).where(
        Obligation.id.in_(obligation_ids)
    )
    groups = dict((await session.execute(named)).all())
    for obligation_id in obligation_ids:
        if obligation_id not in groups:
            raise not_found(obligation_id)
    heads = set(groups.values())
    await session.execute(
        sa.select(Obligation.id)
        .where(Obligation.id.in_(heads))
        .order_by(Obligation.id)
        .with_for_update(key_share=True)
    )
    rows = await session.scalars(
        sa.select(Obligation)
        .where(Obligation.alternatives_id.in_(heads))
        .order_by(Obligation.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return Locked(rows)


async def require_known(session: AsyncSession, obligation_id: UUID, *, pointer: str) -> None:
    """Refuse a document that names an obligation there is not. Raises UnknownReference."""
    if await session.scalar(sa.select(Obligation.id).where(Obligation.id == obligation_id)) is None:
        detail = not_found(obligation_id).detail
        raise UnknownReference(detail, errors=[{"pointer": pointer, "detail": detail}])


async def take(session: AsyncSession, obligation_id: UUID, if_match: str | None) -> Obligation:
    """Lock one obligation for a change. Raises NotFound, VersionMismatch."""
    obligation = (await lock(session, obligation_id))[obligation_id]
    check_version(obligation.version, if_match=if_match, if_none_match=None)
    return obligation


async def lock_loss(session: AsyncSession, loss_id: UUID) -> Loss:
    """Lock a loss, before the obligations that pursue it. Raises NotFound."""
    loss = await session.get(
        Loss, loss_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if loss is None:
        msg = f"There is no loss {loss_id}."
        raise NotFound(msg)
    return loss


def not_found(obligation_id: UUID) -> NotFound:
    """Return the problem of an id that no obligation has."""
    return NotFound(f"There is no obligation {obligation_id}.")


def touch(session: AsyncSession, record: Any) -> None:
    """Note that a record was changed."""
    record.version += 1
    record.updated_at = now(session)


def end(session: AsyncSession, obligation: Obligation, state: State, **facts: Any) -> None:
    """Take an obligation to its end, now or `ended_at`. Raises IllegalStep."""
    STATES.step(obligation, state)
    obligation.ended_at = facts.pop("ended_at", None) or now(session)
    for name, value in facts.items():
        setattr(obligation, name, value)
    touch(session, obligation)


def identity(obligation: Obligation) -> dict[str, Any]:
    """Return what every event of an obligation says of it."""
    return {
        "obligation_id": obligation.id,
        "number": obligation.number,
        "kind": obligation.kind,
        "debtor": obligation.debtor,
        "creditor": obligation.creditor,
        "case_id": obligation.case_id,
        "loss_id": obligation.loss_id,
        "version": obligation.version,
    }
