"""A random history, as the database has it."""

from collections import defaultdict
from datetime import UTC, date, datetime, time
from decimal import Decimal

import sqlalchemy as sa

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
from app.orders.units.models import Unit, UnitReplacement
from app.parcels.models import Parcel, ParcelPackage
from app.price_protection.exposure import marking
from app.price_protection.exposure.computing import compute
from app.price_protection.jobs import select_due
from app.price_protection.models import ExposedLine, PriceNotice, PriceNoticeLine
from app.products.models import Product
from app.vendors.models import BusinessCalendar, CalendarParty, Vendor, VendorTermsRecord
from tests.price_protection.histories import CLOSED, LINES, NOW, PRODUCTS, SUPPLIERS

_ORDER = (
    *(Vendor, BusinessCalendar, CalendarParty, VendorTermsRecord, Product, Customer, PurchaseOrder),
    *(PurchaseLine, Shipment, Package, PackageContent, Parcel, ParcelPackage, VendorDocument),
    *(VendorDocumentLine, Unit, UnitReplacement, Loss, Obligation, Performance, Allocation),
)
_WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def at_noon(day):
    return datetime.combine(day, time(12), UTC)


def moves(told):
    return None if told is None else [{"on": str(on), "quantity": n} for on, n in told]


class World:
    """Stores a history, tells its notices, has them computed and reads them."""

    def __init__(self, session):
        self.session, self.maker_id, self.customer_id = session, new_id(), new_id()
        self.suppliers = [new_id() for _ in range(SUPPLIERS)]
        self.products = [new_id() for _ in range(PRODUCTS)]
        # In the order of their names, as the reckoning has them where several earn the same.
        self.ids = sorted(new_id() for _ in range(SUPPLIERS * LINES))
        self.names = {each: name for name, each in enumerate(self.ids)}
        self.orders = [new_id() for _ in self.ids]
        self.notices, self.rows = [], defaultdict(list)

    def keep(self, model, **columns):
        self.rows[model].append(columns)

    async def store(self, history):
        """Write what was told, each table after those it rests on, at once."""
        self.vendor("maker", self.maker_id, "manufacturer")
        for n, each in enumerate(self.products):
            own = self.record(f"P{n}") | {"id": each}
            self.keep(Product, **own, name="P", manufacturer_id=self.maker_id)
        self.keep(Customer, **self.record("D") | {"id": self.customer_id}, name="D")
        for supplier in history.suppliers:
            self.supplier(supplier)
            for line in supplier.lines:
                self.buy(supplier, line)
        for model in _ORDER:
            if rows := self.rows.pop(model, []):
                await self.session.execute(sa.insert(model), rows)
        assert not self.rows
        # Of an earlier world, rolled back, statistics may say that full tables are empty; a
        # statement planned by them reads each table again for each row.
        tables = ", ".join(model.__tablename__ for model in _ORDER)
        await self.session.execute(sa.text(f"ANALYZE {tables}"))

    def record(self, key):
        own = {"id": new_id(), "key": f"K-{key}", "version": 1, "as_of": NOW}
        return own | {"content_sha256": b"", "created_at": NOW, "updated_at": NOW}

    def vendor(self, key, identity, role):
        self.keep(Vendor, **self.record(key) | {"id": identity}, name="V", roles=[role])

    def supplier(self, told):
        identity, key = self.suppliers[told.name], f"V{told.name}"
        self.vendor(key, identity, "distributor")
        week = {day: [{"opens": "00:00", "closes": "24:00"}] for day in _WORKDAYS}
        hours = {"time_zone": told.zone, "week": week, "closed_days": [str(day) for day in CLOSED]}
        calendar = self.record(key)
        self.keep(BusinessCalendar, **calendar, calendar=hours)
        self.keep(CalendarParty, party=f"vendor:K-{key}", calendar_id=calendar["id"])
        if told.terms is not None:
            self.keep(
                VendorTermsRecord,
                **self.record(key),
                vendor_id=identity,
                role="distributor",
                valid_from=date(2020, 1, 1),
                terms={"price_protection": told.terms},
            )

    def buy(self, supplier, line):
        vendor_id, order_id = self.suppliers[supplier.name], self.orders[line.name]
        order = self.record(line.name) | {"id": order_id, "created_at": at_noon(line.told_on)}
        self.keep(PurchaseOrder, **order, supplier_id=vendor_id, ordered_on=line.ordered_on)
        line_id = self.ids[line.name]
        self.keep(
            PurchaseLine,
            id=line_id,
            purchase_order_id=order_id,
            key="10",
            position=0,
            is_back_ordered=False,
            customer_id=self.customer_id if line.drop_shipped else None,
            drop_ship_address={"name": "D"} if line.drop_shipped else None,
            **self.said(line),
        )
        for n, each in enumerate(line.carried):
            self.carry(f"{line.name}-{n}", vendor_id, line_id, each)
        for n, each in enumerate(line.singles):
            self.single(f"{line.name}-{n}", line, line_id, each)
        for lost, again in line.losses:
            self.lose(supplier, line_id, lost, again)
        for failed, again in line.failed:
            self.lose(supplier, line_id, failed, again, kind="failed")
        if line.sent_back:
            self.debt(supplier, line_id, "return_goods", line.sent_back)
        if line.taken_back:
            self.take_back(vendor_id, line)

    def said(self, line):
        return {
            "product_id": self.products[line.product],
            "quantity": line.quantity,
            "unit_price_amount": line.paid,
            "unit_price_currency": line.currency,
            "cancelled_at": NOW if line.cancelled else None,
            "removed_at": NOW if line.removed else None,
            "placed_on": line.placed_on,
            "invoiced_on": line.invoiced_on,
            "receipts": moves(line.receipts),
            "sales": moves(line.sales),
            "is_special_bid": line.special_bid,
        }

    def take_back(self, vendor_id, line):
        memo = self.record(f"M-{line.name}")
        self.keep(
            VendorDocument,
            **memo,
            kind="credit_memo",
            vendor_id=vendor_id,
            number="M",
            issued_on=NOW.date(),
            currency=line.currency,
            told={},
        )
        self.keep(
            VendorDocumentLine,
            document_id=memo["id"],
            key="1",
            position=0,
            quantity=line.taken_back,
            amount=Decimal(1),
            rma_lookup="8123",
            purchase_order_key=f"K-{line.name}",
            purchase_line_key="10",
            serial_lookups=[],
        )

    def carry(self, name, vendor_id, line_id, told):
        shipment, package_id = self.record(f"S-{name}"), new_id()
        self.keep(
            Shipment,
            **shipment,
            shipped_at=told.shipped_at,
            shipper_kind="us" if told.by_us else "vendor",
            shipper_vendor_id=None if told.by_us else vendor_id,
            cancelled_at=NOW if told.cancelled else None,
        )
        package = {"id": package_id, "shipment_id": shipment["id"], "key": "1", "position": 0}
        self.keep(Package, **package, has_known_contents=True)
        held = {"package_id": package_id, "purchase_line_id": line_id, "position": 0}
        self.keep(PackageContent, **held, quantity=told.quantity)
        if told.delivered_at is not None:
            parcel_id = new_id()
            came = {"status": "delivered", "delivered_at": told.delivered_at, "created_at": NOW}
            self.keep(Parcel, id=parcel_id, **came)
            carried = {"package_id": package_id, "shipment_id": shipment["id"]}
            self.keep(ParcelPackage, **carried, parcel_id=parcel_id)

    def single(self, name, line, line_id, told):
        unit = self.unit(f"U-{name}", line)
        unit |= {"shipped_on": told.shipped_on, "delivered_on": told.delivered_on}
        self.keep(
            Unit,
            **unit,
            purchase_line_id=line_id,
            sold_on=told.sold_on,
            cancelled_at=NOW if told.cancelled else None,
        )
        if told.stands_in:
            old = self.unit(f"O-{name}", line)
            self.keep(
                Unit,
                **old,
                purchase_line_id=None,
                shipped_on=None,
                delivered_on=None,
                sold_on=None,
                cancelled_at=None,
            )
            swap = {"replaced_at": NOW, "recorded_at": NOW, "recorded_by": "t", "is_told": True}
            self.keep(UnitReplacement, new_unit_id=unit["id"], old_unit_id=old["id"], **swap)

    def unit(self, name, line):
        serial = {"serial": name, "serial_lookup": name, "serial_plain": name}
        return self.record(name) | serial | {"product_id": self.products[line.product]}

    def lose(self, supplier, line_id, lost, again, kind="gone"):
        loss_id, kept = new_id(), {"version": 1, "created_at": NOW, "updated_at": NOW}
        about = {"description": "Lost.", "borne_by": "us", "purchase_line_id": line_id}
        self.keep(Loss, id=loss_id, kind=kind, quantity=lost, **about, **kept)
        debt_id = self.debt(supplier, line_id, "deliver_goods", lost)
        if not again:
            return
        done_id = new_id()
        self.keep(
            Performance,
            id=done_id,
            obligation_id=debt_id,
            value=Decimal(again),
            performed_at=NOW,
            file_ids=[],
            recorded_at=NOW,
            recorded_by="t",
        )
        self.keep(
            Allocation,
            id=new_id(),
            loss_id=loss_id,
            obligation_id=debt_id,
            performance_id=done_id,
            quantity=again,
            above_cap=Decimal(0),
            created_at=NOW,
        )

    def debt(self, supplier, line_id, kind, units):
        identity, ours = new_id(), kind == "return_goods"
        vendor = f"vendor:K-V{supplier.name}"
        self.keep(
            Obligation,
            id=identity,
            kind=kind,
            state="open",
            debtor="us" if ours else vendor,
            creditor=vendor if ours else "us",
            creditor_id=self.suppliers[supplier.name] if ours else None,
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
        return identity

    async def fall(self, told):
        notice = PriceNotice(
            id=new_id(),
            version=1,
            vendor_id=self.maker_id if told.by is None else self.suppliers[told.by],
            origin="announced",
            effective_on=told.effective_on,
            content_sha256=bytes([len(self.notices)]),
            terms=[],
            totals=[],
            product_ids=[],
            created_at=NOW,
            updated_at=NOW,
            state="confirmed",
            currency=told.currency,
        )
        self.session.add(notice)
        self.notices.append(notice)
        await self.say(notice, told)

    async def say(self, notice, told):
        """Let a notice say this."""
        await marking.mark_later(self.session, notice)
        notice.state = "confirmed" if told.confirmed else "unconfirmed"
        notice.state = "withdrawn" if told.withdrawn else notice.state
        notice.currency, notice.compute_due_at = told.currency, NOW
        await self.session.flush()
        mine = PriceNoticeLine.notice_id == notice.id
        await self.session.execute(sa.delete(PriceNoticeLine).where(mine))
        rows = [
            {
                "notice_id": notice.id,
                "position": product,
                "product_id": self.products[product],
                "old_price": old,
                "new_price": new,
            }
            for product, (old, new) in told.prices.items()
        ]
        await self.session.execute(sa.insert(PriceNoticeLine), rows)

    async def correct(self, lines):
        """Let orders say something else of these lines, and tell that they do."""
        for name, line in lines.items():
            place = PurchaseLine.id == self.ids[name]
            await self.session.execute(sa.update(PurchaseLine).where(place).values(self.said(line)))
            order = PurchaseOrder.id == self.orders[name]
            ordered = sa.update(PurchaseOrder).where(order).values(ordered_on=line.ordered_on)
            await self.session.execute(ordered)
        told = {"purchase_orders": [self.orders[name] for name in lines]}
        await marking.mark_lines(self.session, told)

    async def compute(self):
        """Compute all that is due, as a worker does, until nothing is; return how many."""
        done = 0
        while True:
            await marking.turn_due(self.session)
            query = select_due(NOW).execution_options(populate_existing=True)
            notice = await self.session.scalar(query)
            if notice is None:
                return done
            await compute(self.session, notice)
            done += 1

    async def exposed(self, notice):
        rows = await self.session.scalars(
            sa.select(ExposedLine)
            .where(ExposedLine.notice_id == notice.id)
            .order_by(ExposedLine.purchase_line_id, ExposedLine.first_unit)
            .execution_options(populate_existing=True)
        )
        return rows.all()
