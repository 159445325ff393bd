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


async def test_orders_are_locked_in_one_sequence_however_they_are_named(erp, runtime):
    for po in ("PO-1", "PO-2"):
        await erp.tell(f"purchase-orders/{po}", order(line(quantity=100)))
    there = [content(1, purchase_order="PO-1"), content(1, purchase_order="PO-2")]
    for round_, contents in enumerate([there, there[::-1]] * 3):
        async with runtime.pool.acquire() as holder, holder.transaction():
            await holder.execute("SELECT FROM purchase_orders WHERE key = 'PO-1' FOR UPDATE")
            body = shipment(package(*contents))
            sending = asyncio.create_task(erp.put(f"shipments/S-{round_}", body))
            async with asyncio.timeout(10):
                while not await holder.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                    await asyncio.sleep(0.01)
            # It waits for the first and holds nothing that another could be waiting for.
            free = await runtime.pool.fetch(
                "SELECT key FROM purchase_orders FOR UPDATE SKIP LOCKED"
            )
            assert [row["key"] for row in free] == ["PO-2"]
        assert (await sending).status_code == 201


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
