"""Rights of ours that end on a day: from terms, tariffs and dates. Pure; nothing is assumed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from enum import StrEnum
from types import MappingProxyType

from app.vendors.terms.carrier import Tariff
from app.vendors.terms.counting import NOBODYS, Counting
from app.vendors.terms.vendor import Notice, VendorTerms
from app.vendors.terms.windows import (
    Dates,
    Window,
    anchor_words,
    safe_day,
    sentence,
)

_LAST_SECOND = time(23, 59, 59)


class Right(StrEnum):
    """What must be done in time, or the right to it ends."""

    REPORT_SHORTAGE = "report_shortage"
    REPORT_WRONG_ITEM = "report_wrong_item"
    REPORT_NON_DELIVERY = "report_non_delivery"
    REPORT_DAMAGE = "report_damage"
    REPORT_CONCEALED_DAMAGE = "report_concealed_damage"
    ASK_FOR_PROOF_OF_DELIVERY = "ask_for_proof_of_delivery"
    CLAIM_DOA = "claim_doa"
    CLAIM_WARRANTY = "claim_warranty"
    RETURN = "return"
    RETURN_DEFECTIVE = "return_defective"
    FILE_PRICE_PROTECTION = "file_price_protection"
    SHIP_UNDER_RMA = "ship_under_rma"
    REPORT_TO_CARRIER = "report_to_carrier"
    FILE_WITH_CARRIER = "file_with_carrier"


@dataclass(frozen=True, slots=True)
class Deadline:
    """One right and its end. Where the days are None the end is unknown, and `why` says why.

    `last_at` is the last instant of it, `last_safe_on` a day on which nobody can call it late.
    `stated_by`: whose word the last day is; `computed_last_on` is what the term would make it.
    `is_final`: after it the other side hears nothing more; before it, lateness costs less.
    """

    right: Right
    is_final: bool
    window: str | None
    last_at: datetime | None
    last_on: date | None
    last_safe_on: date | None
    source: str | None
    why: str
    not_before_on: date | None = None
    computed_last_on: date | None = None
    stated_by: str | None = None

    @property
    def is_whole_day(self) -> bool:
        """Whether it ends with its last day in UTC: the day alone says when."""
        at = self.last_at
        return at is not None and at.time() >= _LAST_SECOND and at.date() == self.last_on

    def has_passed(self, on: date | datetime) -> bool | None:
        """Whether the right had certainly ended by then; None where that is unknown.

        Its last day itself is not past.
        """
        return None if self.last_at is None else NOBODYS.span(on).first > self.last_at


TERMS: Mapping[Right, str] = MappingProxyType(
    {
        Right.REPORT_SHORTAGE: "shortage_notice",
        Right.REPORT_WRONG_ITEM: "wrong_item_notice",
        Right.REPORT_NON_DELIVERY: "non_delivery_notice",
        Right.REPORT_DAMAGE: "damage_notice",
        Right.REPORT_CONCEALED_DAMAGE: "concealed_damage_notice",
        Right.ASK_FOR_PROOF_OF_DELIVERY: "proof_of_delivery_request",
        Right.CLAIM_DOA: "doa_window",
        Right.CLAIM_WARRANTY: "warranty",
        Right.RETURN: "return_window",
        Right.SHIP_UNDER_RMA: "rma_validity",
        Right.RETURN_DEFECTIVE: "advance_replacement.return_by",
        Right.FILE_PRICE_PROTECTION: "price_protection.file_within",
    }
)
"""The vendor's term that each right rests on; the others rest on a carrier's tariff."""


def vendor_deadlines(
    rights: frozenset[Right], terms: VendorTerms, dates: Dates, by: Counting = NOBODYS
) -> tuple[Deadline, ...]:
    """Return when each of these rights against a vendor ends, the earliest first.

    A right whose term is unset, or whose anchor has no date, is there too: with no day.
    """
    wanted = [right for right in TERMS if right in rights]
    return in_order([each for right in wanted for each in _of_vendor(right, terms, dates, by)])


def _of_vendor(right: Right, terms: VendorTerms, dates: Dates, by: Counting) -> Iterator[Deadline]:
    name, _, part = TERMS[right].partition(".")
    term: Window | Notice | None = getattr(terms, name)
    if part:
        term = getattr(term, part, None)
    source = terms.source_of(name)
    if not isinstance(term, Notice):
        yield _deadline(right, term, dates, source, by)
        return
    if term.window is not None:
        # With a hard stop behind it the window is the time to act, not the end of the right.
        found = _deadline(right, term.window, dates, source, by)
        yield replace(found, is_final=term.hard_stop is None)
    if term.hard_stop is not None:
        yield _deadline(right, term.hard_stop, dates, source, by)


def carrier_deadlines(tariff: Tariff, dates: Dates, by: Counting = NOBODYS) -> tuple[Deadline, ...]:
    """Return by when the carrier must be told and claimed from, the earliest first."""
    opens = tariff.not_before
    start = dates.get(opens.anchor) if opens else None
    not_before = opens.last_on(start, by) if opens and start else None
    report, claim = (
        _deadline(right, getattr(tariff, name), dates, tariff.source_of(name), by)
        for right, name in _OF_TARIFFS.items()
    )
    return in_order([report, replace(claim, not_before_on=not_before)])


_OF_TARIFFS: Mapping[Right, str] = MappingProxyType(
    {Right.REPORT_TO_CARRIER: "report_within", Right.FILE_WITH_CARRIER: "claim_within"}
)


def _deadline(
    right: Right, window: Window | None, dates: Dates, source: str | None, by: Counting
) -> Deadline:
    what = sentence(right)
    start = dates.get(window.anchor) if window else None
    if window is None or start is None:
        why = (
            f"{what}: no term is set, so its last day is unknown."
            if window is None
            else f"{what}: {window.text()}; the date of {anchor_words(window.anchor)} is unknown."
        )
        text = window.text() if window else None
        return Deadline(right, True, text, None, None, None, source, why)
    last_on = window.last_on(start, by)
    return Deadline(
        right,
        is_final=True,
        window=window.text(),
        last_at=window.ends(start, by).first,
        last_on=last_on,
        last_safe_on=safe_day(last_on, by.day(start), by),
        source=source,
        why=f"{what}: {window.text()} ({anchor_words(window.anchor)} was {by.day(start)}) ends on"
        f" {last_on}; {by.text()}. Source: {source or 'none is named'}.",
    )


_NEVER = datetime.max.replace(tzinfo=UTC)


def in_order(found: list[Deadline]) -> tuple[Deadline, ...]:
    """Return deadlines the earliest first, those without a day last."""
    known = [each for each in found if each.last_at is not None]
    unknown = [each for each in found if each.last_at is None]
    # Of two that end together the softer comes first: the sort is stable.
    known.sort(key=lambda each: each.last_at or _NEVER)
    return (*known, *unknown)
