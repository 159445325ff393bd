"""Where units are, whether they earn something and why; by which terms, within which days. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_precision

from app.kit.business_time import add_business_days
from app.vendors.terms import (
    NOBODYS,
    Anchor,
    BoughtOn,
    Counting,
    Deadline,
    Difference,
    LookBack,
    Right,
    Stock,
    Unit,
    VendorTerms,
    add_months,
    vendor_deadlines,
)

LISTED_BEFORE = timedelta(days=30)
_SUPPOSED = timedelta(days=30)
_FIRST = date(1900, 1, 1)


class Place(StrEnum):
    """Where units were when the day of the new price began, or what became of them."""

    ON_HAND = "on_hand"
    IN_TRANSIT = "in_transit"
    DROP_SHIPPED = "drop_shipped"
    SOLD = "sold"
    UNSHIPPED = "unshipped"
    RETURNED = "returned"
    LOST = "lost"


class Eligibility(StrEnum):
    """Whether units earn something."""

    ELIGIBLE = "eligible"
    UNKNOWN = "unknown"
    LEFT_OUT = "left_out"


class Reason(StrEnum):
    """Why they do, do not, or nobody knows. The earlier one is told where several hold."""

    # They earn nothing.
    REMOVED = "removed"
    OTHER_SUPPLIER = "other_supplier"
    OTHER_CURRENCY = "other_currency"
    CANCELLED = "cancelled"
    UNSHIPPED = "unshipped"
    RETURNED = "returned"
    LOST = "lost"
    NOT_GRANTED = "not_granted"
    BOUGHT_AFTER = "bought_after"
    BEFORE_WINDOW = "before_window"
    PLACE_NOT_REACHED = "place_not_reached"
    SPECIAL_BID = "special_bid"
    PAID_NO_MORE = "paid_no_more"
    # Nobody knows.
    NO_ENTITLEMENT_KNOWN = "no_entitlement_known"
    WINDOW_UNKNOWN = "window_unknown"
    DAY_UNKNOWN = "day_unknown"
    PLACES_UNKNOWN = "places_unknown"
    SPECIAL_BID_UNKNOWN = "special_bid_unknown"
    DIFFERENCE_UNKNOWN = "difference_unknown"
    OLD_PRICE_UNKNOWN = "old_price_unknown"
    CAP_UNKNOWN = "cap_unknown"
    # They earn.
    CAPPED = "capped"
    ELIGIBLE = "eligible"


WORDS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.REMOVED: "The order, as it was last told, has no such line any more.",
        Reason.OTHER_SUPPLIER: "It was bought from somebody whose prices the notice is not about.",
        Reason.OTHER_CURRENCY: "It was paid in another currency than the notice's; the two are "
        "never mixed.",
        Reason.CANCELLED: "It was cancelled before it was shipped.",
        Reason.UNSHIPPED: "It had not been shipped when the new price began: ask "
        "for the new price.",
        Reason.RETURNED: "It went back to the supplier.",
        Reason.LOST: "It was lost, and is claimed for as that.",
        Reason.NOT_GRANTED: "The supplier's terms grant no price protection.",
        Reason.BOUGHT_AFTER: "It was bought when the new price had begun.",
        Reason.BEFORE_WINDOW: "It was bought before the look-back window begins.",
        Reason.PLACE_NOT_REACHED: "The supplier's terms do not reach units that are there.",
        Reason.SPECIAL_BID: "It was bought by a special bid, which the terms do not protect.",
        Reason.PAID_NO_MORE: "No more was paid for it, or it was protected already, than the new "
        "price.",
        Reason.NO_ENTITLEMENT_KNOWN: "No entitlement is known: the supplier's terms say nothing "
        "of price protection. Nothing is filed by itself.",
        Reason.WINDOW_UNKNOWN: "The terms do not say how far back the window reaches.",
        Reason.DAY_UNKNOWN: "The day that counts as that of the purchase was not told.",
        Reason.PLACES_UNKNOWN: "The terms do not say which units they reach: on hand, in transit, "
        "drop-shipped or sold.",
        Reason.SPECIAL_BID_UNKNOWN: "It was bought by a special bid, of which the terms say "
        "nothing.",
        Reason.DIFFERENCE_UNKNOWN: "The terms do not say whether the old or the paid price counts.",
        Reason.OLD_PRICE_UNKNOWN: "The old price counts by the terms, and the notice does not say "
        "it.",
        Reason.CAP_UNKNOWN: "The terms cap the credit in another currency.",
        Reason.CAPPED: "It earns the fall in price, less what a cap of the terms takes.",
        Reason.ELIGIBLE: "It earns the fall in price.",
    }
)


@dataclass(frozen=True, slots=True)
class Granted:
    """What one record of a supplier's terms says of one notice; without a supplier: no terms.

    standing           `granted`, `not_granted`, or `unknown`
    begins_at          when the day of the new price begins where the supplier counts its days
    since_on           the first day of purchase inside the look-back window
    is_window_known    false: `since_on` is only supposed, so that something is shown
    reaches            null: unknown
    file_by_at         the end of `file_by_on`, where the supplier's day is not that of UTC
    """

    no: int
    supplier_id: UUID | None
    supplier: str | None
    product_line: str | None
    terms_key: str | None
    terms_version: int | None
    standing: str
    begins_at: datetime
    zone: str
    since_on: date
    is_window_known: bool
    bought_on: BoughtOn
    reaches: tuple[Stock, ...] | None
    difference: Difference | None
    protects_special_bids: bool | None
    takes_new_price: bool | None
    needs_serials: bool | None
    cap_amount: Decimal | None
    cap_percent: Decimal | None
    cap_units: int | None
    is_cap_fit: bool
    file_by_on: date | None
    file_by_at: datetime | None
    file_safely_by_on: date | None
    filing: str
    source: str | None
    counting: str

    @property
    def is_capped(self) -> bool:
        """Return whether a cap is told. One of nothing is one: less than a coin is paid as none."""
        caps = (self.cap_amount, self.cap_percent, self.cap_units)
        return any(cap is not None for cap in caps)

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {name: _told(getattr(self, name)) for name in self.__slots__}


def _told(value: object) -> object:
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return [str(each) for each in value] if isinstance(value, tuple) else value


def digits_of(currency: str) -> int:
    """Return how many decimals the smallest coin of a currency has."""
    return get_currency_precision(currency)


@dataclass(frozen=True, slots=True)
class OfSupplier:
    """Whose terms: the supplier, for which of its product lines, by which record."""

    supplier_id: UUID
    supplier: str
    product_line: str | None
    terms_key: str
    terms_version: int
    terms: VendorTerms
    counting: Counting


@dataclass(frozen=True, slots=True)
class Fall:
    """What of a notice decides whom it reaches."""

    effective_on: date
    announced_on: date | None
    currency: str


def nothing_known(fall: Fall) -> Granted:
    """Return what is supposed of suppliers whose terms say nothing."""
    return _granted(0, fall, None)


def granted(no: int, fall: Fall, of: OfSupplier) -> Granted:
    """Return what a supplier's terms say of a fall in price."""
    return _granted(no, fall, of)


