"""What a vendor takes off, what it gives when its price falls, and what may be set off."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from app.kit.fields import Amount, Flag, In, Money, Quantity
from app.kit.refusing import refuse, refuse_any
from app.vendors.terms.windows import Anchor, AnswerWindow, RightWindow, Unit, Window, counted_from

UNKNOWN = "Null is unknown; it never counts as yes."
_MOST_STEPS = 10
_LONGEST_LOOK_BACK = 3650

Percent = Annotated[Amount, Field(gt=0, le=100)]
PriceWindow = Annotated[Window, counted_from(Anchor.PRICE_NOTICE, Anchor.PRICE_CHANGE)]
ReceiptWindow = Annotated[Window, counted_from(Anchor.RETURN_RECEIPT)]


class Whichever(StrEnum):
    """Which of a share and an amount counts."""

    GREATER = "greater"
    LESSER = "lesser"
    BOTH = "both"


class Fee(In):
    """A share of the price, an amount, or one of both."""

    percent: Percent | None = Field(None, examples=["15"])
    amount: Money | None = Field(None, examples=[None])
    whichever: Whichever | None = Field(
        None, description="Where both are given: which of them counts."
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        told = (self.percent is not None) + (self.amount is not None)
        if told == 0:
            msg = "give percent, amount or both"
            raise ValueError(msg)
        if (told == 1) != (self.whichever is None):
            refuse(
                (
                    "whichever",
                    "whichever says which of percent and amount counts: give it with both",
                )
            )
        return self


class RestockingStep(In):
    """What it costs to send something back by choice, up to an age."""

    until: RightWindow | None = Field(None, description="Null: from then on.")
    fee: Fee | None = Field(None, description="Null: none, where it is taken back.")
    is_accepted: Flag = Field(default=True, description="false: it is not taken back any more.")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not self.is_accepted and self.fee is not None:
            refuse(("fee", "what is not taken back has no fee"))
        return self


def _in_order(steps: list[RestockingStep]) -> list[RestockingStep]:
    if any(step.until is None for step in steps[:-1]):
        msg = "only the last step has no end"
        raise ValueError(msg)
    return steps


RestockingSchedule = Annotated[
    list[RestockingStep], Field(min_length=1, max_length=_MOST_STEPS), AfterValidator(_in_order)
]


class Stock(StrEnum):
    """Where units are when the price falls."""

    ON_HAND = "on_hand"
    IN_TRANSIT = "in_transit"
    DROP_SHIPPED = "drop_shipped"
    SOLD = "sold"


class Difference(StrEnum):
    """How much is credited for one unit."""

    INVOICE_MINUS_NEW = "invoice_minus_new"
    OLD_MINUS_NEW = "old_minus_new"


class BoughtOn(StrEnum):
    """Which day says when a unit was bought."""

    ORDER = "order"
    INVOICE = "invoice"
    SHIPMENT = "shipment"
    DELIVERY = "delivery"


class LookBack(In):
    """How far before the new price a unit may have been bought."""

    value: Quantity = Field(le=_LONGEST_LOOK_BACK, examples=[30])
    unit: Unit = Field(examples=["days"])
    bought_on: BoughtOn = Field(description="Which day counts as that of the purchase.")

    @model_validator(mode="after")
    def _in_days(self) -> Self:
        if self.unit is Unit.HOURS:
            refuse(("unit", "a look-back is counted in days, business days or months"))
        return self


class Cap(In):
    """What the credit cannot exceed. All that is given holds."""

    amount: Money | None = None
    percent: Percent | None = Field(None, description="Of what was paid for the units.")
    units: Quantity | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.amount is None and self.percent is None and self.units is None:
            msg = "give amount, percent or units"
            raise ValueError(msg)
        return self


def _once(places: list[Stock]) -> list[Stock]:
    if len(set(places)) != len(places):
        msg = "must name each once"
        raise ValueError(msg)
    return sorted(places)


class PriceProtection(In):
    """What a unit earns that was bought shortly before its price fell."""

    is_granted: Flag | None = Field(None, description=UNKNOWN)
    look_back: LookBack | None = Field(None, description="Null is unknown.")
    file_within: PriceWindow | None = Field(None, description="Null is unknown.")
    reaches: (
        Annotated[
            list[Stock],
            Field(min_length=1, json_schema_extra={"uniqueItems": True}),
            AfterValidator(_once),
        ]
        | None
    ) = Field(
        None,
        description="Which units: where they are on the day. Null is unknown, also of those that "
        "were drop-shipped and never lay in our stock.",
    )
    difference: Difference | None = Field(None, description="Null is unknown.")
    unshipped_take_new_price: Flag | None = Field(None, description=UNKNOWN)
    protects_special_bids: Flag | None = Field(None, description=UNKNOWN)
    needs_serials: Flag | None = Field(None, description=UNKNOWN)
    cap: Cap | None = Field(None, description="Null is unknown.")
    credit_within: AnswerWindow | None = Field(None, description="Null is unknown.")

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        told = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if not told:
            msg = "say something of it, or leave it out"
            raise ValueError(msg)
        is_refused = self.is_granted is False
        refuse_any(
            (is_refused and name != "is_granted", name, "what is not granted has no terms")
            for name in told
        )
        return self


class SetOff(In):
    """Whether we may keep what the vendor owes us from what we owe it."""

    is_allowed: Flag
    only_undisputed: Flag | None = Field(
        None, description="Only what the vendor does not contest. Null is unknown, and taken so."
    )
    after_notice: AnswerWindow | None = Field(
        None, description="How long after we have said so. Null is unknown."
    )
