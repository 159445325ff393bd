"""A filing is written as its supplier wants it: as a table, as X12 844, as pages."""

import csv
import io

import pypdfium2

from tests.orders.documents import content, package, shipment
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
