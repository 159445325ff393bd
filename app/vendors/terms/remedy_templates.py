"""Templates of advance replacements: by when the dead unit goes back, and what is charged else."""

from app.kit.fields import Money
from app.vendors.terms.money import Fee, Whichever
from app.vendors.terms.remedies import (
    AdvanceReplacement,
    ChargeBasis,
    ChargeModel,
    Condition,
    ReplacementCharge,
    ReplacementWarranty,
    Security,
    Stage,
)
from app.vendors.terms.template import business_days, days, of_vendor
from app.vendors.terms.vendor import VendorTerms
from app.vendors.terms.windows import Anchor

_PROPOSAL = "A proposal from the observed spread."
_SHIPPED, _RECEIVED = Anchor.REPLACEMENT_SHIPMENT, Anchor.REPLACEMENT_DELIVERY

REMEDIES = (
    of_vendor(
        "advance_replacement_usual",
        "Back within 10 business days of delivery; list price after 30 days",
        "The observed spread: 10 days to 30, from receipt with most; the list price with most.",
        VendorTerms(
            advance_replacement=AdvanceReplacement(
                return_by=business_days(10, _RECEIVED),
                charged_after=days(30, _RECEIVED),
                charge=ReplacementCharge(
                    model=ChargeModel.BILL_ON_DEFAULT, basis=ChargeBasis.LIST_PRICE
                ),
            )
        ),
        f"{_PROPOSAL} No single vendor states it; whether one is offered at all is left unknown.",
    ),
    of_vendor(
        "advance_replacement_10_days",
        "Back within 10 days of receipt; full list price after 30",
        "Cisco: 10 calendar days from receipt of the replacement; after 30 days the full list "
        "price, not discounted, and service may be denied. Part and serial must match the RMA.",
        VendorTerms(
            advance_replacement=AdvanceReplacement(
                is_offered=True,
                return_by=days(10, _RECEIVED),
                charged_after=days(30, _RECEIVED),
                charge=ReplacementCharge(
                    model=ChargeModel.BILL_ON_DEFAULT, basis=ChargeBasis.LIST_PRICE
                ),
                must_match=True,
                default_ends_service=True,
            )
        ),
        "That its 30 days count from receipt too was not read.",
    ),
    of_vendor(
        "advance_replacement_10_business_days",
        "Back within 10 business days of receipt; else the purchase price",
        "Juniper: 10 business days from receipt, else the full purchase price; the replacement is "
        "covered for 90 days or the rest, whichever is longer.",
        VendorTerms(
            advance_replacement=AdvanceReplacement(
                is_offered=True,
                return_by=business_days(10, _RECEIVED),
                charge=ReplacementCharge(
                    model=ChargeModel.BILL_ON_DEFAULT, basis=ChargeBasis.PURCHASE_PRICE
                ),
            ),
            replacement_warranty=ReplacementWarranty(keeps_rest=True, at_least=days(90, _SHIPPED)),
        ),
        "From what its 90 days count was not read; shipping is taken, being the earliest.",
    ),
    of_vendor(
        "advance_replacement_14_days",
        "New for 30 days, refurbished to day 90, then by contract; back within 14 days",
        "Clear-Com: 14 days from receipt, else the list price of a new unit; days 1 to 30 a new "
        "unit, 31 to 90 a refurbished one, then only by contract.",
        VendorTerms(
            advance_replacement=AdvanceReplacement(
                is_offered=True,
                stages=[
                    Stage(
                        until=days(30, Anchor.SHIPMENT),
                        condition=Condition.NEW,
                        needs_contract=False,
                    ),
                    Stage(
                        until=days(90, Anchor.SHIPMENT),
                        condition=Condition.REFURBISHED,
                        needs_contract=False,
                    ),
                    Stage(needs_contract=True),
                ],
                return_by=days(14, _RECEIVED),
                charge=ReplacementCharge(
                    model=ChargeModel.BILL_ON_DEFAULT, basis=ChargeBasis.LIST_PRICE
                ),
            )
        ),
        "From what its days of age count was not read; shipping is taken, being the earliest.",
    ),
    of_vendor(
        "advance_replacement_30_days_deposit",
        "Back within 30 days; a deposit is held until then",
        "OpenEye: 30 days unless agreed otherwise; a deposit or hold on a card or purchase order, "
        "lifted on receipt.",
        VendorTerms(
            advance_replacement=AdvanceReplacement(
                is_offered=True,
                return_by=days(30, _SHIPPED),
                charge=ReplacementCharge(model=ChargeModel.DEPOSIT_HOLD, security=Security.DEPOSIT),
            )
        ),
        "What was read names no anchor; shipping of the replacement is taken, being the earlier.",
    ),
    of_vendor(
        "advance_replacement_30_days_card",
        "Back within 30 days; else the card is charged",
        "Acme Micro, Arcdyn: 30 days from shipping or the RMA, else the card is charged; no "
        "support until it is back.",
        VendorTerms(
            advance_replacement=AdvanceReplacement(
                is_offered=True,
                return_by=days(30, Anchor.RMA_ISSUE),
                charge=ReplacementCharge(model=ChargeModel.BILL_ON_DEFAULT, security=Security.CARD),
                default_ends_service=True,
            )
        ),
        "One counts from shipping, one from the RMA; the RMA is taken, being the earlier.",
    ),
    of_vendor(
        "advance_replacement_purchase_order",
        "Billed to a purchase order at dealer price, credited on complete return",
        "Vaddio: a non-revocable purchase order at dealer price, credited on complete return; no "
        "trouble found: 15 % or 50 dollars, whichever is greater; missing items at dealer price.",
        VendorTerms(
            advance_replacement=AdvanceReplacement(
                is_offered=True,
                charge=ReplacementCharge(
                    model=ChargeModel.BILL_ON_SHIP,
                    basis=ChargeBasis.DEALER_PRICE,
                    security=Security.PURCHASE_ORDER,
                ),
            ),
            no_trouble_found_fee=Fee.model_validate(
                {
                    "percent": "15",
                    "amount": Money.model_validate({"amount": "50.00", "currency": "USD"}),
                    "whichever": Whichever.GREATER,
                }
            ),
            missing_parts_charge=ChargeBasis.DEALER_PRICE,
        ),
    ),
    of_vendor(
        "advance_replacement_bill_on_ship",
        "Billed on shipping, credited on receipt",
        'SYNNEX, "Advance Swap": billed on ship, credited on receipt; needs credit approval.',
        VendorTerms(
            advance_replacement=AdvanceReplacement(
                is_offered=True,
                charge=ReplacementCharge(
                    model=ChargeModel.BILL_ON_SHIP, security=Security.CREDIT_APPROVAL
                ),
            )
        ),
    ),
)
