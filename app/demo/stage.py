"""How a play is shown: on a terminal as it happens, else as plain lines."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from app.demo.scene import Chapter
from app.demo.unmet import Unmet

_WIDEST = 110
_INDENT = 4


@dataclass(frozen=True, slots=True)
class Played:
    """How a play went: steps that were as they must be, the one that was not, and how long."""

    steps: int
    failed: str | None
    seconds: float


class Stage:
    """A console with a line for each step; on a terminal a bar and a spinner run beneath."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._width = min(console.width, _WIDEST)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=16),
            MofNCompleteColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=None)

    @contextmanager
    def chapter(self, number: int, chapter: Chapter, steps: int) -> Iterator[None]:
        """Show a chapter's heading, and its progress while it plays."""
        title = f"Chapter {number}: {chapter.title}"
        self.console.print()
        self.console.print(Panel(chapter.lede, title=title, width=self._width, title_align="left"))
        self._progress.reset(self._task, total=steps)
        with self._progress:
            yield

    @contextmanager
    def alone(self, title: str) -> Iterator[None]:
        """Show one thing that belongs to no chapter, while it is done and after."""
        began = time.monotonic()
        with self.console.status(title):
            yield
        self._line("[green]✓[/]", title, time.monotonic() - began)

    def begin(self, title: str) -> None:
        """Show what is being done."""
        self._progress.update(self._task, description=title)

    def finish(self, title: str, seconds: float, shown: Sequence[RenderableType]) -> None:
        """Show what was done, how long it took, and what came of it."""
        self._line("[green]✓[/]", title, seconds)
        self._under(shown)
        self._progress.advance(self._task)

    def fail(
        self, title: str, seconds: float, unmet: Unmet, shown: Sequence[RenderableType]
    ) -> None:
        """Show what was not as it must be."""
        self._line("[red]✗[/]", title, seconds)
        self._under(shown)
        table = Table.grid(padding=(0, 2))
        table.add_row("[red]of[/]", Text(unmet.what))
        table.add_row("[red]expected[/]", Text(unmet.expected))
        table.add_row("[red]got[/]", Text(unmet.got))
        self._under([table])

    def end(self, played: Played) -> None:
        """Show how it all went."""
        if played.failed is None:
            text = f"{played.steps} steps, all as they must be, in {played.seconds:.1f} s."
            self.console.print(f"[green]{text}[/]", highlight=False)
        else:
            text = f"After {played.steps} steps, this was not as it must be: {played.failed}."
            self.console.print(Text(text, style="bold red"))

    def _line(self, tick: str, title: str, seconds: float) -> None:
        line = Table.grid(padding=(0, 1), expand=True)
        line.add_column()
        line.add_column(ratio=1)
        line.add_column(justify="right", style="dim")
        line.add_row(tick, Text(title, style="bold"), f"{seconds:.1f} s")
        self.console.print(line, width=self._width)

    def _under(self, shown: Sequence[RenderableType]) -> None:
        if shown:
            width = self._width
            self.console.print(Padding(Group(*shown), (0, 0, 0, _INDENT)), width=width)
