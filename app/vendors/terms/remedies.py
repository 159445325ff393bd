"""What a vendor gives for a unit that failed: a replacement first, a warranty on it, a visit."""

from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from app.kit.fields import Flag, In, Money
from app.kit.refusing import refuse_any
from app.vendors.terms.windows import Anchor, AnswerWindow, RightWindow, Window, counted_from

UNKNOWN = "Null is unknown; it never counts as yes."
_MOST_STAGES = 10


class Condition(StrEnum):
    """What the replacement is."""

    NEW = "new"
    REFURBISHED = "refurbished"
    EITHER = "either"


class ChargeModel(StrEnum):
    """When the replacement is charged."""

    BILL_ON_SHIP = "bill_on_ship"
    BILL_ON_DEFAULT = "bill_on_default"
    DEPOSIT_HOLD = "deposit_hold"


class ChargeBasis(StrEnum):
    """At what price a unit or a part that does not come back is charged."""

    LIST_PRICE = "list_price"
    DEALER_PRICE = "dealer_price"
    PURCHASE_PRICE = "purchase_price"


class Security(StrEnum):
    """What the vendor wants in hand before it ships."""

    PURCHASE_ORDER = "purchase_order"
    CARD = "card"
    DEPOSIT = "deposit"
    CREDIT_APPROVAL = "credit_approval"


ReturnWindow = Annotated[
    Window,
    counted_from(Anchor.REPLACEMENT_SHIPMENT, Anchor.REPLACEMENT_DELIVERY, Anchor.RMA_ISSUE),
]
ReplacementWindow = Annotated[
    Window, counted_from(Anchor.REPLACEMENT_SHIPMENT, Anchor.REPLACEMENT_DELIVERY)
]


class Stage(In):
    """What is sent up to an age of the unit, and whether only a contract gives it."""

    until: RightWindow | None = Field(None, description="Null: from then on.")
    condition: Condition | None = Field(None, description="Null is unknown.")
    needs_contract: Flag | None = Field(None, description=UNKNOWN)


class ReplacementCharge(In):
    """When and at what price the replacement is charged, and what secures that."""

    model: ChargeModel | None = Field(None, description="Null is unknown.")
    basis: ChargeBasis | None = Field(None, description="Null is unknown.")
    security: Security | None = Field(None, description="Null is unknown.")


def _grow(windows: list[Window]) -> bool:
    """Whether windows that can be compared come in their order."""
    pairs = pairwise(windows)
    return all(
        (one.unit, one.anchor) != (other.unit, other.anchor) or one.value < other.value
        for one, other in pairs
    )


class AdvanceReplacement(In):
    """The vendor ships first; the defective unit goes back by a day, or is charged."""

    is_offered: Flag | None = Field(None, description=UNKNOWN)
    stages: Annotated[list[Stage], Field(min_length=1, max_length=_MOST_STAGES)] | None = Field(
        None, description="What is sent by the unit's age, the youngest first."
    )
    ships_within: AnswerWindow | None = Field(
        None,
        description="By when the replacement is on its way. Null is unknown.",
        exclude_if=lambda term: term is None,  # terms told before are the same as before
    )
    return_by: ReturnWindow | None = Field(
        None, description="By when the defective unit must be back or on its way."
    )
    charged_after: ReturnWindow | None = Field(
        None, description="From when it is charged: the grace after `return_by`."
    )
    charge: ReplacementCharge | None = None
    must_match: Flag | None = Field(
        None, description=f"Part and serial number must be those of the RMA. {UNKNOWN}"
    )
    default_ends_service: Flag | None = Field(
        None, description=f"Who returns nothing may be denied service. {UNKNOWN}"
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        stages = self.stages or []
        untils = [stage.until for stage in stages if stage.until is not None]
        windows = [each for each in (self.return_by, self.charged_after) if each is not None]
        told = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if not told:
            msg = "say something of it, or leave it out"
            raise ValueError(msg)
        is_early = len(windows) > 1 and windows[0] != windows[1] and not _grow(list(windows))
        is_open = any(stage.until is None for stage in stages[:-1])
        refuse_any(
            [
                *(
                    (self.is_offered is False, name, "what is not offered has no terms")
                    for name in told
                    if name != "is_offered"
                ),
                (is_open, "stages", "only the last stage has no end"),
                (not _grow(list(untils)), "stages", "each stage ends after the one before"),
                (is_early, "charged_after", "charged_after comes before return_by"),
            ]
        )
        return self


class ReplacementWarranty(In):
    """How long a replacement is covered: the rest of the first unit's time, or a least time."""

    keeps_rest: Flag | None = Field(
        None, description=f"The rest of the first unit's warranty. {UNKNOWN}"
    )
    at_least: ReplacementWindow | None = Field(
        None, description="Where that is longer than the rest. Null is unknown."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.keeps_rest is None and self.at_least is None:
            msg = "say whether it keeps the rest, or what it is at least"
            raise ValueError(msg)
        return self


class CallOut(In):
    """What a visit on site costs, and by when somebody comes."""

    charge: Money | None = Field(None, description="For coming at all. Null is unknown.")
    hourly: Money | None = Field(None, description="Null is unknown.")
    is_charged_under_warranty: Flag | None = Field(None, description=UNKNOWN)
    is_charged_during_setup: Flag | None = Field(
        None, description=f"For a unit that is still being set up. {UNKNOWN}"
    )
    arrive_within: AnswerWindow | None = Field(None, description="Null is unknown.")
    missed_visit_credit: Money | None = Field(
        None, description="What the vendor owes for a visit that it missed. Null is unknown."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if all(getattr(self, name) is None for name in type(self).model_fields):
            msg = "say something of it, or leave it out"
            raise ValueError(msg)
        return self
