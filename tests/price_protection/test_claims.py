"""A fall in price is claimed in time, followed until it is credited, and shared with customers."""

import asyncio
import csv
import io

import pypdfium2
import pytest

from tests.orders.documents import credit_memo, document_line
from tests.price_protection.room import notice, price

SAID = {
    "said_at": "2026-03-02T08:00:00Z",
    "by_name": "M. Okafor",
    "channel": "email",
    "words": "We have it.",
}
BY = {"by_name": "Ana Ruiz"}


class Claims:
    """Files claims and follows them."""

    def __init__(self, room, clock):
        self.room, self.client, self.clock = room, room.client, clock

    async def get(self, path, **params):
        answer = await self.client.get(f"/v1/price-protection/{path}", params=params)
        assert answer.is_success, answer.text
        return answer.json()

    async def of(self, told):
        """Return the claims of a notice, whole."""
        found = (await self.get("claims", notice_id=told["id"]))["items"]
        return [await self.get(f"claims/{each['id']}") for each in found]

    async def open(self, *lines, **more):
        told = await self.room.tell(notice(*lines, **more))
        await self.room.run_jobs()
        (claim,) = await self.of(told)
        return claim

    async def file(self, *claims, **more):
        body = {"claim_ids": [claim["id"] for claim in claims]} | BY | more
        return await self.room.post("filings", body)

    async def filed(self, *lines, **more):
        claim = await self.open(*lines, **more)
        answer = await self.file(claim)
        assert answer.status_code == 201, answer.text
        return await self.again(claim)

    async def again(self, claim):
        await self.room.run_jobs()
        return await self.get(f"claims/{claim['id']}")

    async def step(self, claim, verb, **body):
        answer = await self.room.post(f"claims/{claim['id']}/{verb}", body)
        assert answer.is_success, answer.text
        return await self.again(claim)

    async def credit(self, claim, amount, number="CM-1"):
        """Have the supplier's credit memo come in."""
        body = credit_memo(
            document_line(amount=amount), number=number, references={"rma": claim["filing"]}
        )
        answer = await self.client.put(f"/v1/vendor-documents/{number}", json=body)
        assert answer.is_success, answer.text
        return await self.again(claim)

    async def owed(self, obligation_id):
        return (await self.client.get(f"/v1/obligations/{obligation_id}")).json()

    async def perform(self, obligation_id, amount, reference):
        answer = await self.client.post(
            f"/v1/obligations/{obligation_id}/performances",
            json={
                "amount": {"amount": amount, "currency": "USD"},
                "performed_at": self.clock.now().isoformat(),
                "reference": reference,
            },
        )
        assert answer.is_success, answer.text


@pytest.fixture
async def claims(room, clock):
    await room.grant(reaches=["on_hand", "in_transit", "sold", "drop_shipped"])
    return Claims(room, clock)


