"""Promises and other debts, from the word to the end, through HTTP."""

import pytest

from app.auth import Scope, create_key
from tests.obligations.documents import (
    ACME,
    BIGDIST,
    DANA,
    NOBODY,
    NOW,
    TERM,
    UPS,
    US,
    done,
    money,
    owed,
    paid,
    pointers,
    promise,
    promised,
    refusal,
)


async def test_a_promise_keeps_its_words_and_says_by_what_rule_it_is_due(ledger):
    told = await ledger.open(promised("first thing Wednesday"))
    assert (told["state"], told["due_at"]) == ("open", "2026-03-04T09:00:00Z")
    assert (told["debtor"], told["creditor"]) == (BIGDIST, {**US, "key": None})
    assert told["ground"]["text"] == told["promise"]["words"] == "We will send the second one."
    assert told["promise"]["due_words"] == "first thing Wednesday"
    assert told["promise"]["due_rule"] == "weekday"
    assert told["promise"]["due_text"].startswith("The first Wednesday after")
    assert (told["promise"]["by_name"], told["promise"]["channel"]) == ("Kim Reyes", "phone")
    assert (told["quantity"], told["outstanding"], told["is_overdue"]) == (1, "1", False)
    assert [event["type"] for event in told["history"]] == ["obligations.opened"]
    assert told["number"] > 1000
    assert await ledger.ids(number=told["number"]) == [told["id"]]


async def test_a_stated_due_time_wins_over_the_words(ledger):
    told = await ledger.open(promised("tomorrow", due_at="2026-03-09T12:00:00Z"))
    assert told["due_at"] == "2026-03-09T12:00:00Z"
    assert told["promise"]["due_rule"] == "as_stated"
    assert told["promise"]["due_words"] == "tomorrow"


@pytest.mark.parametrize(
    ("words", "rule", "look_on", "attention"),
    [
        (None, "no_date_given", "2026-03-09", "No date was given."),
        ("ASAP", "no_time_named", "2026-03-04", "The words ask for haste and name no time."),
        ("when the moon is full", "not_understood", "2026-03-09", "No rule reads these words"),
    ],
)
async def test_a_promise_without_a_date_is_in_the_worklist_and_says_so(
    ledger, words, rule, look_on, attention
):
    told = await ledger.open(promised(words))
    assert (told["due_at"], told["is_overdue"]) == (None, False)
    assert (told["promise"]["due_words"], told["promise"]["due_rule"]) == (words, rule)
    (listed,) = (await ledger.get("obligations", dated=False))["items"]
    assert listed["attention"].startswith(attention)
    assert listed["attend_at"].startswith(look_on)
    assert await ledger.ids(dated=True) == []


async def test_goods_delivered_in_time_keep_the_promise(ledger, clock):
    told = await ledger.open(promised("tomorrow", quantity=2))
    clock.advance(hours=30)
    first = await ledger.do(told, "performances", done(1, "2026-03-02T18:00:00Z"))
    assert (first["state"], first["outstanding"], first["performed"]) == ("open", "1", "1")
    second = await ledger.do(
        told, "performances", done(1, "2026-03-03T10:00:00Z", reference="1Z9", note="Signed.")
    )
    assert (second["state"], second["outstanding"]) == ("kept", "0")
    assert second["ended_at"] == "2026-03-03T10:00:00Z"
    assert [each["reference"] for each in second["performances"]] == [None, "1Z9"]
    assert second["performances"][1]["recorded_by"].startswith("key:")
    assert await ledger.types(told) == ["opened", "performed", "performed", "kept"]
    assert await ledger.ids() == []
    assert await ledger.ids(state="kept") == [told["id"]]


async def test_what_came_in_time_is_kept_though_it_was_heard_of_late(ledger, clock):
    told = await ledger.open(promised("tomorrow"))
    clock.advance(days=5)
    await ledger.do(told, "break", {})
    kept = await ledger.do(told, "performances", done(at="2026-03-03T10:00:00Z"))
    assert kept["state"] == "kept"


async def test_what_came_after_its_due_time_is_kept_late(ledger, clock):
    told = await ledger.open(promised("tomorrow"))
    clock.advance(days=3)
    assert (await ledger.read(told))["is_overdue"] is True
    kept = await ledger.do(told, "performances", done(at="2026-03-05T08:00:00Z"))
    assert (kept["state"], kept["is_overdue"]) == ("kept_late", False)
    assert (await ledger.types(told))[-1] == "kept_late"


