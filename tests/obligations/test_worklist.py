"""Deadlines, and the worklist: what is overdue first, page by page."""

import pytest

from app.kit.ids import new_id
from app.kit.pages import encode_cursor
from tests.obligations.documents import (
    DANA,
    NOBODY,
    NOW,
    US,
    deadline,
    done,
    loss,
    owed,
    pointers,
    promised,
    refusal,
)


async def test_a_deadline_ends_with_its_day_and_names_its_last_safe_one(ledger, clock):
    safe = {"last_safe_on": "2026-03-05", "last_safe_source": "Delivery day counted."}
    told = await ledger.tell("deadlines", deadline(**safe))
    assert (told["last_on"], told["last_at"]) == ("2026-03-06", "2026-03-06T23:59:59Z")
    assert (told["last_safe_source"], told["has_passed"]) == ("Delivery day counted.", False)
    assert (told["attend_at"], told["attention"]) == ("2026-03-05T23:59:59Z", "Use it in time.")
    clock.advance(days=4)
    told = await ledger.get(f"deadlines/{told['id']}")
    assert (told["has_passed"], told["attention"][:13]) == (False, "The last safe")
    clock.advance(days=1)
    told = await ledger.get(f"deadlines/{told['id']}")
    assert (told["state"], told["has_passed"]) == ("open", True)
    assert told["attention"].startswith("It has passed")


async def test_what_has_passed_already_says_so(ledger, runtime):
    told = await ledger.tell("deadlines", deadline(None, last_at="2025-11-02T00:00:00Z"))
    assert (told["has_passed"], told["last_on"]) == (True, None)
    assert await ledger.ids("deadlines", passed=True) == [told["id"]]
    assert await ledger.ids("deadlines", passed=False) == []
    data = await runtime.pool.fetchval(
        "SELECT data->>'has_passed' FROM events WHERE type = 'obligations.deadline_opened'"
    )
    assert data == "true"


async def test_a_right_is_used_in_time_even_if_that_is_told_later(ledger, clock):
    told = await ledger.tell("deadlines", deadline())
    clock.advance(days=10)
    path = f"deadlines/{told['id']}/use"
    answer = await ledger.post(path, {"used_at": "2026-03-07T00:00:00Z"})
    assert refusal(answer, "too-late")["last_at"] == "2026-03-06T23:59:59+00:00"
    used = await ledger.tell(path, {"used_at": "2026-03-06T10:00:00Z", "note": "Case 88123"})
    assert (used["state"], used["ended_note"]) == ("used", "Case 88123")
    assert (used["has_passed"], used["attention"]) == (False, "Nothing: it has ended.")
    refusal(await ledger.post(path, {"used_at": NOW}), "illegal-step")
    assert await ledger.ids("deadlines", state="used") == [told["id"]]
    assert await ledger.ids("deadlines") == []


async def test_a_right_is_waived_by_somebody_who_says_why(ledger):
    told = await ledger.tell("deadlines", deadline())
    path = f"deadlines/{told['id']}/waive"
    waived = await ledger.tell(path, {"by_name": "Ana", "note": "Reshipped already."})
    assert (waived["state"], waived["version"]) == ("waived", 2)
    answer = await ledger.post(path, {"by_name": "Ana", "note": "x"}, If_Match='"1"')
    refusal(answer, "version-mismatch", 412)
    refusal(await ledger.post(path, {"by_name": "Ana", "note": "x"}), "illegal-step")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"last_on": None}, ""),
        ({"last_at": NOW}, "/last_at"),
        ({"last_safe_on": "2026-03-05"}, "/last_safe_source"),
        ({"last_safe_on": "2026-03-07", "last_safe_source": "x"}, "/last_safe_on"),
        ({"kind": "hope"}, "/kind"),
        ({"ground": None}, "/ground"),
        ({"last_on": "06.03.2026"}, "/last_on"),
    ],
)
async def test_a_malformed_deadline_is_pointed_at(ledger, change, pointer):
    answer = await ledger.post("deadlines", deadline(**change))
    refusal(answer, "malformed", 422)
    assert pointers(answer) == [pointer]


async def test_a_deadline_that_names_what_there_is_not_is_refused(ledger):
    body = deadline(toward={"kind": "vendor", "key": "nobody"}, loss_id=NOBODY)
    answer = await ledger.post("deadlines", body)
    refusal(answer, "unknown-reference")
    assert pointers(answer) == ["/toward/key", "/loss_id"]
    assert (await ledger.client.get(f"/v1/deadlines/{NOBODY}")).status_code == 404
    answer = await ledger.post(f"deadlines/{NOBODY}/use", {"used_at": NOW})
    refusal(answer, "not-found", 404)
    answer = await ledger.post(f"deadlines/{NOBODY}/waive", {"by_name": "A", "note": "x"})
    refusal(answer, "not-found", 404)