async def test_a_notice_makes_a_claim_with_its_last_day_in_the_worklist(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    assert (claim["state"], claim["computed_amount"], claim["computed_units"]) == (
        "computed",
        "200.00",
        10,
    )
    assert claim["file_by_on"] == "2026-03-31"
    advice = claim["advice"]
    assert (advice["claim_by_on"], advice["days_left"]) == ("2026-03-31", 29)
    assert advice["lost_by_waiting"] == "200.00"
    work = (await claims.client.get("/v1/worklist")).json()["items"]
    (deadline,) = [each["deadline"] for each in work if each["deadline"]]
    assert (deadline["kind"], deadline["last_on"]) == ("file", "2026-03-31")
    assert "200.00 USD for 10 units" in deadline["description"]


async def test_a_claim_goes_from_filing_to_the_customers_credit(claims):
    await claims.room.buy(
        "PO-1",
        customer="C-1001",
        sales=[{"on": "2026-02-25", "quantity": 10}],
        pass_through_percent="50",
    )
    claim = await claims.filed()
    assert (claim["state"], claim["amount"], claim["filing"]) == (
        "submitted",
        "200.00",
        claim["filing"],
    )
    debt = await claims.owed(claim["obligation_id"])
    assert (debt["debtor"], debt["amount"]["amount"]) == (
        {"kind": "vendor", "key": "bigdist"},
        "200.00",
    )
    claim = await claims.step(claim, "acknowledge", **SAID, vendor_reference="PP-77120")
    assert (claim["state"], claim["vendor_reference"]) == ("acknowledged", "PP-77120")
    claim = await claims.step(claim, "answer", **SAID, others_are_approved=True)
    assert (claim["state"], claim["approved_amount"]) == ("approved", "200.00")
    claim = await claims.credit(claim, "200.00")
    assert (claim["state"], claim["credited_amount"], claim["credit_memos"]) == (
        "credited",
        "200.00",
        ["CM-1"],
    )
    (share,) = claim["shares"]
    assert (share["customer"], share["amount"], share["units"]) == ("C-1001", "100.00", 10)
    assert share["said"] == "The contract, as told with the order line"
    ours = await claims.owed(share["obligation_id"])
    assert (ours["debtor"]["kind"], ours["creditor"]) == (
        "us",
        {"kind": "customer", "key": "C-1001"},
    )
    await claims.perform(share["obligation_id"], "100.00", "OUR-CM-9")
    claim = await claims.again(claim)
    assert claim["state"] == "passed_through"
    assert claim["shares"][0]["references"] == ["OUR-CM-9"]
    claim = await claims.step(claim, "close", **BY)
    assert claim["state"] == "closed"


async def test_a_short_paid_credit_shows_what_is_still_owed_until_we_let_it_go(claims):
    await claims.room.buy("PO-1")
    claim = await claims.credit(await claims.filed(), "150.00")
    assert (claim["state"], claim["credited_amount"], claim["still_owed"]) == (
        "submitted",
        "150.00",
        "50.00",
    )
    claim = await claims.step(claim, "accept", **BY, words="Not worth the pursuit.")
    # Nothing of it is for a customer: so it has gone through.
    assert (claim["state"], claim["still_owed"]) == ("passed_through", "0")


async def test_lines_are_answered_one_by_one_and_what_is_refused_stays_owed_until_accepted(claims):
    first = await claims.room.buy("PO-1", quantity=10)
    second = await claims.room.buy("PO-2", quantity=5)
    claim = await claims.filed()
    assert claim["amount"] == "300.00"
    refused = {"purchase_line_id": second, "is_approved": False, "reason": "Bought too early."}
    claim = await claims.step(
        claim,
        "answer",
        **SAID,
        lines=[refused, {"purchase_line_id": first, "is_approved": True}],
    )
    assert (claim["state"], claim["approved_amount"]) == ("partially_approved", "200.00")
    assert claim["still_owed"] == "300.00"
    lines = (await claims.get(f"claims/{claim['id']}/lines"))["items"]
    assert {
        (each["purchase_order"], each["approved_amount"], each["refusal"]) for each in lines
    } == {
        ("PO-1", "200.00", None),
        ("PO-2", "0", "Bought too early."),
    }
    claim = await claims.step(claim, "accept", **BY, words="It is so.")
    assert (claim["state"], claim["still_owed"]) == ("partially_approved", "200.00")
    claim = await claims.credit(claim, "200.00")
    assert (claim["state"], claim["credited_amount"]) == ("passed_through", "200.00")


async def test_a_denied_claim_is_accepted_and_closed(claims):
    await claims.room.buy("PO-1")
    claim = await claims.step(await claims.filed(), "answer", **SAID, others_are_approved=False)
    assert claim["state"] == "denied"
    refused = await claims.room.post(f"claims/{claim['id']}/close", BY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/still-owed")
    claim = await claims.step(claim, "accept", **BY, words="It is so.")
    assert (claim["state"], claim["still_owed"]) == ("denied", "0")
    assert (await claims.step(claim, "close", **BY))["state"] == "closed"


async def test_an_answer_fits_what_was_claimed(claims):
    line = await claims.room.buy("PO-1")
    other = await claims.room.buy("PO-2", product="R300", paid="10.00")
    claim = await claims.filed()
    path = f"claims/{claim['id']}/answer"
    of_other = {"purchase_line_id": other, "is_approved": True}
    unknown = await claims.room.post(path, SAID | {"lines": [of_other]})
    assert (unknown.status_code, unknown.json()["type"]) == (409, "/problems/not-in-claim")
    assert unknown.json()["errors"][0]["pointer"] == "/lines/0/purchase_line_id"
    more = {"purchase_line_id": line, "first_unit": 1, "is_approved": True}
    too_much = await claims.room.post(
        path, SAID | {"lines": [more | {"approved_amount": "200.01"}]}
    )
    assert (too_much.status_code, too_much.json()["type"]) == (409, "/problems/more-than-claimed")
    assert (await claims.again(claim))["approved_amount"] is None
    nothing = await claims.room.post(path, SAID)
    assert nothing.status_code == 422


async def test_of_two_who_file_a_claim_exactly_one_does(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    answers = await asyncio.gather(*(claims.file(claim) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    assert len((await claims.get("filings"))["items"]) == 1
    lines = (await claims.get(f"claims/{claim['id']}/lines"))["items"]
    assert sum(each["quantity"] for each in lines) == 10


async def test_small_claims_to_one_supplier_go_in_one_filing_and_one_credit_settles_all(claims):
    await claims.room.buy("PO-1")
    await claims.room.buy("PO-2", product="R300", paid="50.00", quantity=2)
    one = await claims.open()
    other = await claims.open(price("R300", "45.00", "50.00"))
    (proposal,) = await claims.get("filings/proposals")
    assert (proposal["supplier"], proposal["amount"], proposal["units"]) == (
        "bigdist",
        "210.00",
        12,
    )
    assert proposal["claim_ids"] == [one["id"], other["id"]]
    answer = await claims.file(one, other)
    assert answer.json()["amount"] == "210.00"
    one = await claims.credit(await claims.again(one), "210.00")
    assert one["state"] == "passed_through"
    assert (await claims.again(other))["state"] == "passed_through"


async def test_only_what_is_confirmed_and_computed_is_filed(claims):
    await claims.room.buy("PO-1")
    reported = {
        "by_name": "Dana",
        "said_at": "2026-03-02T08:00:00Z",
        "channel": "phone",
        "words": "It is cheaper now.",
    }
    claim = await claims.open(reported=reported)
    refused = await claims.file(claim)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/notice-not-confirmed")
    assert "Confirm the notice" in claim["advice"]["do"]
    await claims.room.post(f"notices/{claim['notice_id']}/confirm", BY)
    stale = await claims.file(claim)
    assert stale.json()["type"] == "/problems/exposure-not-computed"
    await claims.room.run_jobs()
    assert (await claims.file(claim)).status_code == 201


async def test_a_withdrawn_notice_takes_unfiled_claims_along_and_leaves_filed_ones(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    await claims.room.post(f"notices/{claim['notice_id']}/withdraw", BY)
    claim = await claims.again(claim)
    assert claim["state"] == "withdrawn"
    work = (await claims.client.get("/v1/worklist")).json()["items"]
    assert [each["deadline"] for each in work if each["deadline"]] == []
    filed = await claims.filed()
    await claims.room.post(f"notices/{filed['notice_id']}/withdraw", BY)
    filed = await claims.again(filed)
    assert (filed["state"], filed["amount"], filed["computed_amount"]) == (
        "submitted",
        "200.00",
        "0",
    )


async def test_a_claim_that_nobody_files_expires_and_may_be_filed_late(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    claims.clock.advance(days=31)
    late = await claims.file(claim)
    assert (late.status_code, late.json()["type"]) == (409, "/problems/filed-too-late")
    claim = await claims.again(claim)
    assert claim["state"] == "expired"
    assert (await claims.file(claim, although_late=True)).status_code == 201


async def test_a_person_says_what_customers_are_due_who_have_no_contract(claims):
    await claims.room.buy("PO-1", customer="C-1001", sales=[{"on": "2026-02-25", "quantity": 10}])
    claim = await claims.credit(await claims.filed(), "200.00")
    assert (claim["state"], claim["undecided_units"], claim["shares"]) == ("credited", 10, [])
    claim = await claims.step(claim, "pass-through", **BY, percent="33.3")
    assert [each["amount"] for each in claim["shares"]] == ["66.60"]
    assert claim["undecided_units"] == 0
    again = await claims.room.post(f"claims/{claim['id']}/pass-through", BY | {"percent": "50"})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/passed-on-already")


async def test_of_a_credit_that_was_paid_short_customers_get_their_part(claims):
    await claims.room.buy(
        "PO-1",
        customer="C-1001",
        sales=[{"on": "2026-02-25", "quantity": 10}],
        pass_through_percent="100",
    )
    claim = await claims.credit(await claims.filed(), "133.33")
    claim = await claims.step(claim, "accept", **BY, words="It is what came.")
    assert [each["amount"] for each in claim["shares"]] == ["133.33"]


async def test_open_returns_are_warned_of_claim_first_return_after(claims):
    line = await claims.room.buy("PO-1")
    body = {
        "kind": "return_goods",
        "debtor": {"kind": "us"},
        "creditor": {"kind": "vendor", "key": "bigdist"},
        "quantity": 3,
        "ground": {"kind": "term", "text": "RMA 8123"},
        "about": {"purchase_line_id": line},
    }
    answer = await claims.client.post("/v1/obligations", json=body)
    assert answer.is_success, answer.text
    claim = await claims.open()
    (under_way,) = claim["advice"]["open_returns"]
    assert (under_way["purchase_order"], under_way["units"]) == ("PO-1", "3")
    assert under_way["credit_at_stake"] == "60.00"
    assert "before the returns" in claim["advice"]["do"]


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


async def test_serials_that_the_terms_ask_for_must_be_known(claims):
    await claims.room.grant(needs_serials=True)
    await claims.room.buy("PO-1")
    claim = await claims.open()
    assert claim["needs_serials"]
    refused = await claims.file(claim)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/serials-missing")
    assert refused.json()["units"] == 10
    assert (await claims.file(claim, although_serials_missing=True)).status_code == 201
