"""What a vendor can find on a unit that came back, and the fee that its terms take for it. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from babel.numbers import get_currency_precision

from app.vendors.terms import VendorTerms


class FoundOutcome(StrEnum):
    """What the vendor found."""

    ACCEPTED = "accepted"
    NO_TROUBLE_FOUND = "no_trouble_found"
    WRONG_SERIAL = "wrong_serial"
    INCOMPLETE = "incomplete"
    DAMAGED = "damaged"


class FeeResolution(StrEnum):
    """How a dispute about a fee ended."""

    WAIVED = "waived"
    UPHELD = "upheld"


# X12 data element 1294, the reason of a response.
X12_REASONS = {FoundOutcome.NO_TROUBLE_FOUND: "IN"}


def fee_by_terms(
    outcome: FoundOutcome, terms: VendorTerms | None, price: tuple[Decimal, str] | None
) -> tuple[tuple[Decimal, str] | None, str]:
    """Return the fee that terms take for an outcome, where they can be reckoned, and why."""
    if outcome is FoundOutcome.ACCEPTED:
        return None, "Nothing is charged for a unit whose fault was found."
    if outcome is not FoundOutcome.NO_TROUBLE_FOUND:
        basis = terms.missing_parts_charge if terms else None
        if outcome is FoundOutcome.INCOMPLETE and basis is not None:
            how = basis.value.replace("_", " ")
            return None, f"Missing parts are charged at {how}; the amount is the vendor's to say."
        return None, "No term sets a fee for it."
    fee = terms.no_trouble_found_fee if terms else None
    if fee is None:
        return None, "No term sets a fee for a unit without a fault: what is asked is unfounded."
    share = None
    if fee.percent is not None:
        if price is None:
            return None, "A share of the price is charged, and the price is unknown."
        share = (_in_coins(price[0] * fee.percent / 100, price[1]), price[1])
    share = share if share and share[0] else None
    told = (fee.amount.amount, fee.amount.currency) if fee.amount is not None else None
    return _which(share, told, fee.whichever.value if fee.whichever else None)


def _in_coins(amount: Decimal, currency: str) -> Decimal:
    coin = Decimal(1).scaleb(-get_currency_precision(currency))
    return amount.quantize(coin, ROUND_HALF_UP)


def _which(
    share: tuple[Decimal, str] | None, told: tuple[Decimal, str] | None, whichever: str | None
) -> tuple[tuple[Decimal, str] | None, str]:
    if share is None or told is None:
        return share or told, "By the term for units without a fault."
    if share[1] != told[1]:
        return None, "The share and the amount are in two currencies; which counts is not known."
    if whichever == "both":
        return (share[0] + told[0], told[1]), "By the term: the share and the amount."
    pick = max if whichever == "greater" else min
    return pick(share, told), f"By the term: the {whichever} of {share[0]} and {told[0]}."
