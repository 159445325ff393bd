"""What a vendor's charge model needs is asked for; what came dead or wrong is asked for again."""

import pytest

from tests.claims.room import OTHER, SERIAL, said
from tests.orders.documents import pointers
from tests.replacements.room import CISCO, NEW, OUT, SECOND

NOTHING = "01980c1e-7e5a-7000-8000-000000000009"


def secured(security=None, model="bill_on_default"):
    charge = {"model": model, "basis": "list_price"}
    return CISCO | {"charge": charge | ({"security": security} if security else {})}


@pytest.mark.parametrize(
    ("offered", "pointer", "given"),
    [
        (secured("purchase_order"), "purchase_order", "PO/2026/204"),
        (secured("card"), "card_reference", "AUTH-77120"),
        (secured("deposit"), "deposit", {"amount": "50.00", "currency": "USD"}),
        (secured("credit_approval"), "credit_approval", "CR-1"),
        (secured(model="bill_on_ship"), "purchase_order", "PO/2026/204"),
        (secured(model="deposit_hold"), "deposit", {"amount": "50.00", "currency": "USD"}),
    ],
)
async def test_what_the_charge_model_needs_is_said_and_taken(desk, offered, pointer, given):
    await desk.offer(advance_replacement=offered)
    claim = await desk.claimed()
    answer = await desk.try_ask(claim)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/security-missing")
    assert pointers(answer) == [f"/security/{pointer}"]
    told = await desk.ask_first(claim, security={pointer: given})
    assert told["security"][pointer] == given


_NUMBERS = (
    "4111111111111111",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "auth 378282246310005",
    "４１１１１１１１１１１１１１１１",  # noqa: RUF001
)


async def test_a_cards_number_is_never_kept(desk):
    for number in _NUMBERS:
        security = {"card_reference": number, "purchase_order": number}
        answer = await desk.try_ask({"id": NOTHING}, security=security)
        told = [f"/security/{member}" for member in ("purchase_order", "card_reference")]
        assert (answer.status_code, pointers(answer)) == (422, told), number
        assert number not in answer.text


_CARD = "Charge 4111 1111 1111 1111."
_LATER_WORDS = (
    *(("", name) for name in ("our_reference", "words")),
    *((what, "words") for what in ("approve", "deny", "void", "ship", "return-by", "cancel")),
    *((f"return/{what}", "words") for what in ("received", "waived")),
    *((what, "note") for what in ("arrived", "close", "files", "return/parcels")),
    *((f"charges/{NOTHING}/{what}", "words") for what in ("dispute", "accept")),
)


async def test_nor_is_it_kept_in_any_words_then_or_later(desk):
    for what, member in _LATER_WORDS:
        path = f"/v1/replacements/{NOTHING}/{what}" if what else "/v1/replacements"
        answer = await desk.client.post(path, json={member: _CARD})
        assert answer.status_code == 422, (what, answer.text)
        told = {each["pointer"]: each["detail"] for each in answer.json()["errors"]}
        assert "card's number" in told.get(f"/{member}", ""), what
        assert "4111" not in answer.text


async def test_where_the_terms_say_no_it_is_refused_and_says_why(desk):
    await desk.offer(advance_replacement={"is_offered": False})
    answer = await desk.try_ask(await desk.claimed())
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/not-entitled")
    assert "no replacement comes first" in problem["why"]


async def test_where_nobody_knows_it_is_taken_with_a_warning(desk):
    told = await desk.ask_first()
    assert told["entitlement"]["answer"] == "unknown"
    assert "not known" in told["warnings"][0]
    assert told["return_due"]["on"] is None


async def test_it_is_asked_for_under_a_claim_that_is_pursued(desk):
    draft = await desk.open(kind="warranty")
    answer = await desk.try_ask(draft)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/claim-not-pursued")
    await desk.do(draft, "submit", {})
    await desk.do(draft, "withdraw", {"by_name": "Ana Ruiz", "words": "It was the cord."})
    over = await desk.try_ask(draft)
    assert (over.status_code, "submit another one" in over.json()["detail"]) == (409, True)
    missing = await desk.try_ask({"id": NOTHING})
    assert (missing.status_code, pointers(missing)) == (409, ["/claim_id"])


async def test_of_several_lines_one_is_named(desk):
    await desk.offer()
    claim = await desk.claimed(lines=[{"serial": SERIAL}, {"serial": OTHER}])
    assert pointers(await desk.try_ask(claim)) == ["/line"]
    assert pointers(await desk.try_ask(claim, line=3)) == ["/line"]
    first = await desk.ask_first(claim, line=1)
    second = await desk.ask_first(claim, line=2)
    assert [each["goes_back"]["serial"] for each in (first, second)] == [SERIAL, OTHER]


