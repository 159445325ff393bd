"""What is owed by a replacement as it stands: by whom, until when, on what ground."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.obligations.rules import GroundKind, PartyKind
from app.obligations.rules import Kind as Owed
from app.replacements.models import ReplacementCharge
from app.replacements.reading import Read
from app.replacements.rules import SwapOutcome, spoken_number
from app.replacements.rules.returning import anchor_text
from app.replacements.rules.states import GRANTED, Outbound, ReturnCharge

_SHORT = 200
_LONGEST = 4000
_US = {"kind": PartyKind.US}
# What was owed back was settled otherwise than by sending it: the vendor asks for it no more.
_LET_OFF = {
    SwapOutcome.WAIVED: "The vendor wants it back no more.",
    SwapOutcome.CHARGE_ACCEPTED: "The vendor was paid for it.",
    SwapOutcome.LOST_AT_VENDORS_RISK: "It was lost on its way, at the vendor's risk.",
    SwapOutcome.CHARGE_REVERSED: "The vendor gave back what it charged for it.",
    SwapOutcome.CLOSED_BY_US: "The replacement was closed.",
}


@dataclass(frozen=True, slots=True)
class Due:
    """One debt that there should be.

    purpose, subject   what for, and of which charge
    basis              what it is reckoned from
    done_at            when it was kept; let_off: why its creditor asks for it no more
    """

    purpose: str
    subject: UUID | None
    basis: dict[str, Any]
    obligation: dict[str, Any]
    due_why: str = "It is due at another time."
    triggered_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_note: str | None = None
    let_off: str | None = None


def dues_of(found: Read) -> list[Due]:
    """Return what is owed by a replacement as it stands."""
    return [*_ship(found), *_return(found), *_security(found), *_charges(found)]


def _ship(found: Read) -> Iterator[Due]:
    """The vendor ships within the time that its terms give it."""
    standing = found.standing
    window = standing.offered.ships_within if standing.offered else None
    if window is None or found.course.now not in GRANTED:
        return
    asked = standing.replacement.requested_at
    due_at = window.ends(asked, standing.counting).last
    reached = found.course.reached
    shipped = reached.get(Outbound.SHIPPED) or reached.get(Outbound.DELIVERED)
    yield Due(
        "ship",
        None,
        {"due_at": due_at.isoformat()},
        {
            "kind": Owed.OTHER,
            "debtor": standing.party,
            "due_at": due_at,
            "description": f"Ship the replacement {_number(found)}.",
            "ground": _term(f"Replacements are shipped {window.text()}.", standing.source),
            "about": standing.about(),
        },
        done_at=shipped,
        done_note="On its way.",
    )


def _return(found: Read) -> Iterator[Due]:
    """We owe the unit that failed; there is no other debt to send it back."""
    if found.course.now not in GRANTED:
        return
    standing, by = found.standing, found.return_by
    row = standing.replacement
    settled = found.returned_as()
    serial = f", serial {row.back_serial}" if row.back_serial else ""
    arrived = found.late_clock_stopped_at
    own = found.proof().delivered_at == arrived
    yield Due(
        "return",
        None,
        {"serial": row.back_serial, "product": row.back_key},
        {
            "kind": Owed.RETURN_GOODS,
            "debtor": _US,
            "creditor": standing.party,
            "quantity": 1,
            "unit_value": _money(row.at_risk_amount, row.at_risk_currency),
            "description": f"Send back {row.back_key}{serial}: replacement {_number(found)}"
            f"{f', {row.rma}' if row.rma else ''}.",
            "trigger": anchor_text(by.anchor),
            "ground": _term(by.why, standing.source),
            "about": standing.about(),
        },
        due_why=by.why,
        # Sent before it had to be, it is a debt that was kept.
        triggered_at=by.since or found.delivered_at or arrived,
        due_at=by.due_at,
        done_at=arrived,
        done_note="Delivered, as its carrier says." if own else "As the vendor says.",
        let_off=_LET_OFF.get(settled) if settled else None,
    )


def _security(found: Read) -> Iterator[Due]:
    """What the vendor took in hand comes back once it has the unit."""
    standing = found.standing
    row = standing.replacement
    money = _money(row.billed_amount, row.billed_currency) or row.security.get("deposit")
    if money is None or found.course.now not in GRANTED:
        return
    received = found.received.at if found.received and found.is_confirmed else None
    if received is None and found.waived is not None:
        received = found.waived.at
    settled = found.returned_as()
    kept = {SwapOutcome.CHARGE_ACCEPTED, SwapOutcome.CLOSED_BY_US}
    window = standing.terms.credit_after_receipt if standing.terms else None
    what = "What was billed for" if row.billed_amount is not None else "The deposit on"
    yield Due(
        "security",
        None,
        {"amount": money["amount"], "currency": money["currency"]},
        {
            "kind": Owed.PAY_MONEY,
            "debtor": standing.party,
            "amount": money,
            "description": f"{what} the replacement {_number(found)} comes back.",
            "trigger": "The vendor has received the unit.",
            "ground": _term("It secures the return, and ends with it.", standing.source),
            "about": standing.about(),
        },
        triggered_at=received,
        due_at=window.ends(received, standing.counting).last if window and received else None,
        let_off=_LET_OFF[settled] if settled in kept else None,
    )


def _charges(found: Read) -> Iterator[Due]:
    for row in found.standing.charges:
        if row.disputed_at is not None and row.state != ReturnCharge.CHARGE_ACCEPTED.value:
            yield _refund(found, row)
        if row.accepted_at is not None:
            yield _payment(found, row)


def _refund(found: Read, row: ReplacementCharge) -> Due:
    """The vendor gives back what it charged for a unit that it has."""
    why = (row.by_hand or {}).get("words") or row.judged["why"]
    return Due(
        "refund",
        row.id,
        {"amount": format(row.amount, "f"), "currency": row.currency},
        {
            "kind": Owed.PAY_MONEY,
            "debtor": found.standing.party,
            "amount": _money(row.amount, row.currency),
            "description": f"Give back {row.number}: charged as not returned, replacement "
            f"{_number(found)}.",
            "ground": {"kind": GroundKind.POLICY, "text": why[:_LONGEST], "reference": None},
            "about": found.standing.about(),
        },
        done_at=row.cancelled_at,
        done_note="The vendor took its paper back.",
    )


def _payment(found: Read, row: ReplacementCharge) -> Due:
    told = row.by_hand or {}
    return Due(
        "payment",
        row.id,
        {"amount": format(row.amount, "f"), "currency": row.currency},
        {
            "kind": Owed.PAY_MONEY,
            "debtor": _US,
            "creditor": found.standing.party,
            "amount": _money(row.amount, row.currency),
            "description": f"Pay {row.number} for the unit of replacement {_number(found)}.",
            "ground": _term(
                (told.get("words") or "Accepted as charged: the unit was not returned.")[:_LONGEST],
                found.standing.source,
            ),
            "about": found.standing.about(),
        },
    )


def _money(amount: Decimal | None, currency: str | None) -> dict[str, str] | None:
    if amount is None or currency is None or amount <= 0:
        return None
    return {"amount": format(amount, "f"), "currency": currency}


def _term(text: str, source: str | None) -> dict[str, Any]:
    return {
        "kind": GroundKind.TERM,
        "text": text[:_LONGEST],
        "reference": source[:_SHORT] if source else None,
    }


def _number(found: Read) -> str:
    return spoken_number(found.standing.replacement.number)
