"""The table of hypotheses: the likeliest, nothing missing among them always, and all others."""

from collections.abc import Mapping, Sequence
from math import log

from app.discrepancies.verdict.answers import Row, Stage
from app.discrepancies.verdict.figures import factor, share
from app.discrepancies.verdict.hypotheses import POOL, Hypothesis
from app.discrepancies.verdict.model import Model
from app.discrepancies.verdict.naming import by_line
from app.discrepancies.verdict.weighing import Weighed, sum_logs

_SHOWN = 12


def table(model: Model, weighed: Sequence[Weighed]) -> list[Row]:
    """Give a row for nothing missing, for each of the likeliest, and one for all others."""
    nothing = weighed[0]
    order = sorted(range(1, len(weighed)), key=lambda i: (-weighed[i].posterior, i))
    rows = [_row(model, weighed[i], nothing) for i in (0, *order[:_SHOWN])]
    others = [weighed[i] for i in order[_SHOWN:]]
    return [*rows, _others(others, nothing)] if others else rows


def _row(model: Model, each: Weighed, nothing: Weighed) -> Row:
    h = each.hypothesis
    after = before = None
    if h.package is not None:
        after = model.weighing(h.package, h.turn).measured_at
        before = model.weighing(h.package, h.turn + 1).measured_at
    return Row(
        stage=h.stage,
        missing=by_line(model.question, h.vector),
        by_package=_by_package(model, h),
        package=None if h.package is None else model.question.packages[h.package].key,
        after=after,
        before=before,
        hypotheses=1,
        prior=share(h.prior),
        log_likelihood=round(each.log_likelihood, 3),
        bayes_factor=factor(each.log_likelihood - nothing.log_likelihood),
        posterior=share(each.posterior),
    )


def _by_package(model: Model, h: Hypothesis) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (group, line), k in h.bundle:
        at = h.package if group == POOL and h.package is not None else group
        key = "" if at == POOL else model.question.packages[at].key
        found.setdefault(key, {})[model.question.lines[line].key] = k
    return found


def _others(others: Sequence[Weighed], nothing: Weighed) -> Row:
    prior = sum(each.hypothesis.prior for each in others)
    mean = _mean_log(others, prior)
    empty: Mapping[str, int] = {}
    return Row(
        stage=Stage.OTHERS,
        missing=empty,
        by_package={},
        package=None,
        after=None,
        before=None,
        hypotheses=len(others),
        prior=share(prior),
        log_likelihood=round(mean, 3),
        bayes_factor=factor(mean - nothing.log_likelihood),
        posterior=share(sum(each.posterior for each in others)),
    )


def _mean_log(others: Sequence[Weighed], prior: float) -> float:
    logs = [log(each.hypothesis.prior) + each.log_likelihood for each in others]
    return sum_logs(logs) - log(prior)
