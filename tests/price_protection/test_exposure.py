"""What a notice reaches: by product, day, place, terms; and what each unit earns."""

from decimal import Decimal
from uuid import UUID

import pytest

from app.price_protection import jobs, service
from tests.orders.documents import ADDRESS, content, package, shipment
from tests.price_protection.room import notice, price

DROP = {"customer": "C-1001", "address": ADDRESS}
ANA = {"by_name": "Ana Ruiz"}


async def ship(room, key, quantity, po="PO-1", at="2026-02-24T12:00:00Z", **more):
    await room.erp.tell(
        f"shipments/{key}",
        shipment(package(content(quantity, purchase_order=po)), shipped_at=at, **more),
    )


async def test_units_in_stock_bought_in_the_window_earn_the_fall(room):
    await room.grant()
    await room.buy("PO-1", quantity=10)
    told = await room.tell()
    assert told["earns"] == "200.00"
    assert told["says"] == "10 units earn 200.00 USD."
    assert await room.parts(told["id"]) == [("PO-1", 10, "on_hand", "eligible", "200.00")]


async def test_what_nobody_bought_is_an_empty_exposure_and_said_so(room):
    await room.grant()
    told = await room.tell(notice(price("R300")))
    assert told["totals"] == []
    assert "Nobody bought" in told["says"]


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        ("2026-01-29", "before_window"),
        ("2026-01-30", "eligible"),
        ("2026-02-28", "eligible"),
        ("2025-12-31", "before_window"),
    ],
)
async def test_the_window_reaches_back_thirty_days_and_no_further(room, on, reason):
    await room.grant()
    await room.buy("PO-1", on=on, receipts=[{"on": "2026-02-28", "quantity": 10}])
    told = await room.tell()
    assert [part[3] for part in await room.parts(told["id"])] == [reason]


async def test_what_was_bought_thirty_one_days_before_the_window_is_not_listed(room):
    await room.grant()
    line = await room.buy("PO-1", on="2025-12-30")
    told = await room.tell()
    assert await room.parts(told["id"]) == []
    explained = await room.read(told["id"], "/explain", line=line)
    assert not explained["is_listed"]
    assert explained["parts"][0]["reason"] == "before_window"
    assert "not listed" in explained["says"][-1]


async def test_what_was_bought_on_the_day_itself_is_not_listed_and_explained(room):
    await room.grant()
    line = await room.buy("PO-1", on="2026-03-01", receipts=[])
    told = await room.tell()
    assert told["totals"] == []
    assert (await room.read(told["id"], "/explain", line=line))["parts"]


async def test_a_window_of_business_days_is_counted_by_the_vendors_calendar(room):
    week = [[{"opens": "09:00", "closes": "17:00"}]] * 5
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    answer = await room.erp.put(
        "calendars/big",
        {
            "time_zone": "America/New_York",
            "week": dict(zip(days, week, strict=True)),
            "closed_days": ["2026-02-26"],
            "vendors": ["bigdist"],
        },
    )
    assert answer.is_success, answer.text
    window = {"value": 3, "unit": "business_days", "bought_on": "order"}
    await room.grant(look_back=window)
    # From Tuesday 24 on: Wednesday 25, not Thursday 26, Friday 27, Monday 2 March.
    await room.buy("PO-1", on="2026-02-24", receipts=[{"on": "2026-02-26", "quantity": 10}])
    await room.buy("PO-2", on="2026-02-23", receipts=[{"on": "2026-02-26", "quantity": 10}])
    told = await room.tell(notice(effective_on="2026-03-02"))
    assert told["terms"][1]["since_on"] == "2026-02-24"
    assert [part[3] for part in await room.parts(told["id"])] == ["eligible", "before_window"]


async def test_the_invoice_counts_where_the_terms_say_so(room):
    await room.grant(look_back={"value": 30, "unit": "days", "bought_on": "invoice"})
    await room.buy("PO-1", on="2025-06-01", invoiced_on="2026-02-10")
    await room.buy("PO-2", on="2026-02-10", invoiced_on="2026-02-12")
    await room.buy("PO-3", on="2026-02-10")
    await room.buy("PO-4", on="2026-01-20")
    await room.buy("PO-5", on="2026-01-20", invoiced_on="2026-01-21")
    told = await room.tell()
    assert {part[0]: part[3] for part in await room.parts(told["id"])} == {
        "PO-1": "eligible",
        "PO-2": "eligible",
        "PO-3": "eligible",  # invoiced no earlier than it was ordered
        "PO-4": "day_unknown",
        "PO-5": "before_window",
    }


