"""Grounds that stand or fall with a term of the vendor: a window, a notice, a plain yes or no."""

from datetime import date, datetime

from app.vendors.grounds.judgements import Basis, Case, Finding, vendor_proves, we_prove
from app.vendors.grounds.words import Applicable, Standing
from app.vendors.terms.counting import Counting
from app.vendors.terms.vendor import Notice, Risk
from app.vendors.terms.windows import Window, anchor_words, words


def basis_of(case: Case, name: str, window: Window | None, done: date | datetime | None) -> Basis:
    """Return a window with the dates that decide it."""
    start = case.facts.dates.get(window.anchor) if window else None
    return Basis(
        term=name,
        is_set=window is not None,
        value=window.text() if window else None,
        source=case.terms.source_of(name) if window else None,
        anchor=window.anchor if window else None,
        anchor_on=case.counting.day(start) if start else None,
        last_on=window.last_on(start, case.counting) if window and start else None,
        done_on=case.counting.day(done) if done else None,
        standing=_standing(window, start, done, case.counting),
    )


def _standing(
    window: Window | None,
    start: date | datetime | None,
    done: date | datetime | None,
    by: Counting,
) -> Standing:
    if window is None or start is None or done is None:
        return Standing.UNKNOWN
    ends, acted = window.ends(start, by), by.span(done)
    if acted.last <= ends.first:
        return Standing.MET
    # Between the two only the day is known, and the window ends within it.
    return Standing.MISSED if acted.first > ends.last else Standing.UNKNOWN


def by_window(
    case: Case, name: str, window: Window | None, done: date | datetime | None, *, act: str
) -> Finding:
    """Judge a ground that holds where we did something too late. `act`: what, as "reported"."""
    basis = basis_of(case, name, window, done)
    term = words(name)
    if basis.standing is not Standing.UNKNOWN:
        is_met = basis.standing is Standing.MET
        why = (
            f"The {term} is {basis.value}: from {basis.anchor_on} it ran to {basis.last_on}, and"
            f" it was {act} on {basis.done_on}, {'in time' if is_met else 'too late'}."
        )
        if is_met:
            proof = (we_prove(f"that it was {act} on {basis.done_on}"),)
            return Finding(Applicable.NO, why, (basis,), proof)
        proof = (vendor_proves(f"that its {term} was part of the bargain"),)
        return Finding(Applicable.YES, why, (basis,), proof)
    why, needs = _unknown(basis, window, act)
    proof = (vendor_proves(f"which {term} it relies on, and that it was agreed"),)
    return Finding(Applicable.UNKNOWN, why, (basis,), proof, (needs,))


def _unknown(basis: Basis, window: Window | None, act: str) -> tuple[str, str]:
    term = words(basis.term)
    if window is None:
        why = f"No {term} is on record for this vendor, so nobody can say that it has passed."
        return why, f"the vendor's {term}, in writing"
    anchor = anchor_words(window.anchor)
    if basis.anchor_on is None:
        why = f"The {term} is {basis.value}, but the date of {anchor} is unknown."
        return why, f"the date of {anchor}"
    if basis.done_on is None:
        why = (
            f"The {term} is {basis.value} and ran to {basis.last_on}, but when it was {act} is"
            " unknown."
        )
        return why, f"when it was {act}"
    why = (
        f"The {term} is {basis.value} and ended in the course of a day on which, too, it was"
        f" {act}; without the hours nobody can say which came first."
    )
    return why, f"the hour of {anchor} and the hour at which it was {act}"


def by_notice(case: Case, name: str) -> Finding:
    """Judge a ground that holds where we gave notice too late.

    Where the terms name a hard stop besides the window, only that ends the right.
    """
    notice: Notice | None = getattr(case.terms, name)
    reported = case.facts.reported
    window, stop = (notice.window, notice.hard_stop) if notice else (None, None)
    if window is None or stop is None:
        return by_window(case, name, window or stop, reported, act="reported")
    first = by_window(case, name, window, reported, act="reported")
    if first.applicable is Applicable.NO:
        return first
    last = by_window(case, name, stop, reported, act="reported")
    both = (*first.by, *last.by)
    if last.applicable is Applicable.NO:
        why = (
            f"The {words(name)} asks for {window.text()}, and refuses outright only after"
            f" {stop.text()}: that ran to {last.by[0].last_on}, and it was reported on"
            f" {last.by[0].done_on}."
        )
        return Finding(Applicable.NO, why, both, last.must_prove)
    return Finding(last.applicable, last.why, both, last.must_prove, last.needs_evidence)


def by_flag(case: Case, name: str, *, yes: str, no: str) -> Finding:
    """Judge a ground that holds where the terms say so plainly."""
    value: bool | None = getattr(case.terms, name)
    basis = flag_basis(case, name)
    proof = (vendor_proves("that its terms say so, and that they were agreed"),)
    if value is None:
        why = f"Whether the vendor's terms say so is not on record ({words(name)})."
        needs = (f"the vendor's terms on it ({words(name)}), in writing",)
        return Finding(Applicable.UNKNOWN, why, (basis,), proof, needs)
    if value:
        return Finding(Applicable.YES, yes, (basis,), proof)
    return Finding(Applicable.NO, no, (basis,))


def flag_basis(case: Case, name: str) -> Basis:
    """Return a term that is no window: what it says, and where that is written."""
    value = getattr(case.terms, name)
    text = None if value is None else _told(value)
    return Basis(
        term=name,
        is_set=value is not None,
        value=text,
        source=case.terms.source_of(name) if value is not None else None,
        anchor=None,
        anchor_on=None,
        last_on=None,
        done_on=None,
        standing=None,
    )


def _told(value: object) -> str:
    if isinstance(value, Risk):
        return f"{value.bearer.value} ({value.rule})"
    return "yes" if value else "no"
