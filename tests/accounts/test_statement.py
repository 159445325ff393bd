"""A vendor's statement: all it owes, aged, with ground and evidence, and what may be set off."""

import csv
import io

import pypdfium2
import pytest

from tests.accounts.documents import memo, under
from tests.obligations.documents import ACME, BIGDIST, NOW, US, loss, owed, paid, promise, promised
from tests.vendors.documents import DOC


@pytest.fixture
async def read(accounts):
    async def get(vendor="bigdist", **params):
        answer = await accounts.erp.client.get(f"/v1/vendors/{vendor}/statement", params=params)
        assert answer.is_success, answer.text
        return answer if params else answer.json()

    return get


def said(**more):
    return promise(said_at="2025-10-01T09:00:00Z", **more)


async def terms(accounts, **set_off):
    body = DOC | {"terms": {"source": "Terms of sale", "set_off": set_off}}
    await accounts.erp.tell("vendor-terms/t", body)


async def test_all_that_is_owed_by_age_and_nothing_that_is_not(accounts, ledger, read, clock):
    due = {
        "10.00": "2026-03-20T00:00:00Z",
        "20.00": "2026-03-01T00:00:00Z",
        "30.00": "2026-01-20T00:00:00Z",
        "40.00": "2025-12-20T00:00:00Z",
        "50.00": "2025-11-01T00:00:00Z",
        "60.00": None,
    }
    for amount, due_at in due.items():
        await ledger.open(owed(amount, due_at=due_at))
    kept = await ledger.open(owed("7.00"))
    await ledger.do(kept, "performances", paid("7.00"))
    await ledger.open(owed("8.00", debtor=ACME))
    await ledger.open(owed("9.00", trigger="It is received."))
    await ledger.open(owed("11.00", debtor=US, creditor=BIGDIST))
    await ledger.open(owed("1.25", "EUR"))
    told = await read()
    assert told["sums"][1] == {
        "currency": "USD",
        "not_due": "10.00",
        "days_1_30": "20.00",
        "days_31_60": "30.00",
        "days_61_90": "40.00",
        "over_90": "50.00",
        "undated": "60.00",
        "total": "210.00",
        "owed_by_us": "11.00",
    }
    assert (told["sums"][0]["currency"], told["sums"][0]["undated"]) == ("EUR", "1.25")
    ages = ["over_90", "days_61_90", "days_31_60", "days_1_30", "not_due", "undated", "undated"]
    assert [line["age"] for line in told["lines"]] == ages
    assert told["lines"][3]["days_overdue"] == 2
    assert (told["as_of"], told["vendor_name"], told["left_out"]) == (NOW, "bigdist", 0)
    assert (await accounts.erp.client.get("/v1/vendors/nobody/statement")).status_code == 404


async def test_each_line_says_why_it_is_owed_and_what_shows_it(accounts, ledger, read, line_id):
    debt = await ledger.open(
        {
            "kind": "pay_money",
            "debtor": BIGDIST,
            "amount": {"amount": "129.00", "currency": "USD"},
            "promise": promise(words="You get it back."),
            "about": {"purchase_line_id": line_id, "rma": "8123", "serial": "S1"},
        }
    )
    await ledger.do(
        debt,
        "retractions",
        {"by_role": "supervisor", "said_at": NOW, "channel": "phone", "words": "No."},
    )
    await accounts.book(memo("100.00", rma="8123"))
    (line,) = (await read())["lines"]
    assert (line["promise"]["by_name"], line["promise"]["words"]) == (
        "Kim Reyes",
        "You get it back.",
    )
    assert [each["reference"] for each in line["done"]] == ["CM-88123"]
    assert (line["outstanding"], line["value"], line["counted"]) == ("29.00", "29.00", "29.00")
    assert (line["purchase_order"], line["line"], line["rma"]) == ("PO-1", "10", "8123")
    assert line["contested_at"] == NOW


