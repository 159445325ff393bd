"""Templates of what must be said or sent back in time: discrepancies, DOA, RMAs."""

from app.vendors.terms.template import NO_ANCHOR, business_days, days, hours, of_vendor
from app.vendors.terms.vendor import Notice, VendorTerms
from app.vendors.terms.windows import Anchor, Unit, Window

_FIVE_DAYS = Window(
    value=5, unit=Unit.BUSINESS_DAYS, anchor=Anchor.DELIVERY, counts_anchor_day=True
)
_USUAL = Notice(window=hours(48), hard_stop=_FIVE_DAYS)

NOTICES = (
    of_vendor(
        "usual_notice",
        "Discrepancies within 48 hours, five business days at the most",
        "48 h: Starin (discrepancies), SYNNEX (damage), Acme Micro, Oliveri. Five business days "
        "counting the day of delivery: AIsmarterworld, Projector SuperStore, Quintec.",
        VendorTerms(shortage_notice=_USUAL, wrong_item_notice=_USUAL, damage_notice=_USUAL),
        "A proposal from the observed spread; no single vendor states both.",
    ),
    of_vendor(
        "notice_5_business_days",
        "Shortage and damage within five business days, the day of delivery counted",
        "AIsmarterworld (worded like TD SYNNEX's), Projector SuperStore, Quintec.",
        VendorTerms(
            shortage_notice=Notice(window=_FIVE_DAYS), damage_notice=Notice(window=_FIVE_DAYS)
        ),
    ),
    of_vendor(
        "shortage_notice_7_days",
        "Shortage within seven days; shipped again within seven",
        "Arista: notice within 7 days, and the vendor reships within 7.",
        VendorTerms(shortage_notice=Notice(window=days(7)), reship=days(7, Anchor.REQUEST)),
        "Whether its seven days count from delivery was not read.",
    ),
    of_vendor(
        "shortage_notice_10_days",
        "Shortage within ten days",
        "GoodWater: 10 days.",
        VendorTerms(shortage_notice=Notice(window=days(10))),
        "Whether its ten days count from delivery was not read.",
    ),
    of_vendor(
        "damage_notice_24_hours",
        "Damage within 24 hours",
        "ScanSource LATAM: 24 h (damage).",
        VendorTerms(damage_notice=Notice(window=hours(24))),
    ),
    of_vendor(
        "drop_ship_claims_to_carrier",
        "Drop-ship shortages and damage are claimed from the carrier",
        'AIsmarterworld, claims page: "If items are drop shipped, Reseller is responsible for any '
        'damage, shortage ... contact the carrier"; "Signing for delivery clearly indicates that '
        'there are no discrepancies".',
        VendorTerms(drop_ship_claims_go_to_carrier=True, clean_signature_ends_claims=True),
        "It works against us: apply it only to a vendor whose terms say so.",
    ),
    of_vendor(
        "proof_of_delivery_90_days",
        "Proof of delivery can be asked for within 90 days",
        "Seco: PoD requests 90 days.",
        VendorTerms(proof_of_delivery_request=days(90, Anchor.SHIPMENT)),
        NO_ANCHOR,
    ),
    of_vendor(
        "doa_30_days_from_invoice",
        "DOA within 30 days of the invoice",
        "Cisco, ScanSource LATAM and others: 30 days is the commonest; the anchor differs.",
        VendorTerms(doa_window=days(30, Anchor.INVOICE)),
        "A proposal from the observed spread.",
    ),
    of_vendor(
        "doa_30_days_from_shipment",
        "DOA within 30 days of shipping",
        "Juniper: 30 days from shipment.",
        VendorTerms(doa_window=days(30, Anchor.SHIPMENT)),
    ),
    of_vendor(
        "doa_14_days_from_delivery",
        "DOA within 14 days of receipt",
        "Arista: 14 calendar days from receipt.",
        VendorTerms(doa_window=days(14)),
    ),
    of_vendor(
        "doa_14_days_from_invoice",
        "DOA within 14 days of the invoice",
        "HP consumer: 14 days from invoice.",
        VendorTerms(doa_window=days(14, Anchor.INVOICE)),
    ),
    of_vendor(
        "rma_valid_30_days",
        "An RMA is valid for 30 days",
        "Arista, Starin: 30 days; others from 7 (Ingram NZ) to 60 (Control4).",
        VendorTerms(rma_validity=days(30, Anchor.RMA_ISSUE)),
        "A proposal from the observed spread.",
    ),
    of_vendor(
        "doa_10_days_from_invoice",
        "DOA within 10 days of the invoice",
        "Projector SuperStore: 10 days from invoice.",
        VendorTerms(doa_window=days(10, Anchor.INVOICE)),
    ),
    of_vendor(
        "doa_10_business_days_from_shipment",
        "DOA within 10 business days of shipping",
        "Advance Audio (Australia): 10 business days from ship.",
        VendorTerms(doa_window=business_days(10, Anchor.SHIPMENT)),
        "There it starts again with the dealer's sale to the end user, shown by its invoice.",
    ),
    of_vendor(
        "doa_20_days",
        "DOA within 20 days",
        "pcsforeveryone: 20 days.",
        VendorTerms(doa_window=days(20, Anchor.SHIPMENT)),
        NO_ANCHOR,
    ),
    *(
        of_vendor(
            f"rma_valid_{value}_days",
            f"An RMA is valid for {value} days",
            source,
            VendorTerms(rma_validity=days(value, Anchor.RMA_ISSUE)),
            caution,
        )
        for value, source, caution in (
            (7, "Ingram Micro (New Zealand): 7 days.", None),
            (10, "Compucom: 10 days.", "It cannot be extended."),
            (14, "pcsforeveryone: 14 days.", None),
            (15, "HP, Q-See: 15 days.", None),
            (60, "Control4, and older texts of Cisco: 60 days.", None),
        )
    ),
)
