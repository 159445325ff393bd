"""Plays chapters, step by step, and says whether all was as it must be."""

import time
from collections.abc import Sequence

import httpx

from app.demo.scene import Chapter, Scene
from app.demo.stage import Played, Stage
from app.demo.unmet import Unmet


async def play(chapters: Sequence[Chapter], scene: Scene, stage: Stage) -> Played:
    """Play chapters in turn. The first step that is not as it must be ends it all."""
    started, done = time.monotonic(), 0
    failed: str | None = None
    for number, chapter in enumerate(chapters, 1):
        count, failed = await _chapter(number, chapter, scene, stage)
        done += count
        if failed is not None:
            break
    return Played(done, failed, time.monotonic() - started)


async def _chapter(
    number: int, chapter: Chapter, scene: Scene, stage: Stage
) -> tuple[int, str | None]:
    steps = chapter.begin(scene)
    with stage.chapter(number, chapter, len(steps)):
        for index, step in enumerate(steps):
            began = time.monotonic()
            stage.begin(step.title)
            scene.shown.clear()
            try:
                await step.do()
            except (Unmet, httpx.HTTPError) as error:
                stage.fail(step.title, time.monotonic() - began, _as_unmet(error), scene.shown)
                return index, step.title
            stage.finish(step.title, time.monotonic() - began, scene.shown)
    return len(steps), None


def _as_unmet(error: Unmet | httpx.HTTPError) -> Unmet:
    if isinstance(error, Unmet):
        return error
    got = str(error) or type(error).__name__
    return Unmet("the service", expected="an answer", got=got)
