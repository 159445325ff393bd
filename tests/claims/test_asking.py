"""A claim is drafted, submitted, asked about, granted, and never twice for one unit."""

import asyncio

from tests.claims.room import (
    NOW,
    OMARS,
    OMARS_SERIAL,
    OTHER,
    SERIAL,
    TEN,
    TWENTY,
    said,
)

HOURS = {"value": 8, "unit": "business_hours", "anchor": "request"}


async def test_a_draft_names_what_failed_and_of_whom_it_is_claimed(room):
    told = await room.open()
    assert told["number"].startswith("RC-")
    assert (told["authorization"], told["return_leg"], told["settlement"]) == (
        "draft",
        "not_required",
        "unsettled",
    )
    (line,) = told["lines"]
    assert (line["order"], line["product"], line["serial"]) == (TEN, "R900", SERIAL)
    assert line["unit_value"] == {"amount": "129.00", "currency": "USD"}
    assert told["door"] == {"vendor": "bigdist", "role": "distributor", "product_line": None}
    assert (told["dues"], line["loss_id"]) == ([], None)
    assert told["x12"] == {"disposition": None, "reason": "DM", "response": None}
    assert (await room.cases.get(told["case"]))["recovery"] == "open"


async def test_submitting_opens_the_answer_that_the_vendor_owes_by_its_own_hours(room):
    await room.erp.tell(
        "calendars/big",
        {
            "time_zone": "America/Chicago",
            "vendors": ["bigdist"],
            "week": {"monday": [{"opens": "08:00", "closes": "17:00"}]},
        },
    )
    await room.terms(answer_to_claim=HOURS)
    told = await room.submitted()
    assert (told["authorization"], told["submitted_at"]) == ("submitted", NOW)
    assert told["x12"]["disposition"] == "RP"
    answer = await room.due(told, "answer")
    assert (answer["kind"], answer["debtor"]) == ("answer", {"kind": "vendor", "key": "bigdist"})
    # Monday 09:00 UTC is 03:00 there: eight hours of its Monday end at 16:00, 22:00 UTC.
    assert answer["due_at"] == "2026-03-02T22:00:00Z"
    (line,) = told["lines"]
    loss = await room.read(f"losses/{line['loss_id']}")
    assert (loss["quantity"], loss["value"]["amount"]) == (1, "129.00")