async def test_one_that_came_dead_is_followed_by_another_and_goes_back_itself(desk):
    await desk.offer()
    told = await desk.delivered()
    case = await desk.read(f"cases/{told['case']['id']}")
    assert case["state"] == "made_whole"
    await desk.till("2026-03-05T10:00:00Z")
    body = {"at": "2026-03-05T09:00:00Z", "outcome": "dead", "by_name": "Dana"}
    dead = await desk.step(told, "arrived", body)
    assert dead["arrival"] == "dead"
    # She waits again, and the first unit is owed back all the same.
    case = await desk.read(f"cases/{told['case']['id']}")
    assert (case["state"], case["is_customer_waiting"]) == ("open", True)
    assert (await desk.debt(told, "return"))["state"] == "open"

    claim = {"id": told["claim_id"]}
    second = await desk.ask_first(claim, follows=told["id"])
    assert second["follows_id"] == told["id"]
    assert second["goes_back"]["serial"] == NEW
    assert (await desk.try_ask(claim, follows=told["id"])).status_code == 409
    await desk.approved(second, at="2026-03-05T10:00:00Z", rma="RMA 8124")
    again = {"tracking_number": "1Z999AA10501", "serial": SECOND}
    await desk.shipped(second, at="2026-03-05T15:00:00Z", **again)
    await desk.till("2026-03-07T15:00:00Z")
    await desk.deliver("1Z999AA10501", "2026-03-07T15:00:00Z")
    second = await desk.shown(second)
    assert second["state"] == "delivered"
    case = await desk.read(f"cases/{told['case']['id']}")
    assert (case["state"], case["made_whole_at"]) == ("made_whole", "2026-03-07T15:00:00Z")
    # Two units are owed back now, each by its own day.
    assert (await desk.debt(told, "return"))["about"]["serial"] == SERIAL
    assert (await desk.debt(second, "return"))["about"]["serial"] == NEW
    for serial, key in ((NEW, "u8"), (SECOND, "u9")):
        await desk.erp.tell(f"units/{key}", {"serial": serial, "product": "R900"})
    await desk.run_jobs()
    assert (await desk.read("units/u9"))["replaces"]["unit"] == "u8"
    assert (await desk.read("units/u8"))["replaces"]["unit"] == "u1"


async def test_the_wrong_model_makes_nobody_whole_and_goes_back(desk):
    await desk.offer()
    told = await desk.delivered(product="CAB")
    case = await desk.read(f"cases/{told['case']['id']}")
    assert case["state"] == "open"
    assert "What was shipped is CAB, not R900." in told["warnings"]
    await desk.till("2026-03-05T10:00:00Z")
    body = {"at": "2026-03-05T09:00:00Z", "outcome": "wrong_model", "product": "CAB"}
    await desk.step(told, "arrived", body)
    second = await desk.ask_first({"id": told["claim_id"]})
    assert second["follows_id"] == told["id"]
    assert second["goes_back"] == {"product": "CAB", "serial": NEW, "unit": None}


async def test_what_works_is_not_followed_by_another(desk):
    await desk.offer()
    told = await desk.delivered()
    await desk.till("2026-03-05T10:00:00Z")
    await desk.step(told, "arrived", {"at": "2026-03-05T09:00:00Z", "outcome": "working"})
    answer = await desk.try_ask({"id": told["claim_id"]}, follows=told["id"])
    assert answer.json()["type"] == "/problems/replacement-running"


async def test_shipped_to_us_it_makes_nobody_whole(desk):
    await desk.offer()
    told = await desk.ask_first(ship_to="us")
    await desk.delivered(await desk.approved(told))
    case = await desk.read(f"cases/{told['case']['id']}")
    assert case["state"] == "open"
    assert (await desk.shown(told))["holder"] == {"kind": "us", "key": None}


async def test_a_deposit_is_owed_back_once_the_unit_is_there(desk):
    await desk.offer(advance_replacement=secured("deposit", "deposit_hold"))
    claim = await desk.claimed()
    money = {"amount": "50.00", "currency": "USD"}
    told = await desk.ask_first(claim, security={"deposit": money})
    told = await desk.came_back(await desk.delivered(await desk.approved(told)))
    assert (await desk.debt(told, "security"))["state"] == "conditional"
    await desk.till("2026-03-10T10:00:00Z")
    now = await desk.step(told, "return/received", said("2026-03-10T09:00:00Z", serials=[SERIAL]))
    assert now["state"] == "return_received"
    assert (await desk.debt(told, "security"))["state"] == "open"
    await desk.memo(issued_on="2026-03-20", amount="50.00")
    assert (await desk.shown(told))["state"] == "closed"


