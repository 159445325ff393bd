"""What a vendor owes and what it pays, through the front door: from exports to a statement."""

import csv
import io

import pytest

from tests.accounts.documents import Accounts, instead
from tests.imports.conftest import CSV, Importer
from tests.obligations.documents import Ledger
from tests.orders.documents import Erp

ORDERS = """key,supplier,ordered_on,lines.key,lines.product,lines.quantity,\
lines.unit_price.amount,lines.unit_price.currency
PO-1,bigdist,2026-01-20,10,R900,2,129.00,USD
PO-1,,,20,R901,1,49.00,USD
PO-2,bigdist,2026-01-21,10,R900,1,129.00,USD
"""
SHIPMENTS = """key,shipped_at,packages.key,packages.tracking_number,\
packages.contents.purchase_order,packages.contents.line,packages.contents.quantity,\
packages.contents.serials
S-1,2026-01-23T17:00:00Z,1,1Z1,PO-1,10,2,SN1|SN2
S-1,,1,,PO-1,20,1,
S-2,2026-01-24T17:00:00Z,1,1Z2,PO-2,10,1,SN3
"""
MEMOS = """key,kind,vendor,number,issued_on,currency,references.rma,references.serials,\
lines.key,lines.amount,lines.description
CM-1,credit_memo,bigdist,CM-1,2026-02-27,USD,RMA 1000,,1,129.00,Credit R900
CM-1,,,,,,,,2,-19.35,Restocking 15 %
CM-2,credit_memo,bigdist,CM-2,2026-02-28,USD,RMA 2000,,1,129.00,Credit R900
CM-3,credit_memo,bigdist,CM-3,2026-02-28,USD,RMA 7777,,1,11.00,Credit
INV-1,invoice,bigdist,INV-1,2026-03-02,USD,,SN3,1,129.00,Replacement unit
"""


@pytest.fixture
def importer(client, run_jobs):
    return Importer(client, run_jobs)


@pytest.fixture
async def erp(client):
    told = Erp(client)
    await told.tell("vendors/bigdist", {"name": "Big Dist", "roles": ["distributor"]})
    for product in ("R900", "R901"):
        await told.tell(f"products/{product}", {"name": product})
    return told


def owed(rma, amount, **about):
    return {
        "kind": "pay_money",
        "debtor": {"kind": "vendor", "key": "bigdist"},
        "amount": {"amount": amount, "currency": "USD"},
        "ground": {"kind": "term", "text": "Returned units are credited within 30 days."},
        "due_at": "2026-02-20T00:00:00Z",
        "about": {"rma": rma, **about},
    }


async def test_an_export_comes_in_a_vendor_pays_short_and_a_wrong_match_is_put_right(
    client, erp, importer, run_jobs
):
    ledger, accounts = Ledger(client), Accounts(erp, run_jobs)

    # The ERP's export: orders, then what was shipped of them.
    for kind, table, records in (("purchase_orders", ORDERS, 2), ("shipments", SHIPMENTS, 2)):
        done = await importer.bring(kind, table, CSV, mode="all_or_nothing")
        assert (done["state"], done["created"], done["faults"]) == ("finished", records, [])
    assert await erp.keys("purchase-orders", serial="SN2") == ["PO-1"]

    # Units went back; the vendor owes their price. An owed replacement is asked money for.
    bought = (await erp.get("purchase-orders/PO-1"))["lines"][0]["purchase_line_id"]
    first = await ledger.open(owed("1000", "129.00", purchase_line_id=bought, serial="SN1"))
    second = await ledger.open(owed("2000", "129.00", serial="SN2"))
    third = await ledger.open(owed("3000", "129.00", serial="SN3"))

    # Its papers come as a file of the ERP's; what names a debt settles it.
    done = await importer.bring("vendor_documents", MEMOS, CSV)
    assert (done["created"], done["faults"]) == (4, [])
    states = {m["document"]: m["state"] for m in await accounts.matches()}
    assert states == {"CM-1": "short_paid", "CM-2": "matched", "CM-3": "unmatched"}
    assert (await ledger.read(second))["state"] == "kept_late"
    short = await accounts.one(state="short_paid")
    assert (short["still_owed"], short["lines"]) == ("19.35", ["1", "2"])

    # The statement names what is left, and the invoice for what is owed.
    told = await erp.get("vendors/bigdist/statement")
    left = {line["number"]: line for line in told["lines"]}
    assert set(left) == {first["number"], third["number"]}
    assert (left[first["number"]]["outstanding"], left[first["number"]]["age"]) == (
        "19.35",
        "days_1_30",
    )
    assert left[first["number"]]["done"][0]["reference"] == "CM-1"
    assert [each["number"] for each in left[third["number"]]["invoices"]] == ["INV-1"]
    assert told["sums"][0]["total"] == "148.35"

    # A person knows better: CM-2 was for the third unit, and CM-3 is the fee given back.
    wrong = await accounts.one(document="CM-2")
    assert (await accounts.correct(wrong, instead(third))).status_code == 201
    unknown = await accounts.one(state="unmatched")
    decided = await accounts.correct(unknown, instead(first, "11.00"))
    assert (decided.json()["state"], decided.json()["by"]) == ("short_paid", "person")
    await run_jobs()
    assert [(await ledger.read(debt))["state"] for debt in (first, second, third)] == [
        "open",
        "open",
        "kept_late",
    ]
    table = await client.get("/v1/vendors/bigdist/statement", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [(row["serial"], row["outstanding"]) for row in rows] == [
        ("SN1", "8.35"),
        ("SN2", "129.00"),
    ]

    # And the same files again change none of it.
    again = await importer.bring("vendor_documents", MEMOS, CSV)
    assert (again["unchanged"], again["created"], again["changed"]) == (4, 0, 0)
    assert (await ledger.read(first))["performed"] == "120.65"