async def test_units_are_told_apart_by_where_they_were(room):
    await room.grant()
    await room.buy(
        "PO-1",
        quantity=10,
        receipts=[{"on": "2026-02-21", "quantity": 4}, {"on": "2026-03-01", "quantity": 3}],
        sales=[{"on": "2026-02-28", "quantity": 1}, {"on": "2026-03-01", "quantity": 2}],
    )
    await ship(room, "S-1", 6)
    await ship(room, "S-2", 2, at="2026-03-01T00:00:00Z")
    told = await room.tell()
    assert await room.parts(told["id"]) == [
        ("PO-1", 1, "sold", "place_not_reached", "0.00"),
        ("PO-1", 3, "on_hand", "eligible", "60.00"),
        ("PO-1", 2, "in_transit", "eligible", "40.00"),
        ("PO-1", 4, "unshipped", "unshipped", "0.00"),
    ]


async def test_drop_shipped_units_need_a_term_of_their_own(room):
    await room.buy("PO-1", quantity=2, drop_ship=DROP)
    await ship(room, "S-1", 2)
    await room.grant()
    told = await room.tell()
    assert [part[2:4] for part in await room.parts(told["id"])] == [
        ("drop_shipped", "place_not_reached")
    ]
    await room.grant(reaches=["on_hand", "drop_shipped"])
    await room.run_jobs()  # other terms compute it anew by themselves
    assert (await room.read(told["id"]))["earns"] == "40.00"


async def test_the_day_begins_where_the_supplier_is(room):
    week = {"monday": [{"opens": "09:00", "closes": "17:00"}]}
    answer = await room.erp.put(
        "calendars/big", {"time_zone": "America/New_York", "week": week, "vendors": ["bigdist"]}
    )
    assert answer.is_success, answer.text
    await room.grant(reaches=["in_transit"])
    await room.buy("PO-1", quantity=3, receipts=None)
    await ship(room, "S-1", 1, at="2026-03-01T04:59:59Z")
    await ship(room, "S-2", 1, at="2026-03-01T05:00:00Z")
    told = await room.tell()
    assert [part[1:3] for part in await room.parts(told["id"])] == [
        (1, "in_transit"),
        (2, "unshipped"),
    ]


async def test_what_was_lost_or_went_back_is_claimed_for_as_that(room, runtime):
    await room.grant()
    line = await room.buy("PO-1", quantity=10)
    about = {"purchase_line_id": line}
    lost = await room.client.post(
        "/v1/losses", json={"description": "Missing.", "quantity": 2, "about": about}
    )
    assert lost.is_success, lost.text
    memo = {
        "kind": "credit_memo",
        "vendor": "bigdist",
        "number": "CM-1",
        "issued_on": "2026-03-01",
        "currency": "USD",
        "lines": [
            {
                "key": "1",
                "amount": "387.00",
                "quantity": 3,
                "references": {"rma": "RMA 1", "purchase_order": "PO-1", "line": "10"},
            }
        ],
    }
    told = await room.erp.put("vendor-documents/CM-1", memo)
    assert told.is_success, told.text
    answer = await room.post("notices", notice())
    await jobs.step(runtime)
    told = answer.json()
    assert await room.parts(told["id"]) == [
        ("PO-1", 3, "returned", "returned", "0.00"),
        ("PO-1", 2, "lost", "lost", "0.00"),
        ("PO-1", 5, "on_hand", "eligible", "100.00"),
    ]


async def test_a_unit_that_failed_and_is_swapped_is_protected_all_the_same(room, runtime):
    await room.grant()
    line = await room.buy("PO-1", quantity=10)
    about = {"purchase_line_id": line}
    failed = {"description": "Dead.", "kind": "failed", "quantity": 1, "about": about}
    loss = (await room.client.post("/v1/losses", json=failed)).json()
    told = (await room.post("notices", notice())).json()
    whole = [("PO-1", 10, "on_hand", "eligible", "200.00")]
    await jobs.step(runtime)
    assert await room.parts(told["id"]) == whole

    vendor, us = {"kind": "vendor", "key": "bigdist"}, {"kind": "us"}
    one = {"quantity": 1, "ground": {"kind": "term", "text": "A swap."}, "about": about}
    swap = one | {"kind": "deliver_goods", "debtor": vendor, "loss_id": loss["id"]}
    back = one | {"kind": "return_goods", "debtor": us, "creditor": vendor}
    for debt in (swap, back):
        owed = await room.client.post("/v1/obligations", json=debt | {"description": "Swap."})
        assert owed.is_success, owed.text
        done = await room.client.post(
            f"/v1/obligations/{owed.json()['id']}/performances",
            json={"quantity": 1, "performed_at": "2026-03-02T08:00:00Z"},
        )
        assert done.is_success, done.text
    await room.post(f"notices/{told['id']}/recompute", {})
    await jobs.step(runtime)
    assert await room.parts(told["id"]) == whole


