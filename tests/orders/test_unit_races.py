"""Two at once about one unit: what is decided under a lock holds."""

import asyncio
from datetime import UTC, datetime

import pytest

from app.orders.units import service as units
from app.orders.units.rules import (
    CannotReplace,
    Hand,
    HandKind,
    NotGone,
    Right,
    UnitCancelled,
    UnitWentBack,
)
from tests.orders.test_units import unit

AT = datetime(2026, 3, 1, 10, tzinfo=UTC)


async def told(erp, *keys):
    for key in keys:
        await erp.tell(f"units/{key}", unit(f"SN-{key}"))


async def locked(session, *keys):
    ids = [(await units.get(session, key)).id for key in keys]
    found = {each.key: each for each in await units.lock(session, ids)}
    return [found[key] for key in keys]


async def outcomes(*racing):
    return await asyncio.gather(*racing, return_exceptions=True)


async def test_a_unit_goes_back_under_one_of_two_authorisations(erp, runtime):
    async def go(key, rma):
        async with runtime.transaction() as session:
            (found,) = await locked(session, key)
            await units.went_back(session, found, rma=rma, at=AT)

    for n in range(3):
        await told(erp, f"u{n}")
        ended = await outcomes(go(f"u{n}", "1"), go(f"u{n}", "2"))
        assert [type(each) for each in ended if each is not None] == [UnitWentBack]
        assert (await erp.get(f"units/u{n}"))["went_back"]["rma"] in {"1", "2"}


async def test_a_unit_is_replaced_by_one_of_two(erp):
    for n in range(3):
        await told(erp, f"u{n}")
        link = {"unit": f"u{n}", "at": "2026-03-01T10:00:00Z"}
        sent = [
            erp.put(f"units/{side}{n}", unit(f"{side}{n}", replaces=link)) for side in ("l", "r")
        ]
        answers = await asyncio.gather(*sent)
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        assert (await erp.get(f"units/u{n}"))["replaced_by"] is not None


async def test_two_replacements_at_once_make_no_ring(erp):
    for n in range(3):
        await told(erp, f"a{n}", f"b{n}")
        at = "2026-03-01T10:00:00Z"
        answers = await asyncio.gather(
            erp.put(f"units/a{n}", unit(f"SN-a{n}", replaces={"unit": f"b{n}", "at": at})),
            erp.put(f"units/b{n}", unit(f"SN-b{n}", replaces={"unit": f"a{n}", "at": at})),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_the_same_again_changes_nothing(erp, runtime):
    await told(erp, "u1", "u2")
    for _ in range(2):
        async with runtime.transaction() as session:
            old, new = await locked(session, "u1", "u2")
            await units.went_back(session, old, rma="RMA 1", at=AT)
            await units.replaced(session, old, new, at=AT, rma="RMA 1")
            to = Hand(HandKind.CARRIER, "ups")
            move = {"right": Right.HOLDER, "to": to, "since": AT, "why": "Picked up"}
            await units.move(session, old, **move)
    assert len((await erp.get("unit-moves", unit="u1"))["items"]) == 1
    async with runtime.transaction() as session:
        (new,) = await locked(session, "u2")
        assert [link.rma for link in await units.chain(session, new.id)] == ["RMA 1"]


async def test_what_was_repaired_comes_back_and_may_go_again(erp, runtime):
    await told(erp, "u1")
    async with runtime.transaction() as session:
        (found,) = await locked(session, "u1")
        await units.require_here(session, found)
        with pytest.raises(NotGone):
            await units.came_back(session, found, at=AT)
        await units.went_back(session, found, rma="1", at=AT)
        with pytest.raises(UnitWentBack):
            await units.require_here(session, found)
        await units.came_back(session, found, at=AT)
        await units.require_here(session, found)
        await units.went_back(session, found, rma="2", at=AT)
    assert (await erp.get("units/u1"))["went_back"]["rma"] == "2"


async def test_what_happened_is_not_undone_by_what_the_erp_leaves_out(erp, runtime):
    await told(erp, "u1", "u2", "u3")
    async with runtime.transaction() as session:
        old, new = await locked(session, "u1", "u2")
        await units.replaced(session, old, new, at=AT)
    await erp.tell("units/u2", unit("SN-u2", installed_on="2026-03-01"))
    assert (await erp.get("units/u2"))["replaces"]["unit"] == "u1"
    refused = await erp.put("units/u2", unit("SN-9"))
    assert refused.json()["type"] == "/problems/unit-stands-fast"
    async with runtime.transaction() as session:
        old, other = await locked(session, "u1", "u3")
        with pytest.raises(CannotReplace):
            await units.replaced(session, old, other, at=AT)


async def test_nothing_happens_to_what_was_booked_in_error(erp, runtime):
    await erp.tell("units/u1", unit(cancelled_at="2026-03-01T00:00:00Z"))
    async with runtime.transaction() as session:
        (found,) = await locked(session, "u1")
        with pytest.raises(UnitCancelled):
            await units.went_back(session, found, rma="1", at=AT)
    assert await erp.keys("units", serial="FOC2312X0A1") == ["u1"]
    async with runtime.transaction() as session:
        assert await units.find(session, "FOC2312X0A1") == []
