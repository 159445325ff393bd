"""When all that goes back was received and inspected: a vendor says it unit by unit. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.claims.rules.folding import Fact, Heard, in_order

_OWN = (Fact.RECEIVED, Fact.INSPECTED)


@dataclass(frozen=True, slots=True)
class Piece:
    """What the vendor says of some of the lines that go back, by their positions."""

    heard: Heard
    lines: frozenset[int]


def whole(pieces: Sequence[Piece], wanted: Collection[int]) -> list[Heard]:
    """Return the vendor's words from that on by which all lines were received, or inspected.

    What was inspected was received. Said of fewer, it ends nobody's risk for the others.
    """
    told = {id(piece.heard): piece.lines for piece in pieces}
    ordered = in_order(piece.heard for piece in pieces)
    found: list[Heard] = []
    for what in _OWN:
        left = set(wanted)
        for heard in ordered:
            if heard.fact is what or heard.fact is Fact.INSPECTED:
                left -= told[id(heard)]
                if not left:
                    found.append(replace(heard, fact=what))
    return found