async def test_the_vendor_ships_within_its_own_time_or_is_late(desk):
    eight = {"value": 8, "unit": "hours", "anchor": "request"}
    await desk.offer(advance_replacement=CISCO | {"ships_within": eight})
    told = await desk.approved()
    debt = await desk.debt(told, "ship")
    assert (debt["debtor"]["key"], debt["due_at"]) == ("bigdist", "2026-03-02T17:00:00Z")
    await desk.shipped(told, at="2026-03-02T20:00:00Z")
    assert (await desk.debt(told, "ship"))["state"] == "kept_late"


async def test_it_is_found_by_what_people_say(desk):
    await desk.offer()
    told = await desk.shipped()
    for params in (
        {"number": told["number"].lower().replace("-", " ")},
        {"serial": f"s/n {SERIAL.lower()}"},
        {"serial": NEW},
        {"rma": "rma-8123"},
        {"claim_id": told["claim_id"]},
        {"case_id": told["case"]["id"]},
        {"vendor": "bigdist", "state": "shipped", "is_open": True},
    ):
        found = await desk.ask("replacements", **params)
        assert [each["id"] for each in found] == [told["id"]], params
    assert await desk.ask("replacements", state="closed") == []


_CANNOT_BE = (
    ("ship", said(serial=SERIAL), 409, "/serial"),
    ("ship", said(product="NONE"), 409, "/product"),
    ("ship", said(tracking_number=" - "), 409, "/tracking_number"),
    ("ship", said(tracking_number="a\x00b"), 422, "/tracking_number"),
    ("approve", said(return_by="2026-01-01"), 409, "/return_by"),
    ("approve", said(return_by="soon"), 422, "/return_by"),
    ("return-by", said(return_by="2026-02-01"), 409, "/return_by"),
    ("arrived", {"at": "2026-03-02T09:00:00Z", "outcome": "fine"}, 422, "/outcome"),
    ("files", {"file_id": NOTHING, "what": "photo"}, 409, "/file_id"),
    ("ship", said(billed={"amount": "0", "currency": "USD"}), 422, "/billed"),
    ("return/received", said(serials=["x" * 300]), 422, "/serials/0"),
)


async def test_what_cannot_be_is_pointed_at(desk):
    told = await desk.ask_first()
    for what, body, status, pointer in _CANNOT_BE:
        problem = await desk.turned_down(told, what, body, status)
        assert [error["pointer"] for error in problem["errors"]] == [pointer], body


async def test_nothing_goes_back_under_what_was_not_granted(desk):
    told = await desk.ask_first()
    body = {"tracking_number": OUT, "sent_at": "2026-03-02T09:00:00Z"}
    problem = await desk.turned_down(told, "return/parcels", body)
    assert (problem["type"], problem["now"]) == ("/problems/illegal-step", "requested")
    lost = await desk.turned_down(
        told, "return/lost", {"tracking_number": OUT, "at": body["sent_at"]}
    )
    assert lost["errors"][0]["pointer"] == "/tracking_number"
    close = await desk.turned_down(told, "close", {"by_name": "Ana", "note": "Over."})
    assert close["type"] == "/problems/replacement-still-owed"


async def test_what_does_not_exist_is_not_found(desk):
    nothing = {"id": NOTHING}
    body = {"by_name": "Ana", "words": "No."}
    assert (await desk.swap(nothing, "cancel", body)).status_code == 404
    assert (await desk.client.get(f"/v1/replacements/{NOTHING}")).status_code == 404
    told = await desk.ask_first()
    charge = await desk.turned_down(told, f"charges/{NOTHING}/dispute", body, 404)
    assert charge["type"] == "/problems/not-found"


async def test_under_a_claim_that_was_denied_it_says_that_an_appeal_comes_first(desk):
    claim = await desk.claimed()
    body = {"at": "2026-03-02T09:00:00Z", "channel": "phone", "words": "No.", "ground": "other"}
    await desk.do(claim, "denials", body)
    answer = await desk.try_ask(claim)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/claim-not-pursued")
    assert "Appeal first" in answer.json()["detail"]
