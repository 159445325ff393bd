"""Files as people's programs write them: what can be read is read, all else is said plainly."""

import json

import pytest

from tests.imports.conftest import CSV, lines
from tests.orders.documents import line, order

HEADER = "key,supplier,lines.key,lines.product,lines.quantity,"
HEADER += "lines.unit_price.amount,lines.unit_price.currency"
ROWS = f"{HEADER}\nPO-1,bigdist,10,R900,2,129.00,USD\nPO-1,bigdist,20,R901,1,9.00,USD\n"


def pieces(done):
    return [(f["line"], f["key"], f["pointer"]) for f in done["faults"]]


@pytest.mark.parametrize(
    "written",
    [
        ROWS.encode(),
        b"\xef\xbb\xbf" + ROWS.encode(),
        ROWS.encode("utf-16"),
        b"\xfe\xff" + ROWS.encode("utf-16-be"),
        ROWS.replace(",", ";").encode(),
        ROWS.replace(",", "\t").encode(),
        ROWS.replace("\n", "\r\n").encode(),
        ROWS.rstrip("\n").encode(),
        ROWS.upper().replace("BIGDIST", "bigdist").encode(),
        (ROWS + ",,,,,,\n\n").encode(),
        ROWS.replace("20,R901", '20,"R901"').encode(),
        ROWS.replace("PO-1,bigdist,20", "PO-1,,20").encode(),
    ],
)
async def test_a_table_is_read_however_it_is_written(erp, importer, written):
    done = await importer.bring("purchase_orders", written, CSV)
    assert done["faults"] == []
    told = await erp.get("purchase-orders/PO-1")
    assert [(each["key"], each["quantity"]) for each in told["lines"]] == [("10", 2), ("20", 1)]


async def test_lists_within_lists_and_lists_of_words_have_their_columns(erp, importer, client):
    roles = "key,name,roles\nnew,New Co,manufacturer | service\n"
    assert (await importer.bring("vendors", roles, CSV))["created"] == 1
    assert (await erp.get("vendors/new"))["roles"] == ["manufacturer", "service"]
    await erp.tell("purchase-orders/PO-1", order(line(quantity=5), line("20")))
    names = ["key", "shipped_at", "packages.key", "packages.tracking_number"]
    names += [f"packages.contents.{x}" for x in ("purchase_order", "line", "quantity", "serials")]
    rows = [
        "S-1,2026-02-27T16:40:00Z,1,1Z1,PO-1,10,2,A|B",
        "S-1,,1,,PO-1,20,1,",
        "S-1,,2,1Z2,,,,",
        "S-2,,1,1Z3,PO-1,10,1,",
    ]
    done = await importer.bring("shipments", "\n".join([",".join(names), *rows]), CSV)
    assert (done["created"], done["faults"]) == (2, [])
    first, second = (await erp.get("shipments/S-1"))["packages"]
    assert [(c["line"], c["serials"]) for c in first["contents"]] == [
        ("10", ["A", "B"]),
        ("20", []),
    ]
    assert (second["tracking_number"], second["contents"]) == ("1Z2", None)


async def test_flags_numbers_and_faults_of_cells_are_told_by_their_rows(erp, importer):
    rows = [
        f"{HEADER},lines.is_back_ordered",
        "PO-1,bigdist,10,R900,2,129.00,USD,TRUE",
        "PO-1,bigdist,20,R900,two,1e3,USD,yes",
        "PO-2,bigdist,10,R900,2,129.00,USD,false",
        "PO-3,bigdist,10,R900,2,129.00,USD,false",
        "PO-3,acme,20,nope,2,129.00,USD,false",
        "PO-4,bigdist,10,R900,2,129.00,USD,false",
        "PO-4,bigdist,20,nope,2,129.00,USD,false",
    ]
    done = await importer.bring("purchase_orders", "\n".join(rows), CSV)
    assert pieces(done) == [
        (3, "PO-1", "/lines/1/quantity"),
        (3, "PO-1", "/lines/1/unit_price/amount"),
        (3, "PO-1", "/lines/1/is_back_ordered"),
        (6, "PO-3", "/supplier"),
        (8, "PO-4", "/lines/1/product"),
    ]
    assert await erp.keys("purchase-orders") == ["PO-2"]


