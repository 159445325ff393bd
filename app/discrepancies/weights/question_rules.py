"""What a verdict may be asked of, and what is wrong with a question that may not."""

from app.discrepancies.verdict import Question, contradictions, dangling
from app.kit.problems import Malformed, Problem

MAX_LINES = 20
MAX_PACKAGES = 12
MAX_READINGS = 16
MAX_QUANTITY = 10_000


class PapersContradict(Problem):
    """What was shipped, packed and reported missing cannot all be true; `errors` says where."""


def require_judgeable(question: Question) -> None:
    """Refuse a question without meaning. Raises Malformed, PapersContradict."""
    faults = [
        *_repeated([line.key for line in question.lines], "/lines"),
        *_repeated([package.key for package in question.packages], "/packages"),
        *({"pointer": each.pointer, "detail": each.detail} for each in dangling(question)),
        *_too_many(question),
    ]
    if faults:
        raise Malformed("The question names what is not there, or twice.", errors=faults)
    sums = contradictions(question)
    if sums:
        errors = [{"pointer": each.pointer, "detail": each.detail} for each in sums]
        raise PapersContradict(sums[0].detail, errors=errors)


def _repeated(keys: list[str], pointer: str) -> list[dict[str, str]]:
    return [
        {"pointer": f"{pointer}/{i}/key", "detail": f"{key!r} stands here twice"}
        for i, key in enumerate(keys)
        if key in keys[:i]
    ]


def _too_many(question: Question) -> list[dict[str, str]]:
    count = sum(len(package.readings) for package in question.packages)
    if count <= MAX_READINGS:
        return []
    detail = f"{count} readings in all; at most {MAX_READINGS} are weighed at once"
    return [{"pointer": "/packages", "detail": detail}]
