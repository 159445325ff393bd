"""Notices: told, refused, corrected, confirmed, withdrawn; and races of all these."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest

from app import worker
from app.price_protection.notices import writing
from app.price_protection.rules import PriceLine
from tests.orders.documents import pointers
from tests.price_protection.room import notice, price

HEARD = {
    "by_name": "Dana Whitfield",
    "customer": "C-1001",
    "said_at": "2026-03-02T08:30:00Z",
    "channel": "phone",
    "words": "It is twenty dollars less since yesterday.",
}
SAID = {
    "by_name": "Kim Reyes",
    "said_at": "2026-03-02T08:45:00Z",
    "channel": "email",
    "words": "Yes, 109 since Sunday.",
}
ANA = {"by_name": "Ana Ruiz", "note": "Their list says so."}


async def test_a_notice_is_read_as_it_was_told(room):
    told = await room.tell(notice(vendor_number="PCN-31", announced_on="2026-02-27"))
    assert told["number"].startswith("PN-")
    assert (told["origin"], told["state"]) == ("announced", "confirmed")
    assert told["lines"] == [
        {"product": "R900", "product_line": None, "old_price": "129.00", "new_price": "109.00"}
    ]
    assert told["is_effective"]
    assert told["is_computed"]
    found = await room.erp.get("price-protection/notices", number=told["number"], vendor="bigdist")
    assert [each["id"] for each in found["items"]] == [told["id"]]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (notice(price(new="139.00")), "/lines/0/new_price"),
        (notice(price(new="129.00")), "/lines/0/new_price"),
        (notice(price(), price("R300"), price()), "/lines/2/product"),
        (notice(effective_on="2016-03-01"), "/effective_on"),
        (notice(effective_on="2036-03-01"), "/effective_on"),
        (notice(announced_on="2026-04-01"), "/announced_on"),
        (notice(currency="XXX"), "/currency"),
        (notice({"new_price": "1.00"}), "/lines/0"),
        (notice(price(new="-1.00")), "/lines/0/new_price"),
        (notice(price(new="0.00")), "/lines/0/new_price"),
        (notice(reported=HEARD | {"said_at": "2026-03-03T00:00:00Z"}), "/reported/said_at"),
    ],
)
async def test_what_is_no_fall_in_price_is_refused_with_a_pointer(room, document, pointer):
    answer = await room.post("notices", document)
    assert answer.status_code == 422, answer.text
    assert pointer in pointers(answer)


async def test_unknown_records_are_all_pointed_at(room):
    document = notice(price("R1"), price(), price("R2"), vendor="nobody")
    answer = await room.post("notices", document)
    assert answer.status_code == 409
    assert pointers(answer) == ["/vendor", "/lines/0/product", "/lines/2/product"]


async def test_the_same_notice_twice_is_refused_with_the_first_ones_id(room):
    first = await room.tell(notice(price(), price("R300"), vendor_number="PCN-31"))
    same = await room.post("notices", notice(price("R300"), price()))
    numbered = await room.post("notices", notice(price(new="99.00"), vendor_number="PCN-31"))
    for answer in (same, numbered):
        assert answer.status_code == 409
        assert answer.json()["type"] == "/problems/notice-known"
        assert answer.json()["notice_id"] == first["id"]


async def test_of_two_who_tell_the_same_at_once_one_does(room):
    answers = await asyncio.gather(*(room.post("notices", notice()) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]


async def test_what_is_heard_of_is_unconfirmed_and_the_vendor_owes_an_answer(room):
    await room.grant()
    told = await room.tell(notice(reported=HEARD))
    assert (told["origin"], told["state"]) == ("reported", "unconfirmed")
    debt = await room.erp.get(f"obligations/{told['answer_id']}")
    assert (debt["kind"], debt["debtor"]["key"], debt["state"]) == ("answer", "bigdist", "open")


@pytest.mark.parametrize(("step", "state"), [("confirm", "confirmed"), ("withdraw", "withdrawn")])
async def test_the_vendors_own_word_keeps_the_answer_that_it_owes(room, step, state):
    told = await room.tell(notice(reported=HEARD))
    answer = await room.post(f"notices/{told['id']}/{step}", ANA | {"vendor_said": SAID})
    assert answer.json()["state"] == state
    assert answer.json()["decided"]["vendor_said"] == SAID
    debt = await room.erp.get(f"obligations/{told['answer_id']}")
    assert debt["state"] == "kept"
    assert [each["performed_at"] for each in debt["performances"]] == [SAID["said_at"]]
    assert SAID["words"] in debt["performances"][0]["note"]


@pytest.mark.parametrize("step", ["confirm", "withdraw"])
async def test_what_one_of_us_decides_is_no_answer_of_the_vendors(room, step):
    told = await room.tell(notice(reported=HEARD))
    answer = await room.post(f"notices/{told['id']}/{step}", ANA)
    assert answer.is_success, answer.text
    debt = await room.erp.get(f"obligations/{told['answer_id']}")
    assert (debt["state"], debt["performances"]) == ("released", [])


async def test_words_of_the_future_decide_nothing(room):
    told = await room.tell(notice(reported=HEARD))
    later = {"vendor_said": SAID | {"said_at": "2026-03-03T00:00:00Z"}}
    answer = await room.post(f"notices/{told['id']}/confirm", ANA | later)
    assert pointers(answer) == ["/vendor_said/said_at"]
    assert (await room.read(told["id"]))["state"] == "unconfirmed"


async def test_a_report_by_an_unknown_customer_is_refused(room):
    answer = await room.post("notices", notice(reported=HEARD | {"customer": "C-9"}))
    assert pointers(answer) == ["/reported/customer"]


async def test_a_corrected_notice_is_computed_anew(room):
    await room.grant()
    await room.buy("PO-1")
    told = await room.tell()
    path = f"price-protection/notices/{told['id']}"
    answer = await room.erp.put(path, notice(price(new="119.00")), if_match='"1"')
    assert answer.json()["version"] == 2
    assert not answer.json()["is_computed"]
    await room.run_jobs()
    assert (await room.read(told["id"]))["earns"] == "100.00"
    same = await room.erp.put(path, notice(price(new="119.00")))
    assert same.json()["version"] == 2


async def test_of_two_who_correct_one_version_at_once_one_does(room):
    told = await room.tell()
    path = f"price-protection/notices/{told['id']}"
    answers = await asyncio.gather(
        *(room.erp.put(path, notice(price(new=f"{n}.00")), if_match='"1"') for n in (80, 90, 100))
    )
    assert sorted(each.status_code for each in answers) == [200, 412, 412]


async def test_of_two_who_confirm_at_once_one_does(room):
    told = await room.tell(notice(reported=HEARD))
    path = f"notices/{told['id']}/confirm"
    answers = await asyncio.gather(*(room.post(path, ANA) for _ in range(3)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409]


async def test_a_withdrawn_notice_reaches_nothing_and_stays_on_record(room):
    await room.grant()
    await room.buy("PO-1")
    told = await room.tell()
    await room.post(f"notices/{told['id']}/withdraw", ANA)
    await room.run_jobs()
    after = await room.read(told["id"])
    assert (after["state"], after["totals"], after["earns"]) == ("withdrawn", [], "0")
    assert await room.parts(told["id"]) == []
    correction = await room.erp.put(f"price-protection/notices/{told['id']}", notice())
    assert correction.json()["type"] == "/problems/notice-is-withdrawn"
    again = await room.tell()
    assert again["earns"] == "200.00"


async def test_the_day_of_a_notice_comes_where_its_vendor_is(room):
    calendar = {
        "time_zone": "Australia/Sydney",
        "week": {"monday": [{"opens": "09:00", "closes": "17:00"}]},
        "vendors": ["bigdist"],
    }
    assert (await room.erp.put("calendars/big", calendar)).is_success
    told = {
        day: (await room.post("notices", notice(effective_on=day))).json()["is_effective"]
        for day in ("2026-03-02", "2026-03-03")
    }
    assert told == {"2026-03-02": True, "2026-03-03": False}


async def test_a_vendor_does_not_change(room):
    told = await room.tell()
    answer = await room.erp.put(f"price-protection/notices/{told['id']}", notice(vendor="acme"))
    assert pointers(answer) == ["/vendor"]


async def test_two_workers_compute_a_notice_once(room, runtime, monkeypatch):
    await room.grant()
    await room.buy("PO-1")
    answer = await room.post("notices", notice())
    await asyncio.gather(worker.drain(runtime), worker.drain(runtime))
    told = await room.read(answer.json()["id"])
    assert told["earns"] == "200.00"
    events = await room.erp.get("events", type="price_protection.exposure_computed", limit=200)
    assert len(events["items"]) == 1


async def test_what_breaks_is_told_and_can_be_computed_again(room, monkeypatch):
    await room.grant()
    await room.buy("PO-1")
    answer = await room.post("notices", notice())
    with monkeypatch.context() as patched:
        patched.setattr("app.price_protection.jobs.compute", _break)
        await room.run_jobs()
    told = await room.read(answer.json()["id"])
    assert "broke" in told["trouble"]
    assert (await room.post(f"notices/{told['id']}/recompute")).status_code == 202
    await room.run_jobs()
    told = await room.read(told["id"])
    assert (told["trouble"], told["earns"]) == (None, "200.00")


async def _break(*_args):
    raise ZeroDivisionError


async def test_prices_seen_to_have_fallen_open_one_notice(room, runtime):
    async def see():
        async with runtime.transaction() as session:
            opened = await writing.open_detected(
                session,
                vendor="bigdist",
                currency="USD",
                effective_on=date(2026, 3, 1),
                lines=[PriceLine("R900", None, Decimal("129.0000"), Decimal(109))],
            )
            return str(opened.id)

    first, second = await asyncio.gather(see(), see())
    assert first == second
    told = await room.read(first)
    assert (told["origin"], told["state"]) == ("detected", "unconfirmed")


async def test_every_step_is_an_event(room):
    told = await room.tell(notice(reported=HEARD))
    await room.post(f"notices/{told['id']}/confirm", ANA)
    await room.erp.put(f"price-protection/notices/{told['id']}", notice(price(new="99.00")))
    await room.post(f"notices/{told['id']}/withdraw", ANA)
    await room.run_jobs()
    events = await room.erp.get("events", subject=f"price-notices/{told['id']}", limit=200)
    kinds = [each["type"].partition(".")[2] for each in events["items"]]
    assert kinds == [
        "notice_opened",
        "exposure_computed",
        "notice_confirmed",
        "notice_corrected",
        "notice_withdrawn",
        "exposure_computed",
    ]