@pytest.mark.parametrize(
    ("cut", "failed"),
    [
        (ROWS[:-12], ["PO-1"]),  # amid the last row
        (ROWS[:-5] + '"US', ["PO-1"]),  # amid a quoted cell
        (ROWS + "PO-", ["PO-1"]),  # who knows whose row that was
    ],
)
async def test_a_table_cut_in_the_middle_stores_no_record_that_may_lack_a_part(
    erp, importer, cut, failed
):
    whole = "PO-0,bigdist,10,R900,2,129.00,USD\n"
    header, _, rest = cut.partition("\n")
    done = await importer.bring("purchase_orders", f"{header}\n{whole}{rest}", CSV)
    assert [f["key"] for f in done["faults"]] == failed
    assert await erp.keys("purchase-orders") == ["PO-0"]


async def test_a_row_that_cannot_be_read_spoils_the_record_it_may_belong_to(erp, importer):
    def rows(*keys):
        return "".join(f"{key},bigdist,{n},R900,1,1.00,USD\n" for n, key in enumerate(keys))

    nobodys, of_b = "oh\n", "B,bigdist\n"
    text = f"{HEADER}\n{rows('A')}{of_b}{rows('B', 'C', 'D')}{nobodys}{rows('E', 'F')}"
    done = await importer.bring("purchase_orders", text, CSV)
    assert pieces(done) == [(3, "B", ""), (7, "D", ""), (7, "E", "")]
    assert await erp.keys("purchase-orders") == ["A", "C", "F"]


async def test_ndjson_cut_in_the_middle_loses_its_last_record_and_says_so(erp, importer):
    text = lines({"key": "c1", "name": "One"}, {"key": "c2", "name": "Two"})
    done = await importer.bring("customers", text[:-6])
    assert (done["created"], done["failed"]) == (1, 1)
    assert done["faults"][0]["line"] == 2
    assert "not JSON" in done["faults"][0]["detail"]


UNREADABLE = {
    "no JSON": ("nonsense", "not JSON"),
    "a list": ("[1]", "no object"),
    "a member twice": ('{"key": "c", "name": "x", "name": "y"}', "stands twice"),
    "NaN": ('{"key": "c", "name": NaN}', "NaN"),
    "a number without end": ('{"key": "c", "name": ' + "9" * 5000 + "}", "digits"),
    "no end of nesting": ("[" * 100_000, "nests"),
    "a NUL": (json.dumps({"key": "c", "name": "a\x00b"}), "NUL"),
    "a raw NUL": ('{"key": "c", "name": "a\x00b"}', "not JSON"),
    "a NUL in the key": (json.dumps({"key": "a\x00b", "name": "x"}), "NUL"),
    "half a character": ('{"key": "c", "name": "\\ud800"}', "unicode"),
    "no key": ('{"name": "x"}', "which record"),
    "a number for a key": ('{"key": 7, "name": "x"}', "string"),
    "a blank key": ('{"key": " ", "name": "x"}', "blank"),
    "a key without end": (json.dumps({"key": "k" * 201, "name": "x"}), "200"),
    "no UTF-8": (b'{"key": "c", "name": "\xff"}', "UTF-8"),
}


@pytest.mark.parametrize(("text", "hint"), UNREADABLE.values(), ids=UNREADABLE)
async def test_a_line_that_cannot_be_read_spoils_no_other(erp, importer, text, hint):
    line = text if isinstance(text, bytes) else text.encode()
    good = lines({"key": "good", "name": "Good"}).encode()
    done = await importer.bring("customers", good + line + b"\n" + good.replace(b"good", b"too"))
    assert (done["state"], done["created"], done["failed"]) == ("finished", 2, 1)
    (fault,) = done["faults"]
    assert fault["line"] == 2
    assert hint in fault["detail"]


async def test_a_row_of_five_megabytes_is_one_fault(erp, importer):
    huge = {"key": "huge", "name": "x" * 5_000_000}
    good = {"key": "good", "name": "Good"}
    done = await importer.bring("customers", lines(good, huge, {**good, "key": "too"}))
    assert (done["created"], done["failed"]) == (2, 1)
    assert "longer than" in done["faults"][0]["detail"]
    rows = f"key,name\ngood,Good\nhuge,{'x' * 5_000_000}\ntoo,Good\n"
    done = await importer.bring("customers", rows, CSV)
    assert (done["unchanged"], done["failed"]) == (2, 1)


async def test_a_quote_that_is_never_closed_does_not_swallow_the_file(erp, importer):
    rows = "".join(f"c{n},Customer {n} {'x' * 80}\n" for n in range(3000))
    done = await importer.bring("customers", f'key,name\nopen,"Open\n{rows}', CSV)
    assert done["failed"] >= 1
    assert done["created"] > 1000
    assert done["faults"][0]["line"] == 2