async def test_performances_told_in_any_order_complete_it_when_the_last_was_done(ledger, clock):
    told = await ledger.open(owed("100.00", due_at="2026-03-04T00:00:00Z"))
    clock.advance(days=9)
    await ledger.do(told, "performances", paid("60.00", "2026-03-06T00:00:00Z"))
    kept = await ledger.do(told, "performances", paid("40.00", "2026-03-03T00:00:00Z"))
    assert (kept["state"], kept["ended_at"]) == ("kept_late", "2026-03-06T00:00:00Z")


async def test_a_promise_taken_back_stays_owed_and_is_contested(ledger, clock):
    told = await ledger.open(promised("in the next few days"))
    clock.advance(days=1)
    word = {
        "by_name": "R. Stone",
        "by_role": "supervisor",
        "said_at": "2026-03-03T08:00:00Z",
        "channel": "email",
        "words": "The package weight says two were shipped.",
    }
    contested = await ledger.do(told, "retractions", word)
    assert (contested["state"], contested["contested_at"]) == ("open", "2026-03-03T08:00:00Z")
    assert contested["attention"] == "Due. The promise was taken back; it is still owed."
    (fact,) = contested["retractions"]
    assert (fact["by_role"], fact["words"]) == ("supervisor", word["words"])
    assert await ledger.ids(contested=True) == [told["id"]]
    assert await ledger.types(told) == ["opened", "contested"]
    # And in the end the promise wins.
    clock.advance(days=30)
    assert (await ledger.do(told, "performances", done(at="2026-04-01T00:00:00Z")))[
        "state"
    ] == "kept_late"


async def test_only_somebodys_word_can_be_taken_back(ledger):
    told = await ledger.open(owed())
    answer = await ledger.post(f"obligations/{told['id']}/retractions", promise())
    assert answer.status_code == 422  # due_words are none of a retraction's
    word = {k: v for k, v in promise().items() if k != "due_words"}
    answer = await ledger.post(f"obligations/{told['id']}/retractions", word)
    assert refusal(answer, "no-promise")["ground"] == "term"


async def test_the_creditor_releases_and_never_the_debtor(ledger):
    told = await ledger.open(promised())
    path = f"obligations/{told['id']}/release"
    for who in (BIGDIST, ACME):
        answer = await ledger.post(path, {"by": who, "words": "Our policy is 30 days."})
        assert refusal(answer, "not-the-creditor")["creditor"] == "us"
    assert (await ledger.read(told))["state"] == "open"
    words = {"by": US, "by_name": "Ana", "words": "Not worth it."}
    released = await ledger.do(told, "release", words)
    assert released["state"] == "released"
    assert released["history"][-1]["data"]["words"] == "Not worth it."
    again = await ledger.post(path, words)
    assert refusal(again, "illegal-step")["allowed"] == []


async def test_monday_became_wednesday(ledger):
    monday = await ledger.open(promised("tomorrow"))
    wednesday = await ledger.open(promised("first thing Wednesday"))
    told = await ledger.do(
        monday, "supersede", {"by_obligation_id": wednesday["id"], "note": "Moved."}
    )
    assert (told["state"], told["superseded_by_id"]) == ("superseded", wednesday["id"])
    back = {"by_obligation_id": monday["id"]}
    answer = await ledger.post(f"obligations/{wednesday['id']}/supersede", back)
    refusal(answer, "unfit-successor")


async def test_what_cannot_take_anothers_place_is_refused(ledger):
    told = await ledger.open(promised())
    to_dana = await ledger.open(promised(creditor=DANA))
    path = f"obligations/{told['id']}/supersede"
    for successor in (told, to_dana):
        answer = await ledger.post(path, {"by_obligation_id": successor["id"]})
        refusal(answer, "unfit-successor")
    answer = await ledger.post(path, {"by_obligation_id": NOBODY})
    refusal(answer, "unknown-reference")
    assert pointers(answer) == ["/by_obligation_id"]


async def test_what_was_recorded_in_error_is_void_and_stays_on_record(ledger):
    told = await ledger.open(promised())
    voided = await ledger.do(told, "void", {"reason": "Wrong order."})
    assert (voided["state"], voided["attention"]) == ("void", "Nothing: it has ended.")
    assert await ledger.types(told) == ["opened", "voided"]


