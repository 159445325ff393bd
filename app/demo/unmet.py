"""What a step found otherwise than the story has it."""

from typing import Any


class Unmet(Exception):
    """An expectation that was not met: of what, what it was to be, and what it was."""

    def __init__(self, what: str, *, expected: Any, got: Any) -> None:
        super().__init__(what)
        self.what = what
        self.expected = str(expected)
        self.got = str(got)


def expect(what: str, got: Any, expected: Any) -> None:
    """Compare. Raises Unmet."""
    if got != expected:
        raise Unmet(what, expected=expected, got=got)
