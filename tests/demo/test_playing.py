"""How a play goes on, and how it ends when something is not as it must be."""

import io

import httpx
import pytest
from rich.console import Console

from app.demo.calls import Calls
from app.demo.playing import play
from app.demo.scene import Chapter, Scene, Step
from app.demo.stage import Stage
from app.demo.unmet import Unmet, expect


@pytest.fixture
def console():
    return Console(file=io.StringIO(), width=100)


@pytest.fixture
def playing(console, clock):
    """Play steps against a service that answers as it is told; return how it went, and the text."""

    async def playing(*does, answers=None):
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(
                answers or (lambda request: httpx.Response(200, json={}))
            ),
            base_url="http://makegood.test",
        ) as client:
            scene = Scene(Calls(client), clock, nothing, patience_s=0)
            steps = [Step(f"step {n}", lambda do=do: do(scene)) for n, do in enumerate(does, 1)]
            chapter = Chapter("a", "A chapter", "Of steps.", lambda _scene: steps)
            played = await play([chapter], scene, Stage(console))
        return played, " ".join(console.file.getvalue().split())

    return playing


async def nothing(scene=None):
    pass


async def test_a_step_that_is_as_it_must_be_is_shown_with_what_it_says(playing):
    async def speak(scene):
        scene.say("All is well.")

    played, text = await playing(speak, nothing)

    assert (played.steps, played.failed) == (2, None)
    assert "✓ step 1 0.0 s All is well. ✓ step 2" in text


async def test_the_first_step_that_is_not_ends_the_play_and_shows_expected_and_got(playing):
    async def wrong(scene):
        expect("the promise", "open", "kept_late")

    played, text = await playing(nothing, wrong, nothing)

    assert (played.steps, played.failed) == (1, "step 2")
    assert "✗ step 2 0.0 s of the promise expected kept_late got open" in text
    assert "step 3" not in text


async def test_a_refusal_shows_the_problem_and_its_pointers(playing):
    problem = {
        "type": "/problems/line-overfilled",
        "detail": "Too many.",
        "errors": [{"pointer": "/lines/0", "detail": "holds 3"}],
    }

    async def ask(scene):
        await scene.calls.post("/v1/things", {})

    played, text = await playing(ask, answers=lambda request: httpx.Response(409, json=problem))

    assert played.failed == "step 1"
    assert "of POST /v1/things" in text
    assert "got 409: /problems/line-overfilled | Too many. | /lines/0: holds 3" in text


async def test_a_service_that_does_not_answer_fails_the_step(playing):
    def away(request):
        raise httpx.ConnectError("nobody listens there")

    async def ask(scene):
        await scene.calls.get("/v1/things")

    played, text = await playing(ask, answers=away)

    assert played.failed == "step 1"
    assert "got nobody listens there" in text


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'"text"'])
async def test_an_answer_that_is_no_object_fails_the_step(playing, body):
    async def ask(scene):
        await scene.calls.get("/v1/things")

    played, _ = await playing(ask, answers=lambda request: httpx.Response(200, content=body))

    assert played.failed == "step 1"


async def test_a_member_that_is_not_there_is_named(playing):
    async def ask(scene):
        answer = await scene.calls.get("/v1/things")
        answer["case"]["state"]

    def answers(request):
        return httpx.Response(200, json={"case": {"id": "1"}})

    _, text = await playing(ask, answers=answers)

    assert "expected 'state' got only id" in text


async def test_what_never_comes_is_not_waited_for_for_ever(playing):
    async def wait(scene):
        await scene.until("the worker", nothing)

    played, text = await playing(wait)

    assert played.failed == "step 1"
    assert "of the worker expected within 0 s got not yet" in text


async def test_keys_of_a_later_play_differ_from_those_of_the_first(clock):
    first, later = Scene(None, clock, nothing), Scene(None, clock, nothing, mark=7)

    assert first.key("S-1") == "S-1"
    assert later.key("S-1") == "S-1-7"


def test_an_unmet_expectation_says_of_what():
    with pytest.raises(Unmet, match="the promise"):
        expect("the promise", 1, 2)