async def test_nothing_is_broken_before_it_is_due(ledger, clock):
    told = await ledger.open(promised("tomorrow"))
    path = f"obligations/{told['id']}/break"
    refusal(await ledger.post(path, {}), "not-yet-due")
    clock.advance(days=2)
    assert (await ledger.do(told, "break", {"note": "Nobody came."}))["state"] == "broken"
    assert await ledger.ids(overdue=True) == [told["id"]]
    problem = refusal(await ledger.post(path, {}), "illegal-step")
    assert (problem["now"], "kept_late" in problem["allowed"]) == ("broken", True)
    late = await ledger.do(told, "performances", done(at="2026-03-04T01:00:00Z"))
    assert late["state"] == "kept_late"


async def test_without_a_date_a_person_may_call_it_broken(ledger):
    told = await ledger.open(promised())
    assert (await ledger.do(told, "break", {}))["state"] == "broken"
    assert (await ledger.do(told, "performances", done()))["state"] == "kept_late"


async def test_a_conditional_debt_waits_for_its_trigger(ledger, clock):
    words = promised("within 48 hours", trigger="The defective unit is received.")
    told = await ledger.open(words)
    assert (told["state"], told["due_at"]) == ("conditional", None)
    assert told["promise"]["due_rule"] == "waits_for_trigger"
    assert told["attention"] == "It waits for this: The defective unit is received."
    path = f"obligations/{told['id']}"
    problem = refusal(await ledger.post(f"{path}/performances", done()), "illegal-step")
    assert problem["now"] == "conditional"
    clock.advance(days=7)
    opened = await ledger.do(told, "trigger", {"triggered_at": "2026-03-08T10:00:00Z"})
    assert (opened["state"], opened["due_at"]) == ("open", "2026-03-10T10:00:00Z")
    assert opened["promise"]["due_rule"] == "hours"
    again = {"triggered_at": "2026-03-08T10:00:00Z"}
    refusal(await ledger.post(f"{path}/trigger", again), "illegal-step")


async def test_of_alternatives_one_kept_releases_the_rest(ledger):
    replacement = await ledger.open(promised("in two weeks"))
    credit = await ledger.open(owed(alternative_to=replacement["id"]))
    repair = await ledger.open(
        {**promised(), "kind": "repair_goods", "alternative_to": credit["id"]}
    )
    assert [each["id"] for each in repair["alternatives"]] == [replacement["id"], credit["id"]]
    await ledger.do(repair, "void", {"reason": "Never offered."})
    kept = await ledger.do(credit, "performances", paid("129.00"))
    states = {each["id"]: each["state"] for each in kept["alternatives"]}
    assert states == {replacement["id"]: "released", repair["id"]: "void"}
    released = (await ledger.read(replacement))["history"][-1]
    assert released["type"] == "obligations.released"
    assert released["data"]["kept_instead_id"] == credit["id"]
    late = promised(alternative_to=replacement["id"])
    refusal(await ledger.post("obligations", late), "unfit-alternative")


async def test_an_alternative_is_owed_by_the_same_to_the_same(ledger):
    told = await ledger.open(promised())
    for other in (promised(debtor=ACME), promised(creditor=DANA)):
        answer = await ledger.post("obligations", {**other, "alternative_to": told["id"]})
        refusal(answer, "unfit-alternative")
    answer = await ledger.post("obligations", promised(alternative_to=NOBODY))
    refusal(answer, "unknown-reference")
    assert pointers(answer) == ["/alternative_to"]


async def test_an_answer_and_a_credit_of_no_stated_amount_are_one_act(ledger):
    for kind in ("answer", "visit", "pay_money"):
        told = await ledger.open({**promised(), "kind": kind})
        assert (told["quantity"], told["amount"]) == (1, None)
        assert (await ledger.do(told, "performances", done()))["state"] == "kept"


async def test_money_is_paid_in_its_currency_and_goods_in_units(ledger):
    debt, goods = await ledger.open(owed()), await ledger.open(promised())
    path = f"obligations/{debt['id']}/performances"
    problem = refusal(await ledger.post(path, paid("5.00", currency="EUR")), "currency-mismatch")
    assert problem["currency"] == "USD"
    refusal(await ledger.post(path, done(1)), "other-measure")
    refusal(await ledger.post(path, done()), "other-measure")
    path = f"obligations/{goods['id']}/performances"
    refusal(await ledger.post(path, paid("5.00")), "other-measure")
    assert (await ledger.read(debt))["performed"] == "0"


