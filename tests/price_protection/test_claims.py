"""A fall in price is claimed, answered line by line and followed until it is credited."""

import asyncio

from tests.orders.documents import credit_memo, document_line, pointers
from tests.price_protection.filing_claims import BY, SAID
from tests.price_protection.room import notice, price


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
    assert (refused.status_code, refused.json()["type"]) == (
        409,
        "/problems/price-claim-still-owed",
    )
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


async def test_what_was_approved_and_paid_short_is_let_go_of_only_by_name(claims):
    first = await claims.room.buy("PO-1")
    await claims.room.buy("PO-2", quantity=5)
    answer = {"purchase_line_id": first, "is_approved": True}
    claim = await claims.step(
        await claims.filed(), "answer", **SAID, lines=[answer], others_are_approved=False
    )
    claim = await claims.step(claim, "accept", **BY, words="It is so.")
    claim = await claims.credit(claim, "150.00")
    assert (claim["state"], claim["still_owed"]) == ("partially_approved", "50.00")
    again = await claims.ask(claim, "accept", **BY, words="It is so.")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/nothing-refused")
    claim = await claims.step(
        claim, "accept", **BY, words="Not worth the pursuit.", although_approved=True
    )
    assert (claim["state"], claim["credited_amount"]) == ("passed_through", "150.00")
    assert claim["still_owed"] == "0"


async def test_lines_that_nobody_answered_stay_owed_when_a_refusal_is_accepted(claims):
    first = await claims.room.buy("PO-1")
    await claims.room.buy("PO-2", quantity=5)
    refused = {"purchase_line_id": first, "is_approved": False}
    claim = await claims.step(await claims.filed(), "answer", **SAID, lines=[refused])
    assert (claim["state"], claim["approved_amount"]) == ("submitted", "0")
    claim = await claims.step(claim, "accept", **BY, words="It is so.")
    assert (claim["state"], claim["still_owed"]) == ("submitted", "100.00")


async def test_nothing_is_let_go_of_that_nobody_refused(claims):
    await claims.room.buy("PO-1")
    claim = await claims.filed()
    early = await claims.ask(claim, "accept", **BY, words="Never mind.")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/nothing-refused")
    assert (await claims.again(claim))["still_owed"] == "200.00"


async def test_what_is_credited_is_not_answered_any_more(claims):
    await claims.room.buy("PO-1", customer="C-1001", sales=[{"on": "2026-02-25", "quantity": 10}])
    claim = await claims.credit(await claims.filed(), "200.00")
    late = await claims.ask(claim, "answer", **SAID, others_are_approved=False)
    assert (late.status_code, late.json()["now"]) == (409, "credited")
    assert (await claims.again(claim))["state"] == "credited"


async def test_a_credit_that_is_taken_back_is_owed_again(claims):
    await claims.room.buy("PO-1", customer="C-1001", sales=[{"on": "2026-02-25", "quantity": 10}])
    claim = await claims.credit(await claims.filed(), "200.00")
    claim = await claims.credit(claim, "120.00")
    assert (claim["state"], claim["still_owed"]) == ("submitted", "80.00")


async def test_of_two_at_once_exactly_one_acknowledges_answers_accepts_and_closes(claims):
    await claims.room.buy("PO-1")
    claim = await claims.filed()
    for verb, body in (
        ("acknowledge", SAID),
        ("answer", SAID | {"others_are_approved": False}),
        ("accept", BY | {"words": "It is so."}),
        ("close", BY),
    ):
        path = f"claims/{claim['id']}/{verb}"
        etag = f'"{claim["version"]}"'
        answers = await asyncio.gather(
            *(claims.room.post(path, body, if_match=etag) for _ in range(2))
        )
        assert sorted(each.status_code for each in answers) == [200, 412], verb
        claim = await claims.again(claim)
    assert claim["state"] == "closed"


async def test_what_cannot_have_been_said_yet_is_refused(claims):
    await claims.room.buy("PO-1")
    claim = await claims.filed()
    early = SAID | {"said_at": "2027-03-02T08:00:00Z"}
    for verb, more in (("acknowledge", {}), ("answer", {"others_are_approved": True})):
        answer = await claims.ask(claim, verb, **early, **more)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/said_at")


async def test_a_vendor_that_thinks_again_answers_anew(claims):
    first = await claims.room.buy("PO-1")
    await claims.room.buy("PO-2", quantity=5)
    refused = {"purchase_line_id": first, "is_approved": False, "reason": "Bought too early."}
    claim = await claims.step(
        await claims.filed(), "answer", **SAID, lines=[refused], others_are_approved=False
    )
    assert claim["state"] == "denied"
    # What was answered already stands: of no line was the answer open.
    claim = await claims.step(claim, "answer", **SAID, others_are_approved=True)
    assert (claim["state"], claim["approved_amount"]) == ("denied", "0")
    part = await claims.ask(claim, "answer", **SAID, lines=[refused], begins_anew=True)
    assert (part.status_code, pointers(part)) == (422, ["/others_are_approved"])
    claim = await claims.step(claim, "answer", **SAID, begins_anew=True, others_are_approved=True)
    assert (claim["state"], claim["approved_amount"]) == ("approved", "300.00")
    lines = (await claims.get(f"claims/{claim['id']}/lines"))["items"]
    assert {each["refusal"] for each in lines} == {None}


