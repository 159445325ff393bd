"""A case is opened with what the customer reports, and corrected as more is known."""

import pytest

from tests.cases.calls import LINE, REPLACED, a_case
from tests.orders.documents import content, line, order, package, pointers, shipment


async def test_a_case_is_opened_and_has_a_number_to_say_over_the_phone(cases, client):
    answer = await client.post("/v1/cases", json=a_case(needed_by="2026-03-13"))
    assert answer.status_code == 201, answer.text
    case = answer.json()
    assert answer.headers["location"] == f"/v1/cases/{case['id']}"
    assert answer.headers["etag"] == '"1"'
    assert case["number"].startswith("C-")
    assert (case["state"], case["recovery"], case["is_customer_waiting"]) == ("open", "none", True)
    assert {name: case["order_line"][name] for name in LINE} == LINE
    assert (case["customer"], case["shipment"], case["quantity"]) == ("dana", "S-1", 1)
    assert (case["made_whole"], case["files"], case["remarks"]) == (None, [], [])
    assert (await client.get(answer.headers["location"])).json() == case


async def test_what_is_not_known_can_be_left_out(cases):
    only = {"order_line": None, "quantity": None, "shipment": None, "channel": None}
    case = await cases.open(**only)
    assert [case[name] for name in only] == [None] * 4
    # A quantity that nobody can hold against a line is taken as it is said.
    assert (await cases.open(**only | {"quantity": 900}))["quantity"] == 900


async def test_a_retry_with_its_idempotency_key_opens_no_second_case(cases, client):
    headers = {"Idempotency-Key": "call-1"}
    first = await client.post("/v1/cases", json=a_case(), headers=headers)
    again = await client.post("/v1/cases", json=a_case(), headers=headers)
    assert again.headers["idempotent-replay"] == "true"
    assert again.json() == first.json()
    assert len(await cases.numbers()) == 1


@pytest.mark.parametrize("said", ["C-{}", "c-{}", "C {}", "c{}", "{}", " C-{} "])
async def test_a_case_is_found_by_its_number_however_it_is_said(cases, said):
    case, _other = await cases.open(), await cases.open()
    spoken = said.format(case["number"].removeprefix("C-"))
    assert await cases.numbers(number=spoken) == [case["number"]]


async def test_a_number_that_is_none_is_refused(cases, client):
    for nonsense in ("C-", "O-12", "1042x", "٣", "9" * 19):
        answer = await client.get("/v1/cases", params={"number": nonsense})
        assert answer.status_code == 422, nonsense
    assert await cases.numbers(number="9" * 18) == []


async def test_all_that_is_unknown_is_said_at_once(cases):
    unknown = {"customer": "nobody", "shipment": "S-9", "order_line": LINE | {"line": "99"}}
    assert await cases.refused(**unknown) == (
        "unknown-reference",
        ["/customer", "/order_line/line", "/shipment"],
    )
    unknown["order_line"] = LINE | {"purchase_order": "PO-9"}
    assert (await cases.refused(**unknown))[1][1] == "/order_line/purchase_order"


async def test_a_line_that_was_taken_off_its_order_is_unknown(cases, erp):
    await erp.tell("purchase-orders/PO-2", order(line("10"), line("20")))
    await erp.tell("purchase-orders/PO-2", order(line("20")))
    gone = LINE | {"purchase_order": "PO-2"}
    assert (await cases.refused(order_line=gone))[1] == ["/order_line/line"]


async def test_a_case_cannot_be_about_more_than_was_ordered(cases):
    assert (await cases.open(quantity=2))["quantity"] == 2
    assert await cases.refused(quantity=3) == ("contradicts-order", ["/quantity"])
    # What came too much is bound by nothing that was ordered.
    assert (await cases.open(kind="over_shipment", quantity=30))["quantity"] == 30


async def test_a_line_of_another_customer_is_refused_and_one_of_nobody_is_taken(cases):
    problem = await cases.refused(customer="omar", quantity=3)
    assert problem == ("contradicts-order", ["/order_line", "/quantity", "/shipment"])
    for customer in ("dana", "omar"):
        await cases.open(customer=customer, order_line=LINE | {"line": "20"}, shipment=None)


async def test_a_shipment_all_of_which_is_for_others_is_refused(cases, erp):
    assert (await cases.refused(customer="omar", order_line=None))[1] == ["/shipment"]
    mixed = package(content(1, line="20"), content(1, line="30"))
    customers = [line("20"), line("30", customer="dana")]
    await erp.tell("purchase-orders/PO-2", order(*customers))
    for part in mixed["contents"]:
        part["purchase_order"] = "PO-2"
    await erp.tell("shipments/S-2", shipment(mixed))
    await cases.open(customer="omar", order_line=None, shipment="S-2")