async def test_more_than_was_owed_is_recorded_and_nothing_is_left(ledger):
    told = await ledger.open(owed("100.00"))
    kept = await ledger.do(told, "performances", paid("120.00"))
    assert (kept["performed"], kept["outstanding"], kept["state"]) == ("120.00", "0", "kept")
    answer = await ledger.post(f"obligations/{told['id']}/performances", paid("1.00"))
    assert refusal(answer, "illegal-step")["now"] == "kept"


async def test_the_same_paper_is_not_recorded_twice(ledger):
    told = await ledger.open(owed("100.00"))
    memo = paid("40.00", reference="CM-77")
    first = await ledger.do(told, "performances", memo)
    answer = await ledger.post(f"obligations/{told['id']}/performances", memo)
    problem = refusal(answer, "recorded-twice")
    assert problem["performance_id"] == first["performances"][0]["id"]
    second = await ledger.do(told, "performances", paid("40.00", reference="CM-78"))
    assert second["outstanding"] == "20.00"


async def test_evidence_is_kept_with_what_it_shows(ledger, client):
    photo = b"\x89PNG\r\n\x1a\n" + b"\x00" * 300
    sent = await client.post("/v1/files", files={"file": ("dock.png", photo)})
    file_id = sent.json()["id"]
    told = await ledger.open(promised(promise=promise(file_ids=[file_id])))
    assert told["promise"]["file_ids"] == [file_id]
    kept = await ledger.do(told, "performances", done(file_ids=[file_id]))
    assert kept["performances"][0]["file_ids"] == [file_id]
    answer = await ledger.post("obligations", promised(promise=promise(file_ids=[NOBODY])))
    refusal(answer, "unknown-file")
    assert pointers(answer) == ["/promise/file_ids"]


async def test_carriers_go_by_one_slug_and_customers_can_be_owed(ledger):
    told = await ledger.open(
        {**promised(), "debtor": {"kind": "carrier", "key": "UPS"}, "creditor": DANA}
    )
    assert (told["debtor"], told["creditor"]) == (UPS, DANA)
    assert await ledger.ids(debtor="carrier:Ups") == [told["id"]]
    assert await ledger.ids(creditor="customer:dana") == [told["id"]]
    assert await ledger.ids(creditor="us") == []


async def test_everything_unknown_is_pointed_at_together(ledger):
    body = promised(
        debtor={"kind": "vendor", "key": "nobody"},
        creditor={"kind": "customer", "key": "no one"},
        about={"shipment": "S-0", "product": "P-0", "purchase_line_id": NOBODY},
        loss_id=NOBODY,
    )
    answer = await ledger.post("obligations", body)
    refusal(answer, "unknown-reference")
    assert sorted(pointers(answer)) == [
        "/about/product",
        "/about/purchase_line_id",
        "/about/shipment",
        "/creditor/key",
        "/debtor/key",
        "/loss_id",
    ]


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"promise": None}, ""),
        ({"ground": TERM}, ""),
        ({"promise": None, "ground": {"kind": "promise", "text": "Said so."}}, ""),
        ({"amount": money("5.00")}, ""),
        ({"quantity": 0}, "/quantity"),
        ({"quantity": -1}, "/quantity"),
        ({"quantity": 1, "amount": money("5.00"), "kind": "pay_money"}, ""),
        ({"amount": money("0.00"), "kind": "pay_money"}, "/amount"),
        ({"amount": money("-1.00"), "kind": "pay_money"}, "/amount/amount"),
        ({"amount": money("1.00", "XXX"), "kind": "pay_money"}, "/amount/currency"),
        ({"kind": "hope"}, "/kind"),
        ({"debtor": {"kind": "vendor"}}, "/debtor"),
        ({"debtor": {"kind": "us", "key": "me"}}, "/debtor"),
        ({"due_at": "2026-03-09"}, "/due_at"),
        ({"trigger": "It comes.", "due_at": NOW}, ""),
        ({"trigger": "  "}, "/trigger"),
        ({"promise": promise(words=" ")}, "/promise/words"),
        ({"promise": promise(words="\u0000")}, "/promise/words"),
        ({"promise": promise(by_name=None, by_role=None)}, "/promise"),
        ({"promise": promise(channel="telepathy")}, "/promise/channel"),
        ({"promise": promise(said_at="2026-03-02T10:00:00Z")}, "/promise/said_at"),
        ({"surprise": 1}, "/surprise"),
    ],
)
async def test_what_is_malformed_is_pointed_at(ledger, change, pointer):
    answer = await ledger.post("obligations", promised(**change))
    refusal(answer, "malformed", 422)
    assert pointers(answer) == [pointer]
    assert await ledger.ids() == []