async def test_a_row_or_a_record_without_end_is_refused_in_flat_memory(erp, importer):
    endless = '"a\n",' * 526_000
    done = await importer.bring("customers", f"key,name\nx,{endless}\ngood,Good\n", CSV)
    assert "too long" in done["faults"][0]["detail"]
    many = "PO-1,bigdist,{},R900,1,1.00,USD\n"
    rows = "".join(many.format(n) for n in range(20_002))
    done = await importer.bring("purchase_orders", f"{HEADER}\n{rows}", CSV)
    assert (done["created"], done["failed"]) == (0, 1)
    assert "more than 20000 rows" in done["faults"][0]["detail"]


async def test_a_key_told_twice_is_refused_the_second_time(erp, importer, settings):
    assert settings.imports.batch == 1000
    records = [{"key": f"c{n}", "name": "x"} for n in range(1500)]
    again = [{"key": "c1499", "name": "near"}, {"key": "c0", "name": "far"}]
    done = await importer.bring("customers", lines(*records, *again))
    assert (done["created"], done["failed"]) == (1500, 2)
    assert pieces(done) == [(1501, "c1499", "/key"), (1502, "c0", "/key")]
    assert "line 1 already" in done["faults"][1]["detail"]
    scattered = ROWS + "PO-2,bigdist,1,R900,1,1.00,USD\nPO-1,bigdist,30,R900,1,1.00,USD\n"
    done = await importer.bring("purchase_orders", scattered, CSV)
    assert (done["created"], pieces(done)) == (2, [(5, "PO-1", "/key")])


async def test_a_faulty_record_keeps_its_key_taken(erp, importer):
    """Rows of a record that stand apart must not become a record without the faulty part."""
    bad = ROWS.replace("R901,1", "R901,none")
    later = "PO-2,bigdist,1,R900,1,1.00,USD\nPO-1,bigdist,30,R900,1,1.00,USD\n"
    done = await importer.bring("purchase_orders", bad + later, CSV)
    assert pieces(done) == [(3, "PO-1", "/lines/1/quantity"), (5, "PO-1", "/key")]
    assert await erp.keys("purchase-orders") == ["PO-2"]


REFUSED = {
    "nothing": (b"", CSV, "empty"),
    "nothing of NDJSON": (b"", "application/x-ndjson", "empty"),
    "an unknown column": (ROWS.replace("supplier", "lieferant").encode(), CSV, "lieferant"),
    "a missing column": (b"key,supplier\n", CSV, "lines.key, lines.product"),
    "a column twice": (ROWS.replace("supplier", "supplier,supplier").encode(), CSV, "twice"),
    "a table without header": (ROWS.partition("\n")[2].encode(), CSV, "unknown columns"),
    "UTF-16 without its mark": (ROWS.encode("utf-16-le"), CSV, "UTF-16"),
    "no text": (b"PK\x03\x04\xff\xfe\xfd", CSV, "UTF-8"),
    "a header without end": (b"key," * 100_000, CSV, "too long"),
    "an array": (b'[{"key": "c"}]', "application/x-ndjson", "one object on each line"),
    "a table said to be NDJSON": (ROWS.encode(), "application/x-ndjson", "begins with an object"),
}


@pytest.mark.parametrize(("content", "media_type", "hint"), REFUSED.values(), ids=REFUSED)
async def test_a_file_that_shows_its_fault_at_once_is_refused_at_once(
    importer, client, settings, content, media_type, hint
):
    answer = await importer.send("purchase_orders", content, media_type)
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] == "/problems/file-refused"
    assert hint in answer.json()["errors"][0]["detail"]
    assert (await client.get("/v1/imports")).json()["items"] == []
    assert list((settings.data_dir / "files").rglob("*import*/*")) == []


@pytest.mark.parametrize("media_type", ["application/json", "", "text/plain", "nonsense"])
async def test_another_content_type_is_415(importer, media_type):
    answer = await importer.send("customers", lines({"key": "c", "name": "x"}), media_type)
    assert answer.status_code == 415
    assert "text/csv" in answer.json()["accepted"]


async def test_a_kind_or_mode_nobody_knows_is_pointed_at(importer):
    answer = await importer.send("invoices", "{}", mode="perhaps")
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["query:kind", "query:mode"]
