"""The rest of a warranty goes over to the unit that stands in, by the vendor's rule."""

from tests.coverage.calls import days, months

AT = "2026-02-20T10:00:00Z"
OFFERS = [{"gives": "warranty", "starts_on": "2026-02-20", "ends_on": "2026-12-31"}]


async def replaced(shop, *, bought="2025-06-01", shipped="2026-02-20", **terms):
    await shop.terms(warranty=months(12, "shipment"), **terms)
    await shop.unit("U-1", shipped_on=bought)
    replaces = {"unit": "U-1", "at": AT}
    await shop.unit("U-2", order_line=None, shipped_on=shipped, replaces=replaces)


JUNIPER = {"keeps_rest": True, "at_least": days(90, "replacement_shipment")}


async def test_the_rest_where_that_is_longer(shop):
    await replaced(shop, replacement_warranty=JUNIPER)
    told = await shop.entitled("U-2")
    found = told["warranty"]
    assert (found["answer"], found["ends_on"], told["replaces"]) == ("yes", "2026-06-01", ["U-1"])
    assert found["rule"] == (
        "the rest of the first one's warranty, at least 90 days from shipping of the replacement"
    )
    assert "the rest runs to 2026-06-01, the least time to 2026-05-21" in found["why"]


async def test_ninety_days_where_that_is_longer(shop):
    await replaced(shop, bought="2025-03-01", replacement_warranty=JUNIPER)
    assert (await shop.entitled("U-2"))["warranty"]["ends_on"] == "2026-05-21"
    assert await shop.answers("warranty", "U-2", "2026-05-21", "2026-05-22") == ["yes", "no"]


async def test_a_chain_carries_over_link_by_link(shop):
    await replaced(shop, bought="2025-03-01", replacement_warranty=JUNIPER)
    link = {"unit": "U-2", "at": "2026-03-01T10:00:00Z"}
    await shop.unit("U-3", order_line=None, shipped_on="2026-03-01", replaces=link)
    told = await shop.entitled("U-3")
    assert told["replaces"] == ["U-1", "U-2"]
    # Ninety days of its own are longer than the rest of the ninety of the one before.
    assert told["warranty"]["ends_on"] == "2026-05-30"
    assert told["supplier"] == "bigdist"


async def test_without_a_rule_the_rest_is_unknown(shop):
    await replaced(shop)
    assert (await shop.entitled("U-1"))["warranty"]["answer"] == "yes"
    assert (await shop.entitled("U-2"))["warranty"]["answer"] == "unknown"


async def test_half_a_rule_is_yes_as_long_as_it_reaches_and_unknown_after(shop):
    half = {"at_least": days(90, "replacement_shipment")}
    await replaced(shop, replacement_warranty=half)
    on = ("2026-05-21", "2026-05-22")
    assert await shop.answers("warranty", "U-2", *on) == ["yes", "unknown"]
    await shop.terms(
        warranty=months(12, "shipment"), replacement_warranty={"keeps_rest": False, **half}
    )
    assert await shop.answers("warranty", "U-2", *on) == ["yes", "no"]


async def test_where_the_replacement_has_no_day_only_the_rest_is_known(shop):
    await replaced(shop, shipped=None, replacement_warranty=JUNIPER)
    on = ("2026-06-01", "2026-06-02")
    assert await shop.answers("warranty", "U-2", *on) == ["yes", "unknown"]


async def test_a_page_that_knows_the_replacement_outweighs_the_rule(shop):
    await replaced(shop, replacement_warranty=JUNIPER)
    await shop.lookup(unit="U-2", offers=OFFERS)
    found = (await shop.entitled("U-2"))["warranty"]
    assert (found["ends_on"], found["disagree"]) == ("2026-12-31", True)


async def test_a_replacement_can_come_dead_out_of_its_box(shop):
    await replaced(shop, doa_window=days(30, "shipment"), replacement_warranty=JUNIPER)
    assert (await shop.entitled("U-1"))["doa"]["answer"] == "no"
    assert (await shop.entitled("U-2"))["doa"]["ends_on"] == "2026-03-22"
