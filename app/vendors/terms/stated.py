"""A day that the vendor itself has named: it wins over the computed one, and both are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from app.vendors.terms.counting import NOBODYS, Counting
from app.vendors.terms.deadlines import Deadline, Right, in_order
from app.vendors.terms.windows import safe_day, sentence

_EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Stated:
    """Until when, by the vendor's own word; who said it, and where it stands."""

    when: date | datetime
    by: str


def prefer(
    found: Iterable[Deadline], stated: Mapping[Right, Stated], by: Counting = NOBODYS
) -> tuple[Deadline, ...]:
    """Return deadlines with the vendor's own days in place of computed ones, the earliest first.

    A time to act before the end of a right stays as it was computed.
    """
    return in_order(
        [
            _by_word(each, stated[each.right], by)
            if each.right in stated and each.is_final
            else each
            for each in found
        ]
    )


def _by_word(computed: Deadline, stated: Stated, by: Counting) -> Deadline:
    last_on = by.day(stated.when)
    what = sentence(computed.right)
    if computed.last_on is None:
        beside = f"Nothing was computed beside it: {computed.why}"
    elif computed.last_on == last_on:
        beside = f"So says the term too: {computed.window}."
    else:
        beside = f"By the term it would be {computed.last_on}: {computed.window}."
    return replace(
        computed,
        last_at=by.span(stated.when).last,
        last_on=last_on,
        last_safe_on=safe_day(last_on, _EARLIEST, by),
        why=f"{what}: the vendor itself names {last_on} ({stated.by}), and that counts. {beside}",
        computed_last_on=computed.last_on,
        stated_by=stated.by,
    )
