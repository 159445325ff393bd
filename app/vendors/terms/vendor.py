"""A vendor's terms: the numbers of one part it plays. What is unset is unknown, never yes."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from app.kit.fields import Flag, In, ShortText
from app.kit.refusing import refuse, refuse_any
from app.vendors.terms.money import Fee, PriceProtection, ReceiptWindow, RestockingSchedule, SetOff
from app.vendors.terms.remedies import (
    UNKNOWN,
    AdvanceReplacement,
    CallOut,
    ChargeBasis,
    ReplacementWarranty,
)
from app.vendors.terms.windows import AnswerWindow, RightWindow, Sourced, Window


class Bearer(StrEnum):
    """Who bears a loss between the dock and the door."""

    US = "us"
    VENDOR = "vendor"


class Risk(In):
    """Who bears the risk in transit, and by which rule."""

    bearer: Bearer
    rule: ShortText = Field(
        description="The clause or the rule of law that says so.",
        examples=["UCC 2-509(1)(b), destination contract"],
    )


class Notice(In):
    """By when something must be notified, and from when the vendor refuses outright."""

    window: RightWindow | None = None
    hard_stop: RightWindow | None = Field(
        None, description="After this nothing is heard any more, where the terms say so."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first, last = self.window, self.hard_stop
        if first is None and last is None:
            msg = "name a window or a hard stop; without either leave the notice out"
            raise ValueError(msg)
        if first and last and _alike(first, last) and first.value > last.value:
            refuse(("hard_stop", "the hard stop comes before the window ends"))
        return self


def _alike(one: Window, other: Window) -> bool:
    return (one.unit, one.anchor) == (other.unit, other.anchor)


class VendorTerms(Sourced):
    """What a vendor grants and asks. Every member may be left out: it is unknown then."""

    return_window: RightWindow | None = Field(
        None, description="For goods sent back by choice: not for what never came."
    )
    doa_window: RightWindow | None = Field(None, description="For what comes dead out of its box.")
    warranty: RightWindow | None = None
    rma_validity: RightWindow | None = Field(
        None, description="By when goods must be on their way under an authorisation."
    )
    proof_of_delivery_request: RightWindow | None = Field(
        None, description="By when a proof of delivery can be asked for."
    )
    shortage_notice: Notice | None = Field(None, description="For units missing from a parcel.")
    wrong_item_notice: Notice | None = None
    non_delivery_notice: Notice | None = Field(None, description="For parcels that never came.")
    damage_notice: Notice | None = None
    concealed_damage_notice: Notice | None = Field(
        None, description="For damage that shows only in the open box."
    )
    answer_to_claim: AnswerWindow | None = None
    answer_to_return_request: AnswerWindow | None = None
    answer_to_question: AnswerWindow | None = None
    reship: AnswerWindow | None = Field(
        None, description="By when what was missing is shipped again."
    )
    is_non_returnable: Flag | None = Field(
        None, description=f"Nothing can be sent back by choice. {UNKNOWN}"
    )
    accepts_opened_returns: Flag | None = Field(
        None, description=f"Opened boxes can be sent back by choice. {UNKNOWN}"
    )
    charges_restocking: Flag | None = Field(
        None, description=f"For what is sent back by choice. {UNKNOWN}"
    )
    clean_signature_ends_claims: Flag | None = Field(
        None,
        description="Who signs for a delivery without a remark has accepted its count and "
        f"condition. {UNKNOWN}",
    )
    drop_ship_claims_go_to_carrier: Flag | None = Field(
        None,
        description="Damage and shortage of drop shipments are the reseller's to claim from the "
        f"carrier. {UNKNOWN}",
    )
    risk_in_transit: Risk | None = Field(None, description=UNKNOWN)
    advance_replacement: AdvanceReplacement | None = Field(None, description=UNKNOWN)
    replacement_warranty: ReplacementWarranty | None = Field(None, description="Null is unknown.")
    repair: ReceiptWindow | None = Field(
        None,
        description="By when a unit that was sent in for repair is on its way back. Null is "
        "unknown.",
        exclude_if=lambda term: term is None,  # terms told before are the same as before
    )
    no_trouble_found_fee: Fee | None = Field(
        None, description="For a unit in which the vendor finds no fault. Null is unknown."
    )
    missing_parts_charge: ChargeBasis | None = Field(
        None, description="For what is missing from a return. Null is unknown."
    )
    restocking_schedule: RestockingSchedule | None = Field(
        None, description="For what is sent back by choice, the youngest first. Null is unknown."
    )
    credits_lower_price: Flag | None = Field(
        None,
        description="A return is credited at the lower of the price paid and that of the day, so "
        f"that price protection must be claimed before. {UNKNOWN}",
    )
    credit_after_receipt: ReceiptWindow | None = Field(
        None, description="By when a return is credited. Null is unknown."
    )
    receipt_confirmation: ReceiptWindow | None = Field(
        None,
        description="By when the vendor says itself that it has what its carrier received. Null "
        "is unknown.",
    )
    price_protection: PriceProtection | None = Field(None, description=UNKNOWN)
    call_out: CallOut | None = Field(None, description="Null is unknown.")
    set_off: SetOff | None = Field(None, description=UNKNOWN)

    @model_validator(mode="after")
    def _restocking_agrees(self) -> Self:
        is_free = self.charges_restocking is False
        none = "charges_restocking says that there are no fees"
        refuse_any(
            (is_free and step.fee is not None, ("restocking_schedule", at, "fee"), none)
            for at, step in enumerate(self.restocking_schedule or [])
        )
        return self
