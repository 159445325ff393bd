"""A discrepancy is opened on a case: what follows from it, and what is refused."""

import asyncio

from tests.discrepancies.room import NOW, TEN, TWENTY, packed, sent, told_line
from tests.orders.documents import ADDRESS, content, line, order, pointers


async def test_what_is_missing_is_lost_in_the_ledger_and_the_recovery_begins(room):
    case = await room.case()
    told = await room.open(case, note="The box was closed.")
    assert (told["number"][:2], told["state"], told["settlement"]) == ("D-", "open", None)
    assert (told["case"]["id"], told["case"]["number"]) == (case["id"], case["number"])
    assert (told["shipment"], told["supplier"], told["reported_at"]) == ("S-1", "bigdist", NOW)
    (differs,) = told["lines"]
    assert (differs["order"], differs["key"]) == (TEN, "PO-1/10")
    assert (differs["product"], differs["quantity"]) == ("R900", 1)
    assert differs["unit_value"] == {"amount": "129.00", "currency": "USD"}
    loss = await room.read(f"losses/{differs['loss']['id']}")
    assert (loss["quantity"], loss["value"]["amount"], loss["remaining_quantity"]) == (
        1,
        "129.00",
        1,
    )
    assert loss["about"]["case_id"] == case["id"]
    assert loss["about"]["shipment"] == "S-1"
    assert (await room.cases.get(case))["recovery"] == "open"
    assert await room.get(told) == told


async def test_each_line_has_a_loss_of_its_own(room):
    await room.erp.tell("shipments/S-1", sent(packed(content(2), content(5, "20"))))
    told = await room.open(
        lines=[told_line(), told_line(TWENTY, 3, unit_value={"amount": "7.50", "currency": "EUR"})]
    )
    first, second = (each["loss"] for each in told["lines"])
    assert first["id"] != second["id"]
    assert (second["remaining_quantity"], second["remaining_value"]) == (
        3,
        {"amount": "22.5", "currency": "EUR"},
    )


async def test_a_worth_beyond_what_can_be_told_is_no_worth(room):
    most = {"amount": "999999999999999.9999", "currency": "USD"}
    told = await room.open(lines=[told_line(quantity=2, unit_value=most)])
    loss = told["lines"][0]["loss"]
    assert (loss["remaining_quantity"], loss["remaining_value"]) == (2, None)
    answer = await room.settle(told, "credited")
    assert (answer.status_code, pointers(answer)) == (409, ["/amount"])
    assert (await room.settled(told))["state"] == "settled"


async def test_more_than_was_ordered_or_shipped_is_pointed_at(room):
    await room.erp.tell("shipments/S-1", sent(packed(content(1))))
    ordered, at = await room.refused(409, lines=[told_line(quantity=3)])
    assert (ordered, at) == ("contradicts-shipment", ["/lines/0/quantity"])
    answer = await room.try_open(await room.case(), lines=[told_line(quantity=2)])
    assert answer.json()["errors"] == [
        {
            "pointer": "/lines/0/quantity",
            "detail": "the shipment holds 1 of line '10' of 'PO-1', not 2",
            "most": 1,
        }
    ]


async def test_a_line_that_the_shipment_does_not_hold_is_pointed_at(room):
    assert await room.refused(409, lines=[told_line(TWENTY)]) == (
        "contradicts-shipment",
        ["/lines/0/order"],
    )


async def test_where_nobody_says_what_is_in_it_all_that_was_ordered_may_be_missing(room):
    await room.erp.tell("shipments/S-1", sent(packed() | {"contents": None}))
    told = await room.open(lines=[told_line(quantity=2)])
    assert told["verdict"]["at_last_weighing"]["support"] == "inconclusive"
    assert any("Nobody says what is in 1" in note for note in told["verdict"]["notes"])
    assert (await room.refused(409, lines=[told_line(quantity=3)]))[1] == ["/lines/0/quantity"]


async def test_what_is_lost_already_is_not_lost_twice(room):
    await room.open(lines=[told_line(quantity=2)])
    assert await room.refused(409) == ("contradicts-shipment", ["/lines/0/quantity"])


