"""The chapters that `makegood demo` plays, whole, through the front door."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from app.demo.calls import Calls
from app.demo.chapters import CHAPTERS
from app.demo.playing import play
from app.demo.scene import Scene
from app.demo.stage import Stage


@pytest.fixture
def scene(client, clock, run_jobs):
    return Scene(Calls(client), clock, run_jobs, patience_s=10)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.title)
async def test_every_step_is_as_it_must_be_and_again_on_the_same_service(scene, chapter):
    audience = Console(file=io.StringIO(), width=120)

    for each in (scene, replace(scene, mark=17)):
        played = await play([chapter], each, Stage(audience))

        assert played.failed is None, audience.file.getvalue()
