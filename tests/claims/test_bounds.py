"""What is told of a claim can be odd: it is refused with a pointer, or counted; nothing breaks."""

from tests.claims.room import SAID, SERIAL, TEN, TWENTY, said
from tests.orders.documents import content, line, order, package, shipment

ALL = {"value": 30, "unit": "days", "anchor": "shipment"}
CHEAP = {"purchase_order": "PO-9", "line": "10"}


def usd(amount):
    return {"amount": amount, "currency": "USD"}


async def _order_for(room, price):
    hers = {"customer": "dana", "address": {"city": "Springfield"}}
    lines = line("10", quantity=2, unit_price=usd(price), drop_ship=hers)
    await room.erp.tell("purchase-orders/PO-9", order(lines, ordered_on="2026-02-20"))


async def test_what_failed_did_so_after_it_was_ordered_and_not_decades_ago(room):
    case = await room.case()
    for found_at in ("1900-01-01T00:00:00Z", "2026-02-18T23:59:59Z"):
        told = await room.refused(409, case, found_at=found_at)
        assert told == ("impossible-moment", ["/found_at"])
    # It was the 19th still, or the 20th already, where it failed.
    await room.open(case, found_at="2026-02-19T12:00:00Z")
    unsold = {"serial": "NOBODY1", "product": "R900"}
    door = {"vendor": "bigdist", "role": "distributor"}
    told = await room.refused(409, case, lines=[unsold], door=door, found_at="1999-01-01T00:00:00Z")
    assert told == ("impossible-moment", ["/found_at"])


async def test_a_consent_ends_neither_before_it_begins_nor_in_another_age(room):
    told = await room.submitted()
    for day in ("2026-03-01", "2028-03-03", "9999-12-31"):
        problem = await room.illegal(told, "authorize", said(rma="RMA 1", valid_until=day))
        assert problem["type"] == "/problems/contradicts-claim"
        assert [each["pointer"] for each in problem["errors"]] == ["/valid_until"]
    last = await room.do(told, "authorize", said(rma="RMA 1", valid_until="2028-03-01"))
    assert last["rma"]["lapses_at"] == "2028-03-01T23:59:59.999999Z"


async def test_nothing_is_worth_more_than_can_be_counted(room):
    case = await room.case()
    lines = [{"order": TWENTY, "quantity": 5, "unit_value": usd("200000000000000")}]
    told = await room.refused(409, case, lines=lines)
    assert told == ("contradicts-claim", ["/lines/0/unit_value"])
    claim = await room.submitted(case, lines=[{"order": TWENTY, "quantity": 5}])
    body = said(remedy="credit", allowance=usd("200000000000000"))
    problem = await room.illegal(claim, "authorize", body)
    assert [each["pointer"] for each in problem["errors"]] == ["/allowance"]


async def test_a_share_too_small_for_a_coin_is_no_fee(room):
    await room.terms(no_trouble_found_fee={"percent": "1"})
    await _order_for(room, "0.10")
    told = await room.submitted(lines=[{"order": CHEAP}])
    found = said(lines=[{"line": 1, "outcome": "no_trouble_found"}])
    await room.do(told, "return/inspected", found)
    (finding,) = (await room.read(f"claims/{told['id']}/return"))["findings"]
    assert (finding["fee"], finding["fee_obligation_id"]) == (None, None)


async def test_a_unit_is_not_claimed_on_a_line_of_something_else(room):
    await room.erp.tell("units/u9", {"serial": "CAB-77", "product": "CAB", "customer": "dana"})
    told = await room.refused(409, lines=[{"unit": "u9", "order": TEN}])
    assert told == ("contradicts-claim", ["/lines/0/order"])


async def test_somebody_elses_unit_is_pointed_at_by_the_name_it_was_told_under(room):
    await room.erp.tell("units/u9", {"serial": "RX-77", "product": "R900", "customer": "omar"})
    told = await room.refused(409, lines=[{"unit": "u9"}])
    assert told == ("serial-of-another", ["/lines/0/unit"])


async def test_a_packed_serial_is_found_however_people_write_it(room):
    await room.terms(doa_window=ALL)
    case = await room.case()
    for written in ("ftx 1234a5bc", "FTX-1234-A5BC", "S/N: ftx1234a5bc"):
        told = await room.open(case, lines=[{"serial": written}])
        assert (told["lines"][0]["order"], told["lines"][0]["product"]) == (TEN, "R900")
        # Its package says when it was shipped, though it writes the number otherwise.
        covered = told["entitlement"]
        assert (covered["answer"], covered["last_on"]) == ("yes", "2026-03-26"), written
        again = await room.refused(409, case, lines=[{"serial": SERIAL}])
        assert again == ("unit-claimed-twice", ["/lines/0/serial"])
        await room.do(told, "withdraw", {"by_name": "Ana", "words": "It was the cord."})


