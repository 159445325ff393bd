"""Grounds of a return policy, and the claims to which no return policy applies."""

from app.vendors.grounds.by_term import basis_of, by_flag, by_window
from app.vendors.grounds.judgements import Case, Finding, vendor_proves
from app.vendors.grounds.words import Applicable, Standing
from app.vendors.terms.windows import words

_SET_ASIDE = {
    "short_shipment": "A thing that never arrived cannot be returned, so a return policy does not "
    "speak of it.",
    "non_delivery": "A parcel that never arrived cannot be returned, so a return policy does not "
    "speak of it.",
    "wrong_item": "What was ordered never arrived, and what came was never ordered: sending it "
    "back is no return by choice.",
    "over_shipment": "What came unasked was never bought, so sending it back is no return by "
    "choice.",
    "damage": "A return policy is for goods sent back by choice; damage in transit is judged by "
    "its own notice.",
    "concealed_damage": "A return policy is for goods sent back by choice; damage that shows only "
    "in the open box is judged by its own notice.",
    "warranty": "A return policy is for goods sent back by choice; a warranty runs by its own "
    "time.",
    "price_protection": "Nothing is sent back, so a return policy does not speak of it.",
    "service_failure": "Nothing is sent back, so a return policy does not speak of it.",
}


def not_a_return(case: Case) -> Finding:
    """Set a return policy aside where nothing is sent back by choice."""
    return Finding(Applicable.NO, _SET_ASIDE[case.kind.value])


def under_doa_terms(case: Case) -> Finding:
    """Set a return policy aside while the DOA terms run: a dead unit cannot be found unopened."""
    window, done = case.terms.doa_window, case.facts.reported
    found = by_window(case, "doa_window", window, done, act="reported")
    standing = basis_of(case, "doa_window", window, done).standing
    if standing is Standing.MET:
        why = (
            f"{found.why} Under DOA terms neither an opened box nor a return policy is a ground:"
            " that a unit is dead shows only when it is unpacked and switched on."
        )
        return Finding(Applicable.NO, why, found.by, found.must_prove)
    if standing is Standing.MISSED:
        why = (
            f"{found.why} The DOA terms therefore say no more about this ground; whether the"
            " warranty or the return policy does is another claim."
        )
        needs = ("which terms the claim then rests on: warranty, or a return",)
        return Finding(Applicable.UNKNOWN, why, found.by, found.must_prove, needs)
    why = f"{found.why} While DOA terms run this would be no ground."
    return Finding(Applicable.UNKNOWN, why, found.by, found.must_prove, found.needs_evidence)


def by_return_window(case: Case) -> Finding:
    """Judge goods sent back by choice by the return window."""
    window = case.terms.return_window
    return by_window(case, "return_window", window, case.facts.reported, act="asked for")


def by_opened_box(case: Case) -> Finding:
    """Judge goods sent back by choice by whether opened boxes are taken."""
    terms = by_flag(
        case,
        "accepts_opened_returns",
        yes="The vendor takes opened boxes back.",
        no="The vendor does not take opened boxes back.",
    )
    if case.facts.is_box_opened is False:
        return Finding(Applicable.NO, "The box has not been opened.", terms.by)
    if terms.applicable is Applicable.UNKNOWN:
        return terms
    if terms.applicable is Applicable.YES:
        return Finding(Applicable.NO, terms.why, terms.by)
    proof = (vendor_proves("that the box was opened, and that its terms refuse opened boxes"),)
    if case.facts.is_box_opened is None:
        why = f"{terms.why} Whether this one was opened is unknown."
        return Finding(Applicable.UNKNOWN, why, terms.by, proof, ("a photo of the seal",))
    return Finding(Applicable.YES, terms.why, terms.by, proof)


def by_non_returnable(case: Case) -> Finding:
    """Judge goods sent back by choice by whether they can be at all."""
    return by_flag(
        case,
        "is_non_returnable",
        yes="The vendor's terms say that this cannot be sent back by choice.",
        no="The vendor's terms say that this can be sent back.",
    )


def by_restocking(case: Case) -> Finding:
    """Judge a restocking fee on goods sent back by choice."""
    return by_flag(
        case,
        "charges_restocking",
        yes="The vendor's terms keep a restocking fee back.",
        no="The vendor's terms keep no restocking fee back.",
    )


def by_rma(case: Case) -> Finding:
    """Judge whether goods went back while their authorisation was valid."""
    window = case.terms.rma_validity
    return by_window(case, "rma_validity", window, case.facts.sent_back, act="sent back")


def needs_no_rma(case: Case) -> Finding:
    """Set an authorisation aside where nothing must go back for the claim to be due."""
    why = (
        f"A {words(case.kind)} is owed whether anything goes back or not; no RMA is needed for it."
    )
    return Finding(Applicable.NO, why)
