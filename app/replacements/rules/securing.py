"""What a vendor wants in hand before it ships, and that no card number is ever kept. Pure."""

import re
import unicodedata

from app.vendors.terms import AdvanceReplacement, ChargeModel, Security

_FEWEST, _MOST = 12, 19
_BETWEEN = re.compile(r"[\W_]+")
_RUN = re.compile(r"[0-9]{12,}")
# Where terms name no security, the way in which they charge tells it.
_BY_MODEL = {
    ChargeModel.BILL_ON_SHIP: Security.PURCHASE_ORDER,
    ChargeModel.DEPOSIT_HOLD: Security.DEPOSIT,
}
_MEMBERS = {
    Security.PURCHASE_ORDER: "purchase_order",
    Security.CARD: "card_reference",
    Security.DEPOSIT: "deposit",
    Security.CREDIT_APPROVAL: "credit_approval",
}
_WANTED = {
    Security.PURCHASE_ORDER: "a purchase order's number",
    Security.CARD: "the reference of a card's authorisation, never the card's number",
    Security.DEPOSIT: "the amount of the deposit",
    Security.CREDIT_APPROVAL: "the reference of the credit approval",
}


def looks_like_card(text: str) -> bool:
    """Whether a text holds what may be a card's number: 12 to 19 digits that check out by Luhn.

    People write them with blanks and dashes between.
    """
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(
        str(unicodedata.digit(each)) if unicodedata.digit(each, None) is not None else each
        for each in _BETWEEN.sub("", plain)
    )
    return any(_holds_card(run) for run in _RUN.findall(digits))


def _holds_card(run: str) -> bool:
    return any(
        _checks_out(run[at : at + length])
        for length in range(_FEWEST, min(_MOST, len(run)) + 1)
        for at in range(len(run) - length + 1)
        if length > _FEWEST or len(run) == _FEWEST
    )


def _checks_out(digits: str) -> bool:
    if len(set(digits)) == 1:
        return True
    doubled = [int(each) * (2 if place % 2 else 1) for place, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0  # noqa: PLR2004


def wanted(offered: AdvanceReplacement | None) -> Security | None:
    """Return what the vendor wants in hand; None: nothing, or nobody knows."""
    charge = offered.charge if offered else None
    if charge is None:
        return None
    return charge.security or (_BY_MODEL.get(charge.model) if charge.model else None)


def missing(offered: AdvanceReplacement | None, given: set[str]) -> list[dict[str, str]]:
    """Return what the vendor's charge model needs and was not given, each with its pointer."""
    security = wanted(offered)
    if security is None or _MEMBERS[security] in given:
        return []
    detail = f"by its terms the vendor wants {_WANTED[security]}"
    return [{"pointer": f"/security/{_MEMBERS[security]}", "detail": detail}]
