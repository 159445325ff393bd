"""Windows of time: how long a right lasts from what, and when it ends.

Days and working hours are those of the party whose clock it is; `counting` says by which calendar.
"""

import calendar
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from app.kit.business_time import add_business_days, add_business_time
from app.kit.fields import Day, Flag, In, Instant, ShortText, Text
from app.kit.refusing import refuse
from app.vendors.terms.counting import NOBODYS, Counting, Span


class Unit(StrEnum):
    """In what a window is counted."""

    HOURS = "hours"
    BUSINESS_HOURS = "business_hours"
    DAYS = "days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


class Anchor(StrEnum):
    """From what a window is counted. The anchor matters more than the number."""

    INVOICE = "invoice"
    SHIPMENT = "shipment"
    SCHEDULED_DELIVERY = "scheduled_delivery"
    DELIVERY = "delivery"
    END_USER_SALE = "end_user_sale"
    INSTALLATION = "installation"
    REGISTRATION = "registration"
    RMA_ISSUE = "rma_issue"
    REQUEST = "request"
    REPLACEMENT_SHIPMENT = "replacement_shipment"
    REPLACEMENT_DELIVERY = "replacement_delivery"
    RETURN_RECEIPT = "return_receipt"
    PRICE_NOTICE = "price_notice"
    PRICE_CHANGE = "price_change"


_SPELLED = frozenset({"doa", "rma"})


def words(name: StrEnum | str) -> str:
    """Return a name of ours as people write it."""
    told = str(name).split("_")
    return " ".join(word.upper() if word in _SPELLED else word for word in told)


def sentence(name: StrEnum | str) -> str:
    """Return a name of ours as a sentence begins with it."""
    told = words(name)
    return told[:1].upper() + told[1:]


def _when(value: Any) -> date | datetime:
    is_instant = isinstance(value, datetime) or "T" in str(value).upper()
    kind: Any = Instant if is_instant else Day
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        raise ValueError(str(error.errors()[0]["msg"]).removeprefix("Value error, ")) from None


def _written(when: date | datetime) -> str:
    return when.isoformat().replace("+00:00", "Z")


When = Annotated[
    date | datetime,
    PlainValidator(_when),
    PlainSerializer(_written, return_type=str, when_used="json"),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
    ),
]
"""A day, or an instant with its offset: whichever is known."""

Dates = Mapping[Anchor, date | datetime]


def _whole(value: Any) -> Any:
    # 2.0 is an integer to JSON Schema.
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Window(In):
    """How long a right lasts, and from what."""

    value: Annotated[int, Field(ge=1, le=36_500, strict=True), BeforeValidator(_whole)]
    unit: Unit
    anchor: Anchor = Field(description="From what it is counted.")
    counts_anchor_day: Flag = Field(
        default=False,
        description="The day of the anchor is itself the first day. For days and business days.",
    )

    def ends(self, start: date | datetime, by: Counting = NOBODYS) -> Span:
        """Return the last instant inside the window; a span where only the day of `start` is known.

        Days end with midnight. Months keep the day of the month, or end with the month.
        """
        if self.unit in _HOURLY:
            known = by.span(start)
            return Span(self._later(known.first, by), self._later(known.last, by))
        end = by.end_of(self._last_day(by.day(start), by))
        return Span(end, end)

    def _later(self, moment: datetime, by: Counting) -> datetime:
        if self.unit is Unit.BUSINESS_HOURS:
            return add_business_time(by.calendar, moment, timedelta(hours=self.value))
        return _later(moment, self.value)

    def _last_day(self, start: date, by: Counting) -> date:
        if self.unit is Unit.MONTHS:
            return add_months(start, self.value)
        if self.unit is Unit.BUSINESS_DAYS:
            counts_start = self.counts_anchor_day
            return add_business_days(by.calendar, start, self.value, counts_start=counts_start)
        return _add_days(start, self.value - int(self.counts_anchor_day))

    def last_on(self, start: date | datetime, by: Counting = NOBODYS) -> date:
        """Return the last day that certainly lies in it, or a part of that day."""
        return by.last_day_before(self.ends(start, by).first)

    def text(self) -> str:
        """Return the window in words: "5 business days from delivery"."""
        unit = words(self.unit).removesuffix("s") if self.value == 1 else words(self.unit)
        counted = ", that day counted" if self.counts_anchor_day else ""
        return f"{self.value} {unit} from {_ANCHOR_WORDS[self.anchor]}{counted}"