@pytest.mark.parametrize(
    ("terms", "line", "reason", "amount"),
    [
        ({}, {"is_special_bid": True}, "special_bid", "0.00"),
        ({"protects_special_bids": True}, {"is_special_bid": True}, "eligible", "200.00"),
        (
            {"protects_special_bids": None},
            {"is_special_bid": True},
            "special_bid_unknown",
            "200.00",
        ),
        ({}, {"paid": "109.00"}, "paid_no_more", "0.00"),
        ({}, {"paid": "100.00"}, "paid_no_more", "0.00"),
        ({}, {"paid": "119.50"}, "eligible", "105.00"),
        ({"difference": "old_minus_new"}, {"paid": "119.50"}, "eligible", "200.00"),
        ({"difference": None}, {}, "difference_unknown", "200.00"),
        ({"reaches": None}, {}, "places_unknown", "200.00"),
        ({"look_back": None}, {}, "window_unknown", "200.00"),
        ({"is_granted": None}, {}, "no_entitlement_known", "200.00"),
        ({}, {"currency": "EUR"}, "other_currency", "0.00"),
        ({"cap": {"units": 4}}, {}, "capped", "80.00"),
        ({"cap": {"amount": {"amount": "150.00", "currency": "USD"}}}, {}, "capped", "150.00"),
        ({"cap": {"amount": {"amount": "0.004", "currency": "USD"}}}, {}, "capped", "0.00"),
        ({"cap": {"amount": {"amount": "150.00", "currency": "EUR"}}}, {}, "cap_unknown", "200.00"),
        ({"cap": {"percent": "10"}}, {}, "capped", "129.00"),
        # Of 1290.00 paid 129.129: rounded up it would exceed what the terms give.
        ({"cap": {"percent": "10.01"}}, {}, "capped", "129.12"),
        ({"cap": {"percent": "50", "units": 100}}, {}, "eligible", "200.00"),
    ],
)
async def test_terms_decide_what_units_earn(room, terms, line, reason, amount):
    await room.grant(**terms)
    await room.buy("PO-1", quantity=10, **line)
    told = await room.tell()
    assert [part[3:] for part in await room.parts(told["id"])] == [(reason, amount)]


async def test_what_is_not_granted_earns_nothing(room):
    await room.grant(
        **dict.fromkeys(("look_back", "file_within", "reaches", "difference")),
        protects_special_bids=None,
        is_granted=False,
    )
    await room.buy("PO-1")
    told = await room.tell()
    assert [part[3] for part in await room.parts(told["id"])] == ["not_granted"]


async def test_without_terms_no_entitlement_is_known(room):
    await room.buy("PO-1")
    told = await room.tell()
    assert [part[3] for part in await room.parts(told["id"])] == ["no_entitlement_known"]
    assert (told["earns"], told["may_earn"]) == ("0", "200.00")


async def test_a_makers_notice_reaches_what_others_sold_by_their_own_terms(room):
    await room.erp.tell("vendors/small", {"name": "Small", "roles": ["distributor"]})
    await room.grant()
    await room.grant("small", reaches=["sold"])
    await room.buy("PO-1")
    await room.buy("PO-2", supplier="small")
    told = await room.tell(notice(vendor="acme"))
    assert {part[0]: part[3] for part in await room.parts(told["id"])} == {
        "PO-1": "eligible",
        "PO-2": "place_not_reached",
    }
    own = await room.tell(notice(vendor="small"))
    assert [part[0] for part in await room.parts(own["id"])] == ["PO-2"]
    line = (await room.exposure(told["id"], eligibility="eligible"))[0]["purchase_line_id"]
    explained = await room.read(own["id"], "/explain", line=line)
    assert explained["parts"][0]["reason"] == "other_supplier"


async def test_a_family_is_all_its_products_but_those_named_themselves(room):
    for key in ("R900", "R300"):
        await room.erp.tell(
            f"products/{key}", {"name": key, "manufacturer": "acme", "product_line": "routers"}
        )
    await room.grant()
    await room.buy("PO-1")
    await room.buy("PO-2", product="R300", paid="60.00")
    family = {"product_line": "routers", "new_price": "50.00"}
    told = await room.tell(notice(family, price()))
    assert {part[0]: part[4] for part in await room.parts(told["id"])} == {
        "PO-1": "200.00",
        "PO-2": "100.00",
    }