def _granted(no: int, fall: Fall, of: OfSupplier | None) -> Granted:
    told = of.terms.price_protection if of else None
    counting = of.counting if of else NOBODYS
    look_back = told.look_back if told else None
    cap = told.cap if told else None
    is_granted = told.is_granted if told else None
    deadline = _filing(fall, of)
    amount = cap.amount if cap else None
    return Granted(
        no=no,
        supplier_id=of.supplier_id if of else None,
        supplier=of.supplier if of else None,
        product_line=of.product_line if of else None,
        terms_key=of.terms_key if of else None,
        terms_version=of.terms_version if of else None,
        standing={True: "granted", False: "not_granted", None: "unknown"}[is_granted],
        begins_at=counting.calendar.midnight_after(fall.effective_on - timedelta(days=1)),
        zone=counting.calendar.zone,
        since_on=first_day(look_back, fall.effective_on, counting)
        if look_back
        else fall.effective_on - _SUPPOSED,
        is_window_known=look_back is not None,
        bought_on=look_back.bought_on if look_back else BoughtOn.ORDER,
        reaches=tuple(told.reaches) if told and told.reaches else None,
        difference=told.difference if told else None,
        protects_special_bids=told.protects_special_bids if told else None,
        takes_new_price=told.unshipped_take_new_price if told else None,
        needs_serials=told.needs_serials if told else None,
        cap_amount=_whole_coins(amount.amount, fall.currency)
        if amount and amount.currency == fall.currency
        else None,
        cap_percent=cap.percent if cap else None,
        cap_units=cap.units if cap else None,
        is_cap_fit=amount is None or amount.currency == fall.currency,
        file_by_on=deadline.last_on if deadline else None,
        file_by_at=deadline.last_at if deadline and not deadline.is_whole_day else None,
        file_safely_by_on=deadline.last_safe_on if deadline else None,
        filing=deadline.why if deadline else "No term is set, so its last day is unknown.",
        source=of.terms.source_of("price_protection") if of else None,
        counting=counting.text(),
    )


def _whole_coins(amount: Decimal, currency: str) -> Decimal:
    """Return the most that can be paid in coins, and does not exceed an amount."""
    return amount.quantize(Decimal(1).scaleb(-digits_of(currency)), ROUND_DOWN)


def _filing(fall: Fall, of: OfSupplier | None) -> Deadline | None:
    if of is None:
        return None
    dates = {Anchor.PRICE_CHANGE: fall.effective_on}
    if fall.announced_on is not None:
        dates[Anchor.PRICE_NOTICE] = fall.announced_on
    rights = frozenset({Right.FILE_PRICE_PROTECTION})
    return vendor_deadlines(rights, of.terms, dates, of.counting)[0]


def first_day(window: LookBack, effective_on: date, counting: Counting) -> date:
    """Return the first day of purchase from which the window still reaches the new price.

    Found by halving: from a later day it never ends earlier.
    """
    early, late = _FIRST.toordinal(), effective_on.toordinal()
    while early < late:
        middle = (early + late) // 2
        if _last_day(window, date.fromordinal(middle), counting) >= effective_on:
            late = middle
        else:
            early = middle + 1
    return date.fromordinal(early)


def _last_day(window: LookBack, start: date, counting: Counting) -> date:
    if window.unit is Unit.MONTHS:
        return add_months(start, window.value)
    if window.unit is Unit.BUSINESS_DAYS:
        return add_business_days(counting.calendar, start, window.value)
    return date.fromordinal(min(start.toordinal() + window.value, date.max.toordinal()))
