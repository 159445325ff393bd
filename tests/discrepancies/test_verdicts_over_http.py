"""Verdicts through the front door."""

import pytest


async def test_a_verdict_is_computed_and_nothing_is_stored(client, body, run_jobs):
    answer = await client.post("/v1/verdicts", json=body)
    assert answer.status_code == 200, answer.text
    verdict = answer.json()
    assert verdict["at_last_weighing"]["support"] == "supports_short"
    assert verdict["missing"] == {"10": 1}
    assert verdict["last_weighed_at"] == "2026-02-27T22:40:00Z"
    assert verdict["last_weighed_place"] == "Reno NV, dock"
    assert verdict["is_ground_against_non_receipt"] is False
    assert "no scale speaks" in verdict["unobserved"]
    await run_jobs()
    assert (await client.get("/v1/events")).json()["items"] == []


async def test_the_same_question_gives_the_same_bytes(client, body):
    first, again = [await client.post("/v1/verdicts", json=body) for _ in range(2)]
    assert first.content == again.content


async def test_the_question_comes_back_and_gives_the_same_verdict(client, body):
    first = (await client.post("/v1/verdicts", json=body)).json()
    again = (await client.post("/v1/verdicts", json=first["question"])).json()
    assert again == first


async def test_a_line_that_is_not_there_is_pointed_at(client, body):
    body["packages"][0]["contents"] = [{"line": "99", "quantity": 1}]
    answer = await client.post("/v1/verdicts", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/packages/0/contents"


async def test_more_packed_than_shipped_cannot_be(client, body):
    body["packages"][0]["contents"] = [{"line": "10", "quantity": 3}]
    answer = await client.post("/v1/verdicts", json=body)
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/papers-contradict"
    assert answer.json()["errors"][0]["pointer"] == "/lines/0/quantity"


async def test_a_key_that_stands_twice_is_pointed_at(client, body):
    body["packages"] *= 2
    answer = await client.post("/v1/verdicts", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/packages/1/key"


@pytest.mark.parametrize("prior", [0, 1, -0.5, "half"])
async def test_a_prior_is_a_probability_and_never_certain(client, body, prior):
    answer = await client.post("/v1/verdicts", json={**body, "prior": prior})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/prior"


async def test_too_many_readings_are_refused(client, body):
    package = body["packages"][0]
    package["readings"] *= 16
    other = {**package, "key": "2", "contents": []}
    answer = await client.post("/v1/verdicts", json={**body, "packages": [package, other]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/packages"


async def test_without_readings_it_says_what_would_help(client, body):
    body["packages"][0]["readings"] = []
    verdict = (await client.post("/v1/verdicts", json=body)).json()
    assert verdict["at_last_weighing"]["support"] == "inconclusive"
    assert verdict["would_help"]
    assert verdict["last_weighed_at"] is None