async def test_of_two_who_submit_at_once_exactly_one_does(room):
    told = await room.open()
    answers = await asyncio.gather(*(room.act(told, "submit", {}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    (problem,) = {a.json()["type"] for a in answers if a.status_code == 409}
    assert problem == "/problems/illegal-step"
    assert [each["fact"] for each in (await room.get(told))["facts"]] == ["submitted"]


async def test_a_consent_opens_what_is_owed_and_our_return(room):
    told = await room.submitted()
    granted = await room.do(
        told, "authorize", said(rma="RMA 8123", valid_until="2026-04-01", words="Send it in.")
    )
    assert (granted["authorization"], granted["return_leg"]) == ("authorized", "awaiting_return")
    assert granted["rma"]["number"] == "RMA 8123"
    assert granted["rma"]["lapses_at"] == "2026-04-01T23:59:59.999999Z"
    assert granted["x12"]["disposition"] == "RA"
    assert granted["lines"][0]["granted"] == 1
    answer = await room.due(granted, "answer")
    assert answer["state"] == "kept"
    remedy = await room.due(granted, "remedy")
    assert (remedy["kind"], remedy["quantity"], remedy["debtor"]["key"]) == (
        "deliver_goods",
        1,
        "bigdist",
    )
    assert remedy["loss_id"] == granted["lines"][0]["loss_id"]
    back = await room.due(granted, "return")
    assert (back["kind"], back["debtor"]["kind"]) == ("return_goods", "us")
    ship = await room.due(granted, "ship_under_rma")
    assert (ship["kind"], ship["last_safe_on"]) == ("ship", "2026-03-25")


async def test_the_same_consent_told_twice_is_once(room):
    told = await room.submitted()
    body = said(rma="RMA 8123", valid_until="2026-04-01")
    first = await room.do(told, "authorize", body)
    again = await room.do(told, "authorize", body)
    assert first == again
    answers = await asyncio.gather(*(room.act(told, "authorize", body) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}
    assert (await room.get(told)) == first


async def test_a_part_is_granted_line_by_line(room):
    lines = [{"serial": SERIAL}, {"order": TWENTY, "quantity": 3}]
    told = await room.submitted(lines=lines)
    part = await room.do(
        told,
        "authorize",
        said(lines=[{"line": 1, "quantity": 1}, {"line": 2, "quantity": 2}], remedy="credit"),
    )
    assert (part["authorization"], part["x12"]["disposition"]) == ("partially_authorized", "PA")
    assert [line["granted"] for line in part["lines"]] == [1, 2]
    assert (part["return_leg"], part["settlement"]) == ("not_required", "pending_credit")
    amounts = [
        (await room.read(f"obligations/{due['obligation_id']}"))["amount"]["amount"]
        for due in part["dues"]
        if due["purpose"] == "remedy"
    ]
    assert amounts == ["129.00", "258.00"]
    whole = await room.do(told, "authorize", said("2026-03-02T09:00:00Z", remedy="credit"))
    assert whole["lines"][1]["granted"] in {2, 3}


_NO_CONSENTS = (
    ({"lines": [{"line": 2, "quantity": 1}]}, "/lines/0/line"),
    ({"lines": [{"line": 1, "quantity": 2}]}, "/lines/0/quantity"),
    ({"lines": [{"line": 1, "quantity": 0}]}, "/lines"),
    ({"valid_until": "2026-02-01"}, "/valid_until"),
    ({"at": "2026-03-09T00:00:00Z"}, "/at"),
    ({"at": "2026-03-01T00:00:00Z"}, "/at"),
)


async def test_a_consent_that_cannot_be_is_pointed_at(room):
    told = await room.submitted()
    for body, pointer in _NO_CONSENTS:
        problem = await room.illegal(told, "authorize", said() | body)
        assert [error["pointer"] for error in problem["errors"]] == [pointer], body
    assert (await room.get(told))["authorization"] == "submitted"


async def test_a_vendor_says_nothing_of_what_was_never_submitted(room):
    told = await room.open()
    problem = await room.illegal(told, "authorize", said())
    assert (problem["now"], problem["allowed"]) == ("draft", ["submitted", "voided"])


async def test_a_question_is_answered_and_the_answer_owed_anew(room):
    told = await room.submitted()
    asked = await room.do(told, "request-info", said(words="Which firmware?"))
    assert (asked["authorization"], asked["x12"]["response"]) == ("info_requested", "MI")
    room.clock.advance(hours=3)
    answered = await room.do(told, "answer", {"words": "17.3.4", "by_name": "Ana Ruiz"})
    assert answered["authorization"] == "submitted"
    states = [due["state"] for due in answered["dues"] if due["purpose"] == "answer"]
    assert states == ["kept", "open"]
    assert (await room.illegal(told, "answer", {}))["now"] == "submitted"


async def test_what_is_withdrawn_is_owed_no_more_and_its_unit_is_free(room):
    case = await room.case()
    told = await room.submitted(case)
    kind, where = await room.refused(409, case)
    assert (kind, where) == ("unit-claimed-twice", ["/lines/0/serial"])
    gone = await room.do(told, "withdraw", {"by_name": "Ana Ruiz", "words": "It was the cord."})
    assert (gone["authorization"], gone["is_open"]) == ("voided", False)
    assert [due["state"] for due in gone["dues"]] == []
    await room.open(case)


async def test_what_was_made_good_is_withdrawn_no_more(room):
    told = await room.submitted()
    await room.do(told, "authorize", said(rma="RMA 1", return_required=False))
    await room.do(told, "settle", {"settlement": "replaced", "by_name": "Ana Ruiz"})
    problem = await room.illegal(told, "withdraw", {"by_name": "Ana Ruiz", "words": "Enough."})
    assert problem["type"].endswith("contradicts-claim")
    assert problem["detail"] == "It is replaced: nothing of it is pursued any more."
    kept = await room.get(told)
    assert (kept["authorization"], kept["settlement"]) == ("authorized", "replaced")


async def test_of_two_claims_of_one_unit_at_once_exactly_one_is_taken(room):
    case, other = await room.case(), await room.case()
    answers = await asyncio.gather(*(room.try_open(each) for each in (case, other, case)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_no_more_of_a_line_is_claimed_than_was_ordered(room):
    await room.open(lines=[{"order": TWENTY, "quantity": 3}])
    await room.open(lines=[{"order": TWENTY, "quantity": 2}])
    found = await room.refused(409, lines=[{"order": TWENTY}])
    assert found == ("unit-claimed-twice", ["/lines/0/quantity"])


_CANNOT_BE = (
    ({"lines": [{"serial": OMARS_SERIAL}]}, 409, "serial-of-another", "/lines/0/serial"),
    ({"lines": [{"order": OMARS}]}, 409, "serial-of-another", "/lines/0/order"),
    ({"lines": [{"serial": SERIAL, "order": TWENTY}]}, 409, None, "/lines/0/order"),
    ({"lines": [{"serial": SERIAL}] * 2}, 409, "contradicts-claim", "/lines/1/serial"),
    ({"lines": [{"order": TEN, "quantity": 3}]}, 409, "contradicts-claim", "/lines/0/quantity"),
    ({"lines": [{"serial": "NOBODYS"}]}, 409, "contradicts-claim", "/lines/0"),
    ({"lines": [{"serial": "X", "product": "R1"}]}, 409, None, "/lines/0/product"),
    ({"lines": [{"unit": "u9"}]}, 409, "unknown-reference", "/lines/0/unit"),
    ({"lines": [{}]}, 422, "malformed", "/lines/0"),
    ({"lines": [{"serial": SERIAL, "quantity": 2}]}, 422, "malformed", "/lines/0"),
    ({"lines": [{"serial": "a\x00b"}]}, 422, "malformed", "/lines/0/serial"),
    ({"lines": []}, 422, "malformed", "/lines"),
    ({"symptom": " "}, 422, "malformed", "/symptom"),
    ({"symptom": "x" * 4001}, 422, "malformed", "/symptom"),
    ({"door": {"vendor": "nobody", "role": "distributor"}}, 409, None, "/door/vendor"),
    ({"door": {"vendor": "bigdist", "role": "manufacturer"}}, 409, None, "/door/role"),
    ({"case_id": "01980c1e-7e5a-7000-8000-000000000009"}, 409, None, "/case_id"),
    ({"found_at": "2027-01-01T00:00:00Z"}, 409, "impossible-moment", "/found_at"),
)


async def test_what_cannot_be_claimed_is_pointed_at(room):
    case = await room.case()
    for but, status, problem, pointer in _CANNOT_BE:
        kind, where = await room.refused(status, case, **but)
        assert problem in {None, kind}, but
        assert where == [pointer], but


async def test_a_number_that_two_makers_gave_is_claimed_once_the_product_is_named(room):
    both = {"serial": SERIAL, "order": TWENTY, "product": "CAB"}
    told = await room.open(lines=[both])
    assert (told["lines"][0]["product"], told["lines"][0]["order"]) == ("CAB", TWENTY)


async def test_a_file_that_was_never_uploaded_is_pointed_at(room):
    nothing = "01980c1e-7e5a-7000-8000-000000000009"
    files = [{"file_id": nothing, "what": "photo"}]
    assert await room.refused(409, files=files) == ("unknown-file", ["/files"])


async def test_a_unit_of_the_erp_is_claimed_as_people_write_its_serial(room):
    unit = {"serial": "FTX-1234 A5BD", "product": "R900", "customer": "dana", "order_line": TEN}
    await room.erp.tell("units/u1", unit)
    told = await room.open(lines=[{"serial": "s/n ftx1234a5bd"}])
    assert (told["lines"][0]["unit"], told["lines"][0]["order"]) == ("u1", TEN)
    again = await room.refused(409, lines=[{"unit": "u1"}])
    assert again == ("unit-claimed-twice", ["/lines/0/serial"])
    await room.erp.tell("units/u2", {"serial": "ZZ1", "product": "R900", "customer": "omar"})
    assert (await room.refused(409, lines=[{"unit": "u2"}]))[0] == "serial-of-another"


async def test_a_serial_that_went_back_is_caught(room):
    gone = {"rma": "RMA 8123", "at": "2026-03-01T10:00:00Z"}
    unit = {"serial": OTHER, "product": "R900", "customer": "dana", "went_back": gone}
    await room.erp.tell("units/u1", unit)
    answer = await room.try_open(await room.case(), lines=[{"serial": OTHER}])
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (409, "/problems/unit-went-back")
    assert problem["rma"] == "RMA 8123"
    assert [error["pointer"] for error in problem["errors"]] == ["/lines/0/serial"]


async def test_a_claim_after_its_window_is_taken_and_told_that_it_is_late(room):
    await room.terms(doa_window={"value": 1, "unit": "days", "anchor": "shipment"})
    covered = (await room.open())["entitlement"]
    assert (covered["answer"], covered["last_on"]) == ("no", "2026-02-25")
    assert covered["next_door"] == {
        "vendor": "acme",
        "role": "manufacturer",
        "product_line": None,
    }
    assert "2026-02-25" in covered["why"]


async def test_without_terms_nobody_knows_whether_it_is_covered(room):
    assert (await room.open())["entitlement"]["answer"] == "unknown"


async def test_the_vendors_own_word_is_kept_and_an_older_one_never_takes_its_place(room):
    told = await room.submitted()
    newer = {"text": "Pending - RMA Issued", "seen_at": "2026-03-02T08:00:00Z"}
    older = {"text": "Open", "seen_at": "2026-03-02T07:00:00Z"}
    for body in (newer, older, newer):
        shown = await room.do(told, "vendor-status", body)
    assert shown["vendor_status"] == newer
    assert shown["authorization"] == "submitted"
    future = {"text": "x", "seen_at": "2026-04-02T07:00:00Z"}
    assert (await room.illegal(told, "vendor-status", future))["errors"][0]["pointer"] == "/seen_at"


async def test_claims_are_found_by_what_people_know(room):
    told = await room.submitted()
    await room.do(told, "authorize", said(rma="RMA 8123"))
    await room.open(lines=[{"serial": OTHER}])
    for params in (
        {"rma": "rma-8123"},
        {"serial": "ftx1234a5bc"},
        {"number": told["number"].replace("RC-", "rc ")},
        {"authorization": "authorized"},
        {"vendor": "bigdist", "return_leg": "awaiting_return"},
    ):
        assert [each["id"] for each in await room.ask("claims", **params)] == [told["id"]], params
    assert len(await room.ask("claims", is_open=True, kind="doa")) == 2
    answer = await room.client.get("/v1/claims", params={"vendor": "nobody"})
    assert answer.status_code == 409


async def test_an_idempotency_key_says_it_once(room):
    case = await room.case()
    body = room.document(case)
    headers = {"Idempotency-Key": "k1"}
    first = await room.client.post("/v1/claims", json=body, headers=headers)
    again = await room.client.post("/v1/claims", json=body, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())


async def test_who_read_an_older_version_is_told_so(room):
    told = await room.open()
    answer = await room.act(told, "submit", {}, **{"If-Match": '"7"'})
    assert answer.status_code == 412
    answer = await room.act(told, "submit", {}, **{"If-Match": '"1"'})
    assert answer.status_code == 200


_NOTHING = "01980c1e-7e5a-7000-8000-000000000001"
_WORDS = (
    *(("", name) for name in ("symptom", "tried", "our_reference")),
    *((what, "words") for what in ("submit", "answer", "appeal", "withdraw", "authorize")),
    *((what, "words") for what in ("request-info", "void", "denials", "return/received")),
    (f"findings/{_NOTHING}/dispute", "words"),
    (f"findings/{_NOTHING}/resolve", "note"),
    *((what, "note") for what in ("settle", "return/parcels", "files")),
    ("vendor-status", "text"),
    ("denials", "ground"),
)


async def test_a_cards_number_is_kept_in_no_words(room):
    for what, member in _WORDS:
        path = f"/v1/claims/{_NOTHING}/{what}" if what else "/v1/claims"
        answer = await room.client.post(path, json={member: "It is 4111-1111-1111-1111."})
        assert answer.status_code == 422, (what, answer.text)
        told = {each["pointer"]: each["detail"] for each in answer.json()["errors"]}
        assert "card's number" in told.get(f"/{member}", ""), what
        assert "4111" not in answer.text
