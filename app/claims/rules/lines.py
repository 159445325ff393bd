"""Lines of a claim: how much of each was granted and settled, and what that makes of the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.claims.rules.axes import ENDS, SettlementState
from app.claims.rules.refusals import ContradictsClaim

_MOST = Decimal(10) ** 15


def is_beyond_counting(amount: Decimal) -> bool:
    """Whether an amount is longer than the ledger can write down."""
    return amount >= _MOST


@dataclass(frozen=True, slots=True)
class Granted:
    """What the vendor consented to of one line; `pointer` leads to it in the document."""

    pointer: str
    position: int
    quantity: int


def whole_or_part(claimed: Mapping[int, int], granted: Mapping[int, int]) -> bool:
    """Whether a consent covers all that was claimed, by position of the lines."""
    return all(granted.get(position, 0) >= quantity for position, quantity in claimed.items())


def require_within(claimed: Mapping[int, int], granted: Sequence[Granted]) -> None:
    """Refuse a consent to what was not claimed. Raises ContradictsClaim."""
    errors: list[dict[str, Any]] = []
    seen: set[int] = set()
    for each in granted:
        if each.position not in claimed:
            detail = f"there is no line {each.position}; they count from 1 to {len(claimed)}"
            errors.append({"pointer": f"{each.pointer}/line", "detail": detail})
        elif each.position in seen:
            detail = f"line {each.position} stands there twice"
            errors.append({"pointer": f"{each.pointer}/line", "detail": detail})
        elif each.quantity > claimed[each.position]:
            most = claimed[each.position]
            detail = f"{most} of line {each.position} were claimed, not {each.quantity}"
            errors.append({"pointer": f"{each.pointer}/quantity", "detail": detail, "most": most})
        seen.add(each.position)
    if not any(each.quantity for each in granted):
        detail = "nothing is granted by it; tell a refusal as a denial"
        errors.append({"pointer": "/lines", "detail": detail})
    if errors:
        raise ContradictsClaim("The vendor cannot have granted that of it.", errors=errors)


def settled_as(
    lines: Sequence[SettlementState | None], *, is_credit_pending: bool
) -> SettlementState:
    """Return what came of a claim, by what came of each line (None: nothing, or a part of it).

    Lines that ended in different ways are called by what comes first of credited, replaced,
    repaired, kept with an allowance, written off: the order in which they ended does not matter.
    """
    ended = {line for line in lines if line is not None and line in ENDS}
    if ended and all(line in ENDS for line in lines):
        return next(each for each in ENDS if each in ended)
    if any(line is not None for line in lines):
        return SettlementState.PARTIALLY_SETTLED
    return SettlementState.PENDING_CREDIT if is_credit_pending else SettlementState.UNSETTLED
