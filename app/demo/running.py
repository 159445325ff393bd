"""What `makegood demo` does: a service to play against, the chapters, and an exit code."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from app.demo import scratch
from app.demo.calls import Calls
from app.demo.chapters import CHAPTERS
from app.demo.playing import Played, play
from app.demo.scene import Scene
from app.demo.scratch import Service
from app.demo.stage import Stage
from app.embedded.signals import Stopped, StopSignals
from app.kit.clock import Clock, SystemClock

INTERRUPTED = 130
_TIMEOUT_S = 30.0
_LOOK_AGAIN_S = 0.05
_WAIT_S = 3600.0

MakeKey = Callable[[Path], Coroutine[Any, Any, str]]


def is_address(url: str) -> bool:
    """Whether it can be the address of a service."""
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    return read.scheme in {"http", "https"} and bool(read.host)


def against(url: str, key: str, console: Console) -> int:
    """Play against a service that runs already; what is told stays there."""
    clock = SystemClock()
    # Seconds are apart enough to tell the keys of one play from those of another.
    return _play(url, key, Stage(console), mark=int(clock.now().timestamp()) % 10**9)


def on_scratch(make_key: MakeKey, console: Console, *, keep: bool) -> int:
    """Play against a service of our own, and remove it. Raises EmbeddedError, in words.

    `make_key` makes an API key with what runs on a data folder. `keep` leaves the service running
    until Ctrl-C, and its folder for good.
    """
    stage = Stage(console)
    with StopSignals() as signals, scratch.folder(keep=keep) as folder:
        try:
            # The stop itself is not interrupted: nothing may go on in a folder that is removed.
            with scratch.serving(folder) as service, signals.interrupting():
                with stage.alone("A service of the demo's own, on a scratch folder"):
                    service.await_ready()
                    key = asyncio.run(make_key(service.data))
                code = _play(service.url, key, stage)
                if keep:
                    _linger(service, key, console, signals)
                return code
        except Stopped:
            console.print("Stopped.")
            return INTERRUPTED


def _linger(service: Service, key: str, console: Console, signals: StopSignals) -> None:
    lines = (
        "",
        "It goes on until Ctrl-C:",
        f"  API  {service.url}",
        f"  Docs {service.url}/docs",
        f"  Key  {key}",
        f"  Log  {service.log}",
        "Later again:",
        f"  makegood serve --data-dir {service.data}",
    )
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)
    console.file.flush()
    with suppress(Stopped):
        while True:
            signals.wait(_WAIT_S)


def _play(url: str, key: str, stage: Stage, *, mark: int = 0) -> int:
    played = asyncio.run(_played(url, key, stage, SystemClock(), mark))
    stage.end(played)
    return 0 if played.failed is None else 1


async def _played(url: str, key: str, stage: Stage, clock: Clock, mark: int) -> Played:
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=_TIMEOUT_S) as client:
        scene = Scene(Calls(client), clock, _a_moment, mark=mark)
        return await play(CHAPTERS, scene, stage)


async def _a_moment() -> None:
    await asyncio.sleep(_LOOK_AGAIN_S)