async def test_units_are_answered_once_in_an_answer_and_in_whole_coins(claims):
    line = await claims.room.buy("PO-1")
    claim = await claims.filed()
    whole = {"purchase_line_id": line, "is_approved": True}
    part = whole | {"first_unit": 1}
    for both in ([whole, part], [part, whole], [part, part]):
        twice = await claims.ask(claim, "answer", **SAID, lines=both)
        assert (twice.status_code, pointers(twice)) == (422, ["/lines/1"])
    odd = await claims.ask(claim, "answer", **SAID, lines=[part | {"approved_amount": "10.005"}])
    assert (odd.status_code, pointers(odd)) == (422, ["/lines/0/approved_amount"])
    assert "0.01" in odd.text


async def test_a_credit_that_is_taken_back_is_owed_again_though_no_customer_had_a_share(claims):
    await claims.room.buy("PO-1")
    claim = await claims.credit(await claims.filed(), "200.00")
    assert claim["state"] == "passed_through"
    claim = await claims.credit(claim, "120.00")
    assert (claim["state"], claim["still_owed"], claim["credited_at"]) == (
        "submitted",
        "80.00",
        None,
    )
    claim = await claims.credit(claim, "200.00")
    assert (claim["state"], claim["still_owed"]) == ("passed_through", "0")


async def test_units_whose_fall_was_credited_did_not_go_back(claims):
    await claims.room.buy("PO-1")
    claim = await claims.filed()
    about = {"rma": claim["filing"], "purchase_order": "PO-1", "line": "10"}
    line = document_line(amount="200.00", quantity=10, references=about)
    answer = await claims.client.put(
        "/v1/vendor-documents/CM-1", json=credit_memo(line, number="CM-1")
    )
    assert answer.is_success, answer.text
    claim = await claims.again(claim)
    assert (claim["state"], claim["computed_amount"]) == ("passed_through", "200.00")
    assert await claims.room.parts(claim["notice_id"]) == [
        ("PO-1", 10, "on_hand", "eligible", "200.00")
    ]


FALLS_ON = notice(price(new="99.00", old="109.00"), effective_on="2026-03-02")


async def later_parts(claims, order="PO-1"):
    """Return what a later fall to 99.00 finds of an order."""
    later = await claims.room.tell(FALLS_ON)
    return [
        (each["protected_from"], each["amount"])
        for each in await claims.room.exposure(later["id"])
        if each["purchase_order"] == order
    ]


async def test_units_of_a_refused_line_stay_protected_down_to_what_was_credited(claims):
    await claims.room.buy("PO-1", quantity=8)
    claim = await claims.credit(await claims.filed(), "100.00")
    claim = await claims.step(claim, "answer", **SAID, others_are_approved=False)
    claim = await claims.step(claim, "accept", **BY, words="It is so.")
    assert (claim["state"], claim["credited_amount"]) == ("passed_through", "100.00")
    # 129.00 paid, 12.50 came for each.
    assert await later_parts(claims) == [("116.5", "140.00")]
    # What is told of orders later computes the first notice again, and what came still counts.
    await claims.room.buy("PO-2", quantity=1)
    await claims.room.run_jobs()
    (later,) = (await claims.get("notices", state="confirmed"))["items"][1:]
    assert (await claims.room.read(later["id"]))["earns"] == "150.00"


async def test_a_line_that_was_approved_in_part_protects_down_to_that_part(claims):
    line = await claims.room.buy("PO-1", quantity=8)
    answer = {"purchase_line_id": line, "first_unit": 1, "is_approved": True}
    answer |= {"approved_amount": "100.00"}
    claim = await claims.step(await claims.filed(), "answer", **SAID, lines=[answer])
    claim = await claims.step(claim, "accept", **BY, words="It is so.")
    assert claim["still_owed"] == "100.00"
    assert await later_parts(claims) == [("116.5", "140.00")]


async def test_what_was_paid_short_and_let_go_protects_down_to_what_came(claims):
    await claims.room.buy("PO-1", quantity=3)
    claim = await claims.credit(await claims.filed(), "50.00")
    claim = await claims.step(claim, "accept", **BY, words="Not worth the pursuit.")
    assert claim["state"] == "passed_through"
    # In sum no cent twice, and none forgotten: 3 x (129.00 - 99.00) less 50.00.
    assert await later_parts(claims) == [("112.33333333", "40.00")]


async def test_a_later_claim_of_the_same_line_that_is_refused_takes_no_credit_away(claims):
    room = claims.room
    await room.buy("PO-1", quantity=8)
    first = await claims.credit(await claims.filed(), "160.00")
    await room.buy("PO-1", quantity=10)
    await room.run_jobs()
    (second,) = [
        each for each in await claims.of({"id": first["notice_id"]}) if each["id"] != first["id"]
    ]
    assert (await claims.file(second)).status_code == 201
    second = await claims.step(
        await claims.again(second), "answer", **SAID, others_are_approved=False
    )
    await claims.step(second, "accept", **BY, words="It is so.")
    # 10 x (129.00 - 99.00) less 160.00.
    assert [amount for _, amount in await later_parts(claims)] == ["140.00"]
