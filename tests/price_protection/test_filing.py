"""What can be claimed is filed once, whole and in time; what shows later is filed beside it."""

import asyncio

from app.price_protection.claims import advising
from tests.orders.documents import pointers
from tests.price_protection.filing_claims import BY
from tests.price_protection.room import notice, price


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


async def test_of_two_who_file_a_claim_exactly_one_does(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    answers = await asyncio.gather(*(claims.file(claim) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    assert len((await claims.get("filings"))["items"]) == 1
    lines = (await claims.get(f"claims/{claim['id']}/lines"))["items"]
    assert sum(each["quantity"] for each in lines) == 10


async def test_a_filing_says_which_of_its_claims_was_filed_before(claims):
    await claims.room.buy("PO-1")
    await claims.room.buy("PO-2", product="R300", paid="50.00", quantity=2)
    one, other = await claims.open(), await claims.open(price("R300", "45.00", "50.00"))
    await claims.file(other)
    refused = await claims.file(one, other)
    assert (refused.status_code, pointers(refused)) == (409, ["/claim_ids/1"])
    assert refused.json()["allowed"]


async def test_nobody_can_have_filed_before_the_first_day_the_notice_names(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    refused = await claims.file(claim, filed_at="2026-02-27T23:00:00Z")
    assert (refused.status_code, pointers(refused)) == (422, ["/filed_at"])
    assert "before 2026-03-01" in refused.text
    assert (await claims.file(claim, filed_at="2026-02-28T20:00:00Z")).status_code == 201


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


async def test_no_more_is_proposed_for_one_filing_than_it_takes(claims, monkeypatch):
    monkeypatch.setattr(advising, "MOST_CLAIMS", 1)
    await claims.room.buy("PO-1")
    await claims.room.buy("PO-2", product="R300", paid="50.00", quantity=2)
    one, other = await claims.open(), await claims.open(price("R300", "45.00", "50.00"))
    found = await claims.get("filings/proposals")
    assert [(each["claim_ids"], each["amount"]) for each in found] == [
        ([one["id"]], "200.00"),
        ([other["id"]], "10.00"),
    ]


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


async def test_a_notice_by_which_a_credit_came_is_not_withdrawn_until_it_is_taken_back(claims):
    room = claims.room
    await room.buy("PO-1")
    claim = await claims.credit(await claims.filed(), "200.00")
    path = f"notices/{claim['notice_id']}/withdraw"
    refused = await room.post(path, BY)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/notice-was-credited")
    assert refused.json()["claim_ids"] == [claim["id"]]
    assert "Correct the notice" in refused.json()["detail"]
    # A later fall earns what it is more, and not what has come.
    later = await room.tell(notice(price(new="105.00", old="109.00"), effective_on="2026-03-02"))
    assert later["earns"] == "40.00"
    owed = await claims.owed(claim["obligation_id"])
    (paid,) = owed["performances"]
    back = await claims.client.post(
        f"/v1/obligations/{owed['id']}/performances/{paid['id']}/correct",
        json=BY | {"reason": "It was another's."},
    )
    assert back.is_success, back.text
    assert (await claims.again(claim))["state"] == "submitted"
    assert (await room.post(path, BY)).status_code == 200


async def test_what_came_of_a_debt_that_was_never_owed_is_not_claimed_again(claims):
    await claims.room.buy("PO-1")
    claim = await claims.credit(await claims.filed(), "120.00")
    voided = await claims.client.post(
        f"/v1/obligations/{claim['obligation_id']}/void", json={"reason": "Filed in error."}
    )
    assert voided.is_success, voided.text
    claim = await claims.again(claim)
    assert (claim["state"], claim["credited_amount"]) == ("passed_through", "120.00")
    assert [each["id"] for each in await claims.of({"id": claim["notice_id"]})] == [claim["id"]]


async def test_what_was_filed_earlier_is_not_told_while_its_exposure_is_computed(claims):
    await claims.room.buy("PO-1")
    claim = await claims.open()
    await claims.room.post(f"notices/{claim['notice_id']}/recompute")
    refused = await claims.file(claim, filed_at="2026-03-01T12:00:00Z")
    assert refused.json()["type"] == "/problems/exposure-not-computed"
    assert refused.headers["Retry-After"] == "2"
    assert "is being computed" in refused.json()["detail"]


async def test_nothing_is_filed_by_an_exposure_that_could_not_be_computed_again(
    claims, monkeypatch
):
    await claims.room.buy("PO-1")
    claim = await claims.open()

    async def breaks(*_args):
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("app.price_protection.jobs.compute", breaks)
        await claims.room.buy("PO-2")
        await claims.room.run_jobs()
    refused = await claims.file(claim)
    assert refused.json()["type"] == "/problems/exposure-not-computed"
    assert "computed again" in refused.json()["detail"]
    await claims.room.post(f"notices/{claim['notice_id']}/recompute")
    claim = await claims.again(claim)
    assert (await claims.file(claim)).json()["amount"] == "400.00"


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


async def recomputed(claims, claim):
    await claims.room.post(f"notices/{claim['notice_id']}/recompute")
    await claims.room.run_jobs()
    return await claims.of({"id": claim["notice_id"]})


async def test_units_that_are_told_of_after_filing_become_a_claim_of_their_own(claims):
    await claims.room.buy("PO-1")
    filed = await claims.filed()
    await claims.room.buy("PO-1", quantity=12)
    await claims.room.buy("PO-2", quantity=3)
    first, second = await recomputed(claims, filed)
    assert (first["id"], first["amount"], first["computed_amount"]) == (
        filed["id"],
        "200.00",
        "200.00",
    )
    assert (second["state"], second["computed_amount"], second["computed_units"]) == (
        "computed",
        "100.00",
        5,
    )
    assert (await claims.file(second)).status_code == 201
    lines = (await claims.get(f"claims/{second['id']}/lines"))["items"]
    assert sorted(
        (each["purchase_order"], each["first_unit"], each["quantity"]) for each in lines
    ) == [
        ("PO-1", 11, 2),
        ("PO-2", 1, 3),
    ]
    assert len(await recomputed(claims, filed)) == 2


async def test_a_notice_that_is_corrected_downwards_earns_the_difference_too(claims):
    await claims.room.buy("PO-1")
    filed = await claims.filed()
    path = f"/v1/price-protection/notices/{filed['notice_id']}"
    body = notice(price("R900", "99.00", "129.00"))
    assert (await claims.client.put(path, json=body)).is_success
    await claims.room.run_jobs()
    _, second = await claims.of({"id": filed["notice_id"]})
    assert (second["computed_amount"], second["computed_units"]) == ("100.00", 10)


async def test_a_notice_corrected_upwards_shows_what_of_the_filing_still_stands(claims):
    await claims.room.buy("PO-1")
    filed = await claims.filed()
    path = f"/v1/price-protection/notices/{filed['notice_id']}"
    body = notice(price("R900", "119.00", "129.00"))
    assert (await claims.client.put(path, json=body)).is_success
    claim = await claims.again(filed)
    assert (claim["amount"], claim["computed_amount"]) == ("200.00", "100.00")
    assert "only 100.00 USD is reached now" in claim["advice"]["do"]


async def test_what_was_filed_and_was_never_owed_can_be_claimed_again(claims):
    await claims.room.buy("PO-1")
    filed = await claims.filed()
    answer = await claims.client.post(
        f"/v1/obligations/{filed['obligation_id']}/void",
        json={"reason": "It went to the wrong portal."},
    )
    assert answer.is_success, answer.text
    await claims.room.run_jobs()
    first, second = await claims.of({"id": filed["notice_id"]})
    assert (first["state"], second["state"]) == ("withdrawn", "computed")
    assert second["computed_amount"] == "200.00"


async def test_the_supplier_owes_the_credit_by_its_own_terms(claims):
    window = {"value": 45, "unit": "days", "anchor": "request"}
    await claims.room.grant(reaches=["on_hand"], credit_within=window)
    await claims.room.buy("PO-1")
    claim = await claims.filed()
    assert (await claims.owed(claim["obligation_id"]))["due_at"].startswith("2026-04-16")


async def test_where_terms_are_missing_nothing_can_be_claimed_until_they_are_told(claims):
    await claims.room.erp.tell("vendors/other", {"name": "Other", "roles": ["distributor"]})
    await claims.room.buy("PO-1", supplier="other")
    told = await claims.room.tell(notice(vendor="other"))
    assert await claims.of(told) == []
    assert (await claims.room.exposure(told["id"]))[0]["reason"] == "no_entitlement_known"
    await claims.room.grant(vendor="other")
    await claims.room.run_jobs()
    (claim,) = await claims.of(told)
    assert (claim["supplier"], claim["state"]) == ("other", "computed")


async def test_a_filing_goes_to_one_supplier_and_names_claims_that_exist(claims):
    await claims.room.erp.tell("vendors/other", {"name": "Other", "roles": ["distributor"]})
    await claims.room.grant(vendor="other")
    await claims.room.buy("PO-1")
    await claims.room.buy("PO-2", supplier="other")
    one, two = await claims.open(), await claims.open(vendor="other")
    mixed = await claims.file(one, two)
    assert (mixed.status_code, mixed.json()["type"]) == (409, "/problems/one-supplier-one-filing")
    assert pointers(mixed) == ["/claim_ids/1"]
    nobody = await claims.file(one, {"id": "01980000-0000-7000-8000-000000000000"})
    assert (nobody.status_code, pointers(nobody)) == (409, ["/claim_ids/1"])
    early = await claims.file(one, filed_at="2027-01-01T00:00:00Z")
    assert (early.status_code, pointers(early)) == (422, ["/filed_at"])


async def test_of_filings_that_share_a_claim_exactly_one_goes_out(claims):
    await claims.room.buy("PO-1")
    await claims.room.buy("PO-2", product="R300", paid="50.00", quantity=2)
    one, other = await claims.open(), await claims.open(price("R300", "45.00", "50.00"))
    answers = await asyncio.gather(claims.file(one, other), claims.file(other, one))
    assert sorted(each.status_code for each in answers) == [201, 409]
    assert len((await claims.get("filings"))["items"]) == 1
