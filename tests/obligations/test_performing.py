"""What is done towards a debt: kept, kept late, in part, too much, with what shows it."""

from tests.obligations.documents import (
    ACME,
    DANA,
    NOBODY,
    done,
    owed,
    paid,
    pointers,
    promise,
    promised,
    refusal,
)


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
