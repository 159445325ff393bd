"""A vendor refuses: kept as it was said, judged by what is known, and judged anew."""

import pytest

from tests.cases.calls import Cases
from tests.discrepancies.room import NOW, packed, said, sent, told_line
from tests.orders.documents import content, pointers


async def test_a_full_weight_alone_is_no_ground_against_what_never_arrived(room):
    await room.weigh(2850)
    await room.deliver()
    told = await room.open()
    assert told["verdict"]["at_last_weighing"]["support"] == "supports_full"
    denial = await room.do(told, "denials", said())
    judged = denial["judgement"]
    assert (denial["ground"], judged["applicable"]) == ("weight", "no")
    assert "no scale speaks" in judged["why"]
    assert judged["facts"]["weighed"]["at_last_weighing"] == "supports_full"
    assert {each["party"] for each in judged["must_prove"]} == {"vendor", "us"}
    assert judged["next_best"]
    shown = await room.get(told)
    assert shown["denials"] == [denial]
    assert any("'weight': it does not hold" in step for step in shown["next_steps"])


async def test_what_never_came_is_no_return(room):
    window = {"value": 30, "unit": "days", "anchor": "invoice"}
    await room.terms(return_window=window)
    denial = await room.do(await room.open(), "denials", said("return_window"))
    judged = denial["judgement"]
    assert judged["applicable"] == "no"
    assert judged["vendor_terms"] == {"key": "big", "version": 1, "valid_from": "2026-01-01"}


async def test_a_shortage_notice_is_judged_by_when_the_vendor_was_told(room):
    window = {"value": 48, "unit": "hours", "anchor": "delivery"}
    await room.terms(shortage_notice={"window": window})
    await room.deliver()
    late = await room.open()
    judged = (await room.do(late, "denials", said("shortage_notice_window")))["judgement"]
    assert (judged["applicable"], judged["by"][0]["standing"]) == ("yes", "missed")
    in_time = await room.open(vendor_told_at="2026-02-28T10:00:00Z")
    judged = (await room.do(in_time, "denials", said("shortage_notice_window")))["judgement"]
    assert (judged["applicable"], judged["by"][0]["standing"]) == ("no", "met")
    assert judged["facts"]["is_drop_shipped"] is True
    assert judged["facts"]["sides"] == {
        "shipper_of_record": "vendor",
        "account_holder": "vendor",
        "consignee": "customer",
    }


async def test_a_ground_nobody_knows_is_kept_and_not_judged(room):
    words = "Our warehouse cat says no."
    denial = await room.do(await room.open(), "denials", said(words))
    judged = denial["judgement"]
    assert (denial["ground"], judged["applicable"]) == (words, "not_judged")
    assert "kept as it was said" in judged["why"]


async def test_a_refusal_that_takes_a_promise_back_says_so_in_the_ledger(room):
    told = await room.open()
    promise = await room.promise(told)
    denial = await room.do(told, "denials", said(retracts=promise["id"]))
    story = await room.read(f"obligations/{promise['id']}")
    (retraction,) = story["retractions"]
    assert retraction["id"] == denial["retraction_id"]
    assert (retraction["by_name"], retraction["words"]) == ("Pat Doyle", said()["words"])
    assert (story["state"], story["contested_at"]) == ("open", NOW)
    outweighed = denial["judgement"]["outweighed"]
    assert (outweighed["by"], outweighed["made_on"], outweighed["taken_back_on"]) == (
        "Kim Reyes, agent",
        "2026-03-02",
        "2026-03-02",
    )


async def test_only_a_promise_of_this_case_and_vendor_is_taken_back(room):
    told = await room.open()
    other = await room.open()
    elsewhere = await room.promise(other)
    ours = await room.promise(told, debtor={"kind": "vendor", "key": "acme"})
    for retracts in (elsewhere["id"], ours["id"], told["id"]):
        answer = await room.act(told, "denials", said(retracts=retracts))
        assert (answer.status_code, pointers(answer)) == (409, ["/retracts"])
    assert await room.list(told, "denials") == []


async def test_what_is_learned_later_is_judged_anew_and_the_first_judgement_is_kept(room):
    told = await room.open()
    denial = await room.do(told, "denials", said("shortage_notice_window"))
    assert denial["judgement"]["applicable"] == "unknown"
    window = {"value": 48, "unit": "hours", "anchor": "delivery"}
    await room.terms(shortage_notice={"window": window})
    await room.deliver()
    path = f"denials/{denial['id']}/judge"
    anew = await room.do(told, path)
    assert anew["judgement"]["applicable"] == "yes"
    assert [each["applicable"] for each in anew["judgements"]] == ["unknown", "yes"]
    assert [each["vendor_terms"] is None for each in anew["judgements"]] == [True, False]
    assert (await room.list(told, "denials")) == [anew]
    await room.run_jobs()
    events = await room.ask("events", subject=f"discrepancies/{told['id']}", limit=200)
    types = [event["type"] for event in events]
    assert types.count("discrepancies.denied") == 1
    assert types.count("discrepancies.judged") == 2


async def test_a_denial_of_another_discrepancy_is_not_found(room):
    told, other = await room.open(), await room.open()
    denial = await room.do(told, "denials", said())
    answer = await room.act(other, f"denials/{denial['id']}/judge")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("but", "status", "pointer"),
    [
        ({"by": {"vendor": "nobody", "role": "distributor"}}, 409, "/by/vendor"),
        ({"by": {"vendor": "bigdist", "role": "manufacturer"}}, 409, "/by/role"),
        ({"said_at": "2026-04-01T00:00:00Z"}, 409, "/said_at"),
        ({"words": " "}, 422, "/words"),
        ({"words": "a\x00b"}, 422, "/words"),
        ({"channel": "smoke"}, 422, "/channel"),
        ({"by_name": None, "by_role": None}, 422, ""),
    ],
)
async def test_a_denial_that_cannot_be_is_pointed_at(room, but, status, pointer):
    answer = await room.act(await room.open(), "denials", said(**but))
    assert (answer.status_code, pointers(answer)) == (status, [pointer])


async def test_where_it_was_left_and_the_invoice_are_facts(room, client):
    await room.deliver(left_at="With a neighbour", signed_by="M. Ross")
    told = await room.open()
    photo = await client.post(
        "/v1/files", files={"file": ("invoice.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")}
    )
    assert photo.is_success, photo.text
    case = {"id": told["case"]["id"]}
    added = await Cases(client).act(case, "files", file_id=photo.json()["id"], what="invoice")
    assert added.is_success, added.text
    facts = (await room.do(told, "denials", said("proof_of_delivery")))["judgement"]["facts"]
    assert (facts["left_at"], facts["has_proof_of_delivery"]) == ("elsewhere", True)
    assert facts["has_proof_of_purchase"] is True


async def test_a_refusal_is_kept_after_the_end_too(room):
    await room.erp.tell("shipments/S-1", sent(packed(content(2))))
    told = await room.open(lines=[told_line()])
    await room.settled(told)
    denial = await room.do(told, "denials", said())
    assert denial["judgement"]["applicable"] == "no"
