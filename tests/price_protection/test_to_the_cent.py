"""The statement and a slow, obvious reckoning agree on random histories, unit by unit."""

import os
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import Context
from app.kit.ids import new_id
from app.obligations.losses.models import Allocation, Loss
from app.obligations.models import Obligation, Performance
from app.orders.models import (
    Customer,
    Package,
    PackageContent,
    PurchaseLine,
    PurchaseOrder,
    Shipment,
    VendorDocument,
    VendorDocumentLine,
)
from app.parcels.models import Parcel, ParcelPackage
from app.price_protection.exposure.computing import compute
from app.price_protection.models import ExposedLine, PriceNotice, PriceNoticeLine
from app.products.models import Product
from app.vendors.models import BusinessCalendar, CalendarParty, Vendor, VendorTermsRecord
from tests.price_protection.reference import Bought, Carried, Fallen, Reckoner, eligibility

HISTORIES = int(os.environ.get("MAKEGOOD_TEST_HISTORIES", "30"))
LINES = 12
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAYS = [
    *(date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 31)),
    *(date(2026, 3, 29), date(2026, 3, 30), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 31)),
]
ZONES = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata"]
CLOSED = [date(2026, 3, 6), date(2026, 4, 3), date(2026, 2, 16)]
DIGITS = {"USD": 2, "JPY": 0, "KWD": 3}

ORDER = (
    *(Vendor, BusinessCalendar, CalendarParty, VendorTermsRecord, Product, Customer, PurchaseOrder),
    *(PurchaseLine, Shipment, Package, PackageContent, Parcel, ParcelPackage, VendorDocument),
    *(VendorDocumentLine, Loss, Obligation, Performance, Allocation),
)

prices = st.integers(0, 400_000).map(lambda n: Decimal(n) / 1000)
small = st.integers(0, 5)


def near(draw, day, spread):
    return day + timedelta(days=draw(st.integers(-spread, spread)))


@st.composite
def terms(draw):
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from([None, {"is_granted": False}]))
    places = ["drop_shipped", "in_transit", "on_hand", "sold"]
    unit = draw(st.sampled_from(["days", "business_days", "months"]))
    maybe = st.sampled_from
    told = {
        "is_granted": draw(maybe([True] * 9 + [None])),
        "look_back": draw(
            maybe(
                [
                    {
                        "value": draw(st.integers(1, 2 if unit == "months" else 40)),
                        "unit": unit,
                        "bought_on": draw(maybe(["order", "invoice", "shipment", "delivery"])),
                    }
                ]
                * 9
                + [None]
            )
        ),
        "reaches": draw(
            st.one_of(
                st.just(places),
                st.sets(maybe(places), min_size=1).map(sorted),
                st.none() if draw(st.booleans()) else st.just(places),
            )
        ),
        "difference": draw(maybe(["invoice_minus_new"] * 3 + ["old_minus_new"] * 2 + [None])),
        "protects_special_bids": draw(maybe([True, False, None])),
        "cap": draw(
            maybe(
                [
                    *(None, None, None, {"units": draw(st.integers(1, 30))}),
                    {"percent": str(draw(st.integers(1, 60)))},
                    {"amount": {"amount": str(draw(prices)), "currency": "USD"}},
                    {"units": 9, "percent": "7", "amount": {"amount": "99.5", "currency": "USD"}},
                ]
            )
        ),
    }
    told = {name: value for name, value in told.items() if value is not None}
    return told or {"is_granted": True}


@st.composite
def moments(draw, around, zone):
    """Instants near the midnights of a zone, on both sides."""
    day = near(draw, around, draw(st.sampled_from([1, 1, 50])))
    local = datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
    return local + timedelta(minutes=draw(st.sampled_from([-61, -1, 0, 1, 59, 61, 700])))


