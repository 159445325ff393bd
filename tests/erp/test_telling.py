"""What happens is told: signed, as it stands in the feed, to whom it concerns."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.erp.receivers import ring


@pytest.fixture
def today(clock):
    """The library that verifies reads its own clock."""
    clock.moment = datetime.now(UTC)  # noqa: TID251


async def test_an_event_is_told_as_in_the_feed_with_a_sequence(
    endpoint, runtime, receiver, client, run_jobs
):
    await ring(runtime, "a1", "b1", "a2")
    await run_jobs()
    feed = (await client.get("/v1/events", params={"type": "tests.rang"})).json()["items"]
    told = sorted((each.body for each in receiver.told), key=lambda body: body["id"])
    assert [body.pop("sequence") for body in told] == [1, 1, 2]
    assert told == feed
    assert [each.headers["webhook-id"] for each in receiver.told] == [
        each.body["id"] for each in receiver.told
    ]
    assert {each.headers["content-type"] for each in receiver.told} == {"application/json"}


async def test_the_library_of_the_standard_verifies_what_is_told(
    today, endpoint, runtime, receiver, run_jobs
):
    await ring(runtime, "a1")
    await run_jobs()
    (told,) = receiver.told
    found = Webhook(endpoint["secret"]).verify(told.raw, told.headers)
    assert found["type"] == "tests.rang"
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(told.raw + b" ", told.headers)


async def test_for_a_day_after_a_rotation_both_secrets_sign(
    today, endpoint, runtime, receiver, client, clock, run_jobs
):
    path = f"/v1/webhook-endpoints/{endpoint['id']}/secrets"
    new = (await client.post(path, json={})).json()
    assert new["secret"] != endpoint["secret"]
    await ring(runtime, "a1")
    await run_jobs()
    (told,) = receiver.told
    assert told.headers["webhook-signature"].count("v1,") == 2
    for secret in (endpoint["secret"], new["secret"]):
        assert Webhook(secret).verify(told.raw, told.headers)
    third = await client.post(path, json={})
    assert third.status_code == 409
    assert third.json()["type"] == "/problems/rotation-under-way"
    clock.advance(hours=24)
    await ring(runtime, "a2")
    await run_jobs()
    assert receiver.told[1].headers["webhook-signature"].count("v1,") == 1
    assert (await client.post(path, json={})).status_code == 201


async def test_a_secret_that_leaked_can_be_ended_at_once(
    today, endpoint, runtime, receiver, client, run_jobs
):
    path = f"/v1/webhook-endpoints/{endpoint['id']}/secrets"
    await client.post(path, json={})
    new = (await client.post(path, json={"overlap_hours": 0})).json()
    await ring(runtime, "a1")
    await run_jobs()
    (told,) = receiver.told
    assert told.headers["webhook-signature"].count("v1,") == 1
    assert Webhook(new["secret"]).verify(told.raw, told.headers)


async def test_what_a_key_causes_does_not_come_back_to_it_unless_it_asks(
    endpoints, receiver, client, run_jobs
):
    quiet = await endpoints.register(receiver.url, types=["vendors.*"])
    await client.put("/v1/vendors/acme", json={"name": "Acme", "roles": ["service"]})
    await run_jobs()
    assert receiver.told == []
    assert (await endpoints.change(quiet, include_own=True)).status_code == 200
    await client.put("/v1/vendors/acme", json={"name": "Acme Inc", "roles": ["service"]})
    await run_jobs()
    assert [each.body["type"] for each in receiver.told] == ["vendors.recorded"]
    assert receiver.told[0].body["sequence"] == 1


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        (["*"], {"vendors.recorded", "products.recorded"}),
        (["vendors.*"], {"vendors.recorded"}),
        (["products.recorded", "cases.*"], {"products.recorded"}),
        (["cases.opened"], set()),
    ],
)
async def test_an_endpoint_is_told_the_types_it_names(
    endpoints, receiver, client, run_jobs, types, expected
):
    await endpoints.register(receiver.url, types=types, include_own=True)
    await client.put("/v1/vendors/acme", json={"name": "Acme", "roles": ["manufacturer"]})
    await client.put("/v1/products/r9", json={"name": "R9", "manufacturer": "acme"})
    await run_jobs()
    told = {each.body["type"] for each in receiver.told} - {"erp.endpoint_registered"}
    assert told == expected


async def test_only_what_happens_after_the_registration_is_told(
    endpoints, runtime, receiver, run_jobs
):
    await ring(runtime, "a1")
    await run_jobs()
    await endpoints.register(receiver.url)
    await ring(runtime, "a2")
    await run_jobs()
    assert receiver.rings == ["a2"]


async def test_extra_headers_are_sent_and_never_shown(endpoints, runtime, receiver, run_jobs):
    told = await endpoints.register(receiver.url, headers={"X-Gateway-Key": "b7f2"})
    assert told["header_names"] == ["X-Gateway-Key"]
    assert "b7f2" not in json.dumps(await endpoints.read(told))
    await ring(runtime, "a1")
    await run_jobs()
    assert receiver.told[0].headers["x-gateway-key"] == "b7f2"
    sealed = await runtime.pool.fetchval("SELECT headers_sealed FROM webhook_endpoints")
    assert b"b7f2" not in sealed


async def test_a_test_event_reaches_the_one_endpoint_whatever_it_is_told(
    endpoints, receiver, client, run_jobs
):
    one = await endpoints.register(receiver.url, types=["cases.opened"])
    await endpoints.register(receiver.url, types=["erp.*"])
    answer = await client.post(f"/v1/webhook-endpoints/{one['id']}/test")
    assert answer.status_code == 202
    await run_jobs()
    (told,) = receiver.told
    assert told.body["type"] == "erp.test_requested"
    assert told.body["data"] == {"endpoint_id": one["id"], **answer.json()}


async def test_a_disabled_endpoint_misses_nothing(
    endpoint, endpoints, runtime, receiver, client, run_jobs
):
    await endpoints.change(endpoint, is_disabled=True)
    await ring(runtime, "a1", "a2")
    await run_jobs()
    assert receiver.told == []
    refused = await client.post(f"/v1/webhook-endpoints/{endpoint['id']}/test")
    assert (refused.status_code, refused.json()["reason"]) == (409, "by_hand")
    await endpoints.change(endpoint, is_disabled=False)
    await run_jobs()
    assert receiver.rings == ["a1", "a2"]
    assert [each.body["sequence"] for each in receiver.told] == [1, 2]


async def test_a_removed_endpoint_is_told_nothing_not_even_what_waited(
    endpoint, runtime, receiver, client, clock, run_jobs
):
    receiver.status = 500
    await ring(runtime, "a1")
    await run_jobs()
    path = f"/v1/webhook-endpoints/{endpoint['id']}"
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path)).status_code == 404
    clock.advance(hours=1)
    await ring(runtime, "a2")
    await run_jobs()
    assert receiver.rings == ["a1"]


async def test_a_changed_url_is_told_what_waits(endpoint, endpoints, runtime, receiver, run_jobs):
    receiver.status = 500
    await ring(runtime, "a1", "a2")
    await run_jobs()
    receiver.status = 200
    moved = await endpoints.change(endpoint, url=receiver.url + "/new")
    assert moved.json()["url"].endswith("/new")
    (waiting, _) = await endpoints.deliveries()
    assert (await endpoints.resend(waiting)).status_code == 202
    await run_jobs()
    assert receiver.rings == ["a1", "a1", "a2"]
