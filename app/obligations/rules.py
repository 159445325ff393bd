"""Who can owe, what can be owed and on what ground; the states of a debt and of a right. Pure.

The sums are in `measures`, what is refused in `refusals`, times that are said in `spoken_times`.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.kit.states import Flow
from app.parcels.rules import carrier_slug


class PartyKind(StrEnum):
    """Who somebody is to us."""

    US = "us"
    VENDOR = "vendor"
    CARRIER = "carrier"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who owes or is owed: a vendor or customer by the ERP's key, a carrier by its slug.

    Written `us`, `vendor:acme`, `carrier:ups`, `customer:C-1001`. The ERP's keys never change, so
    the text stands for the party for ever.
    """

    kind: PartyKind
    key: str | None = None

    def __str__(self) -> str:
        return self.kind.value if self.key is None else f"{self.kind.value}:{self.key}"

    @classmethod
    def of(cls, kind: PartyKind, key: str | None) -> "Party":
        """Return the party; a carrier goes under one slug, however it is called."""
        return cls(kind, (carrier_slug(key) or key) if kind is PartyKind.CARRIER else key)

    @classmethod
    def parse(cls, text: str) -> "Party":
        """Return the party that `str` wrote."""
        kind, _, key = text.partition(":")
        return cls.of(PartyKind(kind), key or None)


US = Party(PartyKind.US)


class Kind(StrEnum):
    """What is owed. Goods count in units, money in a currency, everything else in acts."""

    DELIVER_GOODS = "deliver_goods"
    RETURN_GOODS = "return_goods"
    REPAIR_GOODS = "repair_goods"
    PAY_MONEY = "pay_money"
    ANSWER = "answer"
    AUTHORIZE = "authorize"
    FILE_CLAIM = "file_claim"
    PROVIDE_DOCUMENT = "provide_document"
    VISIT = "visit"
    OTHER = "other"


# What makes a loss good. An answer does not.
RESTORING = frozenset({Kind.DELIVER_GOODS, Kind.REPAIR_GOODS, Kind.PAY_MONEY})


class LossKind(StrEnum):
    """How something was lost: it is not there, or it is there and does not work."""

    GONE = "gone"
    FAILED = "failed"


class GroundKind(StrEnum):
    """Why it is owed."""

    PROMISE = "promise"
    TERM = "term"
    TARIFF = "tariff"
    POLICY = "policy"
    LAW = "law"


class Channel(StrEnum):
    """How a person said it."""

    PHONE = "phone"
    VOICE_MAIL = "voice_mail"
    EMAIL = "email"
    CHAT = "chat"
    PORTAL = "portal"
    LETTER = "letter"
    FAX = "fax"
    IN_PERSON = "in_person"


class State(StrEnum):
    """How far a debt has come. *Overdue* is none of them: it is computed when it is read."""

    CONDITIONAL = "conditional"
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    KEPT_LATE = "kept_late"
    SUPERSEDED = "superseded"
    RELEASED = "released"
    VOID = "void"


GONE = {State.SUPERSEDED, State.RELEASED, State.VOID}

STATES = Flow(
    State,
    {
        State.CONDITIONAL: {State.OPEN} | GONE,
        # Late without a mark of `broken` is late all the same.
        State.OPEN: {State.KEPT, State.BROKEN, State.KEPT_LATE} | GONE,
        # Kept, where word of a timely performance came only after it was called broken.
        State.BROKEN: {State.KEPT, State.KEPT_LATE} | GONE,
        State.KEPT: set(),
        State.KEPT_LATE: set(),
        State.SUPERSEDED: set(),
        State.RELEASED: set(),
        State.VOID: set(),
    },
)
# What a correction of what was done may make of it: a debt is kept no longer, or otherwise; what
# was released only because it was kept is owed again.
_STANDS = {State.OPEN, State.BROKEN}
CORRECTIONS = Flow(
    State,
    {
        State.CONDITIONAL: set(),
        State.OPEN: {State.KEPT, State.KEPT_LATE},
        State.BROKEN: {State.KEPT, State.KEPT_LATE},
        State.KEPT: {State.KEPT_LATE} | _STANDS,
        State.KEPT_LATE: {State.KEPT} | _STANDS,
        State.SUPERSEDED: set(),
        State.RELEASED: {State.CONDITIONAL} | _STANDS,
        State.VOID: set(),
    },
)
# Still owed, or may yet come to be.
LIVE = (State.CONDITIONAL, State.OPEN, State.BROKEN)
DUE = (State.OPEN, State.BROKEN)
FULFILLED = (State.KEPT, State.KEPT_LATE)


class DeadlineKind(StrEnum):
    """What must be done in time, or the right to it ends."""

    REPORT = "report"
    FILE = "file"
    RETURN = "return"
    SHIP = "ship"
    APPEAL = "appeal"
    ACCEPT = "accept"
    OTHER = "other"


class DeadlineState(StrEnum):
    """What became of a right of ours. That its day has passed is computed when it is read."""

    OPEN = "open"
    USED = "used"
    LAPSED = "lapsed"
    WAIVED = "waived"


DEADLINES = Flow(
    DeadlineState,
    {
        DeadlineState.OPEN: {DeadlineState.USED, DeadlineState.LAPSED, DeadlineState.WAIVED},
        DeadlineState.USED: set(),
        # Used, where word of a timely use came only after it was called lapsed.
        DeadlineState.LAPSED: {DeadlineState.USED},
        DeadlineState.WAIVED: set(),
    },
)

# How long a debt may wait for its trigger until somebody looks whether it has come.
CONDITION_SEEN_AFTER = timedelta(days=30)
