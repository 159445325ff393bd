"""Grounds about time in general, the sale, the unit itself and the word that was given."""

from collections.abc import Mapping
from types import MappingProxyType

from app.vendors.grounds.by_term import by_notice, by_window
from app.vendors.grounds.judgements import Case, Finding, vendor_proves, we_prove
from app.vendors.grounds.words import Applicable, ClaimKind
from app.vendors.terms.windows import words

NOTICES: Mapping[ClaimKind, str] = MappingProxyType(
    {
        ClaimKind.SHORT_SHIPMENT: "shortage_notice",
        ClaimKind.WRONG_ITEM: "wrong_item_notice",
        ClaimKind.NON_DELIVERY: "non_delivery_notice",
        ClaimKind.DAMAGE: "damage_notice",
        ClaimKind.CONCEALED_DAMAGE: "concealed_damage_notice",
    }
)
"""The notice that each kind of discrepancy is owed."""

_WINDOWS = MappingProxyType(
    {
        ClaimKind.DOA: "doa_window",
        ClaimKind.WARRANTY: "warranty",
        ClaimKind.STOCK_RETURN: "return_window",
    }
)


def by_own_notice(case: Case) -> Finding:
    """Judge by the notice that this kind of discrepancy is owed."""
    return by_notice(case, NOTICES[case.kind])


def another_notice(case: Case) -> Finding:
    """Set a notice aside that is owed for something else."""
    return Finding(Applicable.NO, f"That notice is not owed for a {words(case.kind)}.")


def by_own_time(case: Case) -> Finding:
    """Judge "too late" by the one term that limits this kind of claim."""
    if case.kind in NOTICES:
        return by_notice(case, NOTICES[case.kind])
    name = _WINDOWS.get(case.kind)
    if name is None:
        why = f"No term that limits a {words(case.kind)} in time is on record for this vendor."
        needs = ("the clause that sets the limit: its length, from what it counts",)
        proof = (vendor_proves("which limit it relies on, and that it was agreed"),)
        return Finding(Applicable.UNKNOWN, why, must_prove=proof, needs_evidence=needs)
    window = getattr(case.terms, name)
    return by_window(case, name, window, case.facts.reported, act="reported")


def by_warranty(case: Case) -> Finding:
    """Judge by the length of the warranty."""
    window = case.terms.warranty
    return by_window(case, "warranty", window, case.facts.reported, act="reported")


def no_warranty_claim(case: Case) -> Finding:
    """Set a warranty's end aside where none is claimed."""
    return Finding(Applicable.NO, f"A {words(case.kind)} does not rest on a warranty.")


def by_invoice(case: Case) -> Finding:
    """Judge whether the sale can be shown."""
    proof = (we_prove("the sale: invoice, order, serial number"),)
    if case.facts.has_proof_of_purchase:
        why = "There is an invoice of this sale; sending it answers the ground."
        return Finding(Applicable.NO, why, must_prove=proof)
    needs = ("the invoice of this sale",)
    if case.facts.has_proof_of_purchase is None:
        why = "Whether there is an invoice of this sale is unknown."
        return Finding(Applicable.UNKNOWN, why, must_prove=proof, needs_evidence=needs)
    why = "There is no invoice of this sale: until one is found, it cannot be shown."
    return Finding(Applicable.YES, why, must_prove=proof, needs_evidence=needs)


def by_inspection(case: Case) -> Finding:
    """Judge what a vendor says of the unit: it must show what it found on that very unit."""
    proof = (vendor_proves("what it found, on this very serial number, by which test"),)
    if case.facts.has_inspection_report:
        why = (
            "The vendor has shown a report; whether it is right is for somebody who knows the unit."
        )
        needs = ("our own test of the unit, or a second opinion on the report",)
    else:
        why = "Nothing that shows it is on record: it is an assertion so far."
        needs = ("the vendor's report: serial number, test, photos",)
    return Finding(Applicable.UNKNOWN, why, must_prove=proof, needs_evidence=needs)


def unit_not_in_question(case: Case) -> Finding:
    """Set a unit's condition aside where it is not what is claimed."""
    why = f"The condition of a unit after it arrived is no answer to a {words(case.kind)}."
    return Finding(Applicable.NO, why)


def only_a_question(_case: Case) -> Finding:
    """Say that a question refuses nothing: it is to be answered."""
    why = "To ask for more is not to refuse: send what is asked for, and the claim stands."
    return Finding(Applicable.NO, why, needs_evidence=("what the vendor asks for",))


def by_promise(case: Case) -> Finding:
    """Judge "nobody was allowed to promise that": the word was given, and taken back by nobody."""
    promise = case.facts.promise
    if promise is None:
        why = "No promise of this vendor is on record."
        needs = ("who promised, when, on which channel and in what words",)
        return Finding(Applicable.UNKNOWN, why, needs_evidence=needs)
    if promise.released is not None:
        why = "We have released the promise; nothing is owed on it any more."
        return Finding(Applicable.UNKNOWN, why)
    why = (
        f"{promise.by} gave the vendor's word; who within the vendor may do so is the vendor's own"
        " affair. That it was taken back is a fact on record and ends no debt."
    )
    proof = (
        vendor_proves("that we knew that its agent had no such authority"),
        we_prove("the promise: who, when, on which channel, in what words"),
    )
    return Finding(Applicable.NO, why, must_prove=proof)
