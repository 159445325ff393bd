"""What is owed by a claim as it stands: by whom, until when, on what ground."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.claims import return_dues
from app.claims.due import Due, iso, number_of, term
from app.claims.models import ClaimLine
from app.claims.reading import Read
from app.claims.rules import WantedRemedy
from app.claims.rules.axes import Authorization
from app.claims.rules.folding import Asked, Fact
from app.claims.standing import Standing
from app.obligations.rules import Kind as Owed
from app.runtime import settings_of
from app.vendors.terms import Window

_OWED = {
    WantedRemedy.CREDIT: Owed.PAY_MONEY,
    WantedRemedy.REPLACEMENT: Owed.DELIVER_GOODS,
    WantedRemedy.REPAIR: Owed.REPAIR_GOODS,
}


def dues_of(standing: Standing, found: Read, session: AsyncSession) -> list[Due]:
    """Return what is owed by a claim as it stands."""
    settings = settings_of(session).claims
    return [
        *_answers(standing, found),
        *_remedies(standing, found),
        *return_dues.units(standing, found, settings.rma_warn_days),
        *return_dues.confirmation(standing, found, settings.confirm_receipt_days),
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
        {"due_at": iso(due_at)},
        "The time to answer is reckoned otherwise.",
        obligation={
            "kind": Owed.ANSWER,
            "debtor": standing.party,
            "description": f"{what} {number_of(standing)}.",
            "due_at": due_at,
            "ground": term(ground, source),
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
            whole = _Part(quantity, _money(line, quantity, consent.told.get("allowance")))
            yield _remedy(standing, found, line, whole)


@dataclass(frozen=True, slots=True)
class _Part:
    """What is owed of a line, in units and in money; `place`: beside how many others, from 1."""

    quantity: int
    money: dict[str, str | None] | None
    place: int = 1

    def beyond(self, stays: Mapping[str, Any], *, in_money: bool) -> "_Part | None":
        """Return what is owed besides a debt that stays, by what that was reckoned from."""
        quantity = self.quantity - stays["quantity"]
        money, before = self.money, stays["amount"]
        if in_money and money and before and money["currency"] == stays["currency"]:
            amount = Decimal(str(money["amount"])) - Decimal(before)
            more = _plain(amount, money["currency"])
            return _Part(max(quantity, 1), more, self.place + 1) if amount > 0 else None
        if quantity <= 0:
            return None
        if money is not None:
            each = Decimal(str(money["amount"])) / self.quantity
            money = _plain(each * quantity, money["currency"])
        return _Part(quantity, money, self.place + 1)


def _remedy(standing: Standing, found: Read, line: ClaimLine, part: _Part) -> Due:
    consent: Any = found.consent
    remedy = WantedRemedy(consent.told["remedy"])
    in_money = remedy is WantedRemedy.CREDIT
    money = part.money if in_money else None
    waits = in_money and bool(consent.told.get("return_required"))
    received = found.journey.late_clock_stopped_at if waits else None
    number = f" under {standing.claim.rma}" if standing.claim.rma else ""
    text = f"The vendor consented to a {remedy.value}{number} on {consent.at.date()}."
    counted = not in_money or line.unit_value_amount is not None

    def beyond(stays: Mapping[str, Any]) -> Due | None:
        rest = part.beyond(stays, in_money=in_money)
        return _remedy(standing, found, line, rest) if rest else None

    return Due(
        "remedy" if part.place == 1 else f"remedy_{part.place}",
        line.id,
        {
            "remedy": remedy.value,
            "quantity": part.quantity,
            "amount": money["amount"] if money else None,
            "currency": money["currency"] if money else None,
            "rma": standing.claim.rma,
        },
        "The vendor's consent is another now.",
        obligation={
            "kind": _OWED[remedy],
            "debtor": standing.party,
            "quantity": None if in_money else part.quantity,
            "amount": money,
            "unit_value": _money(line, 1, None),
            "description": f"{remedy.value.capitalize()} of {part.quantity} of {line.product_key}"
            f"{f', serial {line.serial}' if line.serial else ''}: claim {number_of(standing)}"
            f"{', by a later consent' if part.place > 1 else ''}.",
            "trigger": "The vendor has received what goes back." if waits else None,
            "ground": term(f"{text} {consent.words or ''}".strip()[:4000], None),
            "about": standing.about(line),
            "loss_id": line.loss_id if counted else None,
        },
        triggered_at=received,
        due_at=_credited_by(standing, received),
        beyond=beyond,
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


def _plain(amount: Decimal, currency: str | None) -> dict[str, str | None]:
    return {"amount": format(amount, "f"), "currency": currency}


def _credited_by(standing: Standing, received: datetime | None) -> datetime | None:
    window = standing.terms.credit_after_receipt if standing.terms else None
    if window is None or received is None:
        return None
    return window.ends(received, standing.counting).last