_HOURLY = frozenset({Unit.HOURS, Unit.BUSINESS_HOURS})
_ANCHOR_WORDS = {
    Anchor.INVOICE: "the invoice",
    Anchor.SHIPMENT: "shipping",
    Anchor.SCHEDULED_DELIVERY: "the scheduled delivery",
    Anchor.DELIVERY: "delivery",
    Anchor.END_USER_SALE: "the sale to the end user",
    Anchor.INSTALLATION: "installation",
    Anchor.REGISTRATION: "registration",
    Anchor.RMA_ISSUE: "the issue of the RMA",
    Anchor.REQUEST: "the request",
    Anchor.REPLACEMENT_SHIPMENT: "shipping of the replacement",
    Anchor.REPLACEMENT_DELIVERY: "delivery of the replacement",
    Anchor.RETURN_RECEIPT: "receipt of what was returned",
    Anchor.PRICE_NOTICE: "the notice of the new price",
    Anchor.PRICE_CHANGE: "the day of the new price",
}
# What happens to a unit that was sold; the others belong to terms of their own.
OF_THE_SALE = frozenset(list(Anchor)[: list(Anchor).index(Anchor.REQUEST)])


def anchor_words(anchor: Anchor) -> str:
    """Return what a window is counted from, as people say it."""
    return _ANCHOR_WORDS[anchor]


def _ours(window: Window) -> Window:
    if window.anchor is Anchor.REQUEST:
        msg = "a right of ours is counted from what happened, not from a request"
        raise ValueError(msg)
    if window.anchor not in OF_THE_SALE:
        raise ValueError(_counted_from(OF_THE_SALE))
    return window


def _counted_from(anchors: Iterable[Anchor]) -> str:
    return f"is counted from one of {', '.join(sorted(anchors))}"


def counted_from(*anchors: Anchor) -> AfterValidator:
    """Return what refuses a window that is counted from anything else than these."""

    def check(window: Window) -> Window:
        if window.anchor not in anchors:
            raise ValueError(_counted_from(anchors))
        return window

    return AfterValidator(check)


def _answer(window: Window) -> Window:
    if window.anchor is not Anchor.REQUEST:
        msg = "the time to answer is counted from the request; say `request` as its anchor"
        raise ValueError(msg)
    return window


RightWindow = Annotated[Window, AfterValidator(_ours)]
"""How long we may do something."""
AnswerWindow = Annotated[Window, AfterValidator(_answer)]
"""How long they may take to answer."""


def _add_days(start: date, days: int) -> date:
    # Beyond the calendar's end a window never closes.
    return date.fromordinal(min(start.toordinal() + days, date.max.toordinal()))


def _later(moment: datetime, hours: int) -> datetime:
    try:
        return moment + timedelta(hours=hours)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def add_months(start: date, months: int) -> date:
    """Return the same day of a later month, or that month's last."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def safe_day(last_on: date, start: date, by: Counting = NOBODYS) -> date:
    """Return the last day on which nobody can call it late: a business day before the last one.

    Their day may end before ours does, and nobody may read on a weekend. Never before `start`.
    """
    if last_on <= start:
        return start
    safe = last_on - timedelta(days=1)
    while safe > start and not by.is_business_day(safe):
        safe -= timedelta(days=1)
    return safe


def _sorted(sources: dict[str, str]) -> dict[str, str]:
    # The same terms in another order are the same terms.
    return dict(sorted(sources.items()))


class Sourced(In):
    """Terms that say where they are written: as a whole, and member by member where it differs."""

    source: Text | None = Field(
        None,
        description="Where these terms are written.",
        examples=["Terms of sale of 2026-01-01, sections 4 to 9"],
    )
    sources: Annotated[dict[str, ShortText], AfterValidator(_sorted)] = Field(
        default_factory=dict[str, str],
        description="Where single members are written, by the member's name; the others are "
        "written where `source` says.",
        examples=[{"return_window": "Returns page, read on 2026-01-12"}],
    )

    @model_validator(mode="after")
    def _of_members(self) -> Self:
        odd = [name for name in self.sources if name not in self.told()]
        if odd:
            refuse(
                (
                    ("sources", odd[0]),
                    f"sources names {odd[0]!r}, which is no member that is set here",
                )
            )
        return self

    def told(self) -> list[str]:
        """Return the names of the terms that are set."""
        names = (name for name in type(self).terms() if getattr(self, name) is not None)
        return sorted(names)

    @classmethod
    def terms(cls) -> list[str]:
        """Return the names of all terms that can be set."""
        return [name for name in cls.model_fields if name not in _NO_TERMS]

    def source_of(self, name: str) -> str | None:
        """Return where a term is written."""
        return self.sources.get(name) or self.source


_NO_TERMS = frozenset({"source", "sources"})
