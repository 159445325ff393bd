"""What to do next about a discrepancy, in sentences, the most urgent first. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.discrepancies.denials.denial_schemas import DenialOut
from app.discrepancies.rules import Settlement, State
from app.discrepancies.schemas import FilingOut, RightOut
from app.obligations.rules import DeadlineState
from app.vendors.grounds import Applicable

_MOST_ADVICE = 2
_INCONCLUSIVE = "inconclusive"
_AT_OUR_COST = frozenset({Settlement.DENIED, Settlement.WRITTEN_OFF})


@dataclass(frozen=True, slots=True)
class Known:
    """What the next steps hang on.

    debts              what others still owe us for it: number, debtor, and whether it makes good
    is_recovery_open   of the case, and nothing else of the case is open here
    """

    state: State
    settlement: Settlement | None
    early_note: str | None
    rights: Sequence[RightOut]
    filing: FilingOut | None
    verdict: Mapping[str, Any] | None
    denials: Sequence[DenialOut]
    debts: Sequence[tuple[int, str]]
    is_recovery_open: bool
    case_id: UUID
    case_number: str


def next_steps(known: Known) -> list[str]:
    """Return what to do next."""
    return list(_settled(known) if known.state is State.SETTLED else _open(known))


def _settled(known: Known) -> Iterator[str]:
    if known.settlement in _AT_OUR_COST:
        yield "What remained was left at our cost."
    else:
        for number, debtor in known.debts:
            yield (
                f"It is made good, and obligation {number} of {debtor} is still open: release it "
                "if nothing more is asked."
            )
    if known.is_recovery_open:
        yield (
            f"Nothing more is open here: the recovery of case {known.case_number} can be closed "
            f"(POST /v1/cases/{known.case_id}/close-recovery)."
        )


def _open(known: Known) -> Iterator[str]:
    if known.early_note:
        yield known.early_note
    yield from _rights(known.rights)
    if known.filing is not None and known.filing.vendor_owes and not known.filing.has_passed:
        by = f" by {known.filing.last_on}" if known.filing.last_on else ""
        yield f"Have the vendor file with {known.filing.carrier}{by}: we cannot."
    for denial in known.denials:
        yield from _answer(denial)
    for number, debtor in known.debts:
        yield f"Hold {debtor} to obligation {number}: it is still owed."
    if known.verdict and known.verdict["at_last_weighing"]["support"] == _INCONCLUSIVE:
        for advice in known.verdict["would_help"][:_MOST_ADVICE]:
            yield str(advice["sentence"])


def _rights(rights: Sequence[RightOut]) -> Iterator[str]:
    for right in rights:
        if right.state is not DeadlineState.OPEN or right.has_passed:
            continue
        what = right.right.replace("_", " ")
        not_before = _after(right.not_before_on)
        yield f"{what.capitalize()} by {right.last_safe_on or right.last_on}{not_before}."


def _after(day: date | None) -> str:
    return f", not before {day}" if day else ""


def _answer(denial: DenialOut) -> Iterator[str]:
    judged = denial.judgement
    if judged.applicable is Applicable.NO:
        yield f"Answer the ground {denial.ground!r}: it does not hold. {judged.why}"
    elif judged.applicable is Applicable.UNKNOWN and judged.needs_evidence:
        yield f"On the ground {denial.ground!r}, get {judged.needs_evidence[0]}."
    elif judged.applicable is Applicable.NOT_JUDGED:
        yield f"Ask {denial.by.vendor} {', '.join(judged.needs_evidence)}."
