"""What a notice can be and become, and what it may not say. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from app.kit.problems import Malformed, Problem
from app.kit.states import Flow

FIRST_NUMBER = 1001
MAX_LINES = 2000
_DAY = timedelta(days=1)
_YEARS_BACK, _YEARS_AHEAD = 3, 2
_NUMBER = re.compile(r"(?:PN[\s-]*)?([0-9]{1,18})", re.IGNORECASE | re.ASCII)


class Origin(StrEnum):
    """How we know of it."""

    ANNOUNCED = "announced"
    X12_845 = "x12_845"
    REPORTED = "reported"
    DETECTED = "detected"


class State(StrEnum):
    """Whether it holds. What nobody of the vendor said is unconfirmed until somebody confirms it.

    That its day has come is computed when it is read.
    """

    UNCONFIRMED = "unconfirmed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


NOTICES = Flow(
    State,
    {
        State.UNCONFIRMED: {State.CONFIRMED, State.WITHDRAWN},
        State.CONFIRMED: {State.WITHDRAWN},
        State.WITHDRAWN: set(),
    },
)
BEGINS_AS = {
    Origin.ANNOUNCED: State.CONFIRMED,
    Origin.X12_845: State.CONFIRMED,
    Origin.REPORTED: State.UNCONFIRMED,
    Origin.DETECTED: State.UNCONFIRMED,
}


class NoticeKnown(Problem):
    """The same notice is on record; `notice_id` and `number` name it.

    It has the same number of the vendor's, or says the same. Confirm or correct that one.
    """

    status = 409


class NoticeIsWithdrawn(Problem):
    """The notice was withdrawn: it says nothing any more. Tell the new one as a notice of its own.

    It cannot be corrected.
    """

    status = 409


class NoticeWasCredited(Problem):
    """A credit came for claims of the notice (`claim_ids`): correct it, or take the credit back.

    Withdrawn it would protect from nothing, and a later fall would claim the same money again.
    """

    status = 409


class NotInNotice(Problem):
    """The order line is of no product that the notice names, so it has nothing to do with it."""

    status = 409


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A product, or a family of them, and its price before and after."""

    product: str | None
    product_line: str | None
    old_price: Decimal | None
    new_price: Decimal

    @property
    def name(self) -> tuple[str, str]:
        """Return what the line is of."""
        if self.product is not None:
            return "product", self.product
        return "product_line", self.product_line or ""


def spoken_number(number: int) -> str:
    """Return a notice's number as people say it."""
    return f"PN-{number}"


def read_number(text: str) -> int | None:
    """Return the number that people wrote: `PN-1042`, `pn 1042`, `1042`. None if it is none."""
    found = _NUMBER.fullmatch(text.strip())
    return int(found[1]) if found else None


def require_sound(
    lines: Sequence[PriceLine],
    *,
    effective_on: date,
    announced_on: date | None,
    today: date,
) -> None:
    """Refuse what cannot be a fall in price, all of it at once. Raises Malformed."""
    errors = [
        *_line_faults(lines),
        *_day_faults(effective_on, announced_on, today),
    ]
    if errors:
        told = [{"pointer": pointer, "detail": detail} for pointer, detail in errors]
        raise Malformed("It is no notice of a lower price; `errors` says why.", errors=told)


def _line_faults(lines: Sequence[PriceLine]) -> Iterator[tuple[str, str]]:
    first: dict[tuple[str, str], int] = {}
    for index, line in enumerate(lines):
        at = f"/lines/{index}"
        kind, _ = line.name
        if line.name in first:
            what = kind.replace("_", " ")
            yield (
                f"{at}/{kind}",
                f"names the same {what} as /lines/{first[line.name]}; name it once",
            )
        first.setdefault(line.name, index)
        old = line.old_price
        if not line.new_price:
            detail = "nobody sells for nothing: tell a price above zero, or leave the line out"
            yield f"{at}/new_price", detail
        if old is not None and line.new_price > old:
            detail = f"is above the old price {old}: a rise earns nothing; leave the line out"
            yield f"{at}/new_price", detail
        if old is not None and line.new_price == old:
            yield f"{at}/new_price", "is the old price: nothing fell; leave the line out"


def _day_faults(
    effective_on: date, announced_on: date | None, today: date
) -> Iterator[tuple[str, str]]:
    if effective_on < today - timedelta(days=366 * _YEARS_BACK):
        detail = (
            f"lies more than {_YEARS_BACK} years back: no right lasts so long; is the year right?"
        )
        yield "/effective_on", detail
    if effective_on > today + timedelta(days=366 * _YEARS_AHEAD):
        detail = f"lies more than {_YEARS_AHEAD} years ahead; is the year right?"
        yield "/effective_on", detail
    # It may be tomorrow already where the vendor sits.
    if announced_on is not None and announced_on > today + _DAY:
        yield "/announced_on", "must not lie in the future: it is the day we were told"


def says(
    *, vendor: str, currency: str, effective_on: date, lines: Sequence[PriceLine]
) -> list[object]:
    """Return what a notice says, in one form whatever the order of its lines."""
    told = sorted(
        (line.name, str(line.old_price and line.old_price.normalize()), line.new_price.normalize())
        for line in lines
    )
    return [
        *(vendor, currency, effective_on.isoformat()),
        [[*name, old, str(new)] for name, old, new in told],
    ]
