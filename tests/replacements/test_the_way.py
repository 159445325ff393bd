"""The vendor ships first; the customer is made whole; the dead unit goes back; all is closed."""

import asyncio

from tests.claims.room import SERIAL, said
from tests.replacements.room import BACK, NEW, OUT, RMA


async def test_asked_for_granted_shipped_delivered_returned_and_closed(desk):
    await desk.offer()
    told = await desk.ask_first()
    assert (told["number"][:3], told["state"], told["outbound"]) == (
        "AR-",
        "requested",
        "requested",
    )
    assert told["entitlement"]["answer"] == "yes"
    assert told["goes_back"] == {"product": "R900", "serial": SERIAL, "unit": "u1"}

    granted = await desk.approved(told)
    assert (granted["state"], granted["rma"]) == ("approved", RMA)
    assert (await desk.claim_of(told))["authorization"] == "authorized"

    assert (await desk.shipped(told))["state"] == "shipped"
    there = await desk.delivered(told)
    assert (there["state"], there["return_leg"]) == ("delivered", "awaiting_return")
    case = await desk.read(f"cases/{there['case']['id']}")
    assert case["state"] == "made_whole"
    assert case["made_whole_at"] == "2026-03-04T15:00:00Z"

    assert (await desk.sent_back(told))["state"] == "return_in_transit"
    back = await desk.came_back(told)
    assert (back["state"], back["late_clock_stopped_at"]) == (
        "return_delivered",
        "2026-03-09T15:00:00Z",
    )
    assert back["risk_ended_at"] is None
    await desk.till("2026-03-10T10:00:00Z")
    over = await desk.step(told, "return/received", said("2026-03-10T09:00:00Z", serials=[SERIAL]))
    assert (over["state"], over["outcome"], over["is_open"]) == ("closed", "returned", False)
    assert over["risk_ended_at"] == "2026-03-10T09:00:00Z"
    claim = await desk.claim_of(told)
    assert (claim["settlement"], claim["return_leg"]) == ("replaced", "received_by_vendor")
    assert (await desk.debt(told, "return"))["state"] == "kept"


async def test_there_is_one_debt_to_send_the_unit_back(desk):
    await desk.offer()
    claim = await desk.claimed()
    await desk.do(claim, "authorize", said(rma=RMA, valid_until="2026-04-01"))
    assert "return" in [due["purpose"] for due in (await desk.get(claim))["dues"]]
    told = await desk.delivered(await desk.ask_first(claim))
    assert "return" not in [due["purpose"] for due in (await desk.get(claim))["dues"]]
    debts = await desk.ask("obligations", case_id=claim["case"]["id"], kind="return_goods")
    live = [each for each in debts if each["state"] in {"open", "conditional"}]
    assert [each["due_at"] for each in live] == ["2026-03-14T23:59:59.999999Z"]
    assert live[0]["id"] == (await desk.debt(told, "return"))["id"]


async def test_where_it_comes_to_nothing_the_claim_owes_the_return_again(desk):
    await desk.offer()
    claim = await desk.claimed()
    await desk.do(claim, "authorize", said(rma=RMA, valid_until="2026-04-01"))
    told = await desk.ask_first(claim)
    assert "return" not in [due["purpose"] for due in (await desk.get(claim))["dues"]]
    denied = await desk.step(told, "deny", said(words="None in stock."))
    assert (denied["state"], denied["outcome"], denied["is_open"]) == ("denied", "denied", False)
    assert "return" in [due["purpose"] for due in (await desk.get(claim))["dues"]]


