"""Everything that happened, in order; and what belongs to a case besides."""

import asyncio
from uuid import UUID

import pytest

from app.cases import service
from app.cases.rules import MAX_FILES
from app.events import Event, publish
from tests.cases.calls import AT_VENDORS, REPLACED
from tests.files.test_files import PNG, upload
from tests.orders.documents import content, package, pointers, shipment


class Knocked(Event):
    TYPE = "tests.knocked"

    door: str

    def subject(self) -> str:
        return f"doors/{self.door}"


def types(page):
    return [item["type"] for item in page["items"]]


async def a_photo(client, content=PNG):
    return (await upload(client, content)).json()["id"]


async def test_a_case_is_told_from_the_first_word_to_the_last(cases, client, run_jobs):
    case = await cases.open()
    await cases.do(case, "notes", text="She called again.")
    await cases.do(case, "files", file_id=await a_photo(client), what="photo")
    await cases.patch(case, quantity=2)
    await cases.do(case, "make-whole", **REPLACED, expense_of=AT_VENDORS)
    await cases.do(case, "close", reason="resolved")
    await cases.do(case, "reopen", note="Lost too.")
    await cases.do(case, "close-recovery", outcome="written_off")
    await run_jobs()
    page = await cases.timeline(case)
    own = [item for item in page["items"] if item["subject"] == f"cases/{case['id']}"]
    assert [item["type"] for item in own] == [
        "cases.opened",
        "cases.note_added",
        "cases.file_added",
        "cases.changed",
        "cases.made_whole",
        "cases.closed",
        "cases.reopened",
        "cases.recovery_closed",
    ]
    opened, note, _, _, made_whole = own[:5]
    assert opened["data"]["report"] == case["report"]
    assert note["data"]["text"] == "She called again."
    assert (made_whole["data"]["expense_of"], made_whole["data"]["recovery"]) == (
        "vendor:bigdist",
        "open",
    )
    assert {item["data"]["number"] for item in own} == {case["number"]}
    assert [item["data"]["version"] for item in own] == [1, 1, 1, 2, 3, 4, 5, 6]


async def test_what_happened_to_the_goods_before_she_called_is_told_first(cases, erp, run_jobs):
    await run_jobs()
    case = await cases.open()
    await run_jobs()
    told = types(await cases.timeline(case))
    assert told == [
        "orders.purchase_order_recorded",
        "orders.shipment_recorded",
        "parcels.matched",
        "cases.opened",
    ]


@pytest.mark.parametrize("names", ["order_line", "shipment"])
async def test_parcels_are_found_by_the_line_or_by_the_shipment(cases, erp, run_jobs, names):
    apart = package(content(1, line="20"), tracking_number="1Z999AA202")
    await erp.tell("shipments/S-2", shipment(apart))
    other = {"order_line", "shipment"} - {names}
    case = await cases.open(**dict.fromkeys(other))
    await run_jobs()
    (parcel,) = (await erp.get("parcels", tracking_number="1Z999AA101"))["items"]
    weighed = {
        "weight": {"value": "1.25", "unit": "kg"},
        "weighed_at": "2026-03-01T09:00:00Z",
        "weighed_by": "customer",
    }
    answer = await cases.client.post(f"/v1/parcels/{parcel['id']}/weighings", json=weighed)
    assert answer.status_code == 201
    await run_jobs()
    page = await cases.timeline(case)
    assert types(page).count("parcels.matched") == types(page).count("parcels.weighed") == 1
    parcels = {i["subject"] for i in page["items"] if i["subject"].startswith("parcels/")}
    assert parcels == {f"parcels/{parcel['id']}"}


async def test_what_is_owed_and_what_was_lost_is_told(cases, client, run_jobs):
    await run_jobs()
    case, other = await cases.open(), await cases.open()
    about = {"case_id": case["id"]}
    bodies = {
        "obligations": {
            "kind": "deliver_goods",
            "debtor": AT_VENDORS,
            "creditor": {"kind": "us"},
            "quantity": 1,
            "ground": {"kind": "term", "text": "Shortages are reshipped."},
            "about": about,
        },
        "losses": {"description": "One never arrived.", "quantity": 1, "about": about},
        "deadlines": {
            "kind": "report",
            "description": "Report it.",
            "toward": AT_VENDORS,
            "last_on": "2026-03-06",
            "ground": {"kind": "term", "text": "5 days."},
            "about": about,
        },
    }
    for noun, body in bodies.items():
        answer = await client.post(f"/v1/{noun}", json=body)
        assert answer.status_code == 201, answer.text
    await run_jobs()
    told = types(await cases.timeline(case))
    new = ["obligations.opened", "obligations.loss_opened", "obligations.deadline_opened"]
    assert told[-3:] == new
    assert not set(new) & set(types(await cases.timeline(other)))


