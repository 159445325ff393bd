"""What is asked of grounds: the cases as sentences, and how they are put."""

from datetime import date

from app.vendors.grounds import ClaimKind, Facts, Promise, judge
from app.vendors.terms import TEMPLATES, Anchor, Notice, Risk, Unit, VendorTerms, Window

PROMISE = Promise(by="Sam, sales desk", made=date(2026, 5, 8), taken_back=date(2026, 5, 11))
NEVER_ARRIVED = ["short_shipment", "non_delivery", "wrong_item"]
OF_RETURNS = ["return_window", "box_opened", "non_returnable", "restocking_fee"]
NOTHING_KNOWN = VendorTerms()


def window(value, unit="days", anchor="delivery"):
    return Window(value=value, unit=Unit(unit), anchor=Anchor(anchor))


def facts(**known):
    dates = {
        name: known.pop(name)
        for name in ("invoice", "shipment", "delivery", "rma_issue")
        if name in known
    }
    return Facts.model_validate({"dates": dates, **known})


def answer(ground, kind, known=None, terms=NOTHING_KNOWN, filed=None):
    return judge(ground, ClaimKind(kind), known or Facts(), terms, filed)


def full(**more):
    return {"shipped": "supports_full", "at_last_weighing": "supports_full", **more}


STRICT = VendorTerms(
    source="Terms of sale",
    return_window=window(30, anchor="invoice"),
    doa_window=window(30, anchor="invoice"),
    warranty=window(12, "months", "invoice"),
    rma_validity=window(30, anchor="rma_issue"),
    shortage_notice=Notice(window=window(5)),
    damage_notice=Notice(window=window(5)),
    is_non_returnable=True,
    accepts_opened_returns=False,
    charges_restocking=True,
    clean_signature_ends_claims=True,
    drop_ship_claims_go_to_carrier=True,
    risk_in_transit=Risk(bearer="us", rule="UCC 2-509(1)(a)"),
)
LATE = facts(invoice="2026-01-05", shipment="2026-01-08", delivery="2026-01-12")
LATE = LATE.model_copy(update={"reported": date(2026, 5, 8)})
DROP_RISK = VendorTerms(drop_ship_claims_go_to_carrier=True)


