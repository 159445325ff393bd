"""Templates of carriers' tariffs: by when they must be told, and claimed from."""

from app.vendors.terms.carrier import TariffKind
from app.vendors.terms.template import NO_ANCHOR, days, months, of_carrier
from app.vendors.terms.windows import Anchor

_FLOOR = (
    "The law sets a floor, not a limit: a contract may not give less than nine months. Read the "
    "carrier's own tariff for what it does give."
)

_DAMAGE, _LOST = TariffKind.DAMAGE_OR_MISSING_CONTENTS, TariffKind.NON_DELIVERY
_LAW = "49 USC 14706(e): not less than nine months; 49 CFR 370.5 and 370.9: 30 and 120 days."
_MOTOR = {
    "acknowledge_within": days(30, Anchor.REQUEST),
    "decide_within": days(120, Anchor.REQUEST),
    "caution": _FLOOR,
}
CARRIERS = (
    of_carrier(
        "ups_us_damage",
        "UPS in the US: damage or missing contents",
        "UPS US: report within 60 days of delivery, claim within 9 months.",
        _DAMAGE,
        report_within=days(60),
        claim_within=months(9, Anchor.DELIVERY),
    ),
    of_carrier(
        "ups_us_non_delivery",
        "UPS in the US: non-delivery",
        "UPS US: report within 60 days of the scheduled delivery, claim within 9 months.",
        _LOST,
        report_within=days(60, Anchor.SCHEDULED_DELIVERY),
        claim_within=months(9, Anchor.SCHEDULED_DELIVERY),
    ),
    of_carrier(
        "ups_international_damage",
        "UPS, international: damage or missing contents",
        "UPS international: 60 days.",
        _DAMAGE,
        claim_within=days(60, Anchor.SHIPMENT),
        caution=NO_ANCHOR,
    ),
    of_carrier(
        "fedex_domestic_damage",
        "FedEx, domestic: damage or missing contents",
        "FedEx: domestic 60 days.",
        _DAMAGE,
        claim_within=days(60, Anchor.SHIPMENT),
        caution=NO_ANCHOR,
    ),
    of_carrier(
        "fedex_international_damage",
        "FedEx, international: damage or missing contents",
        "FedEx: international 21 days.",
        _DAMAGE,
        claim_within=days(21, Anchor.SHIPMENT),
        caution=NO_ANCHOR,
    ),
    of_carrier(
        "fedex_non_delivery",
        "FedEx: non-delivery",
        "FedEx: 9 months from tender.",
        _LOST,
        claim_within=months(9, Anchor.SHIPMENT),
        caution="Older texts of FedEx say 21 days.",
    ),
    of_carrier(
        "usps_damage",
        "USPS: damage or missing contents",
        "USPS: within 60 days of mailing.",
        _DAMAGE,
        claim_within=days(60, Anchor.SHIPMENT),
    ),
    of_carrier(
        "usps_non_delivery",
        "USPS: non-delivery",
        "USPS: 15 to 60 days from mailing.",
        _LOST,
        not_before=days(15, Anchor.SHIPMENT),
        claim_within=days(60, Anchor.SHIPMENT),
        caution="Priority Mail Express: from 7 days.",
    ),
    of_carrier(
        "motor_freight_damage",
        "Motor freight in the US: damage or shortage",
        _LAW,
        _DAMAGE,
        claim_within=months(9, Anchor.DELIVERY),
        **_MOTOR,
    ),
    of_carrier(
        "motor_freight_non_delivery",
        "Motor freight in the US: non-delivery",
        _LAW,
        _LOST,
        claim_within=months(9, Anchor.SCHEDULED_DELIVERY),
        **_MOTOR,
    ),
)
