"""A fickle receiver on a set clock: every id arrives, and in order as promised."""

from tests.erp.soak import overtakings, soak

COUNT = 1000


async def test_every_event_arrives_whatever_fails_on_the_way(endpoints, runtime, clock):
    receiver, states, _ = await soak(runtime, clock, endpoints.register, count=COUNT, subjects=200)
    ids = await runtime.pool.fetch("SELECT id::text FROM events WHERE type = 'tests.rang'")
    assert sorted(receiver.ids) == sorted(row["id"] for row in ids)
    assert states == {"delivered": COUNT}
    assert overtakings(receiver.arrived) == []
    for told in receiver.arrived.values():
        assert sorted(sequence for sequence, _ in told) == list(range(1, len(told) + 1))
