"""Debts as they are told: by a promise or on another ground, and what is refused of them."""

import pytest

from app.auth import Scope, create_key
from tests.obligations.documents import (
    BIGDIST,
    DANA,
    NOBODY,
    NOW,
    TERM,
    UPS,
    US,
    done,
    money,
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
        ({"ground": TERM}, "/ground"),
        ({"promise": None, "ground": {"kind": "promise", "text": "Said so."}}, "/ground/kind"),
        ({"amount": money("5.00")}, "/amount"),
        ({"quantity": 0}, "/quantity"),
        ({"quantity": -1}, "/quantity"),
        ({"quantity": 1, "amount": money("5.00"), "kind": "pay_money"}, "/quantity"),
        ({"amount": money("0.00"), "kind": "pay_money"}, "/amount"),
        ({"amount": money("-1.00"), "kind": "pay_money"}, "/amount/amount"),
        ({"amount": money("1.00", "XXX"), "kind": "pay_money"}, "/amount/currency"),
        ({"kind": "hope"}, "/kind"),
        ({"debtor": {"kind": "vendor"}}, "/debtor/key"),
        ({"debtor": {"kind": "us", "key": "me"}}, "/debtor/key"),
        ({"due_at": "2026-03-09"}, "/due_at"),
        ({"trigger": "It comes.", "due_at": NOW}, "/due_at"),
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