async def test_goods_count_at_our_cost_and_nothing_counts_twice(accounts, ledger, read):
    price = {"amount": "129.00", "currency": "USD"}
    goods = await ledger.open(promised(quantity=2, unit_value=price))
    credit = await ledger.open(owed("200.00", alternative_to=goods["id"]))
    lost = await ledger.tell("losses", loss(1, "100.00"))
    pursuing = [await ledger.open(owed("100.00", loss_id=lost["id"])) for _ in range(2)]
    await ledger.open({**promised(), "kind": "answer"})
    told = await read()
    lines = {line["number"]: line for line in told["lines"]}
    assert (lines[goods["number"]]["value"], lines[goods["number"]]["is_at_cost"]) == (
        "258.00",
        True,
    )
    assert lines[goods["number"]]["counted"] == "0"
    assert lines[goods["number"]]["counted_beside"] == credit["number"]
    assert [lines[each["number"]]["counted"] for each in pursuing] == ["100.00", "0.00"]
    assert lines[pursuing[1]["number"]]["counted_beside"] == pursuing[0]["number"]
    assert (told["sums"][0]["total"], told["without_value"]) == ("300.00", 1)


async def test_set_off_is_unknown_until_a_term_says_so(accounts, ledger, read):
    debt = await ledger.open(owed("100.00", due_at="2026-02-01T00:00:00Z"))
    await ledger.open(owed("40.00", debtor=US, creditor=BIGDIST))
    await ledger.open(owed("5.00", due_at="2026-05-01T00:00:00Z"))
    disputed = {"promise": said(), "ground": None, "due_at": "2026-02-01T00:00:00Z"}
    contested = await ledger.open(owed("7.00", **disputed))
    unknown = (await read())["set_off"]
    assert (unknown["allowed"], unknown["proposals"]) == ("unknown", [])
    assert "as distributor" in unknown["why"]
    await terms(accounts, is_allowed=False)
    assert (await read())["set_off"]["allowed"] == "no"
    await terms(accounts, is_allowed=True)
    allowed = (await read())["set_off"]
    assert (allowed["allowed"], allowed["terms"]) == ("yes", ["t"])
    assert allowed["proposals"] == [
        {
            "currency": "USD",
            "due": "107.00",
            "owed_by_us": "40.00",
            "against_our_debts": "40.00",
            "to_deduct": "67.00",
            "numbers": [debt["number"], contested["number"]],
        }
    ]
    # Taken back, it is contested: not proposed unless the terms say that it may be.
    await ledger.do(
        contested,
        "retractions",
        {"by_role": "supervisor", "said_at": NOW, "channel": "phone", "words": "No."},
    )
    assert (await read())["set_off"]["proposals"][0]["due"] == "100.00"
    await terms(accounts, is_allowed=True, only_undisputed=False)
    assert (await read())["set_off"]["proposals"][0]["due"] == "107.00"
    # Of one more role that it plays nothing is known.
    both = {"name": "Big Dist", "roles": ["distributor", "service"]}
    await accounts.erp.tell("vendors/bigdist", both)
    assert (await read())["set_off"]["allowed"] == "unknown"


async def test_as_a_table_it_holds_the_same_and_no_formula(accounts, ledger, read):
    await ledger.open(under("=1+1", description="@SUM(A1)", due_at="2026-02-01T00:00:00Z"))
    answer = await read(format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    name = 'attachment; filename="statement-bigdist-2026-03-02.csv"'
    assert answer.headers["content-disposition"] == name
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["outstanding"], row["currency"], row["due_on"]) == ("129.00", "USD", "2026-02-01")
    assert (row["description"], row["rma"], row["age"]) == ("'@SUM(A1)", "'=1+1", "days_1_30")
    assert row["ground"].startswith("Term: Shortages")


def text_of(content):
    document = pypdfium2.PdfDocument(content)
    pages = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    return pages, document[0].get_size()