CASES = {
    # kind, ground, facts, terms -> applicable, words of the answer
    "a full weight is no answer to what never came": (
        *("short_shipment", "weight", facts(weighed=full(last_weighed="2026-01-09")), STRICT),
        *("no", "last weighed on 2026-01-09. From there to the customer no scale speaks"),
    ),
    "a short weight speaks against the vendor": (
        "short_shipment",
        "weight",
        facts(weighed={"shipped": "supports_full", "at_last_weighing": "supports_short"}),
        *(STRICT, "no", "against the vendor"),
    ),
    "an inconclusive weight supports nothing": (
        "short_shipment",
        "weight",
        facts(weighed={"shipped": "inconclusive", "at_last_weighing": "inconclusive"}),
        *(STRICT, "no", "neither full nor short"),
    ),
    "a weight that nobody has shown is none": (
        *("short_shipment", "weight", Facts(), STRICT, "no", "No weighing is on record"),
    ),
    "a weighing after delivery speaks of what arrived, if it was closed": (
        "short_shipment",
        "weight",
        facts(delivery="2026-01-12", weighed=full(last_weighed="2026-01-13")),
        *(STRICT, "unknown", "after delivery"),
    ),
    "a weighing on the day of delivery may have come before it": (
        "short_shipment",
        "weight",
        facts(delivery="2026-01-12", weighed=full(last_weighed="2026-01-12")),
        *(STRICT, "no", "no scale speaks"),
    ),
    "a weight says nothing of a dead unit": (
        *("doa", "weight", facts(weighed=full()), STRICT, "no", "not in question"),
    ),
    "a proof of delivery proves a parcel, not its contents": (
        "short_shipment",
        "proof_of_delivery",
        facts(has_proof_of_delivery=True, left_at="as_addressed"),
        *(STRICT, "no", "not what was in it"),
    ),
    "a proof of the right address is a ground against non-delivery": (
        "non_delivery",
        "proof_of_delivery",
        facts(has_proof_of_delivery=True, left_at="as_addressed"),
        *(NOTHING_KNOWN, "yes", "proves that a parcel arrived"),
    ),
    "a proof of another place proves the opposite": (
        "non_delivery",
        "proof_of_delivery",
        facts(has_proof_of_delivery=True, left_at="elsewhere"),
        *(STRICT, "no", "proves that it was not delivered"),
    ),
    "a proof of no place proves nothing yet": (
        "non_delivery",
        "proof_of_delivery",
        facts(has_proof_of_delivery=True),
        *(STRICT, "unknown", "Where it was left is unknown"),
    ),
    "a proof that nobody has is none": (
        "non_delivery",
        "proof_of_delivery",
        facts(has_proof_of_delivery=False, left_at="as_addressed"),
        *(STRICT, "no", "No proof of delivery has been shown"),
    ),
    "a notice in time meets its window": (
        "short_shipment",
        "shortage_notice_window",
        facts(delivery="2026-01-12", reported="2026-01-17"),
        *(STRICT, "no", "ran to 2026-01-17, and it was reported on 2026-01-17, in time"),
    ),
    "a notice a day late misses it": (
        "short_shipment",
        "shortage_notice_window",
        facts(delivery="2026-01-12", reported="2026-01-18"),
        *(STRICT, "yes", "too late"),
    ),
    "an unset notice is unknown, however late": (
        *("short_shipment", "shortage_notice_window", LATE, NOTHING_KNOWN),
        *("unknown", "No shortage notice is on record"),
    ),
    "a window without its anchor is unknown": (
        *("short_shipment", "shortage_notice_window", facts(reported="2026-05-08"), STRICT),
        *("unknown", "the date of delivery is unknown"),
    ),
    "a report without a date is unknown": (
        *("short_shipment", "shortage_notice_window", facts(delivery="2026-01-12"), STRICT),
        *("unknown", "when it was reported is unknown"),
    ),
    "hours on a bare day may be over or not": (
        "short_shipment",
        "shortage_notice_window",
        facts(delivery="2026-01-12", reported="2026-01-14"),
        VendorTerms(shortage_notice=Notice(window=window(48, "hours"))),
        *("unknown", "without the hours"),
    ),
    "hours to the minute are not": (
        "short_shipment",
        "shortage_notice_window",
        facts(delivery="2026-01-12T10:00:00Z", reported="2026-01-14T10:00:00Z"),
        VendorTerms(shortage_notice=Notice(window=window(48, "hours"))),
        *("no", "in time"),
    ),
    "nor a minute late": (
        "short_shipment",
        "shortage_notice_window",
        facts(delivery="2026-01-12T10:00:00Z", reported="2026-01-14T10:01:00Z"),
        VendorTerms(shortage_notice=Notice(window=window(48, "hours"))),
        *("yes", "too late"),
    ),
    "between the window and the hard stop it is not refused": (
        "short_shipment",
        "shortage_notice_window",
        facts(delivery="2026-01-12T10:00:00Z", reported="2026-01-15"),
        *(TEMPLATES["usual_notice"].vendor_terms, "no", "refuses outright only after"),
    ),
    "after the hard stop it is": (
        *("short_shipment", "shortage_notice_window", LATE),
        *(TEMPLATES["usual_notice"].vendor_terms, "yes", "ran to 2026-01-16"),
    ),
    "a shortage notice is not owed for damage": (
        *("damage", "shortage_notice_window", LATE, STRICT, "no", "not owed for a damage"),
    ),
    "a wrong item has a notice of its own, unset here": (
        *("wrong_item", "shortage_notice_window", LATE, STRICT),
        *("unknown", "No wrong item notice"),
    ),
    "under DOA terms an opened box is no ground": (
        "doa",
        "box_opened",
        facts(invoice="2026-01-05", reported="2026-01-20", is_box_opened=True),
        *(STRICT, "no", "only when it is unpacked"),
    ),
    "nor that the product cannot be returned": (
        *("doa", "non_returnable", facts(invoice="2026-01-05", reported="2026-02-04"), STRICT),
        *("no", "in time"),
    ),
    "after the DOA window they no longer answer": (
        *("doa", "box_opened", facts(invoice="2026-01-05", reported="2026-02-05"), STRICT),
        *("unknown", "say no more about this ground"),
    ),
    "without DOA terms nobody knows": (
        *("doa", "box_opened", LATE, NOTHING_KNOWN, "unknown", "No DOA window is on record"),
    ),
    "a return by choice in its window is taken": (
        *("stock_return", "return_window", facts(invoice="2026-01-05", reported="2026-02-04")),
        *(STRICT, "no", "in time"),
    ),
    "and after it is not": (*("stock_return", "return_window", LATE, STRICT, "yes", "too late"),),
    "a return by choice of what cannot be returned": (
        *("stock_return", "non_returnable", Facts(), STRICT, "yes", "cannot be sent back"),
    ),
    "whether it can be returned is unknown until somebody says": (
        *("stock_return", "non_returnable", Facts(), NOTHING_KNOWN, "unknown", "not on record"),
    ),
    "an unopened box was not opened": (
        *("stock_return", "box_opened", facts(is_box_opened=False), STRICT),
        *("no", "has not been opened"),
    ),
    "an opened one is refused where terms say so": (
        *("stock_return", "box_opened", facts(is_box_opened=True), STRICT, "yes", "not take"),
    ),
    "whether it was opened is unknown": (
        *("stock_return", "box_opened", Facts(), STRICT, "unknown", "Whether this one was opened"),
    ),
    "a warranty claim is no return": (
        *("warranty", "return_window", LATE, STRICT, "no", "by its own time"),
    ),
    "a time limit is the shortage notice for what is missing": (
        *("short_shipment", "time_limit", LATE, STRICT, "yes", "shortage notice"),
    ),
    "and the warranty for what broke": (
        *("warranty", "time_limit", LATE, STRICT, "no", "12 months from the invoice"),
    ),
    "and for price protection no term is told yet": (
        *("price_protection", "time_limit", LATE, STRICT, "unknown", "No term that limits"),
    ),
    "drop shipments go to the carrier where terms say so and it left whole": (
        *("short_shipment", "contact_the_carrier"),
        *(facts(is_drop_shipped=True, weighed=full()), DROP_RISK, "yes", "drop shipments"),
    ),
    "but not while nothing shows that it left whole": (
        *("short_shipment", "contact_the_carrier", facts(is_drop_shipped=True), DROP_RISK),
        *("unknown", "took it over is not shown"),
    ),
    "and what never left the dock is no carrier's": (
        "short_shipment",
        "contact_the_carrier",
        facts(
            is_drop_shipped=True,
            weighed={"shipped": "supports_short", "at_last_weighing": "supports_short"},
        ),
        *(STRICT, "no", "no carrier lost it"),
    ),
    "whether it was drop-shipped may be unknown": (
        *("non_delivery", "contact_the_carrier", Facts(), DROP_RISK),
        *("unknown", "whether this was one is unknown"),
    ),
    "who bears the risk may be unknown": (
        *(
            "non_delivery",
            "contact_the_carrier",
            Facts(),
            NOTHING_KNOWN,
            "unknown",
            "not on record",
        ),
    ),
    "the vendor may bear it": (
        *("non_delivery", "contact_the_carrier", Facts()),
        VendorTerms(risk_in_transit=Risk(bearer="vendor", rule="DAP")),
        *("no", "its own affair"),
    ),
    "a wrong item was packed wrong": (
        *("wrong_item", "contact_the_carrier", LATE, STRICT, "no", "no part in a wrong item"),
    ),
    "a clean signature binds only where terms say so": (
        *("damage", "signed_without_remark", facts(is_signed_without_remark=True)),
        *(NOTHING_KNOWN, "unknown", "not on record"),
    ),
    "and there it does": (
        *("damage", "signed_without_remark", facts(is_signed_without_remark=True)),
        *(STRICT, "yes", "accepts count and condition"),
    ),
    "if there is one": (
        *("damage", "signed_without_remark", Facts(), STRICT, "unknown", "such a signature"),
    ),
    "and not if there is none": (
        *("damage", "signed_without_remark", facts(is_signed_without_remark=False)),
        *(STRICT, "no", "not signed for"),
    ),
    "an invoice is a record of the sale": (
        *("warranty", "no_record_of_sale", facts(has_proof_of_purchase=True)),
        *(NOTHING_KNOWN, "no", "There is an invoice"),
    ),
    "without one the sale cannot be shown": (
        *("warranty", "no_record_of_sale", facts(has_proof_of_purchase=False)),
        *(NOTHING_KNOWN, "yes", "no invoice"),
    ),
    "misuse is asserted until it is shown": (
        *("doa", "misuse", Facts(), STRICT, "unknown", "an assertion so far"),
    ),
    "no trouble found has to be tested again": (
        *("warranty", "no_trouble_found", facts(has_inspection_report=True), STRICT),
        *("unknown", "has shown a report"),
    ),
    "misuse is no answer to what never came": (
        *("short_shipment", "misuse", Facts(), STRICT, "no", "no answer to a short shipment"),
    ),
    "an authorisation lapses": (
        *("doa", "rma_lapsed", facts(rma_issue="2026-01-05", sent_back="2026-02-05"), STRICT),
        *("yes", "sent back on 2026-02-05, too late"),
    ),
    "what is owed anyway needs none": (
        *("short_shipment", "rma_lapsed", LATE, STRICT, "no", "no RMA is needed"),
    ),
    "to ask is not to refuse": (
        *("damage", "more_information", LATE, STRICT, "no", "not to refuse"),
    ),
    "a promise was given by who gave it": (
        "short_shipment",
        "promise_not_authorized",
        facts(promise={"by": "Sam", "made": "2026-05-08", "taken_back": "2026-05-11"}),
        *(STRICT, "no", "ends no debt"),
    ),
    "without a promise there is none to take back": (
        *("short_shipment", "promise_not_authorized", LATE, STRICT, "unknown", "No promise"),
    ),
}
