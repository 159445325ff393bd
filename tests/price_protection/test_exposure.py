"""What a notice reaches: by product, day, place, terms; and what each unit earns."""

from tests.price_protection.room import notice, price


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
