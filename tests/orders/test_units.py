"""Units: found as people write them, whose they are, what stands in for what, and what is gone."""

import asyncio

import pytest

from tests.orders.documents import line, order, pointers, quoted


def unit(serial="FOC2312X0A1", product="R900", **more):
    return {"serial": serial, "product": product, **more}


def held(kind="customer", key="dana", since="2026-02-25T17:10:00Z", why="Delivered to her"):
    return {"kind": kind, "key": key, "since": since, "why": why}


GONE = {"rma": "RMA 8123", "at": "2026-03-01T10:00:00Z"}


async def moves(erp, key="u1"):
    return (await erp.get("unit-moves", unit=key))["items"]


async def test_a_unit_is_created_read_and_replaced_whole(erp):
    await erp.tell("purchase-orders/PO%2F1", order())
    body = unit(
        order_line={"purchase_order": "PO/1", "line": "10"},
        customer="dana",
        invoiced_on="2026-02-20",
        shipped_on="2026-02-21",
        sold_on="2026-02-22",
        delivered_on="2026-02-25",
        installed_on="2026-02-27",
        registered_on="2026-03-01",
        in_set_up_until="2026-04-01",
    )
    put = await erp.put(f"units/{quoted('U/1#a')}", body)
    assert (put.status_code, put.headers["etag"]) == (201, '"1"'), put.text
    told = put.json()
    assert (told["key"], told["manufacturer"], told["customer"]) == ("U/1#a", "acme", "dana")
    assert told["order_line"]["line"] == "10"
    assert told["in_set_up_until"] == "2026-04-01"
    assert told["owner"] is told["holder"] is told["risk_bearer"] is None
    assert await erp.get(f"units/{quoted('U/1#a')}") == told
    again = await erp.put(f"units/{quoted('U/1#a')}", body)
    assert (again.status_code, again.json()) == (200, told)
    bare = await erp.tell(f"units/{quoted('U/1#a')}", unit())
    assert (bare["version"], bare["customer"], bare["delivered_on"]) == (2, None, None)


async def test_a_serial_is_found_as_people_write_it(erp):
    await erp.tell("units/u1", unit("FOC-2312 X0A1"))
    await erp.tell("units/u2", unit("SN42"))
    for written in (
        *("FOC-2312 X0A1", "foc2312x0a1", " FOC 2312-X0A1 ", "S/N: FOC2312X0A1"),
        *("SN foc2312x0a1", "Serial no.: foc-2312-x0a1", "s/n foc2312x0a1", "Serial: FOC2312X0A1"),
        "\uff26\uff2f\uff232312X0A1",
    ):
        assert await erp.keys("units", serial=written) == ["u1"], written
    for written in ("SN42", "sn 42", "S/N: SN42"):
        assert await erp.keys("units", serial=written) == ["u2"], written
    for written in ("FOC2312", "X0A1", "42", "-"):
        assert await erp.keys("units", serial=written) == [], written


async def test_serials_are_unique_for_a_product_and_not_overall(erp):
    await erp.tell("units/u1", unit())
    await erp.tell("units/u2", unit(product="R901"))
    assert await erp.keys("units", serial="FOC2312X0A1") == ["u1", "u2"]
    assert await erp.keys("units", serial="FOC2312X0A1", product="R901") == ["u2"]
    refused = await erp.put("units/u3", unit("foc 2312x0a1"))
    assert (refused.status_code, refused.json()["unit"]) == (409, "u1"), refused.text
    assert refused.json()["type"] == "/problems/serial-taken"
    assert pointers(refused) == ["/serial"]
    # Booked in error, it counts no more; and cannot come back while another has its serial.
    await erp.tell("units/u1", unit(cancelled_at="2026-03-01T00:00:00Z"))
    await erp.tell("units/u3", unit())
    assert (await erp.put("units/u1", unit())).json()["type"] == "/problems/serial-taken"


async def test_of_two_keys_for_one_serial_at_once_one_wins(erp):
    for n in range(5):
        sent = [erp.put(f"units/{n}-{side}", unit(f"SN-{n}")) for side in ("left", "right")]
        answers = await asyncio.gather(*sent)
        assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_units_are_found_by_what_is_known_of_them(erp):
    await erp.tell("purchase-orders/PO-1", order(line("10"), line("20")))
    for n, key in enumerate(("10", "20", "20")):
        await erp.tell(
            f"units/u{n}",
            unit(
                f"SN{n}",
                customer="dana" if n else "omar",
                order_line={"purchase_order": "PO-1", "line": key},
            ),
        )
    finds = {
        ("u0", "u1", "u2"): [{}, {"product": "R900"}, {"purchase_order": "PO-1"}],
        ("u1", "u2"): [{"customer": "dana"}, {"purchase_order": "PO-1", "line": "20"}],
        ("u0",): [{"customer": "omar"}, {"serial": "sn 0"}],
        (): [{"product": "R901"}, {"customer": "nobody"}, {"rma": "1"}, {"serial": "\u00df"}],
    }
    for keys, each in finds.items():
        for wanted in each:
            assert await erp.keys("units", **wanted) == list(keys), wanted
    first = await erp.get("units", limit=2)
    assert await erp.keys("units", after=first["next"]) == ["u2"]
    alone = await erp.client.get("/v1/units", params={"line": "20"})
    assert (alone.status_code, pointers(alone)) == (422, ["query:line"]), alone.text


