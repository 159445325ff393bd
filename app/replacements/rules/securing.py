"""What a vendor wants in hand before it ships. Pure."""

from app.vendors.terms import AdvanceReplacement, ChargeModel, Security

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
