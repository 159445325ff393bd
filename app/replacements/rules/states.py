"""What a replacement can be: three axes beneath one public word, each with a total table of steps.

The public word is read from the axes. Late news may move it anywhere; its own table says which
steps are ours to take, and how a story goes that is told as it happens.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.claims.rules.axes import ARRIVED, ReturnLeg
from app.kit.states import Flow


class Outbound(StrEnum):
    """How far the vendor is with the replacement itself."""

    REQUESTED = "requested"
    APPROVED = "approved"
    DENIED = "denied"
    CANCELLED = "cancelled"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


_O = Outbound
OUTBOUNDS = Flow(
    Outbound,
    {
        # What is shipped without a word is granted.
        _O.REQUESTED: {_O.APPROVED, _O.DENIED, _O.CANCELLED, _O.SHIPPED, _O.DELIVERED},
        # Approved again: with another number.
        _O.APPROVED: {_O.APPROVED, _O.DENIED, _O.CANCELLED, _O.SHIPPED, _O.DELIVERED},
        # Vendors change their minds.
        _O.DENIED: {_O.APPROVED, _O.SHIPPED, _O.DELIVERED},
        _O.CANCELLED: set(),
        # Shipped again: the first was lost. Cancelled: it was called back.
        _O.SHIPPED: {_O.CANCELLED, _O.SHIPPED, _O.DELIVERED},
        _O.DELIVERED: set(),
    },
    column="outbound",
)
GRANTED = frozenset({_O.APPROVED, _O.SHIPPED, _O.DELIVERED})
ENDED = frozenset({_O.DENIED, _O.CANCELLED})


class ReturnCharge(StrEnum):
    """What became of a charge for a unit that was not returned."""

    NONE = "none"
    CHARGED = "charged"
    CHARGE_DISPUTED = "charge_disputed"
    CHARGE_REVERSED = "charge_reversed"
    CHARGE_ACCEPTED = "charge_accepted"


_C = ReturnCharge
CHARGES = Flow(
    ReturnCharge,
    {
        _C.NONE: {_C.CHARGED, _C.CHARGE_DISPUTED},
        _C.CHARGED: {_C.CHARGE_DISPUTED, _C.CHARGE_REVERSED, _C.CHARGE_ACCEPTED},
        # The proof fell away, or we gave in.
        _C.CHARGE_DISPUTED: {_C.CHARGED, _C.CHARGE_REVERSED, _C.CHARGE_ACCEPTED},
        # The credit memo was taken back, or the paper told again.
        _C.CHARGE_REVERSED: {_C.CHARGED, _C.CHARGE_DISPUTED, _C.CHARGE_ACCEPTED},
        _C.CHARGE_ACCEPTED: {_C.CHARGE_REVERSED},
    },
    column="state",
)


class SwapState(StrEnum):
    """How an advance replacement stands, in one word."""

    REQUESTED = "requested"
    APPROVED = "approved"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURN_IN_TRANSIT = "return_in_transit"
    RETURN_DELIVERED = "return_delivered"
    RETURN_RECEIVED = "return_received"
    CLOSED = "closed"
    OVERDUE = "overdue"
    CHARGED = "charged"
    CHARGE_DISPUTED = "charge_disputed"
    CHARGE_REVERSED = "charge_reversed"
    DENIED = "denied"
    CANCELLED = "cancelled"


_S = SwapState
_BACK = {_S.RETURN_IN_TRANSIT, _S.RETURN_DELIVERED, _S.RETURN_RECEIVED, _S.CLOSED}
_CHARGED = {_S.CHARGED, _S.CHARGE_DISPUTED}
_OUT = {_S.SHIPPED, _S.DELIVERED} | _BACK | {_S.OVERDUE} | _CHARGED

STATES = Flow(
    SwapState,
    {
        _S.REQUESTED: {_S.APPROVED, _S.DENIED, _S.CANCELLED} | _OUT,
        _S.APPROVED: {_S.DENIED, _S.CANCELLED} | _OUT,
        _S.SHIPPED: (_OUT - {_S.SHIPPED}) | {_S.CANCELLED},
        _S.DELIVERED: _OUT - {_S.SHIPPED, _S.DELIVERED},
        # It came back to us, and must be sent again.
        _S.RETURN_IN_TRANSIT: {_S.SHIPPED, _S.DELIVERED, _S.OVERDUE}
        | (_BACK - {_S.RETURN_IN_TRANSIT})
        | _CHARGED,
        _S.RETURN_DELIVERED: {_S.RETURN_RECEIVED, _S.CLOSED} | _CHARGED,
        _S.RETURN_RECEIVED: {_S.CLOSED} | _CHARGED,
        # Charged all the same: vendors' papers do not know what their docks know.
        _S.CLOSED: set(_CHARGED),
        # The vendor gave us more time.
        _S.OVERDUE: {_S.DELIVERED} | _BACK | _CHARGED,
        _S.CHARGED: {_S.CHARGE_DISPUTED, _S.CHARGE_REVERSED} | _BACK | {_S.DELIVERED, _S.OVERDUE},
        _S.CHARGE_DISPUTED: {_S.CHARGED, _S.CHARGE_REVERSED} | _BACK | {_S.DELIVERED, _S.OVERDUE},
        # Charged a second time.
        _S.CHARGE_REVERSED: {_S.CLOSED} | _CHARGED,
        _S.DENIED: {_S.APPROVED} | _OUT,
        _S.CANCELLED: set(_CHARGED),
    },
)
OVER = frozenset({_S.CLOSED, _S.CHARGE_REVERSED, _S.DENIED, _S.CANCELLED})


@dataclass(frozen=True, slots=True)
class Found:
    """What the public word is read from.

    is_returned   what had to go back is settled: the vendor has it, wants it no more, bears its
                  loss, or was paid for it
    is_done       and nothing else is owed either way
    is_late       the return-by time has passed, and the vendor has it not
    """

    outbound: Outbound
    return_leg: ReturnLeg
    charge: ReturnCharge
    is_returned: bool
    is_done: bool
    is_late: bool


_CHARGE_WORDS = {_C.CHARGED: _S.CHARGED, _C.CHARGE_DISPUTED: _S.CHARGE_DISPUTED}
_LEG_WORDS = {
    ReturnLeg.IN_TRANSIT: _S.RETURN_IN_TRANSIT,
    ReturnLeg.DELIVERED_TO_VENDOR: _S.RETURN_DELIVERED,
    ReturnLeg.RECEIVED_BY_VENDOR: _S.RETURN_RECEIVED,
    ReturnLeg.INSPECTED: _S.RETURN_RECEIVED,
}


def state_of(found: Found) -> SwapState:
    """Return the one word for how a replacement stands: what presses most comes first."""
    over = _S.CHARGE_REVERSED if found.charge is _C.CHARGE_REVERSED else _S.CLOSED
    own = _S(found.outbound.value)
    leg = _LEG_WORDS.get(found.return_leg, own)
    words = (
        (found.charge in _CHARGE_WORDS, _CHARGE_WORDS.get(found.charge, own)),
        (found.outbound in ENDED, own),
        (found.is_returned, over if found.is_done else _S.RETURN_RECEIVED),
        (found.return_leg in ARRIVED, leg),
        (found.is_late, _S.OVERDUE),
    )
    return next((word for is_so, word in words if is_so), leg)


# Of several charges the word that presses most stands for all.
_PRESSING = (
    _C.CHARGED,
    _C.CHARGE_DISPUTED,
    _C.CHARGE_ACCEPTED,
    _C.CHARGE_REVERSED,
)


def charge_of(charges: list[ReturnCharge]) -> ReturnCharge:
    """Return what several charges come to."""
    return next((each for each in _PRESSING if each in charges), _C.NONE)
