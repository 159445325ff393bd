"""What a vendor wants in hand before it ships, and that no card number is ever kept. Pure."""

import re
import unicodedata

from app.vendors.terms import AdvanceReplacement, ChargeModel, Security

_BETWEEN = re.compile(r"[\W_]+")
_RUN = re.compile(r"[0-9]{12,}")
# How the networks' numbers begin, and how long they are.
_NETWORKS = tuple(
    re.compile(each)
    for each in (
        r"4[0-9]{12}",
        r"4[0-9]{15}",
        r"4[0-9]{18}",
        r"5[1-5][0-9]{14}",
        r"2[2-7][0-9]{14}",
        r"3[47][0-9]{13}",
        r"3[0689][0-9]{12}",
        r"35[0-9]{14}",
        r"6[0-9]{15}",
        r"6[0-9]{18}",
        r"(?:50|5[6-8])[0-9]{10,14}",
        r"62[0-9]{14,17}",
    )
)
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
    """Whether a text holds what may be a card's number: as the networks number, checked by Luhn.

    People write them with blanks and dashes between.
    """
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(
        str(unicodedata.digit(each)) if unicodedata.digit(each, None) is not None else each
        for each in _BETWEEN.sub("", plain)
    )
    return any(_holds_card(run) for run in _RUN.findall(digits))


def _holds_card(run: str) -> bool:
    # What stands behind it may be its date or its code.
    found = (each.match(run) for each in _NETWORKS)
    return any(each is not None and _checks_out(each[0]) for each in found)


def _checks_out(digits: str) -> bool:
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