async def test_its_package_says_when_it_was_shipped_however_that_writes_the_number(room):
    await room.terms(doa_window=ALL)
    await _order_for(room, "1.00")
    one, other = (content(1, purchase_order="PO-9", serials=[x]) for x in ("ax-77-b", "ax-78-b"))
    for key, inside, at in (("S-8", one, "2026-02-24"), ("S-9", other, "2026-02-26")):
        sent = shipment(package(inside), shipped_at=f"{at}T15:00:00Z")
        await room.erp.tell(f"shipments/{key}", sent)
    told = await room.open(lines=[{"serial": "AX-78-B"}])
    assert told["lines"][0]["order"] == CHEAP
    # The other package of the line holds another one.
    assert told["entitlement"]["last_on"] == "2026-03-28"


async def test_a_later_and_larger_consent_is_owed_beyond_what_came_already(room):
    told = await room.submitted(lines=[{"order": TWENTY, "quantity": 5}])
    part = said(lines=[{"line": 1, "quantity": 2}], rma="RMA 1", return_required=False)
    await room.do(told, "authorize", part)
    came = {"settlement": "replaced", "quantity": 2, "by_name": "Ana"}
    await room.do(told, "settle", came)
    await room.do(told, "appeal", {"words": "All five failed.", "by_name": "Ana"})
    room.clock.advance(seconds=7200)
    for at, quantity, owed in (("09:30", 4, 2), ("10:00", 5, 3)):
        lines = [{"line": 1, "quantity": quantity}]
        body = said(f"2026-03-02T{at}:00Z", lines=lines, rma="RMA 1", return_required=False)
        await room.do(told, "authorize", body)
        first, more = [await room.due(told, each) for each in ("remedy", "remedy_2")]
        assert (first["state"], first["quantity"]) == ("kept", 2)
        assert (more["state"], more["quantity"]) == ("open", owed)
    await room.do(told, "settle", {**came, "quantity": 3})
    assert (await room.due(told, "remedy_2"))["state"] == "kept"
    assert (await room.get(told))["settlement"] == "replaced"


async def test_a_later_consent_to_less_takes_nothing_from_what_came(room):
    told = await room.submitted(lines=[{"order": TWENTY, "quantity": 5}], asks_for="credit")
    granted = said(allowance=usd("100.00"))
    await room.do(told, "authorize", granted)
    came = {"settlement": "credited", "amount": usd("500.00"), "by_name": "Ana"}
    await room.do(told, "settle", came)
    room.clock.advance(seconds=7200)
    await room.do(told, "authorize", said("2026-03-02T09:30:00Z", allowance=usd("90.00")))
    assert (await room.due(told, "remedy"))["state"] == "kept"
    await room.do(told, "authorize", said("2026-03-02T10:00:00Z", allowance=usd("110.00")))
    more = await room.due(told, "remedy_2")
    assert (more["state"], more["amount"]) == ("open", usd("50.00"))


async def test_what_a_carrier_tells_too_early_is_owed_otherwise_once_it_has_come(room):
    await room.terms(receipt_confirmation={"value": 2, "unit": "days", "anchor": "return_receipt"})
    told = await room.do(await room.submitted(), "authorize", said(rma="RMA 1"))
    sent = {"tracking_number": "1Z999AA10200", "carrier": "UPS", "sent_at": SAID}
    await room.do(told, "return/parcels", sent)
    await room.deliver("1Z999AA10200", "2026-03-03T12:00:00Z")
    assert (await room.due(told, "return"))["state"] == "open"
    room.clock.advance(days=2)
    await room.run_jobs()
    back = await room.due(told, "return")
    assert back["state"] == "kept"


async def test_what_was_repaired_is_here_again_and_may_fail_once_more(room):
    unit = {"serial": SERIAL, "product": "R900", "customer": "dana", "order_line": TEN}
    await room.erp.tell("units/u1", unit)
    told = await room.submitted(asks_for="repair", kind="warranty")
    await room.do(told, "authorize", said(rma="RMA 8123"))
    sent = {"tracking_number": "1Z999AA10200", "carrier": "UPS", "sent_at": SAID}
    await room.do(told, "return/parcels", sent)
    assert (await room.read("units/u1"))["went_back"]["rma"] == "RMA 8123"
    room.clock.advance(days=14)
    await room.do(told, "settle", {"settlement": "repaired", "by_name": "Ana"})
    assert (await room.read("units/u1"))["went_back"] is None
    await room.open(kind="warranty")
