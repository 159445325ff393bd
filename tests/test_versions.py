"""Records and their versions: nobody overwrites what he has not read, nothing older wins."""

import asyncio

import pytest

PATH = "/v1/vendors/acme"


def _vendor(name="Acme", **but):
    return {"name": name, "roles": ["manufacturer"], **but}


async def test_an_edit_of_the_version_that_was_read_is_taken(client):
    first = await client.put(PATH, json=_vendor())
    headers = {"If-Match": first.headers["etag"]}
    second = await client.put(PATH, json=_vendor("Acme II"), headers=headers)
    assert (second.status_code, second.headers["etag"]) == (200, '"2"')
    assert (await client.get(PATH)).headers["etag"] == '"2"'


@pytest.mark.parametrize("tag", ['"7"', "garbage", 'W/"7"', '"', "*garbage"])
async def test_an_edit_of_another_version_is_refused(client, tag):
    await client.put(PATH, json=_vendor())
    answer = await client.put(PATH, json=_vendor("Acme II"), headers={"If-Match": tag})
    assert answer.status_code == 412
    assert answer.json()["current_etag"] == '"1"'
    assert (await client.get(PATH)).json()["name"] == "Acme"


@pytest.mark.parametrize("tag", ["*", 'W/"1"', '"7", "1"'])
async def test_any_of_the_named_versions_will_do(client, tag):
    await client.put(PATH, json=_vendor())
    answer = await client.put(PATH, json=_vendor("Acme II"), headers={"If-Match": tag})
    assert answer.status_code == 200


async def test_what_does_not_exist_has_no_version_to_match(client):
    answer = await client.put(PATH, json=_vendor(), headers={"If-Match": "*"})
    assert answer.status_code == 412
    assert answer.json()["current_etag"] is None


async def test_if_none_match_only_creates(client):
    headers = {"If-None-Match": "*"}
    assert (await client.put(PATH, json=_vendor(), headers=headers)).status_code == 201
    answer = await client.put(PATH, json=_vendor("Acme II"), headers=headers)
    assert answer.status_code == 412


async def test_of_two_edits_of_one_version_at_once_exactly_one_wins(client):
    await client.put(PATH, json=_vendor())
    answers = await asyncio.gather(
        *(
            client.put(PATH, json=_vendor(f"Acme {n}"), headers={"If-Match": '"1"'})
            for n in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 5]
    won = next(answer for answer in answers if answer.status_code == 200)
    assert (await client.get(PATH)).json() == won.json()


async def test_of_many_that_create_at_once_exactly_one_does(client, runtime, run_jobs):
    answers = await asyncio.gather(*(client.put(PATH, json=_vendor()) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert {answer.json()["version"] for answer in answers} == {1}
    await run_jobs()
    assert len((await client.get("/v1/events")).json()["items"]) == 1


async def test_something_older_than_what_is_stored_is_refused(client):
    newer = _vendor("New", as_of="2026-03-01T12:00:00+02:00")
    older = _vendor("Old", as_of="2026-03-01T09:59:59Z")
    await client.put(PATH, json=newer)
    answer = await client.put(PATH, json=older)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/stale-record"
    assert answer.json()["stored_as_of"] == "2026-03-01T10:00:00+00:00"
    assert (await client.get(PATH)).json()["name"] == "New"


async def test_the_same_again_with_a_later_as_of_only_moves_as_of(client):
    await client.put(PATH, json=_vendor(as_of="2026-03-01T10:00:00Z"))
    again = await client.put(PATH, json=_vendor(as_of="2026-03-01T11:00:00Z"))
    assert again.json()["version"] == 1
    assert again.json()["as_of"] == "2026-03-01T11:00:00Z"
    answer = await client.put(PATH, json=_vendor("x", as_of="2026-03-01T10:30:00Z"))
    assert answer.status_code == 409


async def test_what_is_true_only_in_the_future_is_refused(client, clock):
    clock_says = clock.now().isoformat()
    assert (await client.put(PATH, json=_vendor(as_of=clock_says))).status_code == 201
    answer = await client.put(PATH, json=_vendor("x", as_of="2026-03-02T09:06:00Z"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/as_of"
