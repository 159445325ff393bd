"""The three axes of a claim, each with a total table of steps, and what X12 calls each state."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.kit.states import Flow


class Authorization(StrEnum):
    """Whether the vendor consents."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    INFO_REQUESTED = "info_requested"
    AUTHORIZED = "authorized"
    PARTIALLY_AUTHORIZED = "partially_authorized"
    DENIED = "denied"
    APPEALED = "appealed"
    EXPIRED = "expired"
    VOIDED = "voided"


_A = Authorization
GRANTED = frozenset({_A.AUTHORIZED, _A.PARTIALLY_AUTHORIZED})
# Before us lies the vendor's word.
AWAITED = frozenset({_A.SUBMITTED, _A.APPEALED})
_WORDS = GRANTED | {_A.DENIED, _A.VOIDED}

AUTHORIZATIONS = Flow(
    Authorization,
    {
        _A.DRAFT: {_A.SUBMITTED, _A.VOIDED},
        _A.SUBMITTED: {_A.INFO_REQUESTED} | _WORDS,
        # A vendor may ask again, or decide without the answer.
        _A.INFO_REQUESTED: {_A.SUBMITTED, _A.APPEALED, _A.INFO_REQUESTED} | _WORDS,
        # Authorised again: another number, or more time. Refused: the word is taken back.
        _A.AUTHORIZED: {_A.EXPIRED} | _WORDS,
        _A.PARTIALLY_AUTHORIZED: {_A.EXPIRED, _A.APPEALED} | _WORDS,
        # Refused again: vendors change their grounds. Consented to: they change their minds.
        _A.DENIED: {_A.APPEALED} | _WORDS,
        _A.APPEALED: {_A.INFO_REQUESTED} | _WORDS,
        _A.EXPIRED: {_A.SUBMITTED} | _WORDS,
        _A.VOIDED: set(),
    },
    column="authorization",
)


class ReturnLeg(StrEnum):
    """Where the faulty units are.

    `delivered_to_vendor` is the carrier's word, and ends our being late. `received_by_vendor` is
    the vendor's own, and ends the risk.
    """

    NOT_REQUIRED = "not_required"
    AWAITING_RETURN = "awaiting_return"
    IN_TRANSIT = "in_transit"
    DELIVERED_TO_VENDOR = "delivered_to_vendor"
    RECEIVED_BY_VENDOR = "received_by_vendor"
    INSPECTED = "inspected"
    LOST_IN_TRANSIT = "lost_in_transit"


_R = ReturnLeg
_ARRIVED = {_R.DELIVERED_TO_VENDOR, _R.RECEIVED_BY_VENDOR, _R.INSPECTED}

RETURN_LEGS = Flow(
    ReturnLeg,
    {
        # What was sent before anybody asked for it is on its way all the same.
        _R.NOT_REQUIRED: {_R.AWAITING_RETURN, _R.IN_TRANSIT} | _ARRIVED,
        _R.AWAITING_RETURN: {_R.NOT_REQUIRED, _R.IN_TRANSIT} | _ARRIVED,
        # It came back to us, and must be sent again.
        _R.IN_TRANSIT: {_R.AWAITING_RETURN, _R.LOST_IN_TRANSIT} | _ARRIVED,
        _R.DELIVERED_TO_VENDOR: {_R.RECEIVED_BY_VENDOR, _R.INSPECTED},
        _R.RECEIVED_BY_VENDOR: {_R.INSPECTED},
        # Units are looked at one by one.
        _R.INSPECTED: {_R.INSPECTED},
        # It turned up.
        _R.LOST_IN_TRANSIT: {_R.IN_TRANSIT} | _ARRIVED,
    },
    column="return_leg",
)
ARRIVED = frozenset(_ARRIVED)


class SettlementState(StrEnum):
    """What came of it."""

    UNSETTLED = "unsettled"
    PENDING_CREDIT = "pending_credit"
    PARTIALLY_SETTLED = "partially_settled"
    CREDITED = "credited"
    REPLACED = "replaced"
    REPAIRED = "repaired"
    KEPT_WITH_ALLOWANCE = "kept_with_allowance"
    WRITTEN_OFF = "written_off"


_S = SettlementState
ENDS = (_S.CREDITED, _S.REPLACED, _S.REPAIRED, _S.KEPT_WITH_ALLOWANCE, _S.WRITTEN_OFF)
_ENDS = set(ENDS)
# Nobody owes anything for the unit any more, whoever holds it.
MADE_GOOD = (_S.CREDITED, _S.REPLACED)

SETTLEMENTS = Flow(
    SettlementState,
    {
        _S.UNSETTLED: {_S.PENDING_CREDIT, _S.PARTIALLY_SETTLED} | _ENDS,
        # The vendor took its word back.
        _S.PENDING_CREDIT: {_S.UNSETTLED, _S.PARTIALLY_SETTLED} | _ENDS,
        _S.PARTIALLY_SETTLED: _ENDS,
        _S.CREDITED: set(),
        _S.REPLACED: set(),
        _S.REPAIRED: set(),
        _S.KEPT_WITH_ALLOWANCE: set(),
        _S.WRITTEN_OFF: set(),
    },
    column="settlement",
)

# X12 data element 1292, returns disposition. A state it has no word for has none here.
X12_AUTHORIZATION: Mapping[Authorization, str] = MappingProxyType(
    {
        _A.SUBMITTED: "RP",
        _A.INFO_REQUESTED: "RP",
        _A.APPEALED: "RP",
        _A.AUTHORIZED: "RA",
        _A.PARTIALLY_AUTHORIZED: "PA",
        _A.DENIED: "RD",
    }
)
AUTHORIZED_WITHOUT_NUMBER = "RN"
X12_SETTLEMENT: Mapping[SettlementState, str] = MappingProxyType(
    {_S.KEPT_WITH_ALLOWANCE: "KA", _S.REPAIRED: "RF"}
)


def x12_disposition(
    authorization: Authorization, settlement: SettlementState, *, has_number: bool
) -> str | None:
    """Return what X12 (element 1292) calls how a claim stands; None where it has no word."""
    if settlement in X12_SETTLEMENT:
        return X12_SETTLEMENT[settlement]
    if authorization is Authorization.AUTHORIZED and not has_number:
        return AUTHORIZED_WITHOUT_NUMBER
    return X12_AUTHORIZATION.get(authorization)


def is_live(authorization: Authorization, settlement: SettlementState) -> bool:
    """Whether a claim is being pursued: a unit in it cannot be claimed again meanwhile."""
    at_rest = {Authorization.DENIED, Authorization.EXPIRED, Authorization.VOIDED}
    return authorization not in at_rest and settlement not in ENDS
