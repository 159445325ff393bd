"""The rules of a PUT hold in bulk: what it would refuse is refused, in its words."""

import asyncio

import pytest

from app.imports import jobs
from app.kit.bulk import Batch
from tests.imports.conftest import lines
from tests.orders.documents import (
    ADDRESS,
    content,
    credit_memo,
    document_line,
    line,
    order,
    package,
    shipment,
)

DROPPED = {"customer": "nobody", "address": ADDRESS}


async def refused(importer, kind, *records):
    """Import records; return the problems, each with what it points at."""
    done = await importer.bring(kind, lines(*records))
    return [(f["line"], f["problem"], f["pointer"]) for f in done["faults"]]


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("customers", {"name": " ", "email": "x", "colour": "red"}),
        ("products", {"name": "x", "manufacturer": "nobody"}),
        ("products", {"name": "x", "manufacturer": "bigdist"}),
        (
            "products",
            {"name": "x", "part_numbers": [{"kind": "upc", "number": "1"}] * 2},
        ),
        (
            "products",
            {
                "name": "x",
                "manufacturer": "nobody",
                "part_numbers": [{"kind": "distributor", "vendor": "none", "number": "1"}],
            },
        ),
        ("purchase_orders", order(line(), line(product="nope", quantity=0))),
        ("purchase_orders", order(line(), line())),
        (
            "purchase_orders",
            order(
                line("1", product="nope"),
                line("2", drop_ship=DROPPED),
                line("3", customer="nobody"),
                supplier="none",
            ),
        ),
        ("shipments", shipment(package(content(1, "nope"), content(1, purchase_order="nope")))),
        (
            "shipments",
            shipment(
                package(),
                shipper_of_record={"kind": "vendor", "key": "none"},
                carrier_account_holder={"kind": "customer", "key": "nobody"},
            ),
        ),
        ("shipments", shipment(package(content(3)))),
        ("shipments", shipment(package(content(1)), package(content(2), key="2"))),
        (
            "shipments",
            shipment(
                package(content(1, serials=["a 1"])), package(content(serials=["A1"]), key="2")
            ),
        ),
        ("shipments", shipment(package(key="1"), package(key="1"))),
        ("vendor_documents", credit_memo(vendor="nobody")),
        ("vendor_documents", credit_memo(issued_on="2026-05-01")),
        ("vendor_documents", credit_memo(document_line(), document_line(amount="x"))),
        ("vendor_documents", credit_memo(document_line(), document_line())),
        ("vendor_documents", credit_memo(references={"line": "1"})),
    ],
)
async def test_a_refusal_is_that_of_a_put(erp, importer, kind, document):
    await erp.tell("purchase-orders/PO-1", order(line(quantity=2)))
    put = await erp.put(f"{kind.replace('_', '-')}/x", document)
    assert put.status_code in {409, 422}, put.text
    body = put.json()
    done = await importer.bring(kind, lines({"key": "x", **document}))
    assert (done["created"], done["failed"]) == (0, 1)
    expected = [(f["pointer"], f["detail"]) for f in body["errors"]]
    assert [(f["pointer"], f["detail"]) for f in done["faults"]] == expected
    slug = body["type"].removeprefix("/problems/")
    assert {f["problem"] for f in done["faults"]} == {slug}


async def test_a_shipped_line_is_neither_removed_nor_shrunk(erp, importer):
    for key in ("PO-1", "PO-2", "PO-3"):
        await erp.tell(f"purchase-orders/{key}", order(line(quantity=5), line("20")))
        packed = package(content(3, purchase_order=key))
        await erp.tell(f"shipments/S-{key}", shipment(packed))
    assert await refused(
        importer,
        "purchase_orders",
        {"key": "PO-1", **order(line("20"))},
        {"key": "PO-2", **order(line("20"), line(quantity=2))},
        {"key": "PO-3", **order(line(quantity=3))},
    ) == [
        (1, "line-has-shipments", "/lines"),
        (2, "line-has-shipments", "/lines/1/quantity"),
    ]
    kept = await erp.get("purchase-orders/PO-3")
    assert [(each["key"], each["quantity"]) for each in kept["lines"]] == [("10", 3)]
    assert (await erp.get("purchase-orders/PO-1"))["version"] == 1


