"""What rooms above join the ledger with."""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.obligations.losses.models import Allocation, Deadline, Loss
from app.obligations.models import IS_DUE, Obligation, Performance, Promise


@cache
def obligations() -> sa.Select[*tuple[Any, ...]]:
    """Return all that is or was owed.

    obligation_id, number, kind, state
    debtor, creditor      parties as text: `us`, `vendor:acme`, `carrier:ups`, `customer:C-1001`
    debtor_id, creditor_id   the vendor's or customer's id; null for us and for carriers
    description, ground_kind, ground_text, ground_reference
    owed, performed, currency   units or acts where the currency is null
    unit_value_amount, unit_value_currency   what one unit is worth at our cost
    due_at, attend_at, contested_at, ended_at, created_at
    alternatives_id       of those with the same one is enough
    case_id, loss_id, purchase_line_id, shipment_key, product_key, rma, serial
    rma_lookup, serial_lookup   the forms in which `orders.rules` finds them
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
        Obligation.description,
        Obligation.ground_kind,
        Obligation.ground_text,
        Obligation.ground_reference,
        Obligation.owed,
        Obligation.performed,
        Obligation.currency,
        Obligation.unit_value_amount,
        Obligation.unit_value_currency,
        Obligation.due_at,
        Obligation.attend_at,
        Obligation.contested_at,
        Obligation.ended_at,
        Obligation.created_at,
        Obligation.alternatives_id,
        Obligation.case_id,
        Obligation.loss_id,
        Obligation.purchase_line_id,
        Obligation.shipment_key,
        Obligation.product_key,
        Obligation.rma,
        Obligation.serial,
        Obligation.rma_lookup,
        Obligation.serial_lookup,
    )


@cache
def due() -> sa.Select[*tuple[Any, ...]]:
    """Return what is owed now, with the columns of `obligations`.

    Indexed by number, debtor, creditor, rma_lookup, serial_lookup, purchase_line_id, loss_id.
    """
    return obligations().where(IS_DUE)


@cache
def promises() -> sa.Select[*tuple[Any, ...]]:
    """Return the words debts rest on: by obligation_id.

    obligation_id, by_name, by_role, said_at, channel, words, file_ids
    """
    return sa.select(
        Promise.obligation_id,
        Promise.by_name,
        Promise.by_role,
        Promise.said_at,
        Promise.channel,
        Promise.words,
        Promise.file_ids,
    )


@cache
def performances() -> sa.Select[*tuple[Any, ...]]:
    """Return what was done towards debts and still stands: corrected rows are not among them.

    performance_id, obligation_id (indexed), value, performed_at, reference, note, file_ids
    """
    correction = aliased(Performance)
    corrected = sa.select(correction.id).where(correction.corrects_id == Performance.id)
    return sa.select(
        Performance.id.label("performance_id"),
        Performance.obligation_id,
        Performance.value,
        Performance.performed_at,
        Performance.reference,
        Performance.note,
        Performance.file_ids,
    ).where(Performance.corrects_id.is_(None), ~corrected.exists())


@cache
def recovered() -> sa.Select[*tuple[Any, ...]]:
    """Return what made losses good, one row for each allocation; negative where it was corrected.

    loss_id, case_id, purchase_line_id   of the loss
    obligation_id, performance_id
    quantity              units; null where money was given
    amount, currency      money; the amount is null where units were given
    above_cap, debt_id    what came above the loss, and the debt of ours that this became
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
        Allocation.above_cap,
        Allocation.debt_id,
    ).join(Loss, Loss.id == Allocation.loss_id)


@cache
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