async def test_nobody_owes_himself(ledger):
    refusal(await ledger.post("obligations", promised(debtor=US)), "owed-to-oneself")
    twice = {"kind": "carrier", "key": "UPS"}
    answer = await ledger.post("obligations", promised(debtor=twice, creditor=UPS))
    refusal(answer, "owed-to-oneself")


async def test_nothing_was_done_in_the_future(ledger):
    told = await ledger.open(promised())
    conditional = await ledger.open(promised(trigger="It comes."))
    later = "2026-03-02T10:00:00Z"
    word = {k: v for k, v in promise(said_at=later).items() if k != "due_words"}
    for record, verb, body, pointer in (
        (told, "performances", done(at=later), "/performed_at"),
        (told, "retractions", word, "/said_at"),
        (told, "release", {"by": US, "words": "x", "released_at": later}, "/released_at"),
        (conditional, "trigger", {"triggered_at": later}, "/triggered_at"),
    ):
        answer = await ledger.post(f"obligations/{record['id']}/{verb}", body)
        refusal(answer, "malformed", 422)
        assert pointers(answer) == [pointer]


async def test_what_there_is_not_is_not_found(ledger, client):
    assert (await client.get(f"/v1/obligations/{NOBODY}")).status_code == 404
    bodies = {
        "performances": done(),
        "retractions": {k: v for k, v in promise().items() if k != "due_words"},
        "trigger": {"triggered_at": NOW},
        "break": {},
        "release": {"by": US, "words": "x"},
        "void": {"reason": "x"},
    }
    for verb, body in bodies.items():
        answer = await ledger.post(f"obligations/{NOBODY}/{verb}", body)
        refusal(answer, "not-found", 404)
    known = await ledger.open(promised())
    answer = await ledger.post(f"obligations/{NOBODY}/supersede", {"by_obligation_id": known["id"]})
    refusal(answer, "not-found", 404)


async def test_a_version_that_has_moved_on_is_refused(ledger, clock):
    told = await ledger.open(promised("tomorrow"))
    answer = await ledger.client.get(f"/v1/obligations/{told['id']}")
    assert answer.headers["etag"] == '"1"'
    clock.advance(days=2)
    path = f"obligations/{told['id']}"
    assert (await ledger.post(f"{path}/break", {}, If_Match='"1"')).headers["etag"] == '"2"'
    for verb, body in (
        ("performances", done()),
        ("release", {"by": US, "words": "x"}),
        ("void", {"reason": "x"}),
        ("supersede", {"by_obligation_id": told["id"]}),
        ("trigger", {"triggered_at": NOW}),
        ("break", {}),
    ):
        answer = await ledger.post(f"{path}/{verb}", body, If_Match='"1"')
        refusal(answer, "version-mismatch", 412)


async def test_a_retry_records_nothing_again(ledger):
    told = await ledger.open(promised(quantity=5))
    path = f"obligations/{told['id']}/performances"
    first = await ledger.post(path, done(1), Idempotency_Key="k1")
    again = await ledger.post(path, done(1), Idempotency_Key="k1")
    assert again.headers["idempotent-replay"] == "true"
    assert again.content == first.content
    assert (await ledger.read(told))["outstanding"] == "4"


async def test_a_key_needs_the_ledgers_scopes(client, runtime):
    async with runtime.transaction() as session:
        _, key = await create_key(
            session, runtime.vault, name="reader", scopes=[Scope.OBLIGATIONS_READ]
        )
    headers = {"Authorization": f"Bearer {key}"}
    assert (await client.get("/v1/obligations", headers=headers)).status_code == 200
    answer = await client.post("/v1/obligations", json=promised(), headers=headers)
    refusal(answer, "forbidden", 403)
