"""A fickle receiver on a set clock: every id arrives once, and in order as promised."""

import pytest

from bench.erp_soak.soak import soak

COUNT = 150


@pytest.fixture
def settings(settings):
    """Of which no attempt is lost to a slow machine."""
    patient = settings.webhooks.model_copy(update={"timeout_s": 15, "per_endpoint": 64})
    return settings.model_copy(update={"webhooks": patient})


async def test_every_event_arrives_whatever_fails_on_the_way(endpoints, runtime, clock):
    """`python -m bench.erp_soak` does the same with 50,000."""
    outcome = await soak(runtime, clock, endpoints.register, count=COUNT, subjects=30)
    assert outcome.missing == 0
    assert outcome.states == {"delivered": COUNT}
    assert outcome.receiver.overtaken() == []
    assert not outcome.receiver.has_gaps()
    assert max(outcome.receiver.tries.values()) > 5
