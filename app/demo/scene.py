"""What a chapter plays in: the service, the time, and what the audience is shown."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from rich.console import RenderableType
from rich.text import Text

from app.demo.calls import Calls
from app.demo.unmet import Unmet
from app.kit.clock import Clock

T = TypeVar("T")
Settle = Callable[[], Awaitable[None]]


@dataclass
class Scene:
    """Where a chapter plays.

    `settle` lets the workers get on with what was told: with a running service it waits a moment,
    in a test it does their jobs. `mark` tells this play's keys from those of earlier ones; 0 where
    there were none.
    """

    calls: Calls
    clock: Clock
    settle: Settle
    mark: int = 0
    patience_s: float = 20.0
    shown: list[RenderableType] = field(default_factory=list[RenderableType])

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock.now()

    def key(self, name: str) -> str:
        """Return the ERP's key of something of this name."""
        return f"{name}-{self.mark}" if self.mark else name

    def say(self, text: str) -> None:
        """Show a sentence under the step's line."""
        self.shown.append(Text(text))

    def show(self, drawing: RenderableType) -> None:
        """Show a table or a plot under the step's line."""
        self.shown.append(drawing)

    async def until(self, what: str, ask: Callable[[], Awaitable[T | None]]) -> T:
        """Ask until there is an answer, but no longer than `patience_s`. Raises Unmet."""
        patient_until = time.monotonic() + self.patience_s
        while True:
            found = await ask()
            if found is not None:
                return found
            if time.monotonic() > patient_until:
                raise Unmet(what, expected=f"within {self.patience_s:.0f} s", got="not yet")
            await self.settle()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chapter: its line, and what is done and expected."""

    title: str
    do: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One story. `begin` gives its steps in order, bound to what they share."""

    name: str
    title: str
    lede: str
    begin: Callable[[Scene], Sequence[Step]]