@st.composite
def bought(draw, name, around, zone, currency):
    quantity = draw(st.integers(1, 9))
    ordered_on = near(draw, around, 75) - timedelta(days=draw(st.sampled_from([0, 40])))
    told_on = min(max(ordered_on + timedelta(days=draw(small)), date(2025, 1, 1)), NOW.date())
    drop_shipped = draw(st.integers(0, 3)) == 0
    carried, left = [], quantity
    while left and draw(st.booleans()):
        units = draw(st.integers(1, left))
        left -= units
        shipped_at = draw(st.none() | moments(around, zone))
        carried.append(
            Carried(
                units,
                shipped_at,
                draw(st.none() | moments(around, zone)),
                by_us=not drop_shipped and draw(st.integers(0, 4)) == 0,
                cancelled=draw(st.integers(0, 9)) == 0,
            )
        )

    def movements():
        if drop_shipped or draw(st.booleans()):
            return None
        left, told = quantity, []
        while left and draw(st.booleans()):
            units = draw(st.integers(1, left))
            left -= units
            told.append((near(draw, around, draw(st.sampled_from([1, 30]))), units))
        return told

    lost = draw(st.integers(1, 4))
    return Bought(
        name=name,
        product=draw(st.integers(0, 2)),
        quantity=quantity,
        paid=draw(prices),
        currency=draw(st.sampled_from([currency] * 8 + ["EUR"])),
        ordered_on=draw(st.sampled_from([ordered_on] * 6 + [None])),
        told_on=told_on,
        invoiced_on=draw(st.none() | st.just(ordered_on + timedelta(days=draw(small) * 9))),
        drop_shipped=drop_shipped,
        receipts=movements(),
        sales=movements(),
        carried=carried,
        special_bid=draw(st.sampled_from([None, False, False, True])),
        cancelled=draw(st.integers(0, 9)) == 0,
        removed=not carried and draw(st.integers(0, 9)) == 0,
        losses=[(lost, draw(st.integers(0, lost)))] if draw(st.integers(0, 4)) == 0 else [],
        sent_back=draw(st.sampled_from([0, 0, 0, 0, 1, 3])),
        taken_back=draw(st.sampled_from([0, 0, 0, 0, 1, 2])),
    )


@st.composite
def histories(draw):
    zone, around = draw(st.sampled_from(ZONES)), draw(st.sampled_from(DAYS))
    currency = draw(st.sampled_from(["USD", "USD", "JPY", "KWD"]))
    notices = []
    for n in range(draw(st.integers(1, 3))):
        day = around + timedelta(days=n * draw(st.integers(0, 20)))
        falls = {}
        for product in draw(st.sets(st.integers(0, 2), min_size=1)):
            new = draw(prices)
            old = draw(st.none() | st.just(new + draw(prices) + Decimal("0.001")))
            falls[product] = (old, new)
        notices.append(
            Fallen(
                max(day, notices[-1].effective_on) if notices else day,
                draw(st.sampled_from([currency] * 5 + ["EUR"])),
                falls,
                confirmed=draw(st.integers(0, 4)) > 0,
            )
        )
    lines = [draw(bought(n, around, zone, currency)) for n in range(LINES)]
    return zone, draw(terms()), lines, notices


def works_on(day):
    return day.weekday() < 5 and day not in CLOSED


