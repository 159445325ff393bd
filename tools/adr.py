"""Begin a decision record under the next number: `python tools/adr.py "keep every byte"`."""

import re
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "adr"
TEMPLATE = """# {number}. {title}

## Context

Two to four sentences: what made a decision necessary.

## Decision

One or two sentences, which people will quote.

## Consequences

What becomes easier, what harder.

## Alternatives

What else was weighed, and why it was not taken.

## References
"""


def main(title: str) -> None:
    """Write the file and say where."""
    taken = [int(path.name[:4]) for path in FOLDER.glob("[0-9][0-9][0-9][0-9]-*.md")]
    number = max(taken, default=0) + 1
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    path = FOLDER / f"{number:04}-{slug}.md"
    path.write_text(TEMPLATE.format(number=number, title=title.strip().capitalize()))
    print(path.relative_to(Path.cwd()))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():  # noqa: PLR2004
        sys.exit(__doc__)
    main(sys.argv[1])
