"""Prices that are seen to fall open notices; a second sight confirms them, a slip does not."""

import asyncio

import pytest

from app.price_protection.detection.detecting import detect


@pytest.fixture
async def shop(room):
    await room.grant()
    await room.buy("PO-1")
    return Shop(room)


class Shop:
    """A distributor whose prices are looked at."""

    def __init__(self, room):
        self.room, self.client = room, room.client

    async def saw(self, at, vendor="bigdist", currency="USD", kind="base", **prices):
        told = [
            {"product": product, "kind": kind, "price": {"amount": amount, "currency": currency}}
            for product, amount in prices.items()
        ]
        body = {"vendor": vendor, "seen_at": f"2026-{at}:00Z", "prices": told}
        answer = await self.client.post("/v1/products/prices", json=body)
        assert answer.status_code == 201, answer.text

    async def look(self, *args, **prices):
        await self.saw(*args, **prices)
        await self.room.run_jobs()
        return await self.notices()

    async def notices(self):
        found = (await self.client.get("/v1/price-protection/notices")).json()["items"]
        return [await self.room.read(each["id"]) for each in found]


def lines(notice):
    return [(each["product"], each["old_price"], each["new_price"]) for each in notice["lines"]]


async def test_a_fall_opens_a_notice_that_a_second_sight_confirms(shop):
    assert await shop.look("02-27T09:00", R900="129.00", R300="50.00") == []
    (notice,) = await shop.look("03-01T09:00", R900="109.00", R300="45.00")
    assert (notice["origin"], notice["state"]) == ("detected", "unconfirmed")
    assert notice["effective_on"] == "2026-03-01"
    assert lines(notice) == [("R300", "50.00", "45.00"), ("R900", "129.00", "109.00")]
    assert notice["totals"][0]["amount"] == "200.00"
    (again,) = await shop.look("03-02T08:00", R900="109.00", R300="45.00")
    assert (again["id"], again["state"]) == (notice["id"], "confirmed")
    assert again["decided"]["by_name"] == "Makegood"
    (still,) = await shop.look("03-02T09:00", R900="109.00", R300="45.00")
    assert still["version"] == again["version"]


async def test_what_rises_again_at_the_next_sight_is_taken_out_of_its_notice(shop):
    await shop.saw("02-27T09:00", R900="129.00", R300="50.00")
    await shop.look("03-01T09:00", R900="109.00", R300="45.00")
    (notice,) = await shop.look("03-02T08:00", R900="109.00", R300="50.00")
    assert lines(notice) == [("R900", "129.00", "109.00")]
    assert notice["state"] == "confirmed"


async def test_a_slip_alone_withdraws_its_notice(shop):
    await shop.saw("02-27T09:00", R900="129.00")
    await shop.look("03-01T09:00", R900="12.90")
    (notice,) = await shop.look("03-02T08:00", R900="129.00")
    assert notice["state"] == "withdrawn"
    assert (await shop.look("03-02T08:30", R900="129.00"))[0]["version"] == notice["version"]


async def test_promotions_special_bids_and_rounding_open_nothing(shop):
    for at, amount, base in (
        ("02-27T09:00", "99.00", "129.00"),
        ("03-01T09:00", "79.00", "128.995"),
    ):
        for kind in ("promotion", "special_bid", "list"):
            await shop.saw(at, kind=kind, R900=amount)
        await shop.saw(at, R900=base)
    await shop.room.run_jobs()
    assert await shop.notices() == []


async def test_a_fall_that_shows_by_what_came_late_is_found(shop):
    await shop.look("03-01T09:00", R900="109.00")
    (notice,) = await shop.look("02-27T09:00", R900="129.00")
    assert notice["effective_on"] == "2026-03-01"


async def test_what_was_announced_is_no_news_and_what_was_reported_is_confirmed_by_the_sight(shop):
    await shop.room.tell()
    await shop.saw("02-27T09:00", R900="129.00")
    (notice,) = await shop.look("03-01T09:00", R900="109.00")
    assert notice["origin"] == "announced"


async def test_two_falls_are_two_notices_and_the_first_is_sure_by_the_second(shop):
    await shop.saw("02-26T09:00", R900="129.00")
    await shop.look("02-27T09:00", R900="119.00")
    first, second = await shop.look("03-01T09:00", R900="109.00")
    assert (lines(first), first["state"]) == ([("R900", "129.00", "119.00")], "confirmed")
    assert (lines(second), second["state"]) == ([("R900", "119.00", "109.00")], "unconfirmed")


async def test_polls_at_once_and_jobs_that_run_twice_open_one_notice(shop, runtime):
    await shop.saw("02-27T09:00", R900="129.00")
    await shop.look("03-01T09:00", R900="109.00")
    await shop.saw("03-01T10:00", R300="45.00")
    polls = (await shop.client.get("/v1/product-prices/polls")).json()["items"]

    async def again():
        async with runtime.transaction("tests") as session:
            await detect(session, [each["id"] for each in polls])

    await asyncio.gather(*(again() for _ in range(3)))
    (notice,) = await shop.notices()
    assert notice["state"] == "unconfirmed"


async def test_a_fall_behind_a_slip_below_it_is_found(shop):
    await shop.saw("02-27T09:00", R900="129.00")
    (slip,) = await shop.look("03-01T09:00", R900="19.00")
    await shop.look("03-02T07:00", R900="109.00")
    slip, fall = await shop.look("03-02T08:00", R900="109.00")
    assert (slip["state"], fall["state"]) == ("withdrawn", "confirmed")
    assert lines(fall) == [("R900", "129.00", "109.00")]


async def test_an_earlier_sight_that_is_told_late_confirms_the_fall(shop):
    await shop.saw("02-27T09:00", R900="129.00")
    (seen,) = await shop.look("03-02T08:00", R900="109.00")
    assert seen["state"] == "unconfirmed"
    (seen,) = await shop.look("03-01T09:00", R900="109.00")
    assert seen["state"] == "confirmed"


async def test_a_fall_that_what_came_late_shows_to_be_none_is_withdrawn(shop):
    await shop.saw("02-27T09:00", R900="129.00")
    await shop.saw("02-27T10:00", R900="129.00")
    await shop.look("03-02T08:00", R900="109.00")
    # It had fallen further before, and rose to what was taken for its first low price.
    await shop.saw("03-01T09:00", R900="89.00")
    await shop.saw("03-01T10:00", R900="89.00")
    await shop.look("03-02T08:30", R900="109.00")
    notices = {each["lines"][0]["new_price"]: each["state"] for each in await shop.notices()}
    assert notices == {"109.00": "withdrawn", "89.00": "confirmed"}