async def a_worklist(ledger):
    """Return ids in the order in which they want a look."""
    overdue = await ledger.open(promised("tomorrow"))
    right = await ledger.tell("deadlines", deadline("2026-03-04"))
    friday = await ledger.open(promised("by Friday"))
    undated = await ledger.open(promised())
    far = await ledger.tell("deadlines", deadline("2026-06-30"))
    return [each["id"] for each in (overdue, right, friday, undated, far)]


async def test_the_worklist_holds_debts_and_deadlines_the_most_pressing_first(ledger, clock):
    wanted = await a_worklist(ledger)
    gone = await ledger.open(promised("today"))
    await ledger.do(gone, "performances", done())
    clock.advance(days=2)
    items = (await ledger.get("worklist"))["items"]
    entries = [item["obligation"] or item["deadline"] for item in items]
    assert [entry["id"] for entry in entries] == wanted
    assert [entry["attention"] for entry in entries] == [
        "Overdue.",
        "Use it in time.",
        "Due.",
        "No date was given.",
        "Use it in time.",
    ]
    soon = (await ledger.get("worklist", before="2026-03-07T00:00:00Z"))["items"]
    assert len(soon) == 3


async def test_pages_of_every_size_hold_everything_once(ledger):
    wanted = await a_worklist(ledger)
    for limit in (1, 2, 4, 5, 6):
        seen, after = [], None
        while True:
            page = await ledger.get("worklist", limit=limit, **({"after": after} if after else {}))
            seen += [(item["obligation"] or item["deadline"])["id"] for item in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert seen == wanted
    for path in ("obligations", "deadlines"):
        whole = await ledger.ids(path)
        first = await ledger.get(path, limit=1)
        assert [first["items"][0]["id"], *await ledger.ids(path, after=first["next"])] == whole


@pytest.mark.parametrize(
    "cursor", ["x", encode_cursor("x"), encode_cursor(f"2026-03-02T09:00:00 {NOBODY}")]
)
async def test_a_cursor_of_another_list_is_refused(ledger, cursor):
    for path in ("worklist", "obligations", "deadlines"):
        answer = await ledger.client.get(f"/v1/{path}", params={"after": cursor})
        refusal(answer, "bad-cursor", 400)


async def test_debts_are_found_by_what_is_known_of_them(ledger, clock):
    case_id = str(new_id())
    told = await ledger.tell("losses", loss())
    late = await ledger.open(promised("tomorrow", about={"case_id": case_id}))
    debt = await ledger.open(owed(debtor=US, creditor=DANA, loss_id=told["id"]))
    waits = await ledger.open(promised(trigger="It comes.", creditor=DANA))
    await ledger.tell("deadlines", deadline(about={"case_id": case_id}))
    clock.advance(days=2)
    late, debt, waits = late["id"], debt["id"], waits["id"]
    for params, wanted in (
        ({}, [late, debt, waits]),
        ({"overdue": True}, [late]),
        ({"overdue": False}, [debt, waits]),
        ({"debtor": "vendor:bigdist"}, [late, waits]),
        ({"debtor": "us"}, [debt]),
        ({"creditor": "customer:dana"}, [debt, waits]),
        ({"kind": "pay_money"}, [debt]),
        ({"case_id": case_id}, [late]),
        ({"loss_id": told["id"]}, [debt]),
        ({"state": ["conditional", "kept"]}, [waits]),
        ({"state": "open", "debtor": "us"}, [debt]),
        ({"due_before": "2026-03-04T00:00:00Z"}, [late]),
        ({"due_before": "2026-03-03T00:00:00Z"}, []),
        ({"dated": False}, [debt, waits]),
        ({"contested": True}, []),
        ({"contested": False}, [late, debt, waits]),
        ({"number": 1}, []),
    ):
        assert await ledger.ids(**params) == wanted, params
    assert len((await ledger.get("worklist", case_id=case_id))["items"]) == 2
    assert len(await ledger.ids("deadlines", case_id=case_id)) == 1
    assert len(await ledger.ids("deadlines", toward="vendor:bigdist")) == 1
    assert await ledger.ids("deadlines", toward="us") == []


@pytest.mark.parametrize(
    "params",
    [
        {"debtor": "somebody"},
        {"debtor": "vendor:"},
        {"creditor": "us:me"},
        {"state": "hoped"},
        {"number": "0"},
        {"case_id": "1"},
        {"due_before": "2026-03-02"},
    ],
)
async def test_a_malformed_filter_is_refused(ledger, params):
    answer = await ledger.client.get("/v1/obligations", params=params)
    refusal(answer, "malformed", 422)


async def test_a_day_that_they_named_stands_beside_the_one_that_the_term_would_make(ledger):
    both = {"computed_on": "2026-03-12", "computed_source": "10 days from delivery"}
    told = await ledger.tell("deadlines", deadline("2026-03-09", **both))
    assert (told["last_on"], told["computed_on"]) == ("2026-03-09", "2026-03-12")
    assert told["computed_source"] == "10 days from delivery"
    half = await ledger.post("deadlines", deadline(computed_on="2026-03-12"))
    assert half.status_code == 422
