"""What rooms above are given to join with."""

from uuid import UUID

import sqlalchemy as sa

from app.orders import service, views
from tests.orders.documents import ADDRESS, content, line, order, package, shipment


async def rows_of(runtime, query):
    async with runtime.transaction() as session:
        return [row._asdict() for row in await session.execute(query)]


async def test_packages_and_contents_are_given_as_they_were_told(erp, runtime):
    told = await erp.tell("purchase-orders/PO-1", order(line("10", quantity=3)))
    sent = await erp.tell(
        "shipments/S-1",
        shipment(
            package(
                content(3, serials=["B", "A"]),
                tracking_number="1Z 9-a",
                carrier="UPS",
                declared_weight={"value": "2", "unit": "lb"},
            ),
            shipped_at="2026-02-27T16:40:00Z",
            ship_to=ADDRESS,
        ),
    )
    (row,) = await rows_of(runtime, views.packages())
    assert row["package_id"] == UUID(sent["packages"][0]["package_id"])
    assert (row["shipment_key"], row["package_key"]) == ("S-1", "1")
    assert (row["tracking_number"], row["tracking_lookup"]) == ("1Z 9-a", "1Z9A")
    assert (row["carrier"], row["ship_to"]["city"]) == ("UPS", "Springfield")
    assert (row["tare_g"], row["declared_g"], str(row["declared_value"])) == (None, 907, "2")
    assert row["is_live"] is True
    (held,) = await rows_of(runtime, views.contents())
    assert held["package_id"] == row["package_id"]
    assert held["purchase_line_id"] == UUID(told["lines"][0]["purchase_line_id"])
    assert (held["purchase_order_key"], held["line_key"]) == ("PO-1", "10")
    assert (held["product_key"], held["quantity"], held["serials"]) == ("R900", 3, ["B", "A"])


async def test_packages_are_found_by_shipment_and_say_whether_they_count(erp, runtime):
    await erp.tell("purchase-orders/PO-1", order())
    await erp.tell("shipments/S-1", shipment(package(content()), package(key="2")))
    await erp.tell("shipments/S-2", shipment(package()))
    before = await rows_of(runtime, views.packages().order_by(sa.text("shipment_key, position")))
    first, second = before[0]["shipment_id"], before[2]["shipment_id"]
    await erp.tell("shipments/S-1", shipment(package(key="2")))
    await erp.tell("shipments/S-2", shipment(package(), cancelled_at="2026-03-01T00:00:00Z"))
    async with runtime.transaction() as session:
        found = await service.find_packages(session, [first])
        assert {p["package_key"]: p["is_live"] for p in found} == {"1": False, "2": True}
        assert {p["package_id"] for p in found} == {row["package_id"] for row in before[:2]}
        (cancelled,) = await service.find_packages(session, [second])
        assert cancelled["is_live"] is False
        assert await service.find_packages(session, []) == []


async def test_a_view_joined_with_itself_is_two(runtime):
    one, other = views.purchase_lines().subquery(), views.purchase_lines().subquery()
    assert views.purchase_lines() is views.purchase_lines()
    query = (
        sa.select(one.c.line_key, other.c.line_key)
        .join(other, other.c.product_id == one.c.product_id)
        .where(one.c.purchase_line_id != other.c.purchase_line_id)
    )
    assert str(query).count("FROM purchase_lines") == 2
    async with runtime.transaction() as session:
        assert (await session.execute(query)).all() == []