class World:
    """The same history in the database."""

    def __init__(self, session):
        self.session, self.vendor_id, self.customer_id = session, new_id(), new_id()
        self.products = [new_id() for _ in range(3)]
        # In the order of their names, as the reckoning has them where several earn the same.
        self.ids = sorted(new_id() for _ in range(LINES))
        self.lines, self.rows = {}, defaultdict(list)

    def keep(self, *rows):
        for row in rows:
            self.rows[type(row)].append(row)

    async def store(self):
        """Write what was told, each table after those it rests on, at once."""
        for model in ORDER:
            self.session.add_all(self.rows.pop(model, []))
            await self.session.flush()
        assert not self.rows

    def record(self, number):
        own = {"id": new_id(), "key": f"K-{number}", "version": 1, "as_of": NOW}
        return own | {"content_sha256": b"", "created_at": NOW, "updated_at": NOW}

    def vendor(self, zone, told):
        vendor = Vendor(
            **self.record("V") | {"id": self.vendor_id}, name="V", roles=["distributor"]
        )
        week = {
            day: [{"opens": "00:00", "closes": "24:00"}]
            for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
        }
        hours = {"time_zone": zone, "week": week, "closed_days": [str(day) for day in CLOSED]}
        calendar = BusinessCalendar(**self.record("C"), calendar=hours)
        self.keep(vendor, calendar)
        for n, each in enumerate(self.products):
            self.keep(Product(**self.record(f"P{n}") | {"id": each}, name="P"))
        self.keep(Customer(**self.record("D") | {"id": self.customer_id}, name="D"))
        self.keep(CalendarParty(party="vendor:K-V", calendar_id=calendar.id))
        if told is not None:
            self.keep(
                VendorTermsRecord(
                    **self.record("T"),
                    vendor_id=self.vendor_id,
                    role="distributor",
                    valid_from=date(2020, 1, 1),
                    terms={"price_protection": told},
                )
            )

    def buy(self, line):
        order = self.record(line.name) | {"created_at": at_noon(line.told_on)}
        self.keep(PurchaseOrder(**order, supplier_id=self.vendor_id, ordered_on=line.ordered_on))
        line_id = self.ids[line.name]
        self.lines[line_id] = line.name
        self.keep(
            PurchaseLine(
                id=line_id,
                purchase_order_id=order["id"],
                key="10",
                position=0,
                product_id=self.products[line.product],
                quantity=line.quantity,
                unit_price_amount=line.paid,
                unit_price_currency=line.currency,
                is_back_ordered=False,
                customer_id=self.customer_id if line.drop_shipped else None,
                drop_ship_address={"name": "D"} if line.drop_shipped else None,
                cancelled_at=NOW if line.cancelled else None,
                removed_at=NOW if line.removed else None,
                placed_on=line.placed_on,
                invoiced_on=line.invoiced_on,
                receipts=moves(line.receipts),
                sales=moves(line.sales),
                is_special_bid=line.special_bid,
            )
        )
        for n, each in enumerate(line.carried):
            self.carry(f"{line.name}-{n}", line_id, each)
        for lost, again in line.losses:
            self.lose(line_id, lost, again)
        if line.sent_back:
            self.keep(self.debt(line_id, "return_goods", line.sent_back))
        if line.taken_back:
            memo = VendorDocument(
                **self.record(f"M-{line.name}"),
                kind="credit_memo",
                vendor_id=self.vendor_id,
                number="M",
                issued_on=NOW.date(),
                currency=line.currency,
                told={},
            )
            self.keep(memo)
            self.keep(
                VendorDocumentLine(
                    document_id=memo.id,
                    key="1",
                    position=0,
                    quantity=line.taken_back,
                    amount=Decimal(1),
                    rma_lookup="8123",
                    purchase_order_key=f"K-{line.name}",
                    purchase_line_key="10",
                    serial_lookups=[],
                )
            )

    def carry(self, name, line_id, told):
        shipment = Shipment(
            **self.record(f"S-{name}"),
            shipped_at=told.shipped_at,
            shipper_kind="us" if told.by_us else "vendor",
            shipper_vendor_id=None if told.by_us else self.vendor_id,
            cancelled_at=NOW if told.cancelled else None,
        )
        package = Package(
            id=new_id(), shipment_id=shipment.id, key="1", position=0, has_known_contents=True
        )
        self.keep(shipment)
        self.keep(package)
        self.keep(
            PackageContent(
                package_id=package.id, purchase_line_id=line_id, position=0, quantity=told.quantity
            )
        )
        if told.delivered_at is not None:
            parcel = Parcel(
                id=new_id(), status="delivered", delivered_at=told.delivered_at, created_at=NOW
            )
            self.keep(parcel)
            self.keep(
                ParcelPackage(package_id=package.id, parcel_id=parcel.id, shipment_id=shipment.id)
            )

    def lose(self, line_id, lost, again):
        kept = {"version": 1, "created_at": NOW, "updated_at": NOW}
        loss = Loss(
            id=new_id(),
            description="Lost.",
            quantity=lost,
            borne_by="us",
            purchase_line_id=line_id,
            **kept,
        )
        debt = self.debt(line_id, "deliver_goods", lost)
        self.keep(loss, debt)
        if again:
            done = Performance(
                id=new_id(),
                obligation_id=debt.id,
                value=Decimal(again),
                performed_at=NOW,
                file_ids=[],
                recorded_at=NOW,
                recorded_by="t",
            )
            self.keep(done)
            self.keep(
                Allocation(
                    id=new_id(),
                    loss_id=loss.id,
                    obligation_id=debt.id,
                    performance_id=done.id,
                    quantity=again,
                    above_cap=Decimal(0),
                    created_at=NOW,
                )
            )

    def debt(self, line_id, kind, units):
        identity, ours = new_id(), kind == "return_goods"
        return Obligation(
            id=identity,
            kind=kind,
            state="open",
            debtor="us" if ours else "vendor:K-V",
            creditor="vendor:K-V" if ours else "us",
            creditor_id=self.vendor_id if ours else None,
            owed=Decimal(units + 1),
            performed=Decimal(units),
            ground_kind="policy",
            ground_text="So.",
            attend_at=NOW,
            alternatives_id=identity,
            purchase_line_id=line_id,
            version=1,
            created_at=NOW,
            updated_at=NOW,
        )

    async def fall(self, number, told):
        notice = PriceNotice(
            id=new_id(),
            version=1,
            vendor_id=self.vendor_id,
            origin="announced",
            state="confirmed" if told.confirmed else "unconfirmed",
            effective_on=told.effective_on,
            currency=told.currency,
            content_sha256=bytes([number]),
            terms=[],
            totals=[],
            product_ids=[],
            created_at=NOW,
            updated_at=NOW,
        )
        self.session.add(notice)
        await self.session.flush()
        self.session.add_all(
            PriceNoticeLine(
                notice_id=notice.id,
                position=product,
                product_id=self.products[product],
                old_price=old,
                new_price=new,
            )
            for product, (old, new) in told.prices.items()
        )
        await self.session.flush()
        await compute(self.session, notice)
        rows = await self.session.scalars(
            sa.select(ExposedLine)
            .where(ExposedLine.notice_id == notice.id)
            .order_by(ExposedLine.purchase_line_id, ExposedLine.first_unit)
        )
        return notice, rows.all()


