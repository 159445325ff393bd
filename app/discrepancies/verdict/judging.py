"""The verdict: readings weighed under every hypothesis, and what may be said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp

from app.discrepancies.verdict import words
from app.discrepancies.verdict.advising import advise
from app.discrepancies.verdict.answers import (
    Advice,
    Answer,
    GrossReading,
    Stage,
    Support,
    Verdict,
    Weighing,
)
from app.discrepancies.verdict.deciding import (
    Odds,
    Stages,
    at_last_weighing,
    range_of_priors,
    shipped,
    stages_of,
    support,
)
from app.discrepancies.verdict.defaults import DEFAULTS, Assumptions
from app.discrepancies.verdict.figures import factor, share
from app.discrepancies.verdict.hypotheses import hypotheses
from app.discrepancies.verdict.inputs import Question
from app.discrepancies.verdict.model import Model, build
from app.discrepancies.verdict.naming import candidates, gaps, named, named_gap
from app.discrepancies.verdict.tabling import table
from app.discrepancies.verdict.weighing import Weighed, weigh_all

_SUSPECT = 0.1
_CONTRADICTED = 0.5
ODDS = (shipped, at_last_weighing)


@dataclass(frozen=True, slots=True)
class Finding:
    """The core of a verdict: what was weighed, and the two answers before they are put in words."""

    model: Model
    prior: float
    weighed: Sequence[Weighed]
    stages: Stages
    odds: tuple[Odds, Odds]
    supports: tuple[Support, Support]
    is_lone: tuple[bool, bool]


def judge(question: Question, given: Assumptions = DEFAULTS) -> Verdict:
    """Judge what the weights of a shipment's packages say.

    The same question gives the same verdict, to the last byte. The question must be free of
    `contradictions`.
    """
    return _told(find(question, given), given)


def find(question: Question, given: Assumptions = DEFAULTS) -> Finding:
    """Weigh all hypotheses and decide, without the words."""
    prior = question.prior
    if prior is None:
        prior = given.reported_prior if question.reported_missing else given.unreported_prior
    found = _weigh(question, prior, given, without=frozenset())
    lone = _lone_weak(found.model)
    if not lone or set(found.supports) == {Support.INCONCLUSIVE}:
        return found
    without = _weigh(question, prior, given, without=lone).supports
    is_lone = tuple(one is not other for one, other in zip(found.supports, without, strict=True))
    supports = tuple(
        Support.INCONCLUSIVE if lonely else one
        for one, lonely in zip(found.supports, is_lone, strict=True)
    )
    return replace(found, supports=(supports[0], supports[1]), is_lone=(is_lone[0], is_lone[1]))


def _weigh(
    question: Question, prior: float, given: Assumptions, *, without: frozenset[tuple[int, int]]
) -> Finding:
    model = build(question, given, without=without)
    weighed = weigh_all(model, hypotheses(model.papers, prior, given))
    stages = stages_of(weighed, prior)
    odds = (shipped(stages, prior), at_last_weighing(stages, prior))
    supports = [
        support(each, given) if model.observations else Support.INCONCLUSIVE for each in odds
    ]
    return Finding(model, prior, weighed, stages, odds, (supports[0], supports[1]), (False, False))


def _lone_weak(model: Model) -> frozenset[tuple[int, int]]:
    """Give the readings that are the only ones of their package and may not decide alone."""
    seen = [each.of for each in model.observations]
    return frozenset(
        (each.package, each.index)
        for each in seen
        if each.is_weak and sum(other.package == each.package for other in seen) == 1
    )


def _told(found: Finding, given: Assumptions) -> Verdict:
    question, weighed = found.model.question, found.weighed
    answers = (_answer(found, 0, given), _answer(found, 1, given))
    differ = {answers[0].support, answers[1].support} == {Support.FULL, Support.SHORT}
    is_short = answers[1].support is Support.SHORT
    watched = gaps(found.model, weighed)
    gap = named_gap(watched, given) if differ else None
    name = named(question, weighed, given) if is_short else None
    choices = candidates(question, weighed)
    weighings = _weighings(found.model)
    spoke = frozenset(question.packages[each.of.package].key for each in found.model.observations)
    latest = max((each for each in weighings if each.at), key=_when, default=None)
    gross, contradiction = _gross(found)
    return Verdict(
        shipped=answers[0],
        at_last_weighing=answers[1],
        lost_between=gap,
        gaps=tuple(watched),
        missing=name,
        candidates=tuple(choices),
        last_weighed_at=latest.at if latest else None,
        last_weighed_place=latest.place if latest else None,
        last_weighings=tuple(weighings),
        unobserved=words.unobserved(question, weighings, spoke=spoke),
        is_ground_against_non_receipt=False,
        ground_why=words.ground(answers[1].support),
        contradiction=contradiction,
        gross_readings=gross,
        set_aside=tuple(found.model.set_aside),
        would_help=_advice(found),
        table=tuple(table(found.model, weighed)),
        sentence=words.sentence(question, answers, name, choices, gap),
        used=replace(found.model.used, prior=found.prior),
    )


def _answer(found: Finding, which: int, given: Assumptions) -> Answer:
    odds, said = found.odds[which], found.supports[which]
    has_readings = bool(found.model.observations)
    lone = found.is_lone[which]
    stands = None
    if has_readings and not lone:
        stands = range_of_priors(ODDS[which], found.stages, found.prior, given)
    prior = found.prior * (found.stages.never_share if which == 0 else 1)
    return Answer(
        support=said,
        prior=share(prior),
        bayes_factor=factor(odds.log_bayes),
        odds=factor(odds.posterior),
        posterior=share(_probability(odds.posterior)),
        stands_for_priors=stands,
        why=words.LONE if lone else words.why(odds, said, given, has_readings=has_readings),
    )


def _probability(log_odds: float) -> float:
    return 1 / (1 + exp(-min(max(log_odds, -700.0), 700.0)))


def _when(weighing: Weighing) -> float:
    return weighing.at.timestamp() if weighing.at else 0.0


def _weighings(model: Model) -> list[Weighing]:
    weighings = []
    for p, package in enumerate(model.question.packages):
        own = [each for each in model.observations if each.of.package == p]
        last = max(own, key=lambda each: (each.of.turn, each.of.index), default=None)
        reading = last.reading if last else None
        at, place = (reading.measured_at, reading.place) if reading else (None, None)
        weighings.append(Weighing(package.key, at, place))
    return weighings


def _gross(found: Finding) -> tuple[tuple[GrossReading, ...], str | None]:
    sums = [
        sum(w.posterior * w.gross.get(i, 0.0) for w in found.weighed)
        for i in range(len(found.model.observations))
    ]
    # None is gross with the product, were they independent; together they are rarely both.
    at_least_one = min(sum(sums), 1.0)
    seen = [
        GrossReading(found.model.question.packages[o.of.package].key, o.of.index, share(value))
        for o, value in zip(found.model.observations, sums, strict=True)
        if value >= _SUSPECT
    ]
    if at_least_one < _CONTRADICTED or not seen:
        return tuple(seen), None
    return tuple(seen), words.contradiction(seen, at_least_one)


def _advice(found: Finding) -> tuple[Advice, ...]:
    """Advise on the question that is open: whether it is short, or whether it ever was packed."""
    open_at = [s is Support.INCONCLUSIVE for s in found.supports]
    if not any(open_at):
        return ()
    best = {
        stage: max(
            (w for w in found.weighed if w.hypothesis.stage is stage),
            key=lambda w: w.posterior,
            default=None,
        )
        for stage in (Stage.NONE, Stage.NEVER_PACKED, Stage.LOST_BETWEEN)
    }
    short = [best[s] for s in (Stage.NEVER_PACKED, Stage.LOST_BETWEEN)]
    shorts = [each for each in short if each is not None]
    none = best[Stage.NONE]
    if open_at[1] and none and shorts:
        rival = max(shorts, key=lambda w: w.posterior)
        return advise(found.model, none, rival, found.odds[1].posterior)
    if none and len(shorts) == 2:  # noqa: PLR2004 (both stages)
        rival = max((none, shorts[1]), key=lambda w: w.posterior)
        return advise(found.model, rival, shorts[0], found.odds[0].posterior)
    return ()
