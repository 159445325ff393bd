"""What is owed by a claim as it stands: by whom, until when, on what ground."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims.models import ClaimLine
from app.claims.reading import Read
from app.claims.rules import WantedRemedy, spoken_number
from app.claims.rules.axes import Authorization, ReturnLeg
from app.claims.rules.folding import Asked, Fact
from app.claims.standing import Standing
from app.claims.watching import settings_of
from app.kit.business_time import add_business_days
from app.obligations.rules import DeadlineKind, GroundKind, PartyKind
from app.obligations.rules import Kind as Owed
from app.vendors.terms import Window

_SHORT = 200
_US = {"kind": PartyKind.US}
_OWED = {
    WantedRemedy.CREDIT: Owed.PAY_MONEY,
    WantedRemedy.REPLACEMENT: Owed.DELIVER_GOODS,
    WantedRemedy.REPAIR: Owed.REPAIR_GOODS,
}
_MOST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Due:
    """One debt or deadline that there should be.

    purpose, subject   what for, and of which fact or line
    basis              what it is reckoned from
    why                why another takes its place, once the basis is another
    """

    purpose: str
    subject: UUID | None
    basis: dict[str, Any]
    why: str
    obligation: dict[str, Any] | None = None
    deadline: dict[str, Any] | None = None
    triggered_at: datetime | None = None
    due_at: datetime | None = None
    done_at: datetime | None = None
    done_quantity: int | None = None
    done_note: str | None = None
    last_at: datetime | None = None


def dues_of(standing: Standing, found: Read, session: AsyncSession) -> list[Due]:
    """Return what is owed by a claim as it stands."""
    settings = settings_of(session).claims
    return [
        *_answers(standing, found),
        *_remedies(standing, found),
        *_return(standing, found, settings.rma_warn_days),
        *_confirmation(standing, found, settings.confirm_receipt_days),
    ]


def _answers(standing: Standing, found: Read) -> Iterator[Due]:
    """The vendor owes us a word each time we ask for it."""
    terms = standing.terms
    name = "answer_to_claim"
    window: Window | None = terms.answer_to_claim if terms else None
    if terms is not None and window is None:
        name, window = "answer_to_return_request", terms.answer_to_return_request
    source = terms.source_of(name) if terms else None
    for each in found.course.asks:
        if each.answer is not None and each.answer.source.is_ours:
            continue
        yield _answer(standing, each, window, source)


def _answer(standing: Standing, asked: Asked, window: Window | None, source: str | None) -> Due:
    ask, answer = asked.ask, asked.answer
    due_at = window.ends(ask.at, standing.counting).last if window else None
    what = {
        Fact.SUBMITTED: "Answer claim",
        Fact.ANSWERED: "Answer claim, now that what was asked for was sent:",
        Fact.APPEALED: "Answer the appeal in claim",
    }[ask.fact]
    ground = (
        f"Answers are due {window.text()}."
        if window
        else "A claim is owed an answer; no term says by when."
    )
    return Due(
        "answer",
        ask.source.id,
        {"due_at": _iso(due_at)},
        "The time to answer is reckoned otherwise.",
        obligation={
            "kind": Owed.ANSWER,
            "debtor": standing.party,
            "description": f"{what} {_number(standing)}.",
            "due_at": due_at,
            "ground": _term(ground, source),
            "about": standing.about(),
        },
        done_at=answer.at if answer else None,
        done_quantity=1,
        done_note=answer.source.words if answer else None,
    )


def _remedies(standing: Standing, found: Read) -> Iterator[Due]:
    """The vendor owes what it consented to; a consent that it took back since stays on record."""
    consent = found.consent
    over = {Authorization.VOIDED, Authorization.EXPIRED}
    if consent is None or found.course.now in over:
        return
    for line in standing.lines:
        quantity = consent.told["granted"].get(str(line.position), 0)
        if quantity:
            yield _remedy(standing, found, line, quantity)


def _remedy(standing: Standing, found: Read, line: ClaimLine, quantity: int) -> Due:
    consent: Any = found.consent
    remedy = WantedRemedy(consent.told["remedy"])
    money = _money(line, quantity, consent.told.get("allowance"))
    in_money = remedy is WantedRemedy.CREDIT
    waits = in_money and bool(consent.told.get("return_required"))
    received = found.journey.late_clock_stopped_at if waits else None
    number = f" under {standing.claim.rma}" if standing.claim.rma else ""
    text = f"The vendor consented to a {remedy.value}{number} on {consent.at.date()}."
    counted = not in_money or line.unit_value_amount is not None
    basis = {
        "remedy": remedy.value,
        "quantity": quantity,
        "amount": money["amount"] if money and in_money else None,
        "rma": standing.claim.rma,
    }
    return Due(
        "remedy",
        line.id,
        basis,
        "The vendor's consent is another now.",
        obligation={
            "kind": _OWED[remedy],
            "debtor": standing.party,
            "quantity": None if in_money else quantity,
            "amount": money if in_money else None,
            "unit_value": _money(line, 1, None),
            "description": f"{remedy.value.capitalize()} of {quantity} of {line.product_key}"
            f"{f', serial {line.serial}' if line.serial else ''}: claim {_number(standing)}.",
            "trigger": "The vendor has received what goes back." if waits else None,
            "ground": _term(f"{text} {consent.words or ''}".strip()[:4000], None),
            "about": standing.about(line),
            "loss_id": line.loss_id if counted else None,
        },
        triggered_at=received,
        due_at=_credited_by(standing, received),
    )


def _money(
    line: ClaimLine, quantity: int, allowance: dict[str, str] | None
) -> dict[str, str | None] | None:
    if allowance is not None:
        amount = Decimal(allowance["amount"]) * quantity
        return _plain(amount, allowance["currency"])
    if line.unit_value_amount is None:
        return None
    return _plain(quantity * line.unit_value_amount, line.unit_value_currency)


def _plain(amount: Decimal, currency: str | None) -> dict[str, str | None] | None:
    return {"amount": format(amount, "f"), "currency": currency} if 0 < amount < _MOST else None


def _credited_by(standing: Standing, received: datetime | None) -> datetime | None:
    window = standing.terms.credit_after_receipt if standing.terms else None
    if window is None or received is None:
        return None
    return window.ends(received, standing.counting).last


def _return(standing: Standing, found: Read, warn_days: int) -> Iterator[Due]:
    """We owe the units, and may send them for as long as the consent runs."""
    consent = found.consent
    arrived = found.journey.late_clock_stopped_at
    if consent is None or not (found.is_return_required or _was_returned(standing, found)):
        return
    granted: dict[str, int] = consent.told["granted"]
    # Where a replacement comes first, its own debt says by when the unit goes back.
    own_lines = [line for line in standing.lines if not line.is_swapped]
    quantity = sum(granted.get(str(line.position), 0) for line in own_lines)
    if not quantity:
        return
    lapses_at = standing.claim.lapses_at
    number = standing.claim.rma or "the vendor's consent"
    own = found.journey.reached.get(ReturnLeg.DELIVERED_TO_VENDOR) == arrived
    yield Due(
        "return",
        None,
        {"quantity": quantity, "due_at": _iso(lapses_at), "rma": standing.claim.rma},
        "The vendor's consent is another now.",
        obligation={
            "kind": Owed.RETURN_GOODS,
            "debtor": _US,
            "creditor": standing.party,
            "quantity": quantity,
            "due_at": lapses_at,
            "description": f"Send back what claim {_number(standing)} is about, under {number}.",
            "ground": _term("The vendor wants the units back that it makes good.", None),
            "about": standing.about(),
        },
        done_at=arrived,
        done_quantity=quantity,
        done_note="Delivered, as its carrier says." if own else "As the vendor says.",
    )
    if lapses_at is not None:
        yield _ship(standing, found, lapses_at, warn_days)


def _was_returned(standing: Standing, found: Read) -> bool:
    """Whether they went back while they were wanted: what was owed then was kept."""
    consent, arrived = found.consent, found.journey.late_clock_stopped_at
    if consent is None or arrived is None or not consent.told.get("return_required"):
        return False
    end = found.course.ended_at or standing.claim.settled_at
    return end is None or arrived <= end


def _ship(standing: Standing, found: Read, lapses_at: datetime, warn_days: int) -> Due:
    safe_on: date = lapses_at.date() - timedelta(days=warn_days)
    return Due(
        "ship_under_rma",
        None,
        {"last_at": _iso(lapses_at), "rma": standing.claim.rma},
        "The vendor's consent ends on another day.",
        deadline={
            "kind": DeadlineKind.SHIP,
            "description": f"Send the units of claim {_number(standing)} while "
            f"{standing.claim.rma or 'the consent'} runs.",
            "toward": standing.party,
            "last_at": lapses_at,
            "last_safe_on": safe_on,
            "last_safe_source": f"{warn_days} days before it ends",
            "ground": _term("Units travel under an authorisation while it is valid.", None),
            "about": standing.about(),
        },
        done_at=min(found.journey.reached.values(), default=None),
        done_note="On its way.",
        last_at=lapses_at,
    )


def _confirmation(standing: Standing, found: Read, days: int) -> Iterator[Due]:
    """The carrier has delivered: the vendor owes us its own word that it has the units."""
    delivered = found.journey.reached.get(ReturnLeg.DELIVERED_TO_VENDOR)
    if delivered is None:
        return
    by, terms = standing.counting, standing.terms
    window = terms.receipt_confirmation if terms else None
    if window is not None:
        due_at, text = window.ends(delivered, by).last, f"Receipt is confirmed {window.text()}."
    else:
        due_at = by.end_of(add_business_days(by.calendar, by.day(delivered), days))
        text = f"No term says by when receipt is confirmed; we give {days} business days."
    yield Due(
        "confirmation",
        None,
        {"due_at": _iso(due_at)},
        "It was delivered at another time, as was heard later.",
        obligation={
            "kind": Owed.ANSWER,
            "debtor": standing.party,
            "description": f"Say that the units of claim {_number(standing)} were received, by "
            "their serial numbers.",
            "due_at": due_at,
            "ground": _term(text, terms.source_of("receipt_confirmation") if terms else None)
            | ({} if window else {"kind": GroundKind.POLICY}),
            "about": standing.about(),
        },
        done_at=found.journey.risk_ended_at,
        done_quantity=1,
        done_note="The vendor has confirmed it.",
    )


def _term(text: str, source: str | None) -> dict[str, Any]:
    return {
        "kind": GroundKind.TERM,
        "text": text,
        "reference": source[:_SHORT] if source else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _number(standing: Standing) -> str:
    return spoken_number(standing.claim.number)