def at_noon(day):
    return datetime.combine(day, time(12), UTC)


def moves(told):
    return None if told is None else [{"on": str(on), "quantity": n} for on, n in told]


def seen(world, rows):
    return {
        (world.lines[row.purchase_line_id], row.first_unit): (
            *(row.quantity, row.place, row.reason, row.eligibility, row.bought_on),
            *(row.unit_credit, row.protected_from, row.amount, row.capped),
        )
        for row in rows
    }


def expected(rows):
    return {
        (row["line"], row["first"]): (
            *(len(row["units"]), row["units"][0].place, row["reason"]),
            *(eligibility(row["reason"]), row["units"][0].bought_on, row["units"][0].credit),
            *(row["units"][0].protected, row["amount"], row["capped"]),
        )
        for row in rows
    }


@pytest.fixture
async def connection(runtime):
    async with runtime.engine.connect() as opened:
        yield opened


@settings(
    max_examples=HISTORIES,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # a history is small as it is
    suppress_health_check=list(HealthCheck),
)
@given(history=histories())
async def test_every_unit_earns_what_a_plain_reckoning_says(runtime, connection, history):
    zone, told, lines, notices = history
    transaction = await connection.begin()
    info = {"context": Context(runtime.clock, "tests"), "settings": runtime.settings}
    try:
        async with AsyncSession(connection, info=info, autoflush=False) as session:
            world = World(session)
            world.vendor(zone, told)
            for line in lines:
                world.buy(line)
            await world.store()
            reckoner = Reckoner(told, zone, works_on)
            for number, notice in enumerate(notices):
                digits = DIGITS.get(notice.currency, 2)
                stored, rows = await world.fall(number, notice)
                reckoned = reckoner.reckon(notice, lines, digits)
                found, wanted = seen(world, rows), expected(reckoned)
                differing = sorted(found.items() ^ wanted.items(), key=str)
                assert not differing, (differing[:4], told, zone, notice, lines[differing[0][0][0]])
                totals = sum(Decimal(each["amount"]) for each in stored.totals)
                assert totals == sum(row["amount"] for row in reckoned)
    finally:
        if transaction.is_active:
            await transaction.rollback()
