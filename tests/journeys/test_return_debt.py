"""The return debt, whole, through the front door: the chapter that `makegood demo` plays."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from app.demo.calls import Calls
from app.demo.chapters import return_debt
from app.demo.playing import play
from app.demo.scene import Scene
from app.demo.stage import Stage


@pytest.fixture
def audience():
    return Console(file=io.StringIO(), width=120)


@pytest.fixture
def scene(client, clock, run_jobs):
    return Scene(Calls(client), clock, run_jobs, patience_s=10)


async def test_every_step_of_the_story_is_as_it_must_be(scene, audience):
    played = await play([return_debt.CHAPTER], scene, Stage(audience))

    told = audience.file.getvalue()
    assert played.failed is None, told


async def test_it_can_be_played_again_on_the_same_service(scene, audience):
    again = replace(scene, mark=17)

    for each in (scene, again):
        played = await play([return_debt.CHAPTER], each, Stage(audience))
        assert played.failed is None, audience.file.getvalue()