async def test_a_removed_line_comes_back_under_its_old_id(erp, importer):
    told = await erp.tell("purchase-orders/PO-1", order(line("10"), line("20")))
    await importer.bring("purchase_orders", lines({"key": "PO-1", **order(line("20"))}))
    await importer.bring("purchase_orders", lines({"key": "PO-1", **order(line("10"))}))
    now = await erp.get("purchase-orders/PO-1")
    assert now["lines"][0]["purchase_line_id"] == told["lines"][0]["purchase_line_id"]
    assert (now["version"], len(now["lines"])) == (3, 1)


async def test_who_comes_first_in_the_file_is_served_first(erp, importer):
    await erp.tell("purchase-orders/PO-1", order(line(quantity=5)))
    await erp.tell("shipments/S-0", shipment(package(content(2))))

    def told(key, quantity, **more):
        return {"key": key, **shipment(package(content(quantity)), **more)}

    faults = await refused(
        importer,
        "shipments",
        told("S-1", 2),
        told("S-2", 2),  # two are left by S-0, one by then
        told("S-0", 2, cancelled_at="2026-02-27T00:00:00Z"),  # makes room for those that follow
        told("S-3", 3),
        told("S-4", 1),
        told("S-5", 1, cancelled_at="2026-02-27T00:00:00Z"),  # counts for nothing
    )
    overfilled = ("line-overfilled", "/packages/0/contents/0/quantity")
    assert faults == [(2, *overfilled), (5, *overfilled)]
    order_ = await erp.get("purchase-orders/PO-1")
    assert order_["lines"][0]["shipped_quantity"] == 5


async def test_a_shipment_told_again_otherwise_holds_what_was_told_last(erp, importer):
    await erp.tell("purchase-orders/PO-1", order(line(quantity=3), line("20")))
    first = shipment(package(content(3, serials=["A"])), package(content(1, "20"), key="2"))
    second = shipment(package(content(2, serials=["B"])), package(content(2, "20"), key="3"))
    await importer.bring("shipments", lines({"key": "S-1", **first}))
    before = await erp.get("shipments/S-1")
    done = await importer.bring("shipments", lines({"key": "S-1", **second}))
    assert done["changed"] == 1
    after = await erp.get("shipments/S-1")
    assert [p["key"] for p in after["packages"]] == ["1", "3"]
    assert after["packages"][0]["package_id"] == before["packages"][0]["package_id"]
    assert after["packages"][0]["contents"][0]["serials"] == ["B"]
    assert await erp.keys("shipments", serial="A") == []


async def test_a_put_and_an_import_of_one_new_key_at_once_both_end_well(erp, importer, runtime):
    """Whichever is second replaces the whole of the first, as two PUTs would."""
    for attempt in range(10):
        key = f"c{attempt}"
        await importer.begin("customers", lines({"key": key, "name": "of the file"}))
        put, _ = await asyncio.gather(
            erp.put(f"customers/{key}", {"name": "of the PUT"}), jobs.step(runtime)
        )
        assert put.is_success, put.text
        assert (await erp.get(f"customers/{key}"))["version"] in {1, 2}


async def test_a_put_that_meets_an_import_of_its_key_waits_and_becomes_a_change(
    erp, importer, runtime, monkeypatch
):
    applied, free = asyncio.Event(), asyncio.Event()
    keep = jobs.applying.faults.keep_refusals

    async def held(*arguments):
        await keep(*arguments)
        applied.set()
        await free.wait()

    monkeypatch.setattr(jobs.applying.faults, "keep_refusals", held)
    await importer.begin("customers", lines({"key": "c", "name": "of the file"}))
    working = asyncio.create_task(jobs.step(runtime))
    async with asyncio.timeout(10):
        await applied.wait()
    putting = asyncio.create_task(erp.put("customers/c", {"name": "of the PUT"}))
    while not await runtime.pool.fetchval(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"
    ):
        await asyncio.sleep(0)
    free.set()
    await working
    put = await putting
    assert (put.status_code, put.json()["version"]) == (200, 2)
    assert put.json()["name"] == "of the PUT"


async def test_an_import_that_meets_a_put_of_its_key_tries_again(
    erp, importer, runtime, monkeypatch
):
    """The PUT is committed between the look at what is stored and the import's own insert."""
    original, met = Batch.write, []

    async def meeting(self, told):
        if not met:
            met.append((await erp.put("customers/c", {"name": "of the PUT"})).status_code)
        await original(self, told)

    monkeypatch.setattr(Batch, "write", meeting)
    done = await importer.bring("customers", lines({"key": "c", "name": "of the file"}))
    assert met == [201]
    assert (done["state"], done["created"], done["changed"]) == ("finished", 0, 1)
    assert (await erp.get("customers/c"))["name"] == "of the file"