async def test_terms_of_a_product_line_decide_for_it_whole(room):
    await room.erp.tell("products/R900", {"name": "R900", "product_line": "routers"})
    await room.grant(reaches=["on_hand"])
    await room.grant(line="routers", reaches=["sold"])
    await room.buy("PO-1")
    await room.buy("PO-2", product="R300")
    told = await room.tell(notice(price(), price("R300")))
    assert {part[0]: part[3] for part in await room.parts(told["id"])} == {
        "PO-1": "place_not_reached",
        "PO-2": "eligible",
    }


async def test_a_second_drop_protects_from_the_firsts_new_price(room):
    await room.grant(reaches=["on_hand"])
    await room.buy(
        "PO-1",
        quantity=10,
        sales=[{"on": "2026-02-28", "quantity": 4}],
        receipts=[{"on": "2026-02-21", "quantity": 6}, {"on": "2026-02-27", "quantity": 4}],
    )
    first = await room.tell(notice(price(new="119.00"), effective_on="2026-02-25"))
    assert first["earns"] == "60.00"  # six in stock on the 25th
    second = await room.tell(notice(price(new="109.00", old="119.00")))
    # Of the six in stock on the 1st two were protected to 119, four came after.
    assert [part[1:] for part in await room.parts(second["id"], eligibility="eligible")] == [
        (2, "on_hand", "eligible", "20.00"),
        (4, "on_hand", "eligible", "80.00"),
    ]
    assert second["overlaps"] == [first["id"]]
    await room.post(f"notices/{first['id']}/withdraw", ANA)
    await room.run_jobs()
    assert (await room.read(second["id"]))["earns"] == "120.00"


async def test_an_unconfirmed_notice_protects_from_nothing(room):
    heard = {
        "by_name": "D",
        "said_at": "2026-02-25T00:00:00Z",
        "channel": "phone",
        "words": "Less.",
    }
    await room.grant()
    await room.buy("PO-1")
    first = await room.tell(notice(price(new="119.00"), effective_on="2026-02-25", reported=heard))
    second = await room.tell()
    assert second["earns"] == "200.00"
    await room.post(f"notices/{first['id']}/confirm", ANA)
    await room.run_jobs()
    assert (await room.read(second["id"]))["earns"] == "100.00"


async def test_what_was_refused_for_good_protects_from_nothing(room, runtime):
    await room.grant()
    line = await room.buy("PO-1")
    first = await room.tell(notice(price(new="119.00"), effective_on="2026-02-25"))
    second = await room.tell()
    assert second["earns"] == "100.00"
    async with runtime.transaction() as session:
        await service.refuse(session, UUID(first["id"]), [(UUID(line), Decimal(0))])
    await room.run_jobs()
    assert (await room.read(second["id"]))["earns"] == "200.00"


async def test_a_notice_of_a_day_to_come_is_computed_again_on_that_day(room, clock):
    await room.grant()
    await room.buy("PO-1", on="2026-03-01", receipts=[{"on": "2026-03-02", "quantity": 4}])
    told = await room.tell(notice(effective_on="2026-03-05"))
    assert told["earns"] == "80.00"
    await room.buy("PO-1", on="2026-03-01", receipts=[{"on": "2026-03-04", "quantity": 10}])
    clock.advance(days=4)
    await room.run_jobs()
    assert (await room.read(told["id"]))["earns"] == "200.00"


async def test_the_exposure_is_read_page_by_page(room):
    await room.grant()
    for n in range(5):
        await room.buy(f"PO-{n}")
    told = await room.tell()
    path, seen, after = f"price-protection/notices/{told['id']}/exposure", [], None
    while True:
        params = {"limit": 2} | ({"after": after} if after else {})
        page = await room.erp.get(path, **params)
        seen += [each["purchase_order"] for each in page["items"]]
        if (after := page["next"]) is None:
            break
    assert sorted(seen) == [f"PO-{n}" for n in range(5)]
    refused = await room.client.get(f"/v1/{path}", params={"after": "x"})
    assert refused.status_code == 400


async def test_a_line_that_has_nothing_to_do_with_it_is_said_so(room):
    line = await room.buy("PO-1", product="R300")
    told = await room.tell()
    answer = await room.client.get(
        f"/v1/price-protection/notices/{told['id']}/explain", params={"line": line}
    )
    assert answer.json()["type"] == "/problems/not-in-notice"
