"""A file does what a PUT of each of its records would do, and says what became of it."""

import pytest

from tests.imports.conftest import CSV, lines
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

RECORDED = (
    "vendors.recorded",
    "products.recorded",
    "orders.customer_recorded",
    "orders.purchase_order_recorded",
    "orders.shipment_recorded",
    "orders.vendor_document_recorded",
)
DROPPED = {"customer": "dana", "address": ADDRESS}
FILES = {
    "vendors": {
        "name": "Cable Co",
        "roles": ["distributor", "service"],
        "our_account_number": "20-1",
    },
    "products": {
        "name": "Router",
        "manufacturer": "acme",
        "part_numbers": [
            {"kind": "manufacturer", "number": "AC-1"},
            {"kind": "distributor", "vendor": "bigdist", "number": "B 1"},
        ],
        "unit_weight": {
            "weight": {"value": "1.250", "unit": "kg"},
            "spread": {"value": "0.4", "unit": "oz"},
            "source": "catalog",
        },
    },
    "customers": {"name": "Lee", "email": "Lee@Example.com", "phone": None, "address": ADDRESS},
    "purchase_orders": order(
        line("10", drop_ship=DROPPED, is_back_ordered=True, customer_order_number="SO-1"),
        line("20", product="R901", customer="omar", cancelled_at="2026-02-27T16:40:00-06:00"),
        line(
            "30",
            invoiced_on="2026-02-21",
            receipts=[{"on": "2026-02-24", "quantity": 2}],
            sales=[],
            is_special_bid=True,
            pass_through_percent="33.5",
        ),
        ordered_on="2026-02-20",
        as_of="2026-02-21T00:00:00Z",
    ),
    "vendor_documents": credit_memo(
        document_line("1", "129.00", product="R900-24", quantity=1, description="Credit"),
        document_line("2", "-19.35", references={"rma": "ra 77", "serials": ["a 1", "A1", "b"]}),
        document_line("3", "0.5", references={"purchase_order": "PO/9", "obligation": 2**62}),
        references={"rma": "RMA 8123", "purchase_order": "PO-1", "line": "10", "claim": "Short."},
        cancelled_at="2026-03-02T08:00:00Z",
    ),
}
SHIPMENT = shipment(
    package(
        content(2, serials=["a 1", "A2"]),
        tracking_number="1Z 99",
        carrier="UPS",
        tare={"value": "0.35", "unit": "kg"},
        declared_weight={"value": "6.2", "unit": "lb"},
    ),
    {"key": "2", "contents": None},
    shipped_at="2026-02-27T16:40:00-06:00",
    shipper_of_record={"kind": "vendor", "key": "bigdist"},
    carrier_account_holder={"kind": "customer", "key": "dana"},
    ship_to=ADDRESS,
)


def shown(record):
    """Return a record without what tells one telling from another."""
    hidden = {"created_at", "updated_at", "key", "purchase_line_id", "package_id", "as_of"}
    if isinstance(record, dict):
        return {name: shown(value) for name, value in record.items() if name not in hidden}
    return [shown(item) for item in record] if isinstance(record, list) else record


@pytest.mark.parametrize("mode", ["row_wise", "all_or_nothing"])
@pytest.mark.parametrize("kind", FILES)
async def test_an_imported_record_is_what_a_put_would_have_made_it(erp, importer, kind, mode):
    path = kind.replace("_", "-")
    put = await erp.tell(f"{path}/put", FILES[kind])
    done = await importer.bring(kind, lines({"key": "imported", **FILES[kind]}), mode=mode)
    assert done["faults"] == []
    assert (done["state"], done["created"], done["failed"]) == ("finished", 1, 0)
    imported = await erp.get(f"{path}/imported")
    assert shown(imported) == shown(put)
    # And a PUT of the same changes nothing: it is the same content.
    assert (await erp.tell(f"{path}/imported", FILES[kind]))["version"] == 1


async def test_an_imported_shipment_is_what_a_put_would_have_made_it(erp, importer):
    await erp.tell("purchase-orders/PO-1", order(line(quantity=4)))
    put = await erp.tell("shipments/put", SHIPMENT)
    done = await importer.bring("shipments", lines({"key": "imported", **SHIPMENT}))
    assert done["faults"] == []
    assert shown(await erp.get("shipments/imported")) == shown(put)
    assert (await erp.tell("shipments/imported", SHIPMENT))["version"] == 1
    assert await erp.keys("shipments", serial="a1") == ["put", "imported"]


async def test_an_imported_document_is_found_and_replaced_as_one_that_was_put(erp, importer):
    told = {"key": "CM", **FILES["vendor_documents"]}
    await importer.bring("vendor_documents", lines(told))
    for wanted in ({"rma": "8123"}, {"serial": "a1"}, {"obligation": 2**62}):
        assert await erp.keys("vendor-documents", **wanted) == ["CM"]
    assert await erp.keys("vendor-documents", purchase_order="PO-1") == ["CM"]
    bare = {"key": "CM", **credit_memo(document_line("2", "1.00"))}
    done = await importer.bring("vendor_documents", lines(bare))
    assert (done["changed"], done["failed"]) == (1, 0)
    now = await erp.get("vendor-documents/CM")
    assert ([each["key"] for each in now["lines"]], now["total"]) == (["2"], "1.00")
    assert await erp.keys("vendor-documents", rma="8123") == []


async def test_a_file_sent_again_changes_nothing(erp, importer):
    content = lines(*[{"key": f"c{n}", "name": f"Customer {n}"} for n in range(5)])
    first = await importer.bring("customers", content)
    again = await importer.bring("customers", content)
    assert (first["created"], first["unchanged"]) == (5, 0)
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 5)
    assert (await erp.get("customers/c3"))["version"] == 1


