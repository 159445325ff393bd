"""A verdict in plain words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from math import log

from app.discrepancies.verdict.answers import (
    Answer,
    Gap,
    GrossReading,
    MissingSet,
    Support,
    Weighing,
)
from app.discrepancies.verdict.deciding import Odds
from app.discrepancies.verdict.defaults import Assumptions
from app.discrepancies.verdict.figures import said_odds
from app.discrepancies.verdict.inputs import Line, Question

_NO_GROUND = (
    "A weight says what was in the package when and where a scale felt it, not what the customer "
    "received. By itself it is no ground against non-receipt."
)
_SHORT_NO_GROUND = "The weights support the report: they give nobody a ground against it."
_OPEN_NO_GROUND = (
    "The weights decide nothing, so nothing can be built on them; and if they did, they would say "
    "what was in the package when it was weighed, not what the customer received."
)
_CAUSES = {
    "none": "No reading speaks of the contents.",
    "prior": "The readings hardly move it; the prior alone would decide, and it may not.",
    "odds": "Short of 20 to 1 either way.",
}


def why(odds: Odds, found: Support, given: Assumptions, *, has_readings: bool) -> str:
    """Say why an answer is what it is."""
    against = "short against full" if odds.posterior > 0 else "full against short"
    said = f"{said_odds(odds.posterior)} for {against}"
    if not has_readings:
        return f"{_CAUSES['none']} What was held before still holds: {said}."
    if found is not Support.INCONCLUSIVE:
        return f"The odds are {said}, the prior counted in; {given.threshold:g} to 1 decides."
    beyond = abs(odds.posterior) >= _log_threshold(given)
    return f"{_CAUSES['prior' if beyond else 'odds']} The odds are {said}."


def _log_threshold(given: Assumptions) -> float:
    return log(given.threshold)


LONE = "It would rest on a single reading that is not measured on a scale of known step."


def moment(at: datetime) -> str:
    """Say an instant."""
    return at.strftime("%Y-%m-%d %H:%M UTC")


def things(missing: Mapping[str, int], lines: Sequence[Line]) -> str:
    """Say what a set holds: "1 of WID-2, 2 of CAB-1"."""
    skus = {line.key: line.sku for line in lines}
    return ", ".join(f"{k} of {skus[key]}" for key, k in missing.items())


def sentence(
    question: Question,
    answers: tuple[Answer, Answer],
    named: Mapping[str, int] | None,
    candidates: Sequence[MissingSet],
    gap: Gap | None,
) -> str:
    """Say the verdict in a sentence or two."""
    shipped, last = answers
    if last.support is Support.FULL:
        return "By the weights, all that was claimed was in the packages when last weighed."
    if last.support is Support.INCONCLUSIVE:
        return _open(shipped, last)
    what = f"{things(named, question.lines)} was" if named else "something was"
    said = f"By the weights, {what} already missing when last weighed"
    if shipped.support is Support.SHORT:
        said += ", and never packed."
    elif shipped.support is Support.FULL:
        where = _where(gap) if gap else "between two weighings"
        said += f", but there at the first weighing: it was lost {where}."
    else:
        said += "; whether it was ever packed they do not say."
    return said + _or(question, named, candidates)


def _open(shipped: Answer, last: Answer) -> str:
    if shipped.support is Support.SHORT:
        return "By the weights, something was never packed."
    if shipped.support is Support.FULL:
        return "By the weights, all was there when first weighed; when last weighed is open."
    return f"The weights do not decide whether anything was missing. {last.why}"


def _or(
    question: Question, named: Mapping[str, int] | None, candidates: Sequence[MissingSet]
) -> str:
    if named or not candidates:
        return ""
    each = "; ".join(
        f"{things(found.missing, question.lines)} ({found.share:.0%})" for found in candidates[:3]
    )
    return f" What is missing may be {each}."


def _where(gap: Gap) -> str:
    ends = ((gap.after_place, gap.after), (gap.before_place, gap.before))
    begin, end = (" ".join([*([place] if place else []), _bracketed(at)]) for place, at in ends)
    return f"from package {gap.package} between {begin} and {end}"


def _bracketed(at: datetime | None) -> str:
    return f"({moment(at)})" if at else "(nobody says when)"


def unobserved(question: Question, weighings: Sequence[Weighing], *, spoke: frozenset[str]) -> str:
    """Say from where on no scale speaks."""
    to = "the customer"
    if question.delivered_at:
        to += f", delivered {moment(question.delivered_at)},"
    if not spoke:
        return f"No scale speaks of any of it, from the packing table to {to.rstrip(',')}."
    parts = [_last(each, question.delivered_at) for each in weighings if each.package in spoke]
    never = [each.package for each in weighings if each.package not in spoke]
    if never:
        parts.append(f"Of package {', '.join(never)} no weighing speaks.")
    unseen = [
        each
        for each in weighings
        if not (each.at and question.delivered_at and each.at >= question.delivered_at)
    ]
    if not unseen:
        return " ".join([*parts, "What happened before the weighing at the customer's, it shows."])
    return " ".join([*parts, f"From there to {to} no scale speaks of it."])


def _last(weighing: Weighing, delivered_at: datetime | None) -> str:
    place = f" at {weighing.place}" if weighing.place else ""
    when = f" on {moment(weighing.at)}" if weighing.at else ", nobody says when"
    later = delivered_at and weighing.at and weighing.at >= delivered_at
    return (
        f"Package {weighing.package} was last weighed{place}{when}"
        f"{', after it was delivered' if later else ''}."
    )


def ground(last: Support) -> str:
    """Say why "the weight says so" is no applicable ground against non-receipt."""
    return {
        Support.FULL: _NO_GROUND,
        Support.SHORT: _SHORT_NO_GROUND,
        Support.INCONCLUSIVE: _OPEN_NO_GROUND,
    }[last]


def contradiction(gross: Sequence[GrossReading], probability: float) -> str:
    """Say that readings contradict each other or the papers."""
    which = ", ".join(
        f"reading {each.reading + 1} of package {each.package} ({each.probability:.0%})"
        for each in gross
    )
    begin = "The readings contradict each other, or fit nothing that could be in the packages"
    return f"{begin}: at least one is a gross error ({probability:.0%}). Suspect: {which}."