async def test_rooms_above_tie_what_happens_with_them_to_a_case(cases, runtime, run_jobs):
    await run_jobs()
    case, other = await cases.open(), await cases.open()
    async with runtime.transaction() as session:
        await publish(session, Knocked(door="1"), Knocked(door="2"))
        await service.follow(session, UUID(case["id"]), ["doors/1", "doors/1"])
        await service.follow(session, UUID(case["id"]), ["doors/1"])
        await service.follow(session, UUID(case["id"]), [])
    await run_jobs()
    last = (await cases.timeline(case))["items"][-1]
    assert (last["type"], last["subject"], last["data"]) == (
        "tests.knocked",
        "doors/1",
        {"door": "1"},
    )
    assert types(await cases.timeline(case)).count("tests.knocked") == 1
    assert "tests.knocked" not in types(await cases.timeline(other))


async def test_the_timeline_is_read_in_pages_of_which_none_skips_or_repeats(cases, run_jobs):
    case = await cases.open()
    for n in range(9):
        await cases.do(case, "notes", text=str(n))
    await run_jobs()
    whole = (await cases.timeline(case))["items"]
    pieces, after = [], {}
    for _ in range(20):
        page = await cases.timeline(case, limit=4, **after)
        pieces += page["items"]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert pieces == whole
    notes = [i["data"]["text"] for i in whole if i["type"] == "cases.note_added"]
    assert notes == [str(n) for n in range(9)]


async def test_a_cursor_of_another_list_is_refused(cases, client):
    case = await cases.open()
    await cases.open()
    listed = (await client.get("/v1/cases", params={"limit": 1})).json()["next"]
    for cursor in (listed, "nonsense", "dDE5OTk5OTk5OTk5OTk5OTk5OTk5OQ"):
        path = f"/v1/cases/{case['id']}/timeline"
        assert (await client.get(path, params={"after": cursor})).status_code == 400
    params = {"after": listed, "needed_by_before": "2026-03-09"}
    assert (await client.get("/v1/cases", params=params)).status_code == 400


async def test_files_are_listed_in_their_case(cases, client):
    case = await cases.open()
    photo, invoice = await a_photo(client), await a_photo(client, PNG + b"2")
    added = await cases.act(case, "files", file_id=photo, what="photo", note="From above.")
    assert added.status_code == 201, added.text
    await cases.do(case, "close", reason="withdrawn")
    await cases.do(case, "files", file_id=invoice, what="invoice")
    files = (await cases.get(case))["files"]
    assert [(f["file_id"], f["what"], f["note"]) for f in files] == [
        (photo, "photo", "From above."),
        (invoice, "invoice", None),
    ]
    assert files[0] == added.json()


async def test_a_file_nobody_sent_or_that_is_there_already_is_refused(cases, client):
    case, other = await cases.open(), await cases.open()
    nobody = "01890000-0000-7000-8000-000000000000"
    answer = await cases.act(case, "files", file_id=nobody, what="photo")
    assert (answer.status_code, pointers(answer)) == (409, ["/file_id"])
    photo = await a_photo(client)
    twice = await asyncio.gather(
        *(cases.act(case, "files", file_id=photo, what=what) for what in ("photo", "other"))
    )
    assert sorted(answer.status_code for answer in twice) == [201, 409]
    await cases.do(other, "files", file_id=photo, what="photo")


async def test_a_case_has_an_end_to_its_files(cases, client, runtime):
    case = await cases.open()
    photo = await a_photo(client)
    await runtime.pool.execute(
        "WITH f AS (INSERT INTO files (id, sha256, media_type, size_bytes, created_at)"
        " SELECT gen_random_uuid(), n::text, 'image/png', 1, now()"
        " FROM generate_series(1, $1::int) n RETURNING id)"
        " INSERT INTO case_files (id, case_id, file_id, what, added_at, added_by)"
        " SELECT gen_random_uuid(), $2, id, 'photo', now(), 'x' FROM f",
        MAX_FILES,
        case["id"],
    )
    answer = await cases.act(case, "files", file_id=photo, what="photo")
    assert (answer.status_code, answer.json()["most"]) == (409, MAX_FILES)


async def test_notes_are_read_in_the_order_they_were_written(cases, client):
    case = await cases.open()
    for text in "abc":
        written = await cases.act(case, "notes", text=text)
        assert written.status_code == 201
    path = written.headers["location"]
    first = (await client.get(path, params={"limit": 2})).json()
    assert [note["text"] for note in first["items"]] == ["a", "b"]
    rest = (await client.get(path, params={"after": first["next"]})).json()
    assert ([note["text"] for note in rest["items"]], rest["next"]) == (["c"], None)
    for text in ("", " ", "\x00", "x" * 4001):
        assert (await cases.act(case, "notes", text=text)).status_code == 422
