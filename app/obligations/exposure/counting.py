"""What each debt to us counts for, so that a loss counts once: reckoned from the ledger itself.

Debts that pursue one loss, and alternatives, stand under one key. Under it the largest claim of
a currency counts first, up to what is left of the loss; the rest is pursued elsewhere. A debt
that stands alone counts whole. No part of a key depends on what stands under another.
"""

from typing import Any

import sqlalchemy as sa

from app.obligations.losses.models import Allocation, Loss
from app.obligations.models import IS_DUE, KEY, OWED_TO_US, Obligation

Selected = sa.Select[*tuple[Any, ...]]


def count(keys: sa.SelectBase | None = None) -> Selected:
    """Return the query of what debts to us count for now: all of them, or those under these keys.

    obligation_id, key, debtor, due_at
    currency      null: nobody told what it is worth
    day           the beginning of the day it is due on, by UTC
    money, goods  what it counts for; one of them is nothing
    elsewhere     what is claimed here and counted at another debt
    """
    claim = _claims(keys).cte("claim")
    left = _left_of_losses(claim).subquery("left_of_losses")
    same = [claim.c.key, claim.c.currency]
    largest = sa.func.max(claim.c.value).over(partition_by=same)
    before = sa.func.coalesce(
        sa.func.sum(claim.c.value).over(
            partition_by=same,
            order_by=[
                claim.c.value.desc(),
                claim.c.due_at.asc().nulls_last(),
                claim.c.obligation_id,
            ],
            rows=(None, -1),
        ),
        0,
    )
    is_capped = sa.and_(left.c.value.is_not(None), left.c.currency == claim.c.currency)
    cap = sa.case((is_capped, left.c.value), else_=largest)
    counted = sa.func.greatest(sa.func.least(claim.c.value, cap - before), 0)
    each = (
        sa.select(claim, counted.label("counted"))
        .join(left, left.c.loss_id == claim.c.key, isouter=True)
        .subquery("each")
    )
    told = sa.func.coalesce(each.c.value, 0)
    return sa.select(
        each.c.obligation_id,
        each.c.key,
        each.c.debtor,
        each.c.currency,
        sa.func.date_trunc("day", each.c.due_at, "UTC").label("day"),
        each.c.due_at,
        sa.case((each.c.is_money, each.c.counted), else_=0).label("money"),
        sa.case((each.c.is_money, 0), else_=each.c.counted).label("goods"),
        (told - each.c.counted).label("elsewhere"),
    )


def _claims(keys: sa.SelectBase | None) -> Selected:
    left = sa.func.greatest(Obligation.owed - Obligation.performed, 0)
    in_money = Obligation.currency.is_not(None)
    worth = sa.case((in_money, left), else_=left * Obligation.unit_value_amount)
    currency = sa.func.coalesce(Obligation.currency, Obligation.unit_value_currency)
    claims = sa.select(
        Obligation.id.label("obligation_id"),
        KEY.label("key"),
        Obligation.loss_id,
        Obligation.debtor,
        currency.label("currency"),
        Obligation.due_at,
        in_money.label("is_money"),
        worth.label("value"),
    ).where(IS_DUE, OWED_TO_US)
    return claims if keys is None else claims.where(KEY.in_(keys))


def _left_of_losses(claim: sa.CTE) -> Selected:
    """Return what is left of the losses that are pursued, where their value was told."""
    pursued = sa.select(claim.c.loss_id).where(claim.c.loss_id.is_not(None)).distinct()
    # By the index of each loss: how few are asked for is not seen by the planner.
    done = (
        sa.select(
            sa.func.coalesce(sa.func.sum(Allocation.quantity), 0).label("units"),
            sa.func.coalesce(sa.func.sum(Allocation.amount), 0).label("amount"),
        )
        .where(Allocation.loss_id == Loss.id)
        .lateral("done")
    )
    by_units = sa.case(
        (done.c.units > 0, sa.func.round(Loss.value_amount * done.c.units / Loss.quantity, 4)),
        else_=0,
    )
    left = Loss.value_amount - by_units - done.c.amount
    return (
        sa.select(
            Loss.id.label("loss_id"),
            Loss.value_currency.label("currency"),
            sa.func.greatest(left, 0).label("value"),
        )
        .join(done, sa.true())
        .where(Loss.id.in_(pursued), Loss.value_amount.is_not(None))
    )
