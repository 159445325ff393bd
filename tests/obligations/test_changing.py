"""What else becomes of a debt: taken back, released, superseded, void, broken, triggered."""

from tests.obligations.documents import (
    ACME,
    BIGDIST,
    DANA,
    NOBODY,
    US,
    done,
    owed,
    pointers,
    promise,
    promised,
    refusal,
)


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