async def test_what_is_odd_but_possible_is_taken_and_said(cases, erp):
    await erp.tell("shipments/S-2", shipment(package(content(1, line="20"))))
    case = await cases.open(needed_by="2026-03-01", shipment="S-2")
    assert [remark["pointer"] for remark in case["remarks"]] == ["/needed_by", "/shipment"]
    await erp.tell(
        "shipments/S-2",
        shipment(package(content(1, line="20")), cancelled_at="2026-03-01T00:00:00Z"),
    )
    bought = order(line("10", customer="dana"), line("20", quantity=5))
    await erp.tell("purchase-orders/PO-1", bought | {"cancelled_at": "2026-03-01T00:00:00Z"})
    said = {remark["pointer"]: remark["detail"] for remark in (await cases.get(case))["remarks"]}
    assert said["/shipment"] == "the shipment was cancelled"
    assert said["/order_line"] == "the line was cancelled"
    # Nobody said what is in it: no remark on that.
    await erp.tell("shipments/S-3", shipment({"key": "1", "contents": None}))
    remarks = (await cases.open(shipment="S-3"))["remarks"]
    assert [remark["pointer"] for remark in remarks] == ["/order_line"]


async def test_the_day_it_is_needed_by_is_over_only_once_it_is(cases, clock):
    case = await cases.open(needed_by="2026-03-02")
    assert case["remarks"] == []
    clock.advance(days=1)
    assert [r["pointer"] for r in (await cases.get(case))["remarks"]] == ["/needed_by"]
    await cases.do(case, "make-whole", **REPLACED)
    assert (await cases.get(case))["remarks"] == []


async def test_a_report_from_the_future_is_refused(cases, clock):
    problem = await cases.refused(reported_at="2026-03-02T09:06:00Z")
    assert problem == ("impossible-time", ["/reported_at"])
    # Clocks differ a little.
    case = await cases.open(reported_at="2026-03-02T09:04:00Z")
    assert case["customer_waited_s"] == 0


@pytest.mark.parametrize(
    "but",
    [
        {"report": "with \x00 in it"},
        {"report": "  "},
        {"report": "x" * 4001},
        {"customer": "\x00"},
        {"kind": "lost"},
        {"channel": "telepathy"},
        {"quantity": 0},
        {"quantity": 10**10},
        {"quantity": "2"},
        {"order_line": {"purchase_order": "PO-1"}},
        {"needed_by": "soon"},
        {"needed_by": 5},
        {"reported_at": "2026-03-01T09:00:00"},
        {"surprise": True},
    ],
)
async def test_what_cannot_be_kept_is_refused_with_its_place(cases, but):
    _, where = await cases.refused(422, **but)
    (name,) = but
    assert where[0].split("/")[1] == name


async def test_a_case_that_is_not_there_is_404(cases, client):
    nobody = {"id": "01890000-0000-7000-8000-000000000000"}
    assert (await client.get(f"/v1/cases/{nobody['id']}")).status_code == 404
    assert (await cases.patch(nobody, quantity=1)).status_code == 404
    bodies = {
        "make-whole": REPLACED,
        "close": {"reason": "withdrawn"},
        "reopen": {"note": "x"},
        "close-recovery": {"outcome": "recovered"},
        "notes": {"text": "x"},
        "files": {"file_id": nobody["id"], "what": "photo"},
    }
    for what, body in bodies.items():
        assert (await cases.act(nobody, what, **body)).status_code == 404, what
    for what in ("notes", "timeline"):
        assert (await client.get(f"/v1/cases/{nobody['id']}/{what}")).status_code == 404, what


async def test_a_case_is_corrected_and_the_same_again_changes_nothing(cases, erp, run_jobs):
    case = await cases.open(shipment=None, needed_by="2026-03-13")
    change = {"shipment": "S-1", "quantity": 2, "needed_by": None, "kind": "non_delivery"}
    answer = await cases.patch(case, **change)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == '"2"'
    assert {name: answer.json()[name] for name in change} == change
    assert answer.json()["report"] == case["report"]
    again = await cases.patch(case, report=None, **change)
    assert (again.headers["etag"], again.json()) == ('"2"', answer.json())
    await run_jobs()
    (changed,) = (await erp.get("events", type="cases.changed"))["items"]
    assert sorted(changed["data"]["changed"]) == ["kind", "needed_by", "quantity", "shipment"]


async def test_a_correction_is_held_against_the_order_too(cases):
    case = await cases.open(kind="over_shipment", quantity=30)
    answer = await cases.patch(case, kind="short_shipment")
    assert (answer.status_code, pointers(answer)) == (409, ["/quantity"])
    answer = await cases.patch(case, shipment="S-9")
    assert (answer.status_code, pointers(answer)) == (409, ["/shipment"])
    assert (await cases.get(case))["version"] == 1


async def test_only_whoever_read_the_last_version_corrects_it(cases):
    case = await cases.open()
    assert (await cases.patch(case, {"If-Match": '"1"'}, quantity=2)).status_code == 200
    stale = await cases.patch(case, {"If-Match": '"1"'}, quantity=1)
    assert (stale.status_code, stale.json()["current_etag"]) == (412, '"2"')


async def test_what_stands_fast_once_she_is_made_whole_is_refused_with_its_place(cases):
    case = await cases.open(shipment=None)
    await cases.do(case, "make-whole", **REPLACED)
    answer = await cases.patch(case, kind="damage", quantity=2, report="Other words.")
    assert (answer.status_code, sorted(pointers(answer))) == (409, ["/kind", "/quantity"])
    # The same values are no change, and in which shipment it was may be learnt later.
    answer = await cases.patch(case, kind=case["kind"], shipment="S-1", report="Other words.")
    assert answer.status_code == 200, answer.text
    await cases.do(case, "close", reason="resolved")
    assert pointers(await cases.patch(case, report="No.")) == ["/report"]
