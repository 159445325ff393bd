"""Named templates: what vendors and carriers commonly ask, with where that was read.

None of it is anybody's present terms. Nothing applies by itself: a person applies a template to
one vendor or carrier, and every term it sets says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from app.kit.problems import NotFound
from app.vendors.terms.carrier import Tariff, TariffKind
from app.vendors.terms.vendor import Notice, VendorTerms
from app.vendors.terms.windows import Anchor, Unit, Window


class Target(StrEnum):
    """To whom a template applies."""

    VENDOR = "vendor"
    CARRIER = "carrier"


@dataclass(frozen=True, slots=True)
class Template:
    """Terms that can be applied, and what they are taken from. `caution`: what it does not say."""

    name: str
    title: str
    applies_to: Target
    source: str
    caution: str | None = None
    vendor_terms: VendorTerms | None = None
    tariff: Tariff | None = None
    tariff_kind: TariffKind | None = None

    def label(self) -> str:
        """Return what a term that it set names as its source."""
        return f"template {self.name}, applied by us; not the other side's own words"


def _of_vendor(
    name: str, title: str, source: str, terms: VendorTerms, caution: str | None = None
) -> Template:
    return Template(name, title, Target.VENDOR, source, caution, vendor_terms=terms)


def _hours(value: int, anchor: Anchor = Anchor.DELIVERY) -> Window:
    return Window(value=value, unit=Unit.HOURS, anchor=anchor)


def _days(value: int, anchor: Anchor = Anchor.DELIVERY) -> Window:
    return Window(value=value, unit=Unit.DAYS, anchor=anchor)


def _months(value: int, anchor: Anchor) -> Window:
    return Window(value=value, unit=Unit.MONTHS, anchor=anchor)


_FIVE_DAYS = Window(
    value=5, unit=Unit.BUSINESS_DAYS, anchor=Anchor.DELIVERY, counts_anchor_day=True
)
_USUAL = Notice(window=_hours(48), hard_stop=_FIVE_DAYS)
_NO_ANCHOR = (
    "What was read names no anchor; shipping is taken, being the earliest and so never too late."
)
_FLOOR = (
    "The law sets a floor, not a limit: a contract may not give less than nine months. Read the "
    "carrier's own tariff for what it does give."
)

_VENDORS = (
    _of_vendor(
        "usual_notice",
        "Discrepancies within 48 hours, five business days at the most",
        "48 h: Starin (discrepancies), SYNNEX (damage), Acme Micro, Oliveri. Five business days "
        "counting the day of delivery: AIsmarterworld, Projector SuperStore, Quintec.",
        VendorTerms(shortage_notice=_USUAL, wrong_item_notice=_USUAL, damage_notice=_USUAL),
        "A proposal from the observed spread; no single vendor states both.",
    ),
    _of_vendor(
        "notice_5_business_days",
        "Shortage and damage within five business days, the day of delivery counted",
        "AIsmarterworld (worded like TD SYNNEX's), Projector SuperStore, Quintec.",
        VendorTerms(
            shortage_notice=Notice(window=_FIVE_DAYS), damage_notice=Notice(window=_FIVE_DAYS)
        ),
    ),
    _of_vendor(
        "shortage_notice_7_days",
        "Shortage within seven days; shipped again within seven",
        "Arista: notice within 7 days, and the vendor reships within 7.",
        VendorTerms(shortage_notice=Notice(window=_days(7)), reship=_days(7, Anchor.REQUEST)),
        "Whether its seven days count from delivery was not read.",
    ),
    _of_vendor(
        "shortage_notice_10_days",
        "Shortage within ten days",
        "GoodWater: 10 days.",
        VendorTerms(shortage_notice=Notice(window=_days(10))),
        "Whether its ten days count from delivery was not read.",
    ),
    _of_vendor(
        "damage_notice_24_hours",
        "Damage within 24 hours",
        "ScanSource LATAM: 24 h (damage).",
        VendorTerms(damage_notice=Notice(window=_hours(24))),
    ),
    _of_vendor(
        "drop_ship_claims_to_carrier",
        "Drop-ship shortages and damage are claimed from the carrier",
        'AIsmarterworld, claims page: "If items are drop shipped, Reseller is responsible for any '
        'damage, shortage ... contact the carrier"; "Signing for delivery clearly indicates that '
        'there are no discrepancies".',
        VendorTerms(drop_ship_claims_go_to_carrier=True, clean_signature_ends_claims=True),
        "It works against us: apply it only to a vendor whose terms say so.",
    ),
    _of_vendor(
        "proof_of_delivery_90_days",
        "Proof of delivery can be asked for within 90 days",
        "Seco: PoD requests 90 days.",
        VendorTerms(proof_of_delivery_request=_days(90, Anchor.SHIPMENT)),
        _NO_ANCHOR,
    ),
    _of_vendor(
        "doa_30_days_from_invoice",
        "DOA within 30 days of the invoice",
        "Cisco, ScanSource LATAM and others: 30 days is the commonest; the anchor differs.",
        VendorTerms(doa_window=_days(30, Anchor.INVOICE)),
        "A proposal from the observed spread.",
    ),
    _of_vendor(
        "doa_30_days_from_shipment",
        "DOA within 30 days of shipping",
        "Juniper: 30 days from shipment.",
        VendorTerms(doa_window=_days(30, Anchor.SHIPMENT)),
    ),
    _of_vendor(
        "doa_14_days_from_delivery",
        "DOA within 14 days of receipt",
        "Arista: 14 calendar days from receipt.",
        VendorTerms(doa_window=_days(14)),
    ),
    _of_vendor(
        "doa_14_days_from_invoice",
        "DOA within 14 days of the invoice",
        "HP consumer: 14 days from invoice.",
        VendorTerms(doa_window=_days(14, Anchor.INVOICE)),
    ),
    _of_vendor(
        "rma_valid_30_days",
        "An RMA is valid for 30 days",
        "Arista, Starin: 30 days; others from 7 (Ingram NZ) to 60 (Control4).",
        VendorTerms(rma_validity=_days(30, Anchor.RMA_ISSUE)),
        "A proposal from the observed spread.",
    ),
)


def _of_carrier(name: str, title: str, source: str, kind: TariffKind, **more: Any) -> Template:
    caution = more.pop("caution", None)
    return Template(
        name,
        title,
        Target.CARRIER,
        source,
        str(caution) if caution else None,
        tariff=Tariff.model_validate(more),
        tariff_kind=kind,
    )


_DAMAGE, _LOST = TariffKind.DAMAGE_OR_MISSING_CONTENTS, TariffKind.NON_DELIVERY
_LAW = "49 USC 14706(e): not less than nine months; 49 CFR 370.5 and 370.9: 30 and 120 days."
_MOTOR = {
    "acknowledge_within": _days(30, Anchor.REQUEST),
    "decide_within": _days(120, Anchor.REQUEST),
    "caution": _FLOOR,
}
_CARRIERS = (
    _of_carrier(
        "ups_us_damage",
        "UPS in the US: damage or missing contents",
        "UPS US: report within 60 days of delivery, claim within 9 months.",
        _DAMAGE,
        report_within=_days(60),
        claim_within=_months(9, Anchor.DELIVERY),
    ),
    _of_carrier(
        "ups_us_non_delivery",
        "UPS in the US: non-delivery",
        "UPS US: report within 60 days of the scheduled delivery, claim within 9 months.",
        _LOST,
        report_within=_days(60, Anchor.SCHEDULED_DELIVERY),
        claim_within=_months(9, Anchor.SCHEDULED_DELIVERY),
    ),
    _of_carrier(
        "ups_international_damage",
        "UPS, international: damage or missing contents",
        "UPS international: 60 days.",
        _DAMAGE,
        claim_within=_days(60, Anchor.SHIPMENT),
        caution=_NO_ANCHOR,
    ),
    _of_carrier(
        "fedex_domestic_damage",
        "FedEx, domestic: damage or missing contents",
        "FedEx: domestic 60 days.",
        _DAMAGE,
        claim_within=_days(60, Anchor.SHIPMENT),
        caution=_NO_ANCHOR,
    ),
    _of_carrier(
        "fedex_international_damage",
        "FedEx, international: damage or missing contents",
        "FedEx: international 21 days.",
        _DAMAGE,
        claim_within=_days(21, Anchor.SHIPMENT),
        caution=_NO_ANCHOR,
    ),
    _of_carrier(
        "fedex_non_delivery",
        "FedEx: non-delivery",
        "FedEx: 9 months from tender.",
        _LOST,
        claim_within=_months(9, Anchor.SHIPMENT),
        caution="Older texts of FedEx say 21 days.",
    ),
    _of_carrier(
        "usps_damage",
        "USPS: damage or missing contents",
        "USPS: within 60 days of mailing.",
        _DAMAGE,
        claim_within=_days(60, Anchor.SHIPMENT),
    ),
    _of_carrier(
        "usps_non_delivery",
        "USPS: non-delivery",
        "USPS: 15 to 60 days from mailing.",
        _LOST,
        not_before=_days(15, Anchor.SHIPMENT),
        claim_within=_days(60, Anchor.SHIPMENT),
        caution="Priority Mail Express: from 7 days.",
    ),
    _of_carrier(
        "motor_freight_damage",
        "Motor freight in the US: damage or shortage",
        _LAW,
        _DAMAGE,
        claim_within=_months(9, Anchor.DELIVERY),
        **_MOTOR,
    ),
    _of_carrier(
        "motor_freight_non_delivery",
        "Motor freight in the US: non-delivery",
        _LAW,
        _LOST,
        claim_within=_months(9, Anchor.SCHEDULED_DELIVERY),
        **_MOTOR,
    ),
)

TEMPLATES: Mapping[str, Template] = MappingProxyType(
    {template.name: template for template in (*_VENDORS, *_CARRIERS)}
)


def named(name: str) -> Template:
    """Return the template of that name. Raises NotFound."""
    if name not in TEMPLATES:
        raise NotFound(f"There is no template {name!r}; GET /v1/term-templates lists them.")
    return TEMPLATES[name]


def marked(template: Template) -> dict[str, Any]:
    """Return what a template sets, as JSON, with the template as the source of each term."""
    content = template.vendor_terms or template.tariff
    if content is None:
        return {}
    told = content.model_dump(mode="json", include=set(content.told()), exclude_none=True)
    return {**told, "sources": dict.fromkeys(told, template.label())}