async def test_of_two_who_open_for_the_same_units_at_once_exactly_one_does(room):
    for key in ("S-2", "S-3", "S-4", "S-5"):
        po = f"PO-{key}"
        await room.erp.tell(f"purchase-orders/{po}", order(line("10")))
        await room.erp.tell(
            f"shipments/{key}", sent(packed(content(2, "10", po), tracking=f"1Z{key}"))
        )
        named = {"purchase_order": po, "line": "10"}
        lines = [told_line(named, 2)]
        cases = [await room.case(shipment=key, order_line=named) for _ in range(2)]
        answers = await asyncio.gather(
            *[room.try_open(case, shipment=key, lines=lines) for case in cases]
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert len(await room.ask("discrepancies", shipment=key)) == 1


async def test_what_came_too_much_has_no_bound_and_is_ours_to_give_back(room):
    case = await room.case(kind="over_shipment")
    told = await room.open(case, kind="over_shipment", lines=[told_line(quantity=7)])
    (differs,) = told["lines"]
    assert differs["loss"] is None
    debt = await room.read(f"obligations/{differs['debt_id']}")
    assert (debt["kind"], debt["debtor"]["kind"], debt["creditor"]["key"]) == (
        "return_goods",
        "us",
        "bigdist",
    )
    assert (debt["quantity"], told["verdict"]) == (7, None)
    assert "came too much" in told["verdict_note"]
    assert (await room.cases.get(case))["recovery"] == "none"


async def test_a_closed_case_is_refused(room):
    case = await room.case()
    await room.cases.do(case, "close", reason="withdrawn")
    assert await room.refused(409, case) == ("case-is-closed", ["/case_id"])


async def test_a_kind_that_is_not_what_the_case_is_about_is_refused(room):
    assert await room.refused(409, kind="damage") == ("unfit-kind", ["/kind"])
    assert await room.refused(409, await room.case(kind="price")) == ("unfit-kind", ["/kind"])
    told = await room.open(await room.case(kind="other"), kind="damage")
    assert (told["verdict"], told["verdict_note"]) == (None, "A weight says nothing of a damage.")


async def test_a_cancelled_shipment_is_refused(room):
    case = await room.case()
    await room.erp.tell("shipments/S-1", sent(cancelled_at=NOW))
    kind, at = await room.refused(409, case)
    assert (kind, at[0]) == ("contradicts-shipment", "/shipment")


async def test_another_shipment_than_the_cases_is_refused(room):
    await room.erp.tell("shipments/S-2", sent(packed(content(1, "20"), tracking="1Z2")))
    assert await room.refused(409, shipment="S-2", lines=[told_line(TWENTY)]) == (
        "contradicts-shipment",
        ["/shipment"],
    )


async def test_a_line_of_another_customer_or_vendor_is_refused(room):
    drop = {"customer": "omar", "address": ADDRESS}
    await room.erp.tell("purchase-orders/PO-9", order(line("1", drop_ship=drop), supplier="acme"))
    other = {"purchase_order": "PO-9", "line": "1"}
    contents = (content(2), content(1, "1", "PO-9"))
    await room.erp.tell("shipments/S-1", sent(packed(*contents)))
    assert await room.refused(409, lines=[told_line(), told_line(other)]) == (
        "contradicts-shipment",
        ["/lines/1/order", "/lines/1/order"],
    )


async def test_what_was_never_sent_is_pointed_at(room):
    nobody = {"id": "01980c1e-7e5a-7000-8000-000000000001"}
    assert await room.refused(409, nobody) == ("unknown-reference", ["/case_id"])
    lines = [told_line(TEN | {"line": "99"})]
    assert await room.refused(409, shipment="S-9", lines=lines) == (
        "unknown-reference",
        ["/shipment", "/lines/0/order"],
    )


async def test_what_contradicts_itself_is_malformed(room):
    for but in (
        {"lines": []},
        {"lines": [told_line(), told_line()]},
        {"lines": [told_line(received="A toaster")]},
        {"lines": [told_line(quantity=0)]},
        {"note": "a\x00b"},
        {"kind": "theft"},
    ):
        answer = await room.try_open(await room.case(), **but)
        assert answer.status_code == 422, answer.text
    answer = await room.try_open(await room.case(), reported_at="2026-04-01T00:00:00Z")
    assert answer.json()["errors"][0]["pointer"] == "/reported_at"


async def test_one_that_is_still_moving_is_early_until_it_is_delivered(room):
    told = await room.open()
    assert told["is_early"] is True
    assert "still on the way" in told["early_note"]
    assert "once the carrier says delivered or returned" in told["early_note"]
    assert told["early_note"] in told["next_steps"]
    await room.deliver()
    told = await room.get(told)
    assert (told["is_early"], told["early_note"]) == (False, None)
    (parcel,) = told["parcels"]
    assert (parcel["status"], parcel["left_at"]) == ("delivered", "unknown")


async def test_a_wrong_item_says_what_came_instead(room):
    case = await room.case(kind="wrong_item")
    told = await room.open(case, kind="wrong_item", lines=[told_line(received="An R700.")])
    assert told["lines"][0]["received"] == "An R700."
    assert "what came instead" in told["verdict_note"]


async def test_the_case_tells_of_it_in_its_timeline(room):
    case = await room.case(shipment=None, order_line=None)
    await room.open(case)
    await room.run_jobs()
    await room.weigh(1620)
    await room.run_jobs()
    types = [event["type"] for event in (await room.cases.timeline(case, limit=200))["items"]]
    assert {"discrepancies.opened", "obligations.loss_opened", "parcels.weighed"} <= set(types)
    assert types.count("discrepancies.weighed") == 2


async def test_discrepancies_are_found_by_what_is_known_of_them(room):
    await room.erp.tell("shipments/S-2", sent(packed(content(1, "20"), tracking="1Z2")))
    case = await room.case()
    other = await room.case(shipment="S-2", order_line=TWENTY, kind="damage")
    one = await room.open(case)
    two = await room.open(other, shipment="S-2", kind="damage", lines=[told_line(TWENTY)])
    await room.settled(two, "written_off", note="Not worth it.")

    async def numbers(**params):
        return [each["number"] for each in await room.ask("discrepancies", **params)]

    first, second = one["number"], two["number"]
    assert await numbers() == [first, second]
    assert await numbers(case_id=case["id"]) == [first]
    assert await numbers(shipment="S-2") == [second]
    assert await numbers(kind="damage") == [second]
    assert await numbers(state="open") == [first]
    assert await numbers(number=first.replace("-", " ").lower()) == [first]
    assert await numbers(shipment="nobody") == []
