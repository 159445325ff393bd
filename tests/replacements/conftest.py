"""A room with a world to ask for replacements in."""

import pytest

from tests.claims.room import tell_world
from tests.replacements.room import Desk


@pytest.fixture
async def desk(client, run_jobs, scales, clock):
    told = Desk(client, run_jobs, scales, clock)
    await tell_world(told.erp)
    await told.tell_units()
    await run_jobs()
    return told
