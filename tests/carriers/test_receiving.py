"""Webhooks at the door: what is let in, what is kept, what is answered."""

import asyncio

import pytest

from app.carriers.providers.easypost import EasyPost
from app.parcels import recording
from tests.senders import EASYPOST_SECRET, scanned, tracker


async def deliveries(client, **filters):
    answer = await client.get("/v1/carriers/deliveries", params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_signed_webhook_is_kept_byte_for_byte_and_answered_200(client, easypost):
    body = b'{"id": "evt_9",  "description":"tracker.updated", "result": {"weight": 136.0}}'
    answer = await easypost.send(body)
    assert answer.status_code == 200
    assert answer.json() == {"received": True, "duplicate": False}
    [kept] = await deliveries(client)
    assert kept["dedup_key"] == "evt_9"
    assert kept["state"] == "pending"
    assert kept["size_bytes"] == len(body)
    assert "x-hmac-signature" in kept["headers"]
    raw = await client.get(f"/v1/carriers/deliveries/{kept['id']}/body")
    assert raw.content == body


async def test_a_duplicate_is_answered_200_and_kept_once(client, easypost):
    await easypost.send(tracker())
    again = await easypost.send(tracker())
    assert again.status_code == 200
    assert again.json()["duplicate"] is True
    assert len(await deliveries(client)) == 1


async def test_fifty_copies_at_once_are_kept_once_and_all_answered_200(client, easypost):
    answers = await asyncio.gather(*(easypost.send(tracker()) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(not answer.json()["duplicate"] for answer in answers) == 1
    assert len(await deliveries(client)) == 1


async def test_the_same_event_id_with_other_bytes_is_kept_beside_the_first_and_flagged(
    client, easypost
):
    await easypost.send(tracker(status="in_transit"))
    other = await easypost.send(tracker(status="delivered"))
    assert other.json()["duplicate"] is False
    second, first = await deliveries(client)
    assert first["dedup_key"] == second["dedup_key"] == "evt_1"
    assert second["conflicts_with"] == [first["id"]]
    assert first["conflicts_with"] == [second["id"]]


async def test_two_sources_may_use_the_same_event_id(client, register):
    one = await register("easypost", EASYPOST_SECRET)
    two = await register("easypost", "another secret")
    assert (await one.send(tracker())).json()["duplicate"] is False
    assert (await two.send(tracker())).json()["duplicate"] is False
    assert len(await deliveries(client)) == 2
    assert len(await deliveries(client, source_id=two.source["id"])) == 1


@pytest.mark.parametrize(
    "signature",
    [None, "", "hmac-sha256-hex=", "hmac-sha256-hex=zz", "deadbeef", "hmac-sha256-hex=" + "0" * 64],
)
async def test_a_missing_malformed_or_wrong_signature_is_refused_and_nothing_is_kept(
    client, easypost, signature
):
    headers = {} if signature is None else {"X-Hmac-Signature": signature}
    answer = await client.post(easypost.path, content=b"{}", headers=headers)
    assert answer.status_code == 401, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert await deliveries(client) == []


async def test_a_signature_of_bytes_that_are_no_text_is_refused_not_broken(client, easypost):
    answer = await client.post(
        easypost.path, content=b"\xff\xfe", headers={b"X-Hmac-Signature": b"\xff\xfe\x80"}
    )
    assert answer.status_code == 401


async def test_a_delivery_signed_too_long_ago_is_refused(client, scales, clock):
    body = b"{}"
    headers = scales.signed(body)
    clock.advance(minutes=6)
    answer = await client.post(scales.path, content=body, headers=headers)
    assert answer.status_code == 401


async def test_an_unknown_address_is_404(client):
    answer = await client.post("/v1/carriers/hooks/no-such-token", content=b"{}")
    assert answer.status_code == 404


async def test_bad_json_under_a_good_signature_is_kept_parked_and_answered_200(
    client, easypost, run_jobs
):
    answer = await easypost.send(b'{"id": "evt_1", "result": {')
    assert answer.status_code == 200
    await run_jobs()
    [parked] = await deliveries(client, state="parked")
    assert parked["dedup_key"].startswith("sha256:")
    assert parked["reason"]
    feed = (await client.get("/v1/events", params={"type": "carriers.delivery_parked"})).json()
    assert feed["items"][0]["data"]["delivery_id"] == parked["id"]


async def test_a_delivery_of_no_concern_is_done_without_a_parcel(client, easypost, run_jobs):
    await easypost.send({"id": "evt_b", "description": "batch.created", "result": {}})
    await run_jobs()
    assert [d["state"] for d in await deliveries(client)] == ["done"]
    assert (await client.get("/v1/parcels")).json()["items"] == []


async def test_two_secrets_are_valid_while_they_are_rotated(client, easypost):
    old = easypost.source["secrets"][0]["id"]
    path = f"/v1/carriers/sources/{easypost.source['id']}"
    added = await client.post(f"{path}/secrets", json={"secret": "the new one"})
    assert added.status_code == 201
    assert len(added.json()["secrets"]) == 2
    assert (await easypost.send(tracker(event_id="evt_old"))).status_code == 200
    third = await client.post(f"{path}/secrets", json={"secret": "a third"})
    assert third.status_code == 409
    removed = await client.delete(f"{path}/secrets/{old}")
    assert removed.status_code == 204
    last = added.json()["secrets"][1]["id"]
    assert (await client.delete(f"{path}/secrets/{last}")).status_code == 409


async def test_a_rotated_out_secret_is_refused_and_the_new_one_is_taken(client, runtime, register):
    settings = runtime.settings.inbox
    sender = await register("easypost", EASYPOST_SECRET)
    path = f"/v1/carriers/sources/{sender.source['id']}"
    await client.post(f"{path}/secrets", json={"secret": "the new one"})
    await client.delete(f"{path}/secrets/{sender.source['secrets'][0]['id']}")
    assert settings.source_cache_s <= 2
    assert (await sender.send(tracker())).status_code == 401
    sender.secret = "the new one"
    assert (await sender.send(tracker())).status_code == 200


async def test_secrets_are_sealed_at_rest_and_never_shown_again(client, easypost, runtime):
    shown = await client.get(f"/v1/carriers/sources/{easypost.source['id']}")
    assert EASYPOST_SECRET not in shown.text
    sealed = await runtime.pool.fetchval("SELECT sealed FROM carrier_source_secrets")
    assert EASYPOST_SECRET.encode() not in sealed
    assert runtime.vault.open(sealed) == EASYPOST_SECRET
    token = easypost.path.rsplit("/", 1)[1]
    assert len(token) >= 40
    row = await runtime.pool.fetchrow("SELECT * FROM carrier_sources")
    assert token.encode() not in bytes(row["token_digest"]) + bytes(row["token_sealed"])


async def test_a_disabled_source_answers_410_and_keeps_nothing(client, easypost):
    path = f"/v1/carriers/sources/{easypost.source['id']}"
    changed = await client.patch(path, json={"is_disabled": True}, headers={"If-Match": '"1"'})
    assert changed.status_code == 200, changed.text
    assert (await easypost.send(tracker())).status_code == 410
    stale = await client.patch(path, json={"is_disabled": False}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert await deliveries(client) == []


@pytest.mark.parametrize(
    ("provider", "secret", "status"),
    [
        ("standard_webhooks", "too short", 422),
        ("standard_webhooks", "whsec_!!!!", 422),
        ("no_such_carrier", "secret", 422),
        ("easypost", "", 422),
        ("easypost", "nul\x00", 422),
    ],
)
async def test_what_cannot_be_a_source_is_refused_with_a_pointer(client, provider, secret, status):
    answer = await client.post(
        "/v1/carriers/sources", json={"provider": provider, "name": "x", "secret": secret}
    )
    assert answer.status_code == status
    assert answer.json()["errors"][0]["pointer"] in {"/secret", "/provider"}


async def test_a_body_over_the_limit_is_413_and_not_kept(client, easypost, settings):
    body = b"x" * (settings.http.max_body_bytes + 1)
    answer = await client.post(easypost.path, content=body, headers=easypost.signed(body))
    assert answer.status_code == 413
    assert await deliveries(client) == []


async def test_a_parked_delivery_is_parsed_again_once_it_is_understood(
    client, easypost, run_jobs, monkeypatch
):
    await easypost.send(tracker(tracking_details=[]))
    with monkeypatch.context() as patch:
        patch.setattr(EasyPost, "read", _broken)
        await run_jobs()
    [parked] = await deliveries(client, state="parked")
    path = f"/v1/carriers/deliveries/{parked['id']}/reparse"
    both = await asyncio.gather(client.post(path), client.post(path))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    [done] = await deliveries(client)
    assert done["state"] == "done"
    assert done["reason"] is None
    assert len((await client.get("/v1/parcels")).json()["items"]) == 1


async def test_all_parked_deliveries_go_back_in_the_queue_at_once(client, easypost, run_jobs):
    for number in range(3):
        await easypost.send(b"not json %d" % number)
    await run_jobs()
    answer = await client.post("/v1/carriers/parked/reparse")
    assert answer.status_code == 202
    assert answer.json() == {"count": 3}
    assert len(await deliveries(client, state="pending")) == 3


async def test_one_delivery_that_breaks_the_database_is_parked_and_the_rest_are_done(
    client, scales, run_jobs, monkeypatch
):
    for number in range(3):
        await scales.send(
            scanned(f"PKG{number}", "2026-03-01T10:00:00Z", "in_transit"), event_id=f"evt_{number}"
        )

    async def record(session, arrivals, **options):
        for arrival in arrivals:
            if arrival.report.tracking_number == "PKG1":
                raise ValueError("a bug that only this one meets")
        await recording.record(session, arrivals, **options)

    monkeypatch.setattr("app.parcels.service.record", record)
    await run_jobs()
    states = {d["dedup_key"]: d["state"] for d in await deliveries(client)}
    assert states == {"evt_0": "done", "evt_1": "parked", "evt_2": "done"}


def _broken(self, *, headers, body, received_at):
    raise RuntimeError("a parser of yesterday")


async def test_a_sender_that_leaves_amid_its_body_breaks_nothing(client, easypost):
    """As a server tells the application: a part of the body, then that nobody is there."""
    said = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    answered = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": easypost.path,
        "raw_path": easypost.path.encode(),
        "query_string": b"",
        "headers": [],
    }

    async def receive():
        return said.pop(0)

    async def send(message):
        answered.append(message)

    await client.app(scope, receive, send)
    assert answered[0]["status"] == 400
    assert await deliveries(client) == []


async def test_the_address_of_a_source_takes_nothing_but_post(client, easypost):
    answer = await client.get(easypost.path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
