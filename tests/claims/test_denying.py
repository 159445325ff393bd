"""A vendor refuses: kept, judged, appealed against with the judgement, and counted."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from app.claims.denying.history import select_history
from tests.claims.room import NOW, OTHER, SERIAL, refused, said

DOA = {"value": 30, "unit": "days", "anchor": "shipment"}


async def denied(room, ground="box_opened", /, **but):
    told = await room.submitted(**but)
    return told, await room.do(told, "denials", refused(ground))


@pytest.mark.parametrize("ground", ["box_opened", "non_returnable"])
async def test_under_doa_terms_an_opened_box_and_a_policy_are_no_grounds(room, ground):
    await room.terms(doa_window=DOA)
    told, denial = await denied(room, ground)
    assert (denial["ground"], denial["words"]) == (ground, "The box has been opened.")
    judged = denial["judgement"]
    assert (judged["applicable"], judged["by"][0]["standing"]) == ("no", "met")
    assert judged["vendor_terms"]["key"] == "big"
    assert judged["facts"]["reported"] == NOW
    now = await room.get(told)
    assert (now["authorization"], now["x12"]["disposition"]) == ("denied", "RD")
    assert (await room.due(told, "answer"))["state"] == "kept"


async def test_a_number_that_lapsed_is_judged_by_the_day_it_was_given(room):
    validity = {"value": 10, "unit": "days", "anchor": "rma_issue"}
    await room.terms(rma_validity=validity)
    told = await room.submitted()
    await room.do(told, "authorize", said(rma="RMA 8123"))
    room.clock.advance(days=20)
    sent = {"tracking_number": "1Z999BB202", "sent_at": "2026-03-06T15:00:00Z"}
    await room.do(told, "return/parcels", sent)
    late = said("2026-03-20T09:00:00Z", words="Your RMA has expired.", ground="rma_lapsed")
    denial = await room.do(told, "denials", late)
    assert denial["judgement"]["applicable"] == "no"
    assert denial["judgement"]["by"][0]["anchor_on"] == "2026-03-02"


async def test_a_time_limit_is_checked_against_its_anchor_and_the_dates(room):
    await room.terms(doa_window={"value": 2, "unit": "days", "anchor": "shipment"})
    told, denial = await denied(room, "time_limit")
    judged = denial["judgement"]
    assert (judged["applicable"], judged["by"][0]["last_on"]) == ("yes", "2026-02-26")
    assert denial["x12_response"] == "RT"
    assert (await room.get(told))["x12"]["response"] == "RT"
    await room.terms(doa_window=DOA)
    anew = await room.do(told, f"denials/{denial['id']}/judge")
    assert [each["applicable"] for each in anew["judgements"]] == ["yes", "no"]


async def test_an_appeal_goes_out_with_the_judgement_and_an_answer_is_owed_anew(room):
    await room.terms(doa_window=DOA)
    told, denial = await denied(room)
    room.clock.advance(hours=1)
    body = {"by_name": "Ana Ruiz", "channel": "fax", "words": "Please look again."}
    answers = await asyncio.gather(*(room.act(told, "appeal", body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    now = await room.get(told)
    assert (now["authorization"], now["is_open"]) == ("appealed", True)
    states = [due["state"] for due in now["dues"] if due["purpose"] == "answer"]
    assert states == ["kept", "open"]
    (shown,) = await room.ask(f"claims/{told['id']}/denials")
    (appeal,) = shown["appeals"]
    assert appeal["judgement_id"] == shown["judgement"]["id"] != denial["judgement"]["id"]
    assert "no return policy" in appeal["letter"] or "neither an opened box" in appeal["letter"]
    assert "not legal advice" in appeal["letter"]


async def test_only_what_was_refused_or_left_out_is_appealed_against(room):
    told = await room.submitted()
    assert (await room.illegal(told, "appeal", {}))["now"] == "submitted"
    odd = {"denial_id": told["id"]}
    await room.do(told, "denials", refused())
    assert (await room.illegal(told, "appeal", odd))["errors"][0]["pointer"] == "/denial_id"


async def test_a_denied_unit_can_be_claimed_at_another_door_but_then_not_appealed(room):
    case = await room.case()
    told = await room.submitted(case)
    await room.do(told, "denials", refused())
    door = {"vendor": "acme", "role": "manufacturer"}
    loss = told["lines"][0]["loss_id"]
    lines = [{"serial": SERIAL, "loss_id": loss}]
    other = await room.submitted(case, door=door, kind="warranty", lines=lines)
    assert other["lines"][0]["loss_id"] == loss
    problem = await room.illegal(told, "appeal", {})
    assert problem["type"] == "/problems/unit-claimed-twice"


async def test_the_same_refusal_told_twice_is_once(room):
    told, denial = await denied(room)
    again = await room.do(told, "denials", refused())
    assert again["id"] == denial["id"]
    assert len(again["judgements"]) == 1
    assert len((await room.get(told))["facts"]) == 2


async def test_of_two_who_tell_or_judge_one_refusal_at_once_exactly_one_does(room):
    told = await room.submitted()
    answers = await asyncio.gather(*(room.act(told, "denials", refused()) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {201}
    (denial,) = await room.ask(f"claims/{told['id']}/denials")
    assert len(denial["judgements"]) == 1
    await room.terms(doa_window=DOA)
    judge = f"denials/{denial['id']}/judge"
    await asyncio.gather(*(room.act(told, judge) for _ in range(3)))
    (anew,) = await room.ask(f"claims/{told['id']}/denials")
    assert [each["applicable"] for each in anew["judgements"]] == ["unknown", "no"]


async def test_vendors_change_their_grounds(room):
    told, _ = await denied(room)
    await room.do(told, "denials", refused("non_returnable", at="2026-03-02T09:01:00Z"))
    grounds = [each["ground"] for each in await room.ask(f"claims/{told['id']}/denials")]
    assert grounds == ["box_opened", "non_returnable"]


async def test_a_denial_is_held_against_how_this_vendor_fared_with_its_ground_before(room):
    async def once(serial, *, days=None):
        told = await room.submitted(lines=[{"serial": serial}])
        at = room.clock.now()
        shown = await room.do(told, "denials", refused("Box Opened ", at=at.isoformat()))
        if days is None:
            await room.do(told, "withdraw", {"by_name": "Ana", "words": "Not worth it."})
            return shown
        await room.do(told, "appeal", {})
        room.clock.advance(days=days)
        await room.do(told, "authorize", said(room.clock.now().isoformat(), remedy="credit"))
        await room.do(
            told,
            "settle",
            {
                "settlement": "written_off",
                "note": "Only to free the unit.",
                "by_name": "Ana",
                "at": room.clock.now().isoformat(),
            },
        )
        room.clock.advance(hours=1)
        return shown

    await once(SERIAL, days=9)
    await once(SERIAL, days=3)
    await once(SERIAL, days=11)
    last = await once(OTHER)
    history = last["history"]
    assert (history["denials"], history["appealed"], history["reversed_on_appeal"]) == (4, 3, 3)
    assert history["median_days_to_reverse"] == 9.0
    assert history["sentence"] == "4 such denials, 3 reversed on appeal, 9 days median."


async def test_a_vendors_history_is_counted_from_an_index(room, runtime):
    await denied(room)
    async with runtime.transaction() as session:
        await session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        vendor_id = await session.scalar(sa.text("SELECT id FROM vendors WHERE key = 'bigdist'"))
        query = select_history([(vendor_id, "box_opened")])
        text = str(
            query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        )
        rows = await session.execute(sa.text("EXPLAIN " + text.replace(":", "\\:")))
        plan = "\n".join(row[0] for row in rows)
    assert "ix_claim_denials_history" in plan, plan


async def test_a_promise_is_held_against_a_refusal(room):
    told = await room.submitted()
    promise = {
        "kind": "deliver_goods",
        "debtor": {"kind": "vendor", "key": "bigdist"},
        "quantity": 1,
        "promise": {
            "by_name": "Kim Reyes",
            "said_at": NOW,
            "channel": "phone",
            "words": "We will swap it.",
        },
        "about": {"case_id": told["case"]["id"]},
    }
    answer = await room.client.post("/v1/obligations", json=promise)
    assert answer.status_code == 201, answer.text
    room.clock.advance(hours=1)
    at = (room.clock.now() - timedelta(minutes=1)).isoformat()
    denial = await room.do(told, "denials", refused("promise_not_authorized", at=at))
    assert denial["judgement"]["applicable"] == "no"
    assert denial["judgement"]["outweighed"]["by"] == "Kim Reyes"
