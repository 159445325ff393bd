"""Grounds about what was shipped and what arrived: weights, proofs, signatures, the carrier."""

from app.vendors.grounds.by_term import by_flag, flag_basis
from app.vendors.grounds.facts import LeftAt, Weighed, WeightAnswer
from app.vendors.grounds.judgements import Burden, Case, Finding, vendor_proves, we_prove
from app.vendors.grounds.words import Applicable, ClaimKind
from app.vendors.terms.counting import NOBODYS
from app.vendors.terms.vendor import Bearer
from app.vendors.terms.windows import Anchor, words

_PACK_LOG = "the vendor's pack log, or a photo of the open box before it was sealed"
_AT_THE_DOOR = "who opened the parcel, when, and what was in it: a statement, photos of all sides"


def by_weight(case: Case) -> Finding:
    """Judge what a weight says: of what was shipped, up to the last scale, and no further.

    A full verdict alone is never a ground against non-receipt.
    """
    weighed = case.facts.weighed
    if weighed is None:
        why = (
            "No weighing is on record, and even one that supports a full parcel would speak only"
            " of what was in it on the scale, not of what arrived."
        )
        proof = (vendor_proves("the reading: which scale, when, where, to what resolution"),)
        return Finding(Applicable.NO, why, must_prove=proof, needs_evidence=(_PACK_LOG,))
    answer = weighed.at_last_weighing
    place = _last_scale(weighed)
    if answer is WeightAnswer.SUPPORTS_SHORT:
        why = f"The weights support that it was short {place}: they speak against the vendor."
        return Finding(Applicable.NO, why, must_prove=(vendor_proves("that it shipped in full"),))
    if answer is WeightAnswer.INCONCLUSIVE:
        why = f"The weights are inconclusive {place}: they support neither full nor short."
        proof = (vendor_proves("that it shipped in full"),)
        return Finding(Applicable.NO, why, must_prove=proof, needs_evidence=(_PACK_LOG,))
    if _was_weighed_at_the_door(case, weighed):
        why = (
            f"The weights support that it was full {place}, and that was after delivery: of that"
            " parcel they speak as it arrived. Whether it was closed then is not on record."
        )
        needs = ("who weighed it after delivery, and whether it was still closed",)
        return Finding(Applicable.UNKNOWN, why, must_prove=_both(case), needs_evidence=needs)
    why = (
        f"The weights support that it was full {place}. From there to the customer no scale speaks:"
        " that is no answer to the customer not having received it."
    )
    return Finding(Applicable.NO, why, must_prove=_both(case), needs_evidence=(_AT_THE_DOOR,))


def _both(case: Case) -> tuple[Burden, Burden]:
    return (
        vendor_proves("that all of it reached the customer, not only the last scale"),
        we_prove(f"the {words(case.kind)}: what the customer found, and when"),
    )


def _last_scale(weighed: Weighed) -> str:
    when = f" on {NOBODYS.day(weighed.last_weighed)}" if weighed.last_weighed else ""
    where = f" at {weighed.last_weighed_at}" if weighed.last_weighed_at else ""
    return f"when it was last weighed{when}{where}"


def _was_weighed_at_the_door(case: Case, weighed: Weighed) -> bool:
    delivered = case.facts.dates.get(Anchor.DELIVERY)
    if delivered is None or weighed.last_weighed is None:
        return False
    return NOBODYS.span(weighed.last_weighed).first > NOBODYS.span(delivered).last


def weight_says_nothing(case: Case) -> Finding:
    """Set a weight aside where the count is not in question."""
    why = f"A weight says nothing of a {words(case.kind)}: how much there was is not in question."
    return Finding(Applicable.NO, why)


_PLACES = {
    LeftAt.AS_ADDRESSED: "It was left where it was addressed to.",
    LeftAt.ELSEWHERE: "It was left elsewhere than it was addressed to.",
    LeftAt.UNKNOWN: "Where it was left is unknown.",
}


def by_arrival(case: Case) -> Finding:
    """Set a proof of delivery aside where the parcel's coming is not in question."""
    place = _PLACES[case.facts.left_at or LeftAt.UNKNOWN]
    why = f"A proof of delivery proves that a parcel arrived, not what was in it. {place}"
    proof = (vendor_proves("what was in the parcel"), we_prove("what the customer found in it"))
    return Finding(Applicable.NO, why, must_prove=proof, needs_evidence=(_PACK_LOG,))


def arrival_is_beside_the_point(case: Case) -> Finding:
    """Set a proof of delivery or a signature aside where nothing about the delivery is claimed."""
    why = f"That a parcel arrived is no answer to a {words(case.kind)}."
    return Finding(Applicable.NO, why)


