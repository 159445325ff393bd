"""Random histories: suppliers with terms and calendars, order lines, and notices that fall on them.

Hypothesis draws what decides for many lines (terms, days, prices), and a seed for the lines: so
one example is hundreds of them. Days and instants lie close to where something changes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.price_protection.reference import Bought, Carried, Fallen, Single

SUPPLIERS, LINES, PRODUCTS = 6, 40, 3
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
# Ends of months, and Sundays on which clocks are set forward here or there.
DAYS = [
    *(date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 31)),
    *(date(2026, 3, 29), date(2026, 3, 30), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 31)),
]
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata"]
CLOSED = [date(2026, 3, 6), date(2026, 4, 3), date(2026, 2, 16)]

prices = st.integers(0, 400_000).map(lambda n: Decimal(n) / 1000)


def works_on(day):
    return day.weekday() < 5 and day not in CLOSED


@dataclass
class Supplier:
    """Whom was bought from, by which terms and calendar."""

    name: int
    zone: str
    terms: dict | None
    lines: list[Bought]


@dataclass(repr=False)
class History:
    """What happened, and what was told otherwise afterwards: lines by name, notices by place."""

    def _repr_pretty_(self, printer, _cycle):
        told = [(each.zone, each.terms) for each in self.suppliers]
        printer.text(f"<{told}; {self.notices}; {self.corrected_notices}>")

    suppliers: list[Supplier]
    notices: list[Fallen]
    corrected_lines: dict[int, Bought]
    corrected_notices: dict[int, Fallen]


@st.composite
def terms(draw):
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([None, {"is_granted": False}]))
    places = ["drop_shipped", "in_transit", "on_hand", "sold"]
    unit = draw(st.sampled_from(["days", "business_days", "months"]))
    window = {
        "value": draw(st.integers(1, 2 if unit == "months" else 40)),
        "unit": unit,
        "bought_on": draw(st.sampled_from(["order", "invoice", "shipment", "delivery"])),
    }
    caps = [
        *(None, None, None, {"units": draw(st.integers(1, 60))}),
        {"percent": str(draw(st.integers(1, 60)))},
        {"amount": {"amount": str(draw(prices) * 10), "currency": "USD"}},
        {"units": 40, "percent": "7", "amount": {"amount": "999.5", "currency": "USD"}},
    ]
    told = {
        "is_granted": draw(st.sampled_from([True] * 9 + [None])),
        "look_back": draw(st.sampled_from([window] * 9 + [None])),
        "reaches": draw(
            st.sampled_from([places] * 3 + [None])
            | st.sets(st.sampled_from(places), min_size=1).map(sorted)
        ),
        "difference": draw(
            st.sampled_from(["invoice_minus_new"] * 3 + ["old_minus_new"] * 2 + [None])
        ),
        "protects_special_bids": draw(st.sampled_from([True, False, None])),
        "cap": draw(st.sampled_from(caps)),
    }
    told = {name: value for name, value in told.items() if value is not None}
    return told or {"is_granted": True}


@st.composite
def falls(draw, day, currency):
    told = {}
    for product in draw(st.sets(st.integers(0, PRODUCTS - 1), min_size=1)):
        new = draw(prices)
        told[product] = (draw(st.none() | st.just(new + draw(prices) + Decimal("0.001"))), new)
    return Fallen(
        day,
        draw(st.sampled_from([currency] * 5 + ["EUR"])),
        told,
        # The maker's, whoever sold it; or one supplier's own.
        by=draw(st.none() | st.none() | st.integers(0, SUPPLIERS - 1)),
        confirmed=draw(st.integers(0, 4)) > 0,
    )


@st.composite
def histories(draw):
    around, currency = draw(st.sampled_from(DAYS)), draw(st.sampled_from(["USD", "JPY", "KWD"]))
    notices, day = [], around
    for n in range(draw(st.integers(1, 3))):
        day += timedelta(days=draw(st.integers(0, 20)) if n else 0)
        notices.append(draw(falls(day, currency)))
    dice = Dice(draw(st.randoms(use_true_random=True)))
    suppliers = [
        Supplier(n, draw(st.sampled_from(ZONES)), draw(terms()), []) for n in range(SUPPLIERS)
    ]
    for supplier in suppliers:
        first = supplier.name * LINES
        supplier.lines += [
            bought(dice, name, around, supplier.zone, currency)
            for name in range(first, first + LINES)
        ]
    corrected = {}
    for at, notice in enumerate(notices):
        if draw(st.integers(0, 2)) == 0:
            said = draw(falls(notice.effective_on, currency))
            said.by, said.withdrawn = notice.by, draw(st.integers(0, 3)) == 0
            corrected[at] = said
    lines = {
        line.name: rebought(dice, line, around, supplier.zone, currency)
        for supplier in suppliers
        for line in supplier.lines
        if dice.once_in(8)
    }
    return History(suppliers, notices, lines, corrected)


class Dice:
    """Chance, as it is asked for here."""

    def __init__(self, random):
        self.random, self.pick, self.number = random, random.choice, random.randint

    def once_in(self, n):
        return self.random.randrange(n) == 0

    def price(self):
        return Decimal(self.number(0, 400_000)) / 1000

    def near(self, day, spread):
        return day + timedelta(days=self.number(-spread, spread))

    def moment(self, around, zone):
        """Return an instant near a midnight of the zone, on either side."""
        day = self.near(around, self.pick([1, 1, 50]))
        local = datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
        return local + timedelta(minutes=self.pick([-61, -1, 0, 1, 59, 61, 700]))

    def parts(self, quantity):
        """Return a quantity, or less of it, in parts."""
        left, told = quantity, []
        while left and self.once_in(2):
            told.append(self.number(1, left))
            left -= told[-1]
        return told


def movements(dice, quantity, around):
    if dice.once_in(2):
        return None
    return [(dice.near(around, dice.pick([1, 30])), units) for units in dice.parts(quantity)]


def singles(dice, quantity, around):
    if dice.once_in(2):
        return []

    def day():
        return None if dice.once_in(2) else dice.near(around, dice.pick([1, 30]))

    return [
        Single(day(), day(), day(), cancelled=dice.once_in(6), stands_in=dice.once_in(6))
        for _ in range(dice.number(1, quantity + 1))
    ]


def bought(dice, name, around, zone, currency):
    quantity = dice.number(1, 9)
    ordered_on = dice.near(around, 75) - timedelta(days=dice.pick([0, 40]))
    drop_shipped = dice.once_in(4)
    carried = [
        Carried(
            units,
            None if dice.once_in(3) else dice.moment(around, zone),
            None if dice.once_in(3) else dice.moment(around, zone),
            by_us=not drop_shipped and dice.once_in(5),
            cancelled=dice.once_in(10),
        )
        for units in dice.parts(quantity)
    ]
    lost = dice.number(1, 4)
    return Bought(
        name=name,
        product=dice.number(0, PRODUCTS - 1),
        quantity=quantity,
        paid=dice.price(),
        currency=dice.pick([currency] * 8 + ["EUR"]),
        ordered_on=None if dice.once_in(7) else ordered_on,
        told_on=min(ordered_on + timedelta(days=dice.number(0, 5)), NOW.date()),
        invoiced_on=dice.pick([None, ordered_on + timedelta(days=9 * dice.number(0, 5))]),
        drop_shipped=drop_shipped,
        receipts=None if drop_shipped else movements(dice, quantity, around),
        sales=None if drop_shipped else movements(dice, quantity, around),
        carried=carried,
        singles=singles(dice, quantity, around),
        special_bid=dice.pick([None, False, False, True]),
        cancelled=dice.once_in(10),
        removed=not carried and dice.once_in(10),
        losses=[(lost, dice.number(0, lost))] if dice.once_in(5) else [],
        failed=[(2, dice.number(0, 2))] if dice.once_in(6) else [],
        sent_back=dice.pick([0, 0, 0, 0, 1, 3]),
        taken_back=dice.pick([0, 0, 0, 0, 1, 2]),
    )


def rebought(dice, line, around, zone, currency):
    """Return what the order says of a line now; what became of its units stays."""
    said = bought(dice, line.name, around, zone, currency)
    said.told_on, said.drop_shipped = line.told_on, line.drop_shipped
    said.quantity = line.quantity
    said.carried, said.losses, said.failed = line.carried, line.losses, line.failed
    said.singles = line.singles
    said.sent_back, said.taken_back = line.sent_back, line.taken_back
    said.removed = said.removed and not line.carried
    if line.drop_shipped:
        said.receipts = said.sales = None
    return said
