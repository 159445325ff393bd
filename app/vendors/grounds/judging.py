"""Judge a ground: whether it holds, what stands above it, and the next-best one."""

from datetime import date

from app.vendors.grounds.facts import Facts
from app.vendors.grounds.judgements import (
    NOTICE,
    Basis,
    Case,
    Finding,
    Judgement,
    NextBest,
    Outweighed,
)
from app.vendors.grounds.of_returns import under_doa_terms
from app.vendors.grounds.table import RULES, STRONGEST, Rule
from app.vendors.grounds.words import Applicable, ClaimKind, Ground, Standing
from app.vendors.terms.carrier import Filing
from app.vendors.terms.counting import NOBODYS, Counting
from app.vendors.terms.vendor import VendorTerms

_RANKS = {
    Applicable.YES: 0,
    Applicable.UNKNOWN: 1,
    Applicable.NO: 3,
    Applicable.NOT_JUDGED: 4,
}


def judge(
    ground: str,
    claim_kind: ClaimKind,
    facts: Facts,
    terms: VendorTerms,
    filing: Filing | None = None,
    counting: Counting = NOBODYS,
) -> Judgement:
    """Judge whether `ground` holds against a claim of this kind, by these terms and dates.

    What is unset is unknown: a ground that rests on an unset term is never applicable. A ground
    that nobody here knows is kept, and not judged. `filing`: who may file with the carrier;
    `counting`: by whose calendar the vendor's windows are counted.
    """
    case = Case(claim_kind, facts, terms, filing, counting)
    known = Ground(ground) if ground in set(Ground) else None
    if known is None:
        rule, found = None, _not_judged(ground)
    else:
        rule = RULES[known][claim_kind]
        found = rule.decide(case)
    outweighed = _promise(case, found.by)
    return Judgement(
        ground=ground,
        claim_kind=claim_kind,
        applicable=found.applicable,
        rule=rule.name if rule else None,
        why=f"{found.why} {outweighed.why}" if outweighed else found.why,
        by=list(found.by),
        must_prove=list(found.must_prove),
        needs_evidence=list(found.needs_evidence),
        outweighed=outweighed,
        next_best=_next_best(case, known, _same_terms(rule, found)),
        notice=f"{NOTICE} Here {counting.text()}.",
    )


def _not_judged(ground: str) -> Finding:
    why = (
        f'"{ground}" is no ground that anything here judges; it is kept as it was said.'
        " GET /v1/grounds lists those that are."
    )
    needs = ("which clause of which terms the vendor means",)
    return Finding(Applicable.NOT_JUDGED, why, needs_evidence=needs)


def _promise(case: Case, by: tuple[Basis, ...]) -> Outweighed | None:
    promise, day = case.facts.promise, case.counting.day
    if promise is None or promise.released is not None:
        return None
    made_on = day(promise.made)
    taken_back = day(promise.taken_back) if promise.taken_back else None
    why = f"The promise of {promise.by} of {made_on} stands above it: it is owed all the same."
    if taken_back:
        why += f" That it was taken back on {taken_back} is on record and does not end it."
    if _was_late_already(made_on, by):
        why += " It was made when that window was over already, so it was made in spite of it."
    return Outweighed(
        by=promise.by,
        made_on=made_on,
        words=promise.words,
        taken_back_on=taken_back,
        why=why,
    )


def _was_late_already(made_on: date, by: tuple[Basis, ...]) -> bool:
    return any(
        basis.standing is Standing.MISSED and basis.last_on is not None and made_on > basis.last_on
        for basis in by
    )


def _same_terms(rule: Rule | None, found: Finding) -> frozenset[str]:
    """Return the terms that decided: under another name they are no other ground.

    DOA terms do not decide a ground of the return policy, they set it aside: they come next.
    """
    if rule is None or rule.decide is under_doa_terms:
        return frozenset()
    return frozenset(basis.term for basis in found.by)


def _next_best(case: Case, given: Ground | None, used: frozenset[str]) -> NextBest | None:
    others = [
        (ground, RULES[ground][case.kind].decide(case))
        for ground in STRONGEST[case.kind]
        if ground is not given
    ]
    fresh = [(g, found) for g, found in others if not {basis.term for basis in found.by} & used]
    if not fresh:
        return None
    ground, best = min(fresh, key=lambda each: _rank(each[1]))
    outweighed = _promise(case, best.by) if best.applicable is Applicable.YES else None
    return NextBest(
        ground=ground,
        applicable=best.applicable,
        rule=RULES[ground][case.kind].name,
        why=f"{best.why} {outweighed.why}" if outweighed else best.why,
        is_term_set=all(basis.is_set for basis in best.by) if best.by else None,
        standing=_worst(best),
        by=list(best.by),
    )


def _rank(found: Finding) -> tuple[int, int]:
    """Order by how far a ground holds; of two that are unknown, a set term comes first."""
    is_set = any(basis.is_set for basis in found.by)
    return _RANKS[found.applicable], 0 if is_set else 1


def _worst(found: Finding) -> Standing | None:
    standings = {basis.standing for basis in found.by}
    order = (Standing.MISSED, Standing.UNKNOWN, Standing.MET)
    return next((standing for standing in order if standing in standings), None)
