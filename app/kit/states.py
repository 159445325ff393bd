"""States: one total table of allowed steps for each axis, and the only way to take one."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any, Generic, TypeVar

from app.kit.problems import Problem

S = TypeVar("S", bound=StrEnum)


class IllegalStep(Problem):
    """What it is now cannot become that; `now` says what it is, `allowed` what it can become."""

    status = 409


class Flow(Generic[S]):
    """The steps of one axis. A state without a row in the table fails at import."""

    def __init__(
        self, states: type[S], steps: Mapping[S, AbstractSet[S]], *, column: str = "state"
    ) -> None:
        missing = [state.value for state in states if state not in steps]
        if missing:
            msg = f"the table of {states.__name__} says nothing of {', '.join(missing)}"
            raise TypeError(msg)
        self._states = states
        self._steps = steps
        self._column = column

    @property
    def states(self) -> type[S]:
        """Return what there is on this axis."""
        return self._states

    def now(self, record: Any) -> S:
        """Return the state of `record`."""
        return self._states(getattr(record, self._column))

    def allowed(self, state: S) -> list[S]:
        """Return what `state` can become, in the order of the enum."""
        return [each for each in self._states if each in self._steps[state]]

    def ends(self) -> Iterator[S]:
        """Yield the states from which no step leads."""
        return (state for state in self._states if not self._steps[state])

    def require(self, record: Any, to: S, **told: Any) -> None:
        """Refuse a step that the table does not allow, telling more of it. Raises IllegalStep."""
        state = self.now(record)
        if to not in self._steps[state]:
            allowed = [each.value for each in self.allowed(state)]
            raise IllegalStep(
                f"It is {state.value}, and cannot become {to.value}.",
                now=state.value,
                wanted=to.value,
                allowed=allowed,
                **told,
            )

    def step(self, record: Any, to: S) -> None:
        """Set the state of `record`: the only way to do so. Raises IllegalStep."""
        self.require(record, to)
        setattr(record, self._column, to.value)

    def mermaid(self) -> str:
        """Return the table as a picture for people."""
        arrows = [f"    {a.value} --> {b.value}" for a in self._states for b in self.allowed(a)]
        return "\n".join(["stateDiagram-v2", *arrows, *(f"    {e} --> [*]" for e in self.ends())])
