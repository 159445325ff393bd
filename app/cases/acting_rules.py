"""In what order our rights in a case are used, and which can no longer be. Pure.

Vendors credit the lower of the price paid and the present one: what is claimed for a price must
be claimed before the goods go back. A vendor and a carrier are told side by side: telling one
stops no other clock. Goods that go back after their authorisation has lapsed are refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.obligations.rules import DeadlineKind, DeadlineState

_CLAIMS = frozenset({DeadlineKind.REPORT, DeadlineKind.FILE})
_GOES_BACK = frozenset({DeadlineKind.RETURN, DeadlineKind.SHIP})


@dataclass(frozen=True, slots=True)
class Right:
    """A right of ours in a case."""

    deadline_number: int
    kind: DeadlineKind
    state: DeadlineState
    toward: str
    last_at: datetime
    last_safe_on: date | None
    safe_source: str | None

    def is_usable(self, moment: datetime) -> bool:
        """Whether it can still be used."""
        return self.state is DeadlineState.OPEN and self.last_at >= moment

    def has_lapsed(self, moment: datetime) -> bool:
        """Whether it ended unused."""
        ended = self.state is DeadlineState.OPEN and self.last_at < moment
        return ended or self.state is DeadlineState.LAPSED

    def safe_on(self) -> date:
        """Return the last day on which nobody can call it late, as far as it is known."""
        return self.last_safe_on or self.last_at.date()


@dataclass(frozen=True, slots=True)
class Action:
    """A right, what is done before it, and why; `blocked`: why it must not be done as it is."""

    right: Right
    after: tuple[int, ...]
    because: tuple[str, ...]
    blocked: str | None


def in_order(rights: Sequence[Right], moment: datetime) -> list[Action]:
    """Return what can still be done, each after what must come first, the most pressing first."""
    usable = [right for right in rights if right.is_usable(moment)]
    actions = [_action(right, rights, usable, moment) for right in usable]
    # What goes back never comes before a claim, however early its day is.
    actions.sort(key=lambda each: (bool(each.after), each.right.safe_on(), each.right.last_at))
    return actions


def _action(
    right: Right, rights: Sequence[Right], usable: Sequence[Right], moment: datetime
) -> Action:
    because: list[str] = []
    after: tuple[int, ...] = ()
    blocked = None
    if right.kind in _GOES_BACK:
        claims = (each for each in usable if each.kind in _CLAIMS and each.toward == right.toward)
        after = tuple(sorted(each.deadline_number for each in claims))
        if after:
            because.append(
                "Claim first, then send back: a return is credited at the lower of the price paid"
                " and the present one."
            )
        lapsed = _lapsed_authorization(right, rights, moment)
        if lapsed is not None:
            blocked = (
                f"Do not ship: the authorisation lapsed on {lapsed.last_at.date()}; goods that"
                " arrive under it are refused. Ask for a new one first."
            )
    if right.kind in _CLAIMS:
        because += _side_by_side(right, usable)
    return Action(right, after, tuple(because), blocked)


def _lapsed_authorization(right: Right, rights: Sequence[Right], moment: datetime) -> Right | None:
    same = [
        each for each in rights if each.kind is DeadlineKind.SHIP and each.toward == right.toward
    ]
    if any(each.is_usable(moment) for each in same):
        return None
    lapsed = [each for each in same if each.has_lapsed(moment)]
    return max(lapsed, key=lambda each: each.last_at, default=None)


def _side_by_side(right: Right, usable: Sequence[Right]) -> list[str]:
    ours = right.toward.partition(":")[0]
    others = {each.toward for each in usable if each.kind in _CLAIMS}
    found = sorted(each for each in others if each.partition(":")[0] != ours)
    return [f"Tell {each} too: its clock runs beside this one." for each in found]


def earliest(actions: Sequence[Action]) -> Action | None:
    """Return the action whose last safe day comes first."""
    return min(actions, key=lambda each: (each.right.safe_on(), each.right.last_at), default=None)
