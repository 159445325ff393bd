"""A filing is written as its supplier wants it: as a table, as X12 844, as pages."""

import csv
import io
from decimal import Decimal

import pypdfium2

from app.price_protection.claims import documents, rules
from tests.orders.documents import content, credit_memo, document_line, package, shipment
from tests.price_protection.room import price


async def test_a_filing_is_printed_as_csv_x12_and_pages(claims, tmp_path):
    await claims.room.buy("=PO-1")
    claim = await claims.filed(price(), vendor_number="PCN-2026-031")
    path = f"/v1/price-protection/filings/{claim['filing_id']}/document"
    told = await claims.client.get(path, params={"format": "csv"})
    (row,) = csv.DictReader(io.StringIO(told.content.decode("utf-8-sig")))
    assert (row["purchase_order"], row["units"], row["amount"]) == ("'=PO-1", "10", "200.00")
    x12 = (await claims.client.get(path, params={"format": "x12_844"})).json()
    assert (x12["transaction_set"], x12["baa"]["reference"]) == ("844", claim["filing"])
    assert x12["amt"] == {"qualifier": "TT", "amount": "200.00"}
    ((pad,),) = [each["pad"] for each in x12["con"]]
    assert {"qualifier": "PO", "id": "=PO-1"} in pad["lin"]
    assert (pad["uit"]["unit_price"], pad["qty"]["quantity"]) == ("129.00", 10)
    pdf = await claims.client.get(path)
    assert pdf.headers["content-type"] == "application/pdf"
    pages = pypdfium2.PdfDocument(pdf.content)
    text = pages[0].get_textpage().get_text_range()
    for said in (claim["filing"], "PCN-2026-031", "=PO-1, line 10", "200.00 USD"):
        assert said in text


async def test_a_filing_names_serials_and_the_suppliers_own_part_numbers(claims):
    await claims.room.grant(reaches=["on_hand"], needs_serials=True)
    number = {"kind": "distributor", "vendor": "bigdist", "number": "B7H-44120"}
    await claims.room.erp.tell(
        "products/R900", {"name": "Router 900", "manufacturer": "acme", "part_numbers": [number]}
    )
    await claims.room.buy("PO-1", quantity=2)
    serials = ["SN-0002", "SN-0001"]
    box = package(content(2, serials=serials))
    await claims.room.erp.tell("shipments/S-1", shipment(box, shipped_at="2026-02-20T10:00:00Z"))
    claim = await claims.filed()
    path = f"/v1/price-protection/filings/{claim['filing_id']}/document"
    told = await claims.client.get(path, params={"format": "csv"})
    (row,) = csv.DictReader(io.StringIO(told.content.decode("utf-8-sig")))
    assert (row["vendor_part"], row["serials"]) == ("B7H-44120", "SN-0001 SN-0002")
    x12 = (await claims.client.get(path, params={"format": "x12_844"})).json()
    (pad,) = x12["con"][0]["pad"]
    assert pad["ref"] == [
        {"qualifier": "SE", "id": "SN-0001"},
        {"qualifier": "SE", "id": "SN-0002"},
    ]
    assert {"qualifier": "VP", "id": "B7H-44120"} in pad["lin"]
    pdf = await claims.client.get(path, params={"paper": "us-letter"})
    text = pypdfium2.PdfDocument(pdf.content)[0].get_textpage().get_text_range()
    for said in ("B7H-44120", "SN-0001, SN-0002", "our part R900"):
        assert said in text


async def rows_of(claims, claim):
    path = f"/v1/price-protection/filings/{claim['filing_id']}/document"
    told = await claims.client.get(path, params={"format": "csv"})
    return list(csv.DictReader(io.StringIO(told.content.decode("utf-8-sig"))))


