"""What was said of a parcel is dropped in time, unless a hold forbids it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.kit.ids import made_at, new_id
from app.parcels import forgetting
from tests.senders import delivered, scanned, weighed

NUMBER = "1Z999AA10000000001"


@pytest.fixture
async def parcel(scales, client, run_jobs):
    """A parcel that was scanned, weighed and delivered; gives its story whenever it is called."""
    await scales.send(scanned(NUMBER, "2026-03-01T10:00:00Z", "in_transit"))
    await scales.send(weighed(NUMBER, "2026-03-01T11:00:00Z", "1.62", "kg"))
    await scales.send(delivered(NUMBER, "2026-03-02T08:00:00Z"))
    await run_jobs()
    path = "/v1/parcels"
    [found] = (await client.get(path, params={"tracking_number": NUMBER})).json()["items"]

    async def story():
        return (await client.get(f"{path}/{found['id']}")).json()

    return story


def now_and(**more):
    # Ids carry the machine's time, whatever clock a test sets.
    return made_at(new_id()) + timedelta(**more)


async def test_after_three_years_the_state_stays_and_what_was_said_is_gone(parcel, runtime, clock):
    before = await parcel()
    assert all(before[said] for said in ("scans", "readings", "proof"))
    clock.moment = now_and(days=1097)
    await forgetting.forget(runtime, {})
    after = await parcel()
    assert (after["scans"], after["readings"], after["proof"]) == ([], [], None)
    assert after["status"] == before["status"] == "delivered"
    assert after["delivered_at"] == before["delivered_at"]


async def test_until_then_nothing_is_dropped(parcel, runtime, clock):
    before = await parcel()
    clock.moment = now_and(days=1090)
    await forgetting.forget(runtime, {})
    assert await parcel() == before


async def test_a_hold_stops_it(parcel, runtime, clock):
    before = await parcel()
    clock.moment = now_and(days=1097)
    keep = runtime.settings.keep.model_copy(update={"hold": True})
    held = replace(runtime, settings=runtime.settings.model_copy(update={"keep": keep}))
    await forgetting.forget(held, {})
    assert await parcel() == before
