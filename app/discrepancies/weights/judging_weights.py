"""Verdicts for whoever asks: with the priors this deployment has set."""

from dataclasses import replace

from app.discrepancies.verdict import DEFAULTS, Question, Verdict, judge
from app.discrepancies.weights.question_rules import require_judgeable
from app.settings import Verdicts


def weigh(question: Question, settings: Verdicts) -> Verdict:
    """Judge what the weights say of a shipment. Raises Malformed, PapersContradict."""
    require_judgeable(question)
    given = replace(
        DEFAULTS,
        reported_prior=settings.reported_prior,
        unreported_prior=settings.unreported_prior,
    )
    return judge(question, given)
