"""What is done with losses: open, get, page; and how they are capped when they are settled."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from app.events import Event, publish
from app.kit.db import now
from app.kit.ids import new_id
from app.kit.problems import NotFound
from app.obligations import ledger, measures, opening, references, spoken_times
from app.obligations.events import LossOpened, LossSettled, LossUnsettled
from app.obligations.losses.making_good import Lost, Split, split
from app.obligations.losses.models import Allocation, Loss
from app.obligations.losses.schemas import LossIn
from app.obligations.measures import plain
from app.obligations.models import Obligation, Performance
from app.obligations.rules import US, GroundKind, Kind, State

Sums = Mapping[UUID, tuple[int, Decimal]]


async def open_loss(session: AsyncSession, *, document: LossIn) -> Loss:
    """Record one thing lost once. Raises UnknownReference."""
    await references.check(session, parties={"/borne_by": document.borne_by}, about=document.about)
    moment, value = now(session), document.value
    loss = Loss(
        id=new_id(),
        description=document.description,
        kind=document.kind.value,
        quantity=document.quantity,
        value_amount=value.amount if value else None,
        value_currency=value.currency if value else None,
        borne_by=str(references.party(document.borne_by)),
        version=1,
        created_at=moment,
        updated_at=moment,
        **opening.about_columns(document.about),
    )
    session.add(loss)
    await session.flush()
    opened = LossOpened(
        loss_id=loss.id,
        number=loss.number,
        case_id=loss.case_id,
        version=loss.version,
        quantity=loss.quantity,
        value_amount=plain(value.amount) if value else None,
        value_currency=loss.value_currency,
    )
    await publish(session, opened)
    return loss


async def get(session: AsyncSession, loss_id: UUID) -> Loss:
    """Return a loss. Raises NotFound."""
    loss = await session.get(Loss, loss_id)
    if loss is None:
        msg = f"There is no loss {loss_id}."
        raise NotFound(msg)
    return loss


async def page(
    session: AsyncSession, *, after: UUID | None, limit: int, case_id: UUID | None = None
) -> Sequence[Loss]:
    """Return losses in the order they were recorded, after an id."""
    return (await session.scalars(select_losses(after=after, case_id=case_id).limit(limit))).all()


def select_losses(*, after: UUID | None = None, case_id: UUID | None = None) -> sa.Select[Loss]:
    """Return the query of losses after an id."""
    query = sa.select(Loss).order_by(Loss.id)
    if after is not None:
        query = query.where(Loss.id > after)
    return query if case_id is None else query.where(Loss.case_id == case_id)


async def allocations(
    session: AsyncSession, loss_ids: Sequence[UUID]
) -> dict[UUID, list[Allocation]]:
    """Return what made losses good, by loss, in the order it was recorded."""
    found: dict[UUID, list[Allocation]] = defaultdict(list)
    query = sa.select(Allocation).where(Allocation.loss_id.in_(loss_ids))
    for row in await session.scalars(query.order_by(Allocation.loss_id, Allocation.id)):
        found[row.loss_id].append(row)
    return found


def lost(loss: Loss, made_good: Sequence[Allocation]) -> Lost:
    """Return what was lost and what of it was made good."""
    return Lost(
        loss.quantity,
        loss.value_amount,
        sum(each.quantity or 0 for each in made_good),
        sum((each.amount or Decimal(0) for each in made_good), Decimal(0)),
    )


async def cap(
    session: AsyncSession,
    loss: Loss | None,
    obligation: Obligation,
    given: Decimal,
    *,
    above_cap: bool,
) -> Split | None:
    """Divide what is given at what is left of a locked loss; None without a loss.

    Of two who settle one loss at once the second finds what the first left. More than that is
    refused (AboveTheLoss), unless it has really come (`above_cap`). Raises OtherMeasure and
    CurrencyMismatch too.
    """
    if loss is None:
        return None
    measures.require_currency(obligation.currency, loss.value_currency)
    now_lost = lost(loss, (await allocations(session, [loss.id]))[loss.id])
    in_money = obligation.currency is not None
    left = now_lost.remaining_value() if in_money else now_lost.remaining_quantity()
    remaining = measures.require_counted(left, in_money=in_money)
    divided = split(given, remaining)
    if divided.above and not above_cap:
        raise measures.AboveTheLoss(
            f"{plain(given)} is more than the {plain(remaining)} left of loss {loss.number}.",
            remaining=plain(remaining),
            currency=obligation.currency,
        )
    return divided


async def allocate(
    session: AsyncSession,
    loss: Loss,
    obligation: Obligation,
    performance: Performance,
    divided: Split,
) -> list[Event]:
    """Write what of a performance made a locked loss good; what came above is our debt."""
    events: list[Event] = []
    debt: Obligation | None = None
    if divided.above:
        debt = _our_debt(session, loss, obligation, divided.above)
        events.append(await opening.write(session, debt))
    in_money = obligation.currency is not None
    allocation = Allocation(
        id=new_id(),
        loss_id=loss.id,
        obligation_id=obligation.id,
        performance_id=performance.id,
        quantity=None if in_money else int(divided.counted),
        amount=divided.counted if in_money else None,
        above_cap=divided.above,
        debt_id=debt.id if debt else None,
        created_at=now(session),
    )
    session.add(allocation)
    await session.flush()
    made_good = (await allocations(session, [loss.id]))[loss.id]
    if loss.restored_at is None and lost(loss, made_good).is_restored():
        loss.restored_at = now(session)
    ledger.touch(session, loss)
    await session.flush()
    return [_settled(loss, allocation), *events]


async def undo(
    session: AsyncSession, loss: Loss, wrong: Allocation, correction: Performance
) -> LossUnsettled:
    """Take back what of a performance made a locked loss good. What it left to others stays so.

    A row of its own, as the correction is: what was recovered is the sum of all rows.
    """
    session.add(
        Allocation(
            id=new_id(),
            loss_id=loss.id,
            obligation_id=wrong.obligation_id,
            performance_id=correction.id,
            quantity=None if wrong.quantity is None else -wrong.quantity,
            amount=None if wrong.amount is None else -wrong.amount,
            above_cap=-wrong.above_cap,
            debt_id=wrong.debt_id,
            created_at=now(session),
        )
    )
    await session.flush()
    made_good = (await allocations(session, [loss.id]))[loss.id]
    if not lost(loss, made_good).is_restored():
        loss.restored_at = None
    ledger.touch(session, loss)
    await session.flush()
    return LossUnsettled(
        loss_id=loss.id,
        number=loss.number,
        case_id=loss.case_id,
        version=loss.version,
        obligation_id=wrong.obligation_id,
        performance_id=wrong.performance_id,
        correction_id=correction.id,
        quantity=wrong.quantity,
        amount=None if wrong.amount is None else plain(wrong.amount),
        above_cap=plain(wrong.above_cap),
        debt_id=wrong.debt_id,
        is_restored=loss.restored_at is not None,
    )


def _our_debt(
    session: AsyncSession, loss: Loss, obligation: Obligation, above: Decimal
) -> Obligation:
    identity = new_id()
    in_money = obligation.currency is not None
    return Obligation(
        id=identity,
        kind=(Kind.PAY_MONEY if in_money else Kind.RETURN_GOODS).value,
        state=State.OPEN.value,
        debtor=str(US),
        creditor=obligation.debtor,
        creditor_id=obligation.debtor_id,
        description=f"Came above what was lost (loss {loss.number}).",
        owed=above,
        currency=obligation.currency,
        attend_at=now(session) + spoken_times.LOOK_AGAIN_ELSE,
        ground_kind=GroundKind.POLICY.value,
        ground_text="What comes above a loss is not ours to keep.",
        ground_reference=f"obligation {obligation.number}",
        alternatives_id=identity,
        loss_id=loss.id,
        case_id=loss.case_id,
        purchase_line_id=loss.purchase_line_id,
        shipment_key=loss.shipment_key,
        product_key=loss.product_key,
        parcel_id=loss.parcel_id,
        rma=loss.rma,
        serial=loss.serial,
    )


def _settled(loss: Loss, allocation: Allocation) -> LossSettled:
    return LossSettled(
        loss_id=loss.id,
        number=loss.number,
        case_id=loss.case_id,
        version=loss.version,
        obligation_id=allocation.obligation_id,
        performance_id=allocation.performance_id,
        quantity=allocation.quantity,
        amount=None if allocation.amount is None else plain(allocation.amount),
        above_cap=plain(allocation.above_cap),
        debt_id=allocation.debt_id,
        is_restored=loss.restored_at is not None,
    )
