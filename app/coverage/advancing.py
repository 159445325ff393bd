"""Whether a replacement comes first, and on what terms. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.coverage.rules import Answer, Dates, Finding, Party, RestsOn, Weight, days_of
from app.vendors.terms import AdvanceReplacement, Condition, Stage, words


@dataclass(frozen=True, slots=True)
class Reached:
    """The stage that a unit has reached by its age; `ends_on`: its last day."""

    stage: Stage
    ends_on: date | None
    weight: Weight
    why: str


def stage_on(
    party: Party, offered: AdvanceReplacement, dates: Dates, on: date
) -> Reached | str | None:
    """Return the stage of a day. None: there are no stages; a text: why it is unknown or over."""
    days = days_of(dates)
    last = None
    for stage in offered.stages or ():
        if stage.until is None:
            return Reached(stage, None, Weight.PROVEN, f"{_sent(stage)} from then on")
        start = days.get(stage.until.anchor)
        if start is None:
            return f"its age is unknown, to count {stage.until.text()}"
        last = stage.until.last_on(start, party.counting)
        if on <= last:
            told = dates[stage.until.anchor][0]
            why = f"{_sent(stage)} for {stage.until.text()}, which ends on {last}"
            return Reached(stage, last, told.weight, why)
    return None if last is None else f"the last of it ended on {last}"


def _sent(stage: Stage) -> str:
    sent = {Condition.NEW: "a new unit", Condition.REFURBISHED: "a refurbished unit"}
    told = sent.get(stage.condition, "a unit") if stage.condition else "a unit"
    return f"{told}, only by a contract," if stage.needs_contract else told


def covered(answers: Mapping[str, Answer]) -> tuple[Answer, str]:
    """Return whether a unit is covered by anything at all: only then it is replaced."""
    running = [name for name, answer in answers.items() if answer is Answer.YES]
    if running:
        return Answer.YES, f"It is covered ({', '.join(running)})."
    if all(answer is Answer.NO for answer in answers.values()):
        return Answer.NO, f"It is not covered: {', '.join(answers)} have ended."
    open_ = [name for name, answer in answers.items() if answer is Answer.UNKNOWN]
    return Answer.UNKNOWN, f"Whether it is covered is unknown ({', '.join(open_)})."


def by_terms(
    party: Party,
    dates: Dates,
    on: date,
    *,
    cover: tuple[Answer, str],
    contract: Finding | None,
) -> Finding:
    """Return whether a vendor ships first, on a day.

    cover     whether the unit is covered at all, and by what
    contract  whether a service contract runs, where a stage is given by one alone
    """
    offered = party.terms.advance_replacement
    found = Finding(
        basis=RestsOn.TERMS,
        vendor=party.vendor,
        role=party.role,
        answer=Answer.UNKNOWN,
        why="",
        weight=Weight.NONE,
        source=party.terms.source_of("advance_replacement"),
        terms_key=party.terms_key,
        terms_version=party.terms_version,
    )
    by = f"By the terms of {party.name}"
    if offered is None or offered.is_offered is None:
        why = f"{by} it is unknown whether replacements come first."
        return replace(found, why=why)
    if not offered.is_offered:
        why = f"{by} no replacement comes first."
        return replace(found, answer=Answer.NO, weight=Weight.PROVEN, why=why)
    found = replace(found, rule=rule_text(offered))
    reached = stage_on(party, offered, dates, on)
    if isinstance(reached, str):
        is_over = reached.startswith("the last")
        return replace(
            found,
            answer=Answer.NO if is_over else Answer.UNKNOWN,
            weight=Weight.TOLD if is_over else Weight.NONE,
            why=f"{by} a replacement comes first, but {reached}.",
        )
    answer, needs = _answer(reached, cover[0], contract)
    age = f": {reached.why}" if reached else ""
    return replace(
        found,
        answer=answer,
        weight=Weight.NONE if answer is Answer.UNKNOWN else _weight(reached),
        ends_on=reached.ends_on if reached else None,
        why=" ".join(
            part for part in (f"{by} a replacement comes first{age}.", cover[1], needs) if part
        ),
    )


def _weight(reached: Reached | None) -> Weight:
    return reached.weight if reached else Weight.PROVEN


def _answer(reached: Reached | None, cover: Answer, contract: Finding | None) -> tuple[Answer, str]:
    if reached is not None and reached.stage.needs_contract:
        # With a contract it is covered, whatever the warranty is.
        if contract is None:
            return Answer.UNKNOWN, "No look-up says whether there is a contract."
        return contract.answer, contract.why
    if cover is Answer.YES and reached is not None and reached.stage.needs_contract is None:
        return Answer.UNKNOWN, "Whether that takes a contract is unknown."
    return cover, ""


def rule_text(offered: AdvanceReplacement) -> str:
    """Return the rule in words: when the dead unit is back, and what is charged else."""
    charge = offered.charge
    parts = [
        f"shipped within {offered.ships_within.text()}" if offered.ships_within else "",
        f"the defective unit back within {offered.return_by.text()}" if offered.return_by else "",
        f"charged after {offered.charged_after.text()}" if offered.charged_after else "",
        f"at {words(charge.basis)}" if charge and charge.basis else "",
        words(charge.model) if charge and charge.model else "",
        f"needs {words(charge.security)}" if charge and charge.security else "",
        "part and serial number must match" if offered.must_match else "",
    ]
    return "; ".join(part for part in parts if part) or "advance replacement"