async def test_whose_it_is_is_kept_with_its_history(erp):
    told = await erp.tell(
        "units/u1", unit(owner=held("lessor", "Prairie Leasing"), holder=held(), risk_bearer=held())
    )
    assert (told["owner"]["kind"], told["owner"]["key"]) == ("lessor", "Prairie Leasing")
    assert told["holder"]["why"] == "Delivered to her"
    later = held("carrier", "ups", "2026-03-01T08:00:00Z", "Picked up, 1Z9")
    posted = await erp.client.post(
        "/v1/unit-moves", json={"unit": "u1", "right": "holder", **later}
    )
    assert posted.status_code == 201, posted.text
    assert posted.json()["is_current"]
    # The ERP tells the same again, and more: what happened since is not undone.
    told = await erp.tell("units/u1", unit(holder=held(), installed_on="2026-02-26"))
    assert (told["holder"]["kind"], told["owner"]["kind"]) == ("carrier", "lessor")
    found = [each for each in await moves(erp) if each["right"] == "holder"]
    assert [(each["kind"], each["is_current"]) for each in found] == [
        ("customer", False),
        ("carrier", True),
    ]
    assert found[0]["recorded_by"].startswith("key:")


async def test_a_move_is_put_right_by_another_once(erp):
    await erp.tell("units/u1", unit(holder=held(since="2026-03-01T17:10:00Z")))
    wrong = (await moves(erp))[0]["move_id"]
    right = {"unit": "u1", "right": "holder", **held(since="2026-02-24T10:00:00Z")}
    put_right = {**right, "corrects": wrong}
    posted = await erp.client.post("/v1/unit-moves", json=put_right)
    assert posted.status_code == 201, posted.text
    told = await moves(erp)
    assert [(each["is_corrected"], each["is_current"]) for each in told] == [
        (True, False),
        (False, True),
    ]
    assert (await erp.get("units/u1"))["holder"]["since"] == "2026-02-24T10:00:00Z"
    for change in ({}, {"right": "owner"}, {"corrects": told[1]["move_id"], "right": "owner"}):
        refused = await erp.client.post("/v1/unit-moves", json={**put_right, **change})
        assert (refused.status_code, pointers(refused)) == (409, ["/corrects"]), refused.text


async def test_a_move_names_somebody_known_and_a_time_that_was(erp):
    await erp.tell("units/u1", unit())
    bad = {
        409: [
            (held("customer", "nobody"), "/key"),
            (held("vendor", "nobody"), "/key"),
            (held(since="2026-03-03T00:00:00Z"), "/since"),
        ],
        422: [
            (held("customer", None), ""),
            (held("us", "us"), ""),
            (held(why=" "), "/why"),
            (held(since="2026-02-25"), "/since"),
        ],
    }
    for status, each in bad.items():
        for body, pointer in each:
            refused = await erp.client.post(
                "/v1/unit-moves", json={"unit": "u1", "right": "owner", **body}
            )
            assert refused.status_code == status, refused.text
            assert pointers(refused) == [pointer], refused.text
    refused = await erp.put("units/u2", unit("SN2", holder=held("vendor", "nobody")))
    assert (refused.status_code, pointers(refused)) == (409, ["/holder/key"])
    refused = await erp.client.post(
        "/v1/unit-moves", json={"unit": "nothing", "right": "owner", **held()}
    )
    assert (refused.status_code, pointers(refused)) == (409, ["/unit"])


