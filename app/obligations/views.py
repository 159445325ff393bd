"""What rooms above join the ledger with."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.obligations.loss_models import Allocation, Deadline, Loss
from app.obligations.models import Obligation


def obligations() -> sa.Select[*tuple[Any, ...]]:
    """Return all that is or was owed.

    obligation_id, number, kind, state
    debtor, creditor      parties as text: `us`, `vendor:acme`, `carrier:ups`, `customer:C-1001`
    debtor_id, creditor_id   the vendor's or customer's id; null for us and for carriers
    owed, performed, currency   units or acts where the currency is null
    due_at, attend_at, contested_at, ended_at
    case_id, loss_id, purchase_line_id
    """
    return sa.select(
        Obligation.id.label("obligation_id"),
        Obligation.number,
        Obligation.kind,
        Obligation.state,
        Obligation.debtor,
        Obligation.debtor_id,
        Obligation.creditor,
        Obligation.creditor_id,
        Obligation.owed,
        Obligation.performed,
        Obligation.currency,
        Obligation.due_at,
        Obligation.attend_at,
        Obligation.contested_at,
        Obligation.ended_at,
        Obligation.case_id,
        Obligation.loss_id,
        Obligation.purchase_line_id,
    )


def recovered() -> sa.Select[*tuple[Any, ...]]:
    """Return what made losses good, one row for each allocation; negative where it was corrected.

    loss_id, case_id, purchase_line_id   of the loss
    obligation_id, performance_id
    quantity              units; null where money was given
    amount, currency      money; the amount is null where units were given
    """
    return sa.select(
        Allocation.loss_id,
        Loss.case_id,
        Loss.purchase_line_id,
        Allocation.obligation_id,
        Allocation.performance_id,
        Allocation.quantity,
        Allocation.amount,
        Loss.value_currency.label("currency"),
    ).join(Loss, Loss.id == Allocation.loss_id)


def subjects() -> sa.CompoundSelect[UUID | None, Any]:
    """Return the subjects of events of all that is of a case, found by it: case_id, subject."""
    noun_of = {Obligation: "obligations", Loss: "losses", Deadline: "deadlines"}
    return sa.union_all(
        *(
            sa.select(
                model.case_id,
                (sa.literal(f"{noun}/", sa.Text) + sa.cast(model.id, sa.Text)).label("subject"),
            ).where(model.case_id.is_not(None))
            for model, noun in noun_of.items()
        )
    )