async def test_serials_of_units_that_went_back_are_not_claimed_for(claims):
    await claims.room.grant(reaches=["on_hand"], needs_serials=True)
    await claims.room.buy("PO-1", quantity=3)
    box = package(content(3, serials=["SN-1", "SN-2", "SN-3"]))
    await claims.room.erp.tell("shipments/S-1", shipment(box, shipped_at="2026-02-20T10:00:00Z"))
    about = {"rma": "RMA 1", "purchase_order": "PO-1", "line": "10", "serials": ["SN-2"]}
    line = document_line(amount="129.00", quantity=1, references=about)
    memo = credit_memo(line, number="CM-7", issued_on="2026-02-26")
    answer = await claims.client.put("/v1/vendor-documents/CM-7", json=memo)
    assert answer.is_success, answer.text
    claim = await claims.filed()
    assert claim["units"] == 2
    (row,) = await rows_of(claims, claim)
    assert row["serials"] == "SN-1 SN-3"


async def test_each_part_of_an_order_line_has_serials_of_its_own(claims):
    await claims.room.grant(reaches=["on_hand", "in_transit"], needs_serials=True)
    await claims.room.buy("PO-1", quantity=3, receipts=[{"on": "2026-02-21", "quantity": 1}])
    box = package(content(3, serials=["SN-1", "SN-2", "SN-3"]))
    await claims.room.erp.tell("shipments/S-1", shipment(box, shipped_at="2026-02-20T10:00:00Z"))
    rows = await rows_of(claims, await claims.filed())
    assert [(row["units"], row["serials"]) for row in rows] == [("1", "SN-1"), ("2", "SN-2 SN-3")]


async def test_a_long_filing_is_fetched_in_portions_and_loses_no_line(claims, monkeypatch):
    monkeypatch.setattr(documents, "_PORTION", 2)
    for n in range(5):
        await claims.room.buy(f"PO-{n}")
        await claims.room.buy(f"PQ-{n}", product="R300", paid="50.00", quantity=n + 1)
    one, other = await claims.open(), await claims.open(price("R300", "45.00", "50.00"))
    assert (await claims.file(one, other)).status_code == 201
    claim = await claims.again(one)
    rows = await rows_of(claims, claim)
    assert sorted(row["purchase_order"] for row in rows) == sorted(
        [f"{kind}-{n}" for n in range(5) for kind in ("PO", "PQ")]
    )
    assert len({row["claim"] for row in rows}) == 2
    path = f"/v1/price-protection/filings/{claim['filing_id']}/document"
    x12 = (await claims.client.get(path, params={"format": "x12_844"})).json()
    numbers = [pad["number"] for con in x12["con"] for pad in con["pad"]]
    assert (numbers, x12["ctt"]) == ([*range(1, 11)], 10)
    assert sum(Decimal(pad["amt"]["amount"]) for con in x12["con"] for pad in con["pad"]) == 1075
    monkeypatch.setattr(rules, "MOST_PRINTED", 9)
    refused = await claims.client.get(path)
    assert (refused.status_code, refused.json()["lines"]) == (409, 10)


async def test_what_names_contain_is_no_markup_on_the_pages(claims):
    name = '#panic("no") $x$ *bold* _it_ @ref <a> // \u202e123'
    await claims.room.erp.tell("products/R900", {"name": name, "manufacturer": "acme"})
    await claims.room.buy("PO/1")
    claim = await claims.filed()
    path = f"/v1/price-protection/filings/{claim['filing_id']}/document"
    pdf = await claims.client.get(path)
    assert pdf.status_code == 200, pdf.text
    text = pypdfium2.PdfDocument(pdf.content)[0].get_textpage().get_text_range()
    assert '#panic("no")' in text
    assert "PO/1, line 10" in text


async def test_how_a_filing_is_printed_does_not_change_with_later_terms(claims):
    await claims.room.buy("PO-1")
    claim = await claims.filed()
    await claims.room.grant(needs_serials=True)
    later = await claims.again(claim)
    assert (later["needs_serials"], later["version"]) == (False, claim["version"])


async def test_serials_that_the_terms_ask_for_must_be_known(claims):
    await claims.room.grant(needs_serials=True)
    await claims.room.buy("PO-1")
    claim = await claims.open()
    assert claim["needs_serials"]
    refused = await claims.file(claim)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/serials-missing")
    assert refused.json()["units"] == 10
    assert (await claims.file(claim, although_serials_missing=True)).status_code == 201