async def test_a_serial_that_went_back_is_caught(erp):
    told = await erp.tell("units/u1", unit(went_back=GONE))
    assert told["went_back"] == {"rma": "RMA 8123", "at": "2026-03-01T10:00:00Z"}
    assert await erp.keys("units", rma="8123") == ["u1"]
    refused = await erp.put("units/u2", unit("foc2312x0a1"))
    assert refused.status_code == 409, refused.text
    problem = refused.json()
    assert (problem["type"], problem["rma"]) == ("/problems/unit-went-back", "RMA 8123")
    assert problem["errors"][0]["detail"] == "this serial went back in RMA 8123 on 2026-03-01"
    # What it is stands fast; what else is known of it can still be told.
    for change in (
        {"serial": "SN9"},
        {"product": "R901"},
        {"cancelled_at": "2026-03-01T00:00:00Z"},
    ):
        refused = await erp.put("units/u1", unit(**change))
        assert refused.json()["type"] == "/problems/unit-stands-fast", refused.text
        assert pointers(refused) == [f"/{next(iter(change))}"]
    told = await erp.tell("units/u1", unit(delivered_on="2026-02-20"))
    assert told["went_back"]["rma"] == "RMA 8123"
    other = await erp.put("units/u1", unit(went_back={**GONE, "rma": "9000"}))
    assert other.json()["type"] == "/problems/unit-went-back"


async def test_a_replacement_is_told_with_the_unit_and_taken_back_with_it(erp):
    for n in (1, 2, 3):
        await erp.tell(f"units/u{n}", unit(f"SN{n}"))
    at = {"at": "2026-03-01T10:00:00Z"}
    told = await erp.tell("units/u2", unit("SN2", replaces={"unit": "u1", "rma": "R 1", **at}))
    assert (told["replaces"]["unit"], told["replaces"]["serial"]) == ("u1", "SN1")
    assert (await erp.get("units/u1"))["replaced_by"]["unit"] == "u2"
    third = await erp.tell("units/u3", unit("SN3", replaces={"unit": "u2", **at}))
    assert third["replaces"]["unit"] == "u2"
    refusals = {
        "itself": ("u1", {"unit": "u1", **at}),
        "a ring": ("u1", {"unit": "u3", **at}),
        "replaced already": ("u4", {"unit": "u1", **at}),
    }
    for name, (key, link) in refusals.items():
        refused = await erp.put(f"units/{key}", unit(f"SN{key[1]}", replaces=link))
        assert (refused.status_code, pointers(refused)) == (409, ["/replaces"]), name
    unknown = await erp.put("units/u4", unit("SN4", replaces={"unit": "u9", **at}))
    assert (unknown.status_code, pointers(unknown)) == (409, ["/replaces/unit"])
    # It was a mistake: the ERP tells the third without.
    await erp.tell("units/u3", unit("SN3"))
    assert (await erp.get("units/u2"))["replaced_by"] is None
    assert (await erp.put("units/u4", unit("SN4", replaces={"unit": "u2", **at}))).is_success


async def test_what_happens_to_a_unit_is_told_and_a_repetition_is_not(erp, run_jobs):
    body = unit(holder=held(), went_back=GONE)
    for sent in (body, body, {**body, "installed_on": "2026-02-26"}):
        await erp.tell("units/u1", sent)
    await run_jobs()
    subject = f"units/{(await erp.get('units/u1'))['unit_id']}"
    told = (await erp.get("events", subject=subject))["items"]
    assert sorted(each["type"] for each in told) == [
        "orders.unit_moved",
        "orders.unit_recorded",
        "orders.unit_recorded",
        "orders.unit_went_back",
    ]
    assert {each["data"]["to"] for each in told if "to" in each["data"]} == {"customer:dana"}


BAD = {
    "no serial": ({"serial": " "}, "/serial"),
    "a NUL": ({"serial": "S\x00"}, "/serial"),
    "delivered tomorrow week": ({"delivered_on": "2026-03-09"}, "/delivered_on"),
    "registered in the future": ({"registered_on": "2027-01-01"}, "/registered_on"),
    "a day as a number": ({"installed_on": 5}, "/installed_on"),
    "a holder without a name": ({"holder": held("lessor", None)}, "/holder"),
    "a word for a right": ({"holder": {**held(), "kind": "owner"}}, "/holder/kind"),
    "a member nobody knows": ({"colour": "red"}, "/colour"),
}


@pytest.mark.parametrize(("change", "pointer"), BAD.values(), ids=BAD)
async def test_what_does_not_parse_is_pointed_at(erp, change, pointer):
    refused = await erp.put("units/u1", unit(**change))
    assert (refused.status_code, pointers(refused)) == (422, [pointer]), refused.text


async def test_what_a_unit_names_must_be_known_and_all_of_it_is_pointed_at(erp):
    await erp.tell("purchase-orders/PO-1", order())
    refused = await erp.put(
        "units/u1",
        unit(
            product="nothing",
            customer="nobody",
            order_line={"purchase_order": "PO-1", "line": "99"},
        ),
    )
    assert refused.status_code == 409
    assert pointers(refused) == ["/product", "/customer", "/order_line/line"]
    nowhere = unit(order_line={"purchase_order": "PO-9", "line": "10"})
    refused = await erp.put("units/u1", nowhere)
    assert pointers(refused) == ["/order_line/purchase_order"]