def by_proof(case: Case) -> Finding:
    """Judge a proof of delivery against non-delivery: it is one where it shows the address."""
    proved, left_at = case.facts.has_proof_of_delivery, case.facts.left_at or LeftAt.UNKNOWN
    proof = (vendor_proves("the proof itself: the place, the time, who took it in"),)
    place = _PLACES[left_at]
    if left_at is LeftAt.ELSEWHERE:
        why = f"{place} A proof of delivery to another place proves that it was not delivered."
        return Finding(Applicable.NO, why, must_prove=proof)
    if proved is False:
        why = "No proof of delivery has been shown; a carrier's status alone is none."
        return Finding(Applicable.NO, why, must_prove=proof)
    if proved is None or left_at is LeftAt.UNKNOWN:
        missing = "Whether there is a proof of delivery is unknown." if proved is None else place
        why = f"{missing} It is a ground only if it shows that the parcel came to the address."
        needs = ("the proof of delivery with place, picture or signature",)
        return Finding(Applicable.UNKNOWN, why, must_prove=proof, needs_evidence=needs)
    why = (
        f"There is a proof of delivery. {place} It proves that a parcel arrived; against it stands"
        " only what can be shown to the contrary."
    )
    proof = (*proof, we_prove("that it did not come: the addressee's statement, who lives there"))
    return Finding(Applicable.YES, why, must_prove=proof, needs_evidence=(_AT_THE_DOOR,))


def by_signature(case: Case) -> Finding:
    """Judge a signature without a remark by what the terms make of one."""
    found = by_flag(
        case,
        "clean_signature_ends_claims",
        yes="By the vendor's terms a signature without a remark accepts count and condition.",
        no="By the vendor's terms a signature without a remark accepts nothing.",
    )
    signed = case.facts.is_signed_without_remark
    if signed is False:
        why = "It was not signed for without a remark."
        return Finding(Applicable.NO, why, found.by, found.must_prove)
    if found.applicable is Applicable.YES and signed is None:
        why = f"{found.why} Whether there is such a signature is unknown."
        needs = ("the signed proof of delivery",)
        return Finding(Applicable.UNKNOWN, why, found.by, found.must_prove, needs)
    return found


def not_the_carriers(case: Case) -> Finding:
    """Set the carrier aside where the parcel came as it was packed."""
    why = f"A carrier has no part in a {words(case.kind)}: it carries what the vendor has packed."
    return Finding(Applicable.NO, why)


def by_risk(case: Case) -> Finding:
    """Judge whether the loss is ours to pursue with the carrier: by who bears the risk in transit.

    What never left the vendor's dock was never at the carrier's risk, whoever bears that.
    """
    shipped = case.facts.weighed.shipped if case.facts.weighed else None
    if case.kind is ClaimKind.SHORT_SHIPMENT and shipped is WeightAnswer.SUPPORTS_SHORT:
        why = "The weights support that it was short when it was shipped: no carrier lost it."
        return _filed(case, Finding(Applicable.NO, why))
    found = _whose_risk(case)
    if found.applicable is not Applicable.YES or case.kind is not ClaimKind.SHORT_SHIPMENT:
        return _filed(case, found)
    if shipped is WeightAnswer.SUPPORTS_FULL:
        return _filed(case, found)
    why = f"{found.why} But that it was full when the carrier took it over is not shown."
    needs = (_PACK_LOG, "a weighing at the carrier's first scale")
    proof = (vendor_proves("that it handed all of it to the carrier"),)
    return _filed(case, Finding(Applicable.UNKNOWN, why, found.by, proof, needs))


def _whose_risk(case: Case) -> Finding:
    drop_ship, risk = case.terms.drop_ship_claims_go_to_carrier, case.terms.risk_in_transit
    proof = (vendor_proves("that it handed the goods to the carrier whole and in good order"),)
    flag = flag_basis(case, "drop_ship_claims_go_to_carrier")
    if drop_ship and case.facts.is_drop_shipped:
        why = "By the vendor's terms the reseller claims for drop shipments from the carrier."
        return Finding(Applicable.YES, why, (flag,), proof)
    basis = flag_basis(case, "risk_in_transit")
    if risk is not None and risk.bearer is Bearer.US:
        why = f"The risk in transit is ours ({risk.rule})."
        return Finding(Applicable.YES, why, (basis,), proof)
    if drop_ship and case.facts.is_drop_shipped is None:
        why = (
            "By the vendor's terms the reseller claims for drop shipments from the carrier; whether"
            " this was one is unknown."
        )
        needs = ("whether it was drop-shipped",)
        return Finding(Applicable.UNKNOWN, why, (flag, basis), proof, needs)
    if risk is None:
        why = "Who bears the risk in transit is not on record for this vendor."
        needs = ("the vendor's delivery clause: who bears the risk in transit",)
        return Finding(Applicable.UNKNOWN, why, (basis,), proof, needs)
    why = f"The vendor bears the risk in transit ({risk.rule}); the carrier is its own affair."
    return Finding(Applicable.NO, why, (basis,))


def _filed(case: Case, found: Finding) -> Finding:
    """Add who may file with the carrier at all: being sent there is no use to who may not."""
    if case.filing is None:
        return found
    return Finding(
        found.applicable,
        f"{found.why} {case.filing.why}",
        found.by,
        found.must_prove,
        found.needs_evidence,
    )
