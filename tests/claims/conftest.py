"""A room with a world to claim in."""

import pytest

from tests.claims.room import Room, tell_world


@pytest.fixture
async def room(client, run_jobs, scales, clock):
    told = Room(client, run_jobs, scales, clock)
    await tell_world(told.erp)
    await run_jobs()
    return told