async def test_of_two_replacements_for_one_unit_at_once_exactly_one_is_taken(desk):
    await desk.offer()
    claim = await desk.claimed()
    answers = await asyncio.gather(*(desk.try_ask(claim) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    (problem,) = {each.json()["type"] for each in answers if each.status_code == 409}
    assert problem == "/problems/replacement-running"


async def test_a_second_is_taken_once_the_first_was_denied_or_cancelled(desk):
    await desk.offer()
    claim = await desk.claimed()
    first = await desk.ask_first(claim)
    await desk.step(first, "deny", said(words="None in stock."))
    second = await desk.ask_first(claim)
    await desk.step(second, "cancel", {"by_name": "Ana Ruiz", "words": "Another door."})
    assert (await desk.ask_first(claim))["follows_id"] is None


async def test_of_two_who_approve_at_once_one_is_written(desk):
    await desk.offer()
    told = await desk.ask_first()
    body = said(rma=RMA)
    answers = await asyncio.gather(*(desk.swap(told, "approve", body) for _ in range(3)))
    assert {each.status_code for each in answers} == {200}
    facts = [each["fact"] for each in (await desk.shown(told))["facts"]]
    assert facts.count("approved") == 1


async def test_of_two_who_cancel_at_once_exactly_one_does(desk):
    await desk.offer()
    told = await desk.ask_first()
    body = {"by_name": "Ana Ruiz", "words": "It was the cord."}
    answers = await asyncio.gather(*(desk.swap(told, "cancel", body) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409]
    (problem,) = {each.json()["type"] for each in answers if each.status_code == 409}
    assert problem == "/problems/illegal-step"


async def test_what_was_shipped_cannot_be_denied_and_the_word_is_kept(desk):
    await desk.offer()
    told = await desk.shipped()
    await desk.till("2026-03-03T09:00:00Z")
    late = await desk.step(told, "deny", said("2026-03-03T08:00:00Z", words="Sorry, no."))
    assert late["state"] == "shipped"
    assert [each["counts"] for each in late["facts"] if each["fact"] == "denied"] == [False]


async def test_news_in_any_order_and_twice_leave_it_the_same(desk):
    await desk.offer()
    lines = [[{"serial": SERIAL}], [{"serial": "FTX1234A5BD"}]]
    told = [await desk.ask_first(await desk.claimed(lines=each)) for each in lines]
    desk.clock.advance(days=20)

    async def back(each, number):
        body = {"tracking_number": number, "carrier": "UPS", "sent_at": "2026-03-06T15:00:00Z"}
        await desk.step(each, "return/parcels", body)

    def news(each, n):
        out, way_back = f"1ZOUT{n}", f"1ZBACK{n}"
        serial = each["goes_back"]["serial"]
        shipped = {"tracking_number": out, "carrier": "UPS", "serial": f"NEW{n}"}
        return [
            lambda: desk.step(each, "approve", said("2026-03-02T10:00:00Z", rma=f"RMA {n}")),
            lambda: desk.step(each, "ship", said("2026-03-02T15:00:00Z", **shipped)),
            lambda: desk.deliver(out, "2026-03-04T15:00:00Z"),
            lambda: back(each, way_back),
            lambda: desk.deliver(way_back, "2026-03-09T15:00:00Z"),
            lambda: desk.step(
                each, "return/received", said("2026-03-10T09:00:00Z", serials=[serial])
            ),
        ]

    ends = []
    for each, order in zip(told, [[0, 1, 2, 3, 4, 5], [5, 4, 2, 1, 1, 0, 3, 4, 5]], strict=True):
        steps = news(each, len(ends) + 1)
        for place in order:
            if place == 3:
                await steps[3]()
            else:
                await steps[place]()
        now = await desk.shown(each)
        dues = sorted((due["purpose"], due["state"], due["due_at"]) for due in now["dues"])
        names = ("state", "outbound", "return_leg", "charge", "return_by", "outcome")
        clocks = (now["late_clock_stopped_at"], now["risk_ended_at"])
        ends.append((*(now[name] for name in names), clocks, dues))
    assert ends[0][0] == "closed"
    assert ends[0] == ends[1]


async def test_parcels_told_at_the_claim_are_followed_here_too(desk):
    await desk.offer()
    told = await desk.delivered()
    claim = {"id": told["claim_id"]}
    await desk.till("2026-03-06T16:00:00Z")
    body = {"tracking_number": BACK, "carrier": "UPS", "sent_at": "2026-03-06T15:00:00Z"}
    await desk.do(claim, "return/parcels", body)
    await desk.run_jobs()
    assert (await desk.shown(told))["state"] == "return_in_transit"
    await desk.till("2026-03-10T10:00:00Z")
    await desk.do(claim, "return/received", said("2026-03-10T09:00:00Z", serials=[SERIAL]))
    await desk.run_jobs()
    assert (await desk.shown(told))["state"] == "closed"


async def test_units_tell_which_stands_in_for_which(desk):
    await desk.offer()
    await desk.delivered()
    unit = {"serial": NEW, "product": "R900", "customer": "dana"}
    await desk.erp.tell("units/u9", unit)
    await desk.run_jobs()
    now = await desk.read("units/u9")
    assert now["replaces"]["unit"] == "u1"
    assert now["holder"]["key"] == "dana"


_NOT_THEN = (
    ("approve", {"at": "2027-01-01T00:00:00Z"}),
    ("approve", {"at": "2020-01-01T00:00:00Z"}),
    ("ship", {"at": "2027-01-01T00:00:00Z"}),
    ("return/received", {"at": "2027-01-01T00:00:00Z"}),
    ("arrived", {"at": "2027-01-01T00:00:00Z", "outcome": "dead"}),
    ("cancel", {"at": "2027-01-01T00:00:00Z", "by_name": "Ana", "words": "No."}),
)


async def test_what_cannot_have_been_then_is_pointed_at(desk):
    told = await desk.ask_first()
    for what, body in _NOT_THEN:
        problem = await desk.turned_down(told, what, body)
        assert problem["type"] == "/problems/impossible-moment", what
        assert [error["pointer"] for error in problem["errors"]] == ["/at"], what
    assert (await desk.shown(told))["state"] == "requested"


async def test_what_its_carrier_tells_too_early_makes_her_whole_once_it_has_come(desk):
    await desk.offer()
    told = await desk.shipped()
    await desk.deliver(OUT, "2026-03-04T15:00:00Z")
    case = f"cases/{told['case']['id']}"
    assert (await desk.read(case))["state"] == "open"
    await desk.till("2026-03-04T15:00:01Z")
    await desk.run_jobs()
    assert (await desk.read(case))["state"] == "made_whole"
    assert (await desk.debt(told, "return"))["state"] == "open"