async def test_what_is_older_is_refused_and_what_is_newer_replaces_the_whole(erp, importer):
    stored = order(line("10"), line("20"), as_of="2026-02-20T00:00:00Z")
    for key in ("older", "newer", "same"):
        await erp.tell(f"purchase-orders/{key}", stored)
    replaced = order(line("20", quantity=7), line("30", product="R901"))
    done = await importer.bring(
        "purchase_orders",
        lines(
            {"key": "older", **replaced, "as_of": "2026-02-19T00:00:00Z"},
            {"key": "newer", **replaced, "as_of": "2026-02-22T00:00:00Z"},
            {"key": "same", **stored, "as_of": "2026-02-23T00:00:00Z"},
            {"key": "future", **replaced, "as_of": "2027-01-01T00:00:00Z"},
        ),
    )
    assert (done["changed"], done["unchanged"], done["failed"]) == (1, 1, 2)
    assert [(f["line"], f["key"], f["problem"]) for f in done["faults"]] == [
        (1, "older", "stale-record"),
        (4, "future", "malformed"),
    ]
    newer = await erp.get("purchase-orders/newer")
    assert (newer["version"], newer["as_of"]) == (2, "2026-02-22T00:00:00Z")
    assert [(each["key"], each["quantity"]) for each in newer["lines"]] == [("20", 7), ("30", 2)]
    assert (await erp.get("purchase-orders/older"))["version"] == 1
    same = await erp.get("purchase-orders/same")
    assert (same["version"], same["as_of"]) == (1, "2026-02-23T00:00:00Z")


async def test_one_event_tells_of_a_whole_file(erp, importer):
    await importer.run_jobs()
    before = len(await importer.events(*RECORDED))
    content = lines(*[{"key": f"c{n}", "name": f"Customer {n}"} for n in range(20)])
    done = await importer.bring("customers", content)
    assert len(await importer.events(*RECORDED)) == before
    (event,) = await importer.events("imports.finished")
    assert event["subject"] == f"imports/{done['id']}"
    assert (event["data"]["kind"], event["data"]["created"]) == ("customers", 20)


async def test_the_parcels_of_imported_shipments_are_found(erp, importer, client):
    await erp.tell("purchase-orders/PO-1", order(line(quantity=500)))
    records = [
        {"key": f"S{n}", **shipment(package(content(1), tracking_number=f"1Z{n}"))}
        for n in range(450)
    ]
    done = await importer.bring("shipments", lines(*records))
    assert done["created"] == 450
    assert len(await importer.events("orders.shipments_imported")) == 1
    for number in ("1Z0", "1Z449"):
        found = await client.get("/v1/parcels", params={"tracking_number": number})
        assert len(found.json()["items"]) == 1


async def test_all_or_nothing_means_it(erp, importer):
    good = {"key": "PO-1", **order(line())}
    unknown = {"key": "PO-2", **order(line(product="nope"))}
    for faulty in (unknown, {"key": "PO-2"}):
        done = await importer.bring("purchase_orders", lines(good, faulty), mode="all_or_nothing")
        assert (done["state"], done["created"], done["failed"]) == ("failed", 0, 1)
        assert {(f["line"], f["key"]) for f in done["faults"]} == {(2, "PO-2")}
        assert await erp.keys("purchase-orders") == []
    assert [e["data"]["failed"] for e in await importer.events("imports.failed")] == [1, 1]
    row_wise = await importer.bring("purchase_orders", lines(good, unknown))
    assert (row_wise["state"], row_wise["created"], row_wise["failed"]) == ("finished", 1, 1)
    assert await erp.keys("purchase-orders") == ["PO-1"]


async def test_a_report_comes_as_a_table_too(erp, importer, client):
    odd = {"key": "=1+1", "name": ""}
    done = await importer.bring("customers", lines({"key": "c1", "name": ""}, {"name": "x"}, odd))
    report = await client.get(f"/v1/imports/{done['id']}/errors", params={"format": "csv"})
    assert report.headers["content-type"].startswith(CSV)
    assert "attachment" in report.headers["content-disposition"]
    # With the mark by which Excel knows UTF-8, and without anything it would run.
    header, first, second, third = report.content.decode("utf-8-sig").splitlines()
    assert header == "line,key,problem,pointer,detail"
    assert first.startswith("1,c1,malformed,/name,")
    assert second.startswith("2,,malformed,/key,")
    assert third.startswith("3,'=1+1,malformed,/name,")
    assert report.content.startswith(b"\xef\xbb\xbf")


async def test_imports_are_listed_and_found(erp, importer, client):
    ids = [await importer.begin("customers", lines({"key": "c", "name": "x"})) for _ in range(3)]
    page = (await client.get("/v1/imports", params={"limit": 2})).json()
    assert [item["id"] for item in page["items"]] == [ids[2], ids[1]]
    rest = (await client.get("/v1/imports", params={"after": page["next"]})).json()
    assert [item["id"] for item in rest["items"]] == [ids[0]]
    waiting = (await client.get("/v1/imports", params={"state": "received"})).json()["items"]
    assert len(waiting) == 3
    nobody = "01890000-0000-7000-8000-000000000000"
    for path in (nobody, f"{nobody}/errors"):
        assert (await client.get(f"/v1/imports/{path}")).status_code == 404
    assert (await client.post(f"/v1/imports/{nobody}/cancel")).status_code == 404
