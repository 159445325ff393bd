"""What vendors print and the ERP books: kept as it is told, found by what it refers to."""

import pytest

from tests.orders.documents import credit_memo, document_line, pointers


async def test_a_document_is_created_read_and_replaced_whole(erp):
    body = credit_memo(
        document_line("1", "129.00", product="R900", quantity=1),
        document_line("2", "-19.35", description="Restocking 15 %"),
        references={"rma": "RMA 8123", "purchase_order": "PO/1", "line": "10"},
    )
    put = await erp.put("vendor-documents/CM%231", body)
    assert (put.status_code, put.headers["etag"]) == (201, '"1"'), put.text
    told = put.json()
    assert (told["key"], told["total"]) == ("CM#1", "109.65")
    assert [each["amount"] for each in told["lines"]] == ["129.00", "-19.35"]
    assert told["references"]["rma"] == "RMA 8123"
    assert told["lines"][0]["references"] is None
    assert await erp.get("vendor-documents/CM%231") == told
    again = await erp.put("vendor-documents/CM%231", body)
    assert (again.status_code, again.json()) == (200, told)
    bare = await erp.tell("vendor-documents/CM%231", credit_memo(kind="debit"))
    assert (bare["version"], bare["kind"], len(bare["lines"])) == (2, "debit", 1)
    assert bare["references"]["rma"] is None


async def test_documents_are_found_by_what_they_refer_to(erp):
    own = {"rma": "9000", "serials": ["SN 7"]}
    await erp.tell(
        "vendor-documents/a",
        credit_memo(
            document_line("1"),
            document_line("2", references=own),
            number="CM-1",
            references={"rma": "RMA-8123", "purchase_order": "PO-1", "serials": ["sn1"]},
        ),
    )
    await erp.tell("vendors/acme", {"name": "Acme", "roles": ["manufacturer"]})
    await erp.tell(
        "vendor-documents/b",
        credit_memo(kind="invoice", vendor="acme", number="I-1", references={"obligation": 1001}),
    )
    finds = {
        "a": [
            *({"vendor": "bigdist"}, {"kind": "credit_memo"}, {"number": "CM-1"}),
            *({"rma": "8123"}, {"rma": "rma 9000"}, {"purchase_order": "PO-1"}),
            *({"serial": "SN1"}, {"serial": "sn7"}, {"rma": "9000", "serial": "SN 7"}),
            # What the line leaves out is what the document says.
            {"rma": "9000", "purchase_order": "PO-1"},
        ],
        "b": [{"vendor": "acme"}, {"kind": "invoice"}, {"obligation": 1001}],
        "": [
            *({"vendor": "nobody"}, {"number": "cm-1"}, {"rma": "81"}, {"serial": "SN"}),
            # The RMA of one line and the serial of another.
            {"rma": "8123", "serial": "SN7"},
        ],
    }
    for key, each in finds.items():
        for wanted in each:
            assert await erp.keys("vendor-documents", **wanted) == list(key), wanted
    first = await erp.get("vendor-documents", limit=1)
    assert [each["key"] for each in first["items"]] == ["a"]
    assert await erp.keys("vendor-documents", after=first["next"]) == ["b"]


async def test_a_change_is_told_and_a_repetition_is_not(erp, run_jobs):
    for body in (credit_memo(), credit_memo(), credit_memo(cancelled_at="2026-03-02T08:00:00Z")):
        await erp.tell("vendor-documents/CM-1", body)
    await run_jobs()
    feed = await erp.get("events", type="orders.vendor_document_recorded")
    told = [event["data"] for event in feed["items"]]
    assert [(each["version"], each["is_cancelled"]) for each in told] == [(1, False), (2, True)]
    assert {(each["kind"], each["vendor"]) for each in told} == {("credit_memo", "bigdist")}


async def test_what_it_refers_to_need_not_be_known_but_the_vendor_must(erp):
    await erp.tell("vendor-documents/a", credit_memo(references={"purchase_order": "theirs"}))
    refused = await erp.put("vendor-documents/b", credit_memo(vendor="nobody"))
    assert (refused.status_code, pointers(refused)) == (409, ["/vendor"])
    older = credit_memo(as_of="2026-01-01T00:00:00Z")
    assert (await erp.put("vendor-documents/a", older)).json()["type"] == "/problems/stale-record"


BAD = {
    "no line": ({"lines": []}, "/lines"),
    "a line told twice": ({"lines": [document_line("1"), document_line("1")]}, "/lines/1/key"),
    "an amount as a number": ({"lines": [document_line("1", 129.0)]}, "/lines/0/amount"),
    "five decimals": ({"lines": [document_line("1", "1.00001")]}, "/lines/0/amount"),
    "an amount beyond reason": ({"lines": [document_line("1", "9" * 16)]}, "/lines/0/amount"),
    "an unknown kind": ({"kind": "receipt"}, "/kind"),
    "an unknown currency": ({"currency": "XXX"}, "/currency"),
    "a day to come": ({"issued_on": "2026-03-04"}, "/issued_on"),
    "a line of no order": ({"references": {"line": "10"}}, "/references/purchase_order"),
    "a NUL": ({"references": {"rma": "8\x00"}}, "/references/rma"),
    "a half number": ({"references": {"obligation": 1.5}}, "/references/obligation"),
    "a reference nobody knows": ({"references": {"ticket": "7"}}, "/references/ticket"),
}


@pytest.mark.parametrize(("change", "pointer"), BAD.values(), ids=BAD)
async def test_what_does_not_parse_is_pointed_at(erp, change, pointer):
    refused = await erp.put("vendor-documents/a", credit_memo(**change))
    assert (refused.status_code, pointers(refused)) == (422, [pointer]), refused.text
