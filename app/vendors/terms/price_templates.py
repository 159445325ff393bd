"""Templates of what returns cost, and of what a fallen price earns."""

from app.vendors.terms.money import (
    BoughtOn,
    Difference,
    Fee,
    LookBack,
    PriceProtection,
    RestockingStep,
    Stock,
)
from app.vendors.terms.template import NO_ANCHOR, days, months, of_vendor
from app.vendors.terms.vendor import VendorTerms
from app.vendors.terms.windows import Anchor, Unit


def _percent(value: str) -> Fee:
    return Fee.model_validate({"percent": value})


PRICES = (
    of_vendor(
        "restocking_15_percent",
        "Restocking costs 15 per cent",
        "Crestron, Clear-Com: 15 %.",
        VendorTerms(
            charges_restocking=True, restocking_schedule=[RestockingStep(fee=_percent("15"))]
        ),
        "It works against us: apply it only to a vendor whose terms say so.",
    ),
    of_vendor(
        "restocking_in_steps",
        "Restocking costs 15, 30, then 50 per cent, by age",
        "Arista: 15 % up to 3 months, 30 % up to 6, 50 % up to 12, none after.",
        VendorTerms(
            charges_restocking=True,
            restocking_schedule=[
                RestockingStep(until=months(3, Anchor.SHIPMENT), fee=_percent("15")),
                RestockingStep(until=months(6, Anchor.SHIPMENT), fee=_percent("30")),
                RestockingStep(until=months(12, Anchor.SHIPMENT), fee=_percent("50")),
                RestockingStep(is_accepted=False),
            ],
        ),
        f'"None after" is read as: nothing is taken back any more. {NO_ANCHOR}',
    ),
    of_vendor(
        "credit_at_lower_price",
        "Returns are credited at the lower of the price paid and that of the day",
        "TD SYNNEX, Ingram Micro (stock balance), Q-See.",
        VendorTerms(credits_lower_price=True),
        "So price protection must be claimed before anything goes back.",
    ),
    of_vendor(
        "price_protection_30_days",
        "Price protection for what was bought within 30 days and is in stock",
        "A contract's clause, quoted at oshiete.goo.ne.jp/qa/9355881: units in inventory bought "
        "within the previous 30 days, invoice price less new price, with a list of serial numbers, "
        "claimed within 30 days of the change; unshipped units get the new price.",
        VendorTerms(
            price_protection=PriceProtection(
                is_granted=True,
                look_back=LookBack(value=30, unit=Unit.DAYS, bought_on=BoughtOn.INVOICE),
                file_within=days(30, Anchor.PRICE_CHANGE),
                reaches=[Stock.ON_HAND],
                difference=Difference.INVOICE_MINUS_NEW,
                unshipped_take_new_price=True,
                needs_serials=True,
            )
        ),
        "The only full clause that was found. It says nothing of units in transit, drop-shipped or "
        "sold, nor of special bids and caps; that the day of the invoice counts is taken.",
    ),
    of_vendor(
        "no_price_protection",
        "No price protection",
        "Some sellers state that none is given (dieselperformanceparts).",
        VendorTerms(price_protection=PriceProtection(is_granted=False)),
        "It works against us: apply it only to a vendor whose terms say so.",
    ),
)
