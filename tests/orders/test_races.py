"""Two at once: what is decided under a lock holds."""

import asyncio

from tests.orders.documents import content, line, order, package, shipment


async def test_two_shipments_at_once_cannot_overfill_a_line(erp):
    for round_ in range(5):
        po = f"PO-{round_}"
        await erp.tell(f"purchase-orders/{po}", order(line(quantity=2)))
        body = shipment(package(content(2, purchase_order=po)))
        answers = await asyncio.gather(
            *[erp.put(f"shipments/{po}-{side}", body) for side in ("left", "right")]
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        told = await erp.get(f"purchase-orders/{po}")
        assert told["lines"][0]["shipped_quantity"] == 2


async def test_shipments_that_name_orders_in_opposite_sequence_do_not_lock_each_other_out(erp):
    for po in ("PO-1", "PO-2"):
        await erp.tell(f"purchase-orders/{po}", order(line(quantity=100)))
    there = [content(1, purchase_order="PO-1"), content(1, purchase_order="PO-2")]
    bodies = [shipment(package(*there)), shipment(package(*reversed(there)))] * 4
    answers = await asyncio.gather(
        *[erp.put(f"shipments/S-{n}", body) for n, body in enumerate(bodies)]
    )
    assert [answer.status_code for answer in answers] == [201] * 8


async def test_an_order_is_not_shrunk_below_what_is_shipped_at_the_same_moment(erp):
    for round_ in range(5):
        po = f"PO-{round_}"
        await erp.tell(f"purchase-orders/{po}", order(line(quantity=2)))
        shrink, ship = await asyncio.gather(
            erp.put(f"purchase-orders/{po}", order(line(quantity=1))),
            erp.put(f"shipments/{po}", shipment(package(content(2, purchase_order=po)))),
        )
        assert sorted([shrink.is_success, ship.is_success]) == [False, True]
        assert {shrink.status_code, ship.status_code} <= {200, 201, 409}
        told = (await erp.get(f"purchase-orders/{po}"))["lines"][0]
        assert told["shipped_quantity"] <= told["quantity"]


async def test_a_line_is_not_removed_while_it_is_shipped(erp):
    for round_ in range(5):
        po = f"PO-{round_}"
        await erp.tell(f"purchase-orders/{po}", order(line("10"), line("20")))
        remove, ship = await asyncio.gather(
            erp.put(f"purchase-orders/{po}", order(line("20"))),
            erp.put(f"shipments/{po}", shipment(package(content(1, purchase_order=po)))),
        )
        assert sorted([remove.is_success, ship.is_success]) == [False, True]


async def test_of_two_edits_of_one_version_exactly_one_is_taken(erp):
    await erp.tell("purchase-orders/PO-1", order())
    for path, bodies in (
        ("purchase-orders/PO-1", [order(line(quantity=n)) for n in (3, 4)]),
        ("customers/dana", [{"name": name} for name in ("Left", "Right")]),
    ):
        answers = await asyncio.gather(*[erp.put(path, body, If_Match='"1"') for body in bodies])
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        assert (await erp.get(path))["version"] == 2


async def test_of_two_that_create_one_record_the_second_finds_it(erp):
    body = shipment(package(key="1"))
    answers = await asyncio.gather(*[erp.put("shipments/S-1", body) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
