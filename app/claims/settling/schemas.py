"""How the end of a claim is told and read."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.claims.rules.axes import ENDS, SettlementState
from app.claims.schemas import MAX_FILES_AT_ONCE, Position
from app.kit.card_fields import Said
from app.kit.fields import Flag, In, Instant, Out, Quantity, ShortText
from app.kit.money_fields import MoneyOut, SomeMoney

IN_MONEY = frozenset({SettlementState.CREDITED, SettlementState.KEPT_WITH_ALLOWANCE})
IN_UNITS = frozenset({SettlementState.REPLACED, SettlementState.REPAIRED})


def _an_end(settlement: SettlementState) -> SettlementState:
    if settlement not in ENDS:
        msg = f"is one of {', '.join(each.value for each in ENDS)}: the others follow from it"
        raise ValueError(msg)
    return settlement


class SettleClaimIn(In):
    """How a line ended, or a part of it: made good, kept with an allowance, or written off."""

    settlement: Annotated[SettlementState, AfterValidator(_an_end)] = Field(
        json_schema_extra={"enum": [each.value for each in ENDS]}, examples=["replaced"]
    )
    line: Position | None = Field(
        None, description="Of which line; null where there is one.", examples=[None]
    )
    quantity: Quantity | None = Field(
        None, description="Units replaced or repaired; null: all that remain.", examples=[1]
    )
    amount: SomeMoney | None = Field(
        None, description="Money credited; null: all that remains.", examples=[None]
    )
    replacement_serial: ShortText | None = Field(None, examples=["FTX1301Z9QQ"])
    at: Instant | None = Field(None, description="Null: now.", examples=[None])
    by_name: ShortText = Field(description="Who settled it, of ours.", examples=["Ana Ruiz"])
    reference: ShortText | None = Field(
        None, description="A tracking number, a credit memo.", examples=["CM-88123"]
    )
    note: Said | None = Field(
        None, description="Required where it is written off.", examples=["Came on Tuesday."]
    )
    file_ids: Annotated[
        list[UUID],
        Field(max_length=MAX_FILES_AT_ONCE, description="What shows it.", examples=[[]]),
    ] = Field(default_factory=list[UUID])
    above_cap: Flag = Field(
        default=False,
        description="It has really come: what is above the loss is recorded too, and becomes our "
        "debt. Otherwise that is refused (409).",
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        name, kind = self.settlement.value, self.settlement
        faults = {
            f"leave `amount` out: {name} is not told in money": (
                self.amount is not None and kind not in IN_MONEY
            ),
            f"leave `quantity` out: {name} is not told in units": (
                self.quantity is not None and kind not in IN_UNITS
            ),
            "say in `amount` what the allowance is": (
                kind is SettlementState.KEPT_WITH_ALLOWANCE and self.amount is None
            ),
            "leave `replacement_serial` out: nothing was replaced": (
                self.replacement_serial is not None and kind is not SettlementState.REPLACED
            ),
            "leave `file_ids` out: nothing was done that they could show": (
                kind is SettlementState.WRITTEN_OFF and bool(self.file_ids)
            ),
            "say in `note` why it is written off": (
                kind is SettlementState.WRITTEN_OFF and self.note is None
            ),
        }
        found = [text for text, is_fault in faults.items() if is_fault]
        if found:
            raise ValueError("; ".join(found))
        return self


class ClaimSettlementOut(Out):
    """One step of a settlement."""

    id: UUID
    settlement: SettlementState
    line: int
    quantity: int | None
    amount: MoneyOut | None
    obligation_id: UUID | None = Field(description="What was performed, in the ledger.")
    performance_id: UUID | None
    replacement_serial: str | None
    at: datetime
    by_name: str
    reference: str | None
    note: str | None
    recorded_at: datetime
    recorded_by: str
