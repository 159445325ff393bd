"""What a fall in price earns, slowly and plainly: unit by unit, day by day.

It knows nothing of the statement that it is held against, and shares no code with it but the
words and the calendars.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass
class Carried:
    """A package's worth of a line."""

    quantity: int
    shipped_at: datetime | None
    delivered_at: datetime | None
    by_us: bool = False
    cancelled: bool = False


@dataclass
class Single:
    """A unit of a line, told by its serial number."""

    shipped_on: date | None
    delivered_on: date | None
    sold_on: date | None
    cancelled: bool = False
    stands_in: bool = False


@dataclass
class Bought:
    """An order line, and all that happened to it."""

    name: int
    product: int
    quantity: int
    paid: Decimal
    currency: str
    ordered_on: date | None
    told_on: date
    invoiced_on: date | None = None
    drop_shipped: bool = False
    receipts: list[tuple[date, int]] | None = None
    sales: list[tuple[date, int]] | None = None
    carried: list[Carried] = field(default_factory=list)
    singles: list[Single] = field(default_factory=list)
    special_bid: bool | None = None
    cancelled: bool = False
    removed: bool = False
    losses: list[tuple[int, int]] = field(default_factory=list)  # gone, replaced
    failed: list[tuple[int, int]] = field(default_factory=list)  # failed, replaced
    sent_back: int = 0
    taken_back: int = 0

    @property
    def placed_on(self):
        return self.ordered_on or self.told_on


@dataclass
class Fallen:
    """A notice."""

    effective_on: date
    currency: str
    prices: dict[int, tuple[Decimal | None, Decimal]]  # product -> old, new
    by: int | None = None  # a supplier's own; None: the maker's
    confirmed: bool = True
    withdrawn: bool = False


@dataclass
class Unit:
    """One unit of a line, and what became of it."""

    place: str
    bought_on: date | None
    earlier: list[Decimal] = field(default_factory=list)
    reason: str = ""
    credit: Decimal = Decimal(0)
    protected: Decimal | None = None
    lot: object = None


UNKNOWN = {
    "no_entitlement_known",
    "window_unknown",
    "day_unknown",
    "places_unknown",
    "special_bid_unknown",
    "difference_unknown",
    "old_price_unknown",
    "cap_unknown",
}
EARNS = {"eligible", "capped"}


def eligibility(reason):
    return "eligible" if reason in EARNS else "unknown" if reason in UNKNOWN else "left_out"


