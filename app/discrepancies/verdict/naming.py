"""Naming what is missing and where it went missing: only when it stands against all others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from app.discrepancies.verdict.answers import Gap, MissingSet, Stage
from app.discrepancies.verdict.deciding import is_sure, sets_of
from app.discrepancies.verdict.defaults import Assumptions
from app.discrepancies.verdict.figures import share
from app.discrepancies.verdict.hypotheses import MissingVector
from app.discrepancies.verdict.inputs import Question
from app.discrepancies.verdict.model import Model
from app.discrepancies.verdict.weighing import Weighed

_SHOWN = 5
_LEAST_SHARE = 0.005


def by_line(question: Question, vector: MissingVector) -> dict[str, int]:
    """Give a set by the lines' keys."""
    return {line.key: k for line, k in zip(question.lines, vector, strict=True) if k}


def named(
    question: Question, weighed: Sequence[Weighed], given: Assumptions
) -> Mapping[str, int] | None:
    """Give the missing set, if it stands at the threshold against all others, none included."""
    found = sets_of(weighed)
    if found and is_sure(found[0][1], given):
        return by_line(question, found[0][0])
    return None


def candidates(question: Question, weighed: Sequence[Weighed]) -> list[MissingSet]:
    """Give the sets that may be missing with their shares of all that is short."""
    found = sets_of(weighed)
    total = sum(value for _, value in found) or 1.0
    return [
        MissingSet(by_line(question, vector), share(value), share(value / total))
        for vector, value in found[:_SHOWN]
        if value / total >= _LEAST_SHARE
    ]


def gaps(model: Model, weighed: Sequence[Weighed]) -> list[Gap]:
    """Give the gaps between two weighings by the posterior that something was lost there."""
    sums: dict[tuple[int, int], float] = defaultdict(float)
    for each in weighed:
        h = each.hypothesis
        if h.stage is Stage.LOST_BETWEEN and h.package is not None:
            sums[h.package, h.turn] += each.posterior
    total = sum(sums.values()) or 1.0
    ranked = sorted(sums.items(), key=lambda found: (-found[1], found[0]))
    return [_gap(model, *where, value, value / total) for where, value in ranked[:_SHOWN]]


def named_gap(found: Sequence[Gap], given: Assumptions) -> Gap | None:
    """Give the gap where it was lost, if it stands at the threshold against all others."""
    return found[0] if found and is_sure(found[0].posterior, given) else None


def _gap(model: Model, package: int, turn: int, posterior: float, part: float) -> Gap:
    after, before = model.weighing(package, turn), model.weighing(package, turn + 1)
    return Gap(
        package=model.question.packages[package].key,
        after=after.measured_at,
        after_place=after.place,
        before=before.measured_at,
        before_place=before.place,
        posterior=share(posterior),
        share=share(part),
    )