async def test_as_pages_it_is_the_same_bytes_each_time_and_takes_no_markup(
    accounts, ledger, read, clock
):
    odd = '#panic("x") *bold* $ \\ [a] @ref <b> // no /* comment'
    await ledger.open(under("8123", description=odd, due_at="2026-02-01T00:00:00Z"))
    first = await read(format="pdf")
    assert first.headers["content-type"] == "application/pdf"
    pages, size = text_of(first.content)
    assert [round(side) for side in size] == [595, 842]
    (page,) = pages
    flat = " ".join(page.split())
    for words in ("Statement of what is owed", odd, "30 days late", "129.00 USD", "Page 1 of 1"):
        assert words in flat, flat
    assert "set off" not in flat
    await terms(accounts, is_allowed=True)
    (page,), _ = text_of((await read(format="pdf")).content)
    assert "129.00 USD from your next invoices" in " ".join(page.split())
    first = await read(format="pdf")
    assert (await read(format="pdf")).content == first.content
    letter = await read(format="pdf", paper="letter")
    assert [round(side) for side in text_of(letter.content)[1]] == [612, 792]
    clock.advance(days=1)
    assert (await read(format="pdf")).content != first.content


async def test_long_statements_number_their_pages_and_repeat_their_heads(accounts, ledger, read):
    for n in range(40):
        await ledger.open(owed(f"{n + 1}.00", description=f"Line {n} of many."))
    pages, _ = text_of((await read(format="pdf")).content)
    assert len(pages) > 1
    for n, page in enumerate(pages, start=1):
        assert f"Page {n} of {len(pages)}" in page
    assert all("Still owed" in page for page in pages[:-1])


async def test_a_vendor_that_owes_nothing_has_an_empty_statement(read):
    told = await read("acme")
    assert (told["lines"], told["sums"]) == ([], [])
    pages, _ = text_of((await read("acme", format="pdf")).content)
    assert "Nothing is owed to us now." in pages[0]


@pytest.mark.parametrize("params", [{"format": "xml"}, {"paper": "a3"}])
async def test_an_unknown_form_is_refused(accounts, params):
    answer = await accounts.erp.client.get("/v1/vendors/bigdist/statement", params=params)
    assert answer.status_code == 422


async def test_a_vendor_whose_key_ends_like_a_statement_has_an_address_and_a_statement(
    accounts, ledger
):
    odd = {"name": "Odd", "roles": ["distributor"]}
    path = "vendors/bigdist%2Fstatement"
    await accounts.erp.tell(path, odd)
    await ledger.open(owed("7.00", debtor={"kind": "vendor", "key": "bigdist/statement"}))
    assert (await accounts.erp.get(path))["name"] == "Odd"
    assert (await accounts.erp.get("vendors/bigdist/statement"))["lines"] == []
    (line,) = (await accounts.erp.get(f"{path}/statement"))["lines"]
    assert line["outstanding"] == "7.00"
    # Told with a plain slash it is the same vendor: a statement cannot be told.
    assert (await accounts.erp.put("vendors/bigdist/statement", odd)).status_code == 200


async def test_an_invoice_for_what_is_owed_stands_beside_the_debt_and_settles_nothing(
    accounts, ledger, read
):
    debt = await ledger.open(owed(about={"rma": "8123", "serial": "S1"}))
    other = await ledger.open(owed("5.00"))
    invoice = {**memo("40.00", rma="RMA-8123"), "kind": "invoice", "number": "INV-1"}
    named = {**invoice, "number": "INV-2", "references": {"obligation": other["number"]}}
    bought = {**invoice, "references": {"serials": ["S1"]}, "issued_on": "2025-03-02"}
    since = {**bought, "number": "INV-4", "issued_on": "2026-03-02"}
    gone = {**invoice, "cancelled_at": NOW}
    for key, body in {"i1": invoice, "i2": named, "i3": bought, "i4": since, "i5": gone}.items():
        assert await accounts.book(body, key) == []
    lines = {line["number"]: line for line in (await read())["lines"]}
    shown = lines[debt["number"]]
    assert [(each["document"], each["amount"]) for each in shown["invoices"]] == [
        ("i1", "40.00"),
        ("i4", "40.00"),
    ]
    assert shown["outstanding"] == "129.00"
    assert [each["number"] for each in lines[other["number"]]["invoices"]] == ["INV-2"]
    pages, _ = text_of((await read(format="pdf")).content)
    assert "Invoice INV-1 of 2026-03-02 asks 40.00 USD for it all the same" in " ".join(
        pages[0].split()
    )