def midnight(day, zone):
    """The instant at which a day begins on the wall clock of a zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def is_inside(day, effective_on, window, works_on):
    """Whether a window that begins with a day reaches the new price: walked day by day."""
    value, unit = window["value"], window["unit"]
    if unit == "days":
        return day + value * DAY >= effective_on
    if unit == "months":
        month = day.month - 1 + value
        year, month = day.year + month // 12, month % 12 + 1
        last = day.day
        while True:
            try:
                return date(year, month, last) >= effective_on
            except ValueError:
                last -= 1
    walked = day
    while value:
        walked += DAY
        value -= works_on(walked)
    return walked >= effective_on


def first_inside(effective_on, window, works_on):
    day = effective_on
    while is_inside(day - DAY, effective_on, window, works_on):
        day -= DAY
    return day


class Reckoner:
    """By one supplier's terms, one notice after the other."""

    def __init__(self, terms, zone, works_on):
        # Of a supplier without terms nothing is claimed: its days are nobody's.
        self.terms, self.zone, self.works_on = terms, zone if terms else "UTC", works_on
        self.earlier = []  # (notice, {(line, unit number): (new price, its row)} that it protects)

    def reckon(self, notice, lines, digits):
        """Return {line: [Unit, ...]} of all that is listed, and {(line, first unit): amount}."""
        terms = self.terms or {}
        window = terms.get("look_back")
        granted = terms.get("is_granted")
        since = (
            first_inside(notice.effective_on, window, self.works_on)
            if window
            else notice.effective_on - 30 * DAY
        )
        anchor = window["bought_on"] if window else "order"
        begins_at = midnight(notice.effective_on, self.zone)
        found = {}
        for line in lines:
            if line.product not in notice.prices or line.removed:
                continue
            units = self._units(line, notice, begins_at, anchor)
            for number, unit in enumerate(units, start=1):
                unit.earlier = [
                    prices[line.name, number]
                    for other, prices in self.earlier
                    if other.confirmed
                    and not other.withdrawn
                    and other.currency == notice.currency
                    and (line.name, number) in prices
                ]
                old, new = notice.prices[line.product]
                self._judge(line, unit, notice, since, bool(window), granted, anchor, old, new)
                day = unit.bought_on or line.placed_on
                if not since - 30 * DAY <= day < notice.effective_on:
                    unit.place = "not listed"
            found[line.name] = units
        rows = self._rows(found, digits)
        self._cap(rows, {line.name: line for line in lines}, notice, digits)
        for row in rows:
            for unit in row["units"]:
                unit.reason = row["reason"]
        self.earlier.append(
            (
                notice,
                {
                    (row["line"], row["first"] + n): (
                        notice.prices[row["product_of"]][1],
                        (len(self.earlier), row["first"]),
                    )
                    for row in self._with_product(rows, lines)
                    for n in range(len(row["units"]))
                    if eligibility(row["reason"]) == "eligible"
                },
            )
        )
        return rows

    @staticmethod
    def _with_product(rows, lines):
        products = {line.name: line.product for line in lines}
        for row in rows:
            yield row | {"product_of": products[row["line"]]}

    def _units(self, line, notice, begins_at, anchor):
        """Give each unit its place: those that left us first come first."""
        carried = self._carried(line, begins_at, anchor)
        units = []
        for number, place in enumerate(self._places(line, notice, carried)):
            late = anchor in {"shipment", "delivery"}
            told = carried[number] if late and number < len(carried) else None
            day = {"order": line.ordered_on, "invoice": line.invoiced_on}.get(anchor)
            if told and not told[1]:
                day = told[2]
            units.append(Unit(place, day, lot=told and told[:3]))
        return units

    def _carried(self, line, begins_at, anchor):
        carried = []
        for each in line.carried:
            if each.cancelled:
                continue
            left_at = each.shipped_at or each.delivered_at
            if left_at is None or not left_at < begins_at:
                continue
            here = each.by_us or (each.delivered_at is not None and each.delivered_at < begins_at)
            moment = each.delivered_at if anchor == "delivery" else left_at
            day = moment.astimezone(ZoneInfo(self.zone)).date() if moment else None
            carried += [(not here, day is None, day or date.max, each)] * each.quantity
        carried.sort(key=lambda told: told[:3])
        return carried

    @staticmethod
    def _places(line, notice, carried):
        received = sum(n for on, n in line.receipts or () if on < notice.effective_on)
        booked = sum(n for on, n in line.sales or () if on < notice.effective_on)
        moved, delivered, resold = Reckoner._singles(line, notice.effective_on)
        came = max(sum(not told[0] for told in carried), received, delivered)
        arrived = min(line.quantity, came)
        shipped = min(line.quantity, max(len(carried), arrived, moved))
        swapped = sum(again for _, again in line.failed)
        returned = min(shipped, max(line.sent_back - swapped, line.taken_back))
        missing = max(sum(lost - again for lost, again in line.losses), 0)
        lost = min(missing, shipped - returned)
        sold = 0
        if not line.drop_shipped:
            sent_on = sum(told[3].by_us for told in carried)
            sold = min(max(sent_on, booked, resold), shipped - returned - lost)
        places = ["sold"] * sold + ["returned"] * returned + ["lost"] * lost
        while len(places) < line.quantity:
            if len(places) >= shipped:
                places.append("unshipped")
            elif line.drop_shipped:
                places.append("drop_shipped")
            else:
                places.append("on_hand" if len(places) < arrived else "in_transit")
        return places

    @staticmethod
    def _singles(line, day):
        moved = delivered = sold = 0
        for each in line.singles:
            came = each.delivered_on is not None and each.delivered_on < day
            left = came or (each.shipped_on is not None and each.shipped_on < day)
            if each.cancelled or each.stands_in or not left:
                continue
            moved += 1
            delivered += came
            sold += came or (each.sold_on is not None and each.sold_on < day)
        return moved, delivered, sold

    def _judge(self, line, unit, notice, since, is_window_known, granted, anchor, old, new):
        terms = self.terms or {}
        base = line.paid
        if terms.get("difference") == "old_minus_new" and old is not None:
            base = old
        unit.protected = min(unit.earlier)[0] if unit.earlier else None
        if unit.protected is not None:
            base = min(base, unit.protected)
        unit.credit = max(base - new, Decimal(0))
        unit.reason = self._reason(line, unit, notice, since, is_window_known, granted, anchor, old)
        if eligibility(unit.reason) == "left_out":
            unit.credit = Decimal(0)

    def _reason(self, line, unit, notice, since, is_window_known, granted, anchor, old):
        terms = self.terms or {}
        reaches, bids = terms.get("reaches"), terms.get("protects_special_bids")
        day = unit.bought_on
        early = day is not None and day < since
        if day is None and anchor == "order":
            early = line.placed_on < since
        inside = anchor != "order" and line.ordered_on is not None and line.ordered_on >= since
        amount = (terms.get("cap") or {}).get("amount")
        difference = terms.get("difference")
        gone = {"returned", "lost"}
        # The first that holds is the reason.
        faults = [
            ("other_currency", line.currency != notice.currency),
            ("cancelled", unit.place == "unshipped" and line.cancelled),
            ("unshipped", unit.place == "unshipped"),
            (unit.place, unit.place in gone),
            ("not_granted", granted is False),
            ("bought_after", day is not None and day >= notice.effective_on),
            ("before_window", early and is_window_known),
            ("place_not_reached", reaches is not None and unit.place not in reaches),
            ("special_bid", line.special_bid and bids is False),
            ("paid_no_more", unit.credit <= 0),
            ("no_entitlement_known", not granted),
            ("window_unknown", not is_window_known),
            ("day_unknown", day is None and not inside),
            ("places_unknown", reaches is None),
            ("special_bid_unknown", line.special_bid and bids is None),
            ("difference_unknown", difference is None),
            ("old_price_unknown", difference == "old_minus_new" and old is None),
            ("cap_unknown", amount and amount["currency"] != notice.currency),
        ]
        return next((reason for reason, holds in faults if holds), "eligible")

    def _rows(self, found, digits):
        """Put units together that follow each other and are alike."""
        rows = []
        for name, units in found.items():
            for number, unit in enumerate(units, start=1):
                if unit.place == "not listed":
                    continue
                last = rows[-1] if rows else None
                if (
                    last
                    and last["line"] == name
                    and last["first"] + len(last["units"]) == number
                    and self._alike(last["units"][-1], unit)
                ):
                    last["units"].append(unit)
                else:
                    rows.append({"line": name, "first": number, "units": [unit]})
        for row in rows:
            one = row["units"][0]
            row["reason"] = one.reason
            row["amount"] = rounded(len(row["units"]) * one.credit, digits)
            row["capped"] = Decimal(0)
        return rows

    @staticmethod
    def _alike(one, other):
        def what(unit):
            return unit.place, unit.bought_on, unit.lot, unit.reason, sorted(unit.earlier)

        return what(one) == what(other)

    def _cap(self, rows, lines, notice, digits):
        cap = (self.terms or {}).get("cap") or {}
        eligible = [row for row in rows if row["reason"] == "eligible"]
        eligible.sort(key=lambda row: (-row["units"][0].credit, row["line"], row["first"]))
        left = cap.get("units")
        for row in eligible:
            row["counted"] = len(row["units"])
            if left is not None:
                row["counted"] = min(row["counted"], left)
                left -= row["counted"]
        most = []
        if cap.get("amount"):
            most.append(rounded(cap["amount"]["amount"], digits, ROUND_DOWN))
        if cap.get("percent"):
            paid = sum(row["counted"] * lines[row["line"]].paid for row in eligible)
            most.append(rounded(paid * Decimal(cap["percent"]) / 100, digits, ROUND_DOWN))
        left = min(most) if most else None
        for row in eligible:
            full = row["amount"]
            amount = rounded(row["counted"] * row["units"][0].credit, digits)
            if left is not None:
                amount = min(amount, left)
                left -= amount
            row["amount"], row["capped"] = amount, full - amount
            if row["capped"] > 0:
                row["reason"] = "capped"


def rounded(amount, digits, how=ROUND_HALF_UP):
    return Decimal(amount).quantize(Decimal(1).scaleb(-digits), how)
