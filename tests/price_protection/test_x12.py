"""A vendor's price authorisation, X12 845 as JSON."""

from tests.orders.documents import pointers

AUTHORIZATION = {
    "vendor": "bigdist",
    "bpa": {"reference": "PCN-31", "date": "2026-02-27"},
    "cur": {"currency": "USD"},
    "dtm": [
        {"qualifier": "011", "date": "2026-02-01"},
        {"qualifier": "007", "date": "2026-03-01"},
    ],
    "pad": [
        {
            "lin": {"qualifier": "VP", "id": "b7h 44120"},
            "ctp": {"unit_price": "109.00", "former_unit_price": "129.00"},
        },
        {"lin": {"qualifier": "BP", "id": "R300"}, "ctp": {"unit_price": "50.00"}},
    ],
}


async def numbered(room, *keys):
    for key in keys:
        number = {"kind": "distributor", "vendor": "bigdist", "number": "B7H-44120"}
        await room.erp.tell(f"products/{key}", {"name": key, "part_numbers": [number]})


async def test_products_are_found_by_the_vendors_numbers(room):
    await numbered(room, "R900")
    answer = await room.post("notices/x12-845", AUTHORIZATION)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["origin"], told["state"], told["vendor_number"]) == (
        "x12_845",
        "confirmed",
        "PCN-31",
    )
    assert [(line["product"], line["new_price"]) for line in told["lines"]] == [
        ("R900", "109.00"),
        ("R300", "50.00"),
    ]


async def test_a_number_of_nobody_or_of_two_is_pointed_at(room):
    nobody = await room.post("notices/x12-845", AUTHORIZATION)
    await numbered(room, "R900", "R901")
    two = await room.post("notices/x12-845", AUTHORIZATION)
    for answer in (nobody, two):
        assert (answer.status_code, pointers(answer)) == (409, ["/pad/0/lin"])


async def test_the_vendors_own_number_comes_before_that_of_others(room):
    await room.erp.tell("vendors/other", {"name": "Other", "roles": ["distributor"]})
    theirs = {"kind": "distributor", "vendor": "other", "number": "B7H-44120"}
    await room.erp.tell("products/R901", {"name": "R901", "part_numbers": [theirs]})
    # What another distributor calls so is not what this one means.
    nobody = await room.post("notices/x12-845", AUTHORIZATION)
    assert (nobody.status_code, pointers(nobody)) == (409, ["/pad/0/lin"])
    makers = {"kind": "manufacturer", "number": "B7H-44120"}
    await room.erp.tell("products/R902", {"name": "R902", "part_numbers": [makers]})
    await numbered(room, "R900")
    answer = await room.post("notices/x12-845", AUTHORIZATION)
    assert [line["product"] for line in answer.json()["lines"]] == ["R900", "R300"]


async def test_its_faults_are_told_in_its_own_places(room):
    await numbered(room, "R900")
    rise = {"unit_price": "139.00", "former_unit_price": "129.00"}
    pad = [AUTHORIZATION["pad"][0] | {"ctp": rise}]
    answer = await room.post("notices/x12-845", AUTHORIZATION | {"pad": pad})
    assert (answer.status_code, pointers(answer)) == (422, ["/pad/0/ctp/unit_price"])
    undated = await room.post("notices/x12-845", AUTHORIZATION | {"dtm": AUTHORIZATION["dtm"][:1]})
    assert (undated.status_code, pointers(undated)) == (422, ["/dtm"])
