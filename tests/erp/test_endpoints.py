"""Endpoints through the front door: what can be configured, and what is refused."""

import asyncio
import json

import pytest

from app.auth import Scope, create_key
from app.erp import service
from app.settings import Settings, Webhooks

URL = "https://erp.example.com/hooks"
PATH = "/v1/webhook-endpoints"


def faults(answer):
    assert answer.status_code == 422, answer.text
    return {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}


async def test_an_endpoint_is_registered_read_and_listed(client, endpoints):
    answer = await client.post(
        PATH,
        json={
            "url": URL,
            "types": ["cases.*", "obligations.broken", "cases.*"],
            "description": "The ERP",
        },
    )
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert answer.headers["location"] == f"{PATH}/{told['id']}"
    assert answer.headers["etag"] == '"1"'
    secret = told.pop("secret")
    assert secret.startswith("whsec_")
    assert told["secrets"][0]["hint"] == f"…{secret[-4:]}"
    assert told["types"] == ["cases.*", "obligations.broken"]
    assert (told["include_own"], told["disabled_at"], told["failing_since"]) == (False, None, None)
    assert await endpoints.read(told) == told
    assert (await client.get(PATH)).json() == {"items": [told], "next": None}


async def test_lists_are_pages(client, endpoints):
    made = [(await endpoints.register(f"{URL}/{n}"))["id"] for n in range(3)]
    first = (await client.get(PATH, params={"limit": 2})).json()
    rest = (await client.get(PATH, params={"limit": 2, "after": first["next"]})).json()
    assert [each["id"] for each in first["items"] + rest["items"]] == made


async def test_a_secret_is_neither_shown_again_nor_kept_in_the_open(client, endpoints, runtime):
    told = await endpoints.register(URL)
    assert told["secret"] not in (await client.get(f"{PATH}/{told['id']}")).text
    sealed = await runtime.pool.fetchval("SELECT sealed FROM webhook_secrets")
    assert told["secret"].encode() not in sealed
    assert runtime.vault.open(sealed) == told["secret"]


async def test_only_what_is_named_changes(client, endpoints):
    told = await endpoints.register(URL, description="The ERP", headers={"X-Key": "1"})
    changed = await endpoints.change(told, types=["vendors.*"])
    assert changed.headers["etag"] == '"2"'
    assert changed.json() == {
        **{name: value for name, value in told.items() if name != "secret"},
        "types": ["vendors.*"],
        "version": 2,
    }
    assert (await endpoints.change(told, types=["vendors.*"])).json()["version"] == 2
    cleared = (await endpoints.change(told, description=None, headers={})).json()
    assert (cleared["description"], cleared["header_names"]) == (None, [])
    assert "/url" in faults(await endpoints.change(told, url=None))


async def test_of_two_who_change_one_version_exactly_one_does(client, endpoints):
    told = await endpoints.register(URL)
    answers = await asyncio.gather(
        *(
            client.patch(
                f"{PATH}/{told['id']}", json={"description": name}, headers={"If-Match": '"1"'}
            )
            for name in "ab"
        )
    )
    assert sorted(each.status_code for each in answers) == [200, 412]
    assert (await endpoints.read(told))["version"] == 2


async def test_of_two_who_rotate_at_once_exactly_one_does(client, endpoints):
    for _ in range(3):
        told = await endpoints.register(URL)
        path = f"{PATH}/{told['id']}/secrets"
        answers = await asyncio.gather(*(client.post(path, json={}) for _ in range(2)))
        assert sorted(each.status_code for each in answers) == [201, 409]
        assert len((await endpoints.read(told))["secrets"]) == 2


async def test_a_change_and_a_removal_at_once_leave_it_removed(client, endpoints):
    for _ in range(3):
        told = await endpoints.register(URL)
        changed, removed = await asyncio.gather(
            endpoints.change(told, description="x"), client.delete(f"{PATH}/{told['id']}")
        )
        assert (changed.status_code in {200, 404}, removed.status_code) == (True, 204)
        assert (await client.get(f"{PATH}/{told['id']}")).status_code == 404


async def test_what_happens_to_endpoints_is_told(client, endpoints, run_jobs):
    told = await endpoints.register(URL)
    await endpoints.change(told, is_disabled=True)
    await client.post(f"{PATH}/{told['id']}/secrets", json={})
    await client.delete(f"{PATH}/{told['id']}")
    await run_jobs()
    subject = f"webhook-endpoints/{told['id']}"
    events = (await client.get("/v1/events", params={"subject": subject})).json()["items"]
    assert [(each["type"], each["data"].get("changed")) for each in events] == [
        ("erp.endpoint_registered", None),
        ("erp.endpoint_changed", ["is_disabled"]),
        ("erp.endpoint_changed", ["secrets"]),
        ("erp.endpoint_removed", None),
    ]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://erp.example.com", "plain http goes to 127"),
        ("ftp://erp.example.com", "must be absolute"),
        ("erp.example.com/hooks", "must be absolute"),
        ("https://", "must be absolute"),
        ("https:///hooks", "must be absolute"),
        ("https://user:pw@erp.example.com", "no user name"),
        ("https://erp.example.com/#part", "fragment"),
        ("https://erp.example.com:99999/", "no port"),
        ("https://erp.example.com:0/", "no port"),
        ("https://[::1", "no URL"),
        ("https://exa mple.com/", "no name of a host"),
        ("https://10.0.0.8/", "private"),
        ("https://[fd00::1]/", "private"),
        ("https://2130706433/x", None),
        ("https://169.254.169.254/latest/meta-data", "metadata"),
        ("https://100.100.100.200/", "metadata"),
        ("https://[::ffff:169.254.169.254]/", "metadata"),
        ("https://100.64.0.1/", "carrier-grade NAT"),
        ("https://0x0a.1/", "private"),
        ("https://[64:ff9b::10.0.0.1]/", "private"),
        ("https://[2002:a00:1::]/", "6to4"),
        ("https://192.0.2.7/", "documentation"),
    ],
)
async def test_a_url_that_cannot_be_told_is_refused_with_the_reason(client, url, why):
    answer = await client.post(PATH, json={"url": url})
    if url.startswith("http://"):
        # A LAN is allowed here, so that a name may lead to it: found out when it is told.
        assert answer.status_code == 201
    elif why is None:
        assert answer.status_code == 201  # 127.0.0.1 in one number: allowed here
    else:
        assert why in faults(answer)["/url"]


