"""Draw every table of states into docs/states.md: `python -m tools.states`."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.kit.states import Flow

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "states.md"
TABLE = re.compile(r"^([A-Z_]+)(?:: .+)? = Flow\(", re.MULTILINE)
HEAD = """# States

What each thing can be and become, drawn from the tables in the rooms (`make states`).
A step that is not drawn is refused (409), and the refusal says which are allowed.
"""


def flows() -> Iterator[tuple[str, str, Flow[Any]]]:
    """Yield the tables of all rooms, wherever they stand: the room, the table's name, the table."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        names = TABLE.findall(path.read_text())
        if names:
            parts = path.relative_to(ROOT).with_suffix("").parts
            module = importlib.import_module(".".join(parts))
            yield from ((parts[1], name.lower(), getattr(module, name)) for name in names)


def render() -> str:
    """Return the whole document: the same for the same tables."""
    drawn: set[type] = set()
    pieces = [HEAD]
    for room, name, flow in flows():
        # A second table of the same states, a correction's, says nothing of where they end.
        picture = [
            line
            for line in flow.mermaid().splitlines()
            if flow.states not in drawn or not line.endswith("[*]")
        ]
        drawn.add(flow.states)
        what = (flow.states.__doc__ or "").splitlines()[0]
        lines = [f"## {room}: {name}", "", what, "", "```mermaid", *picture, "```", ""]
        pieces.append("\n".join(lines))
    return "\n".join(pieces)


if __name__ == "__main__":
    DOCUMENT.write_text(render())