@pytest.mark.parametrize("value", ["", "\x00", "x" * 2001, 7, None, "https://\ud800.example"])
async def test_what_is_no_url_at_all_is_malformed(client, value):
    answer = await client.post(PATH, content=json.dumps({"url": value}), headers=_JSON)
    assert answer.status_code in {400, 422}, answer.text


_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("pattern", ["", "case.*", "cases.opend", "*.opened", "cases", "cases.*.*"])
async def test_a_pattern_that_fits_no_event_is_refused(client, pattern):
    told = faults(await client.post(PATH, json={"url": URL, "types": [pattern]}))
    assert set(told) == {"/types/0"}


async def test_an_endpoint_without_a_type_is_refused(client):
    assert "/types" in faults(await client.post(PATH, json={"url": URL, "types": []}))


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "x"},
        {"Webhook-Id": "x"},
        {"content-length": "1"},
        {"X Key": "x"},
        {"": "x"},
        {"X": ""},
        {"X": "a\r\nb: c"},
        {"X": "é"},
        {"X": "x" * 1001},
        {"X": "\x00"},
        {"X": "1", "x": "2"},
        {f"X-{n}": "1" for n in range(21)},
    ],
)
async def test_a_header_that_cannot_be_sent_is_refused(client, headers):
    assert "/headers" in faults(await client.post(PATH, json={"url": URL, "headers": headers}))


@pytest.mark.parametrize("hours", [-1, 25, 1.5, "24", 10**30])
async def test_an_overlap_beyond_a_day_is_refused(client, endpoints, hours):
    told = await endpoints.register(URL)
    answer = await client.post(f"{PATH}/{told['id']}/secrets", json={"overlap_hours": hours})
    assert "/overlap_hours" in faults(answer)


async def test_a_key_without_the_scope_may_not(client, runtime):
    async with runtime.transaction() as session:
        _, key = await create_key(
            session, runtime.vault, name="reader", scopes=[Scope.WEBHOOKS_READ]
        )
    headers = {"Authorization": f"Bearer {key}"}
    assert (await client.get(PATH, headers=headers)).status_code == 200
    refused = await client.post(PATH, json={"url": URL}, headers=headers)
    assert (refused.status_code, refused.json()["needs"]) == (403, ["webhooks:write"])


async def test_a_retry_with_the_same_key_is_the_same_endpoint(client):
    headers = {"Idempotency-Key": "k1"}
    first = await client.post(PATH, json={"url": URL}, headers=headers)
    again = await client.post(PATH, json={"url": URL}, headers=headers)
    assert again.json() == first.json()
    assert len((await client.get(PATH)).json()["items"]) == 1


async def test_every_type_of_event_has_a_schema(client):
    items = (await client.get("/v1/event-types")).json()["items"]
    by_type = {each["type"]: each for each in items}
    assert list(by_type) == sorted(by_type)
    assert {"cases.opened", "parcels.delivered", "erp.endpoint_failing"} <= set(by_type)
    opened = by_type["cases.opened"]
    assert opened["version"] == 1
    assert opened["data_schema"]["properties"]["case_id"]["format"] == "uuid"
    assert not any(name.startswith("tests.") for name in by_type)
    document = (await client.get("/openapi.json")).json()
    assert set(document["webhooks"]) == set(by_type)


async def test_secrets_can_be_sealed_anew(client, endpoints, runtime):
    await endpoints.register(URL, headers={"X-Key": "1"})
    before = await runtime.pool.fetchval("SELECT sealed FROM webhook_secrets")
    async with runtime.transaction() as session:
        assert await service.reseal(session, runtime.vault) == 2
    assert await runtime.pool.fetchval("SELECT sealed FROM webhook_secrets") != before


def test_the_allow_list_is_read_from_the_environment(monkeypatch):
    monkeypatch.setenv("MAKEGOOD_WEBHOOKS__ALLOW", "10.1.0.0/16, erp.lan")
    assert Settings().webhooks.allow == ("10.1.0.0/16", "erp.lan")
    with pytest.raises(ValueError, match="no host and no network"):
        Webhooks(allow="10.1.0.0/64")
