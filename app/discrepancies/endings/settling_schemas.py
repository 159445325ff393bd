"""How the end of a discrepancy is told and read."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.discrepancies.line_schemas import LineNameIn, LineNameOut
from app.discrepancies.rules import MAKES_GOOD, Settlement
from app.kit.fields import Flag, In, Instant, Out, Quantity, ShortText, Words
from app.kit.money_fields import MoneyOut, SomeMoney
from app.kit.refusing import refuse_any

_MAX_FILES = 50


def _told(settlement: Settlement) -> Settlement:
    if settlement is Settlement.ELSEWHERE:
        msg = "`elsewhere` is what the ledger does; tell it there"
        raise ValueError(msg)
    return settlement


class SettleIn(In):
    """How it ends: made good in units or in money, accepted as refused, or written off.

    A part of it can be made good: then it stays open with what remains. `denied` and
    `written_off` are of all that remains.
    """

    settlement: Annotated[Settlement, AfterValidator(_told)] = Field(
        json_schema_extra={"not": {"const": Settlement.ELSEWHERE.value}}, examples=["reshipped"]
    )
    order: LineNameIn | None = Field(
        None, description="Of which line; null where there is one.", examples=[None]
    )
    quantity: Quantity | None = Field(
        None, description="Units reshipped; null: all that remains.", examples=[1]
    )
    amount: SomeMoney | None = Field(
        None, description="Money credited; null: all that remains.", examples=[None]
    )
    obligation_id: UUID | None = Field(
        None,
        description="The debt that was performed. Null: the one that pursues this loss in that "
        "measure; where there is none, one is opened on the ground of the order.",
        examples=[None],
    )
    at: Instant | None = Field(None, description="Null: now.", examples=["2026-03-02T09:00:00Z"])
    by_name: ShortText = Field(description="Who settled it, of ours.", examples=["Ana Ruiz"])
    reference: ShortText | None = Field(
        None, description="A tracking number, a credit memo.", examples=["1Z999AA10123456784"]
    )
    note: Words | None = Field(
        None, description="Required where nothing is made good.", examples=["It came on Tuesday."]
    )
    file_ids: Annotated[
        list[UUID],
        Field(max_length=_MAX_FILES, description="What shows it, of files kept.", examples=[[]]),
    ] = Field(default_factory=list[UUID])

    above_cap: Flag = Field(
        default=False,
        description="It has really come: what is above the loss is recorded too, and becomes our "
        "debt to whoever gave it. Otherwise that is refused (409).",
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        is_good = self.settlement in MAKES_GOOD
        name = self.settlement.value
        is_all = f"{name} is of all that remains"
        refuse_any(
            [
                (
                    self.amount is not None and self.settlement is not Settlement.CREDITED,
                    "amount",
                    f"leave `amount` out: {name} is not told in money",
                ),
                (
                    self.quantity is not None and self.settlement is not Settlement.RESHIPPED,
                    "quantity",
                    f"leave `quantity` out: {name} is not told in units",
                ),
                (
                    not is_good and self.order is not None,
                    "order",
                    f"leave `order` out: {is_all}",
                ),
                (
                    not is_good and self.obligation_id is not None,
                    "obligation_id",
                    f"leave `obligation_id` out: {is_all}",
                ),
                (
                    not is_good and bool(self.file_ids),
                    "file_ids",
                    f"leave `file_ids` out: {name} is shown by no performance",
                ),
                (
                    not is_good and self.note is None,
                    "note",
                    "say in `note` why nothing is made good",
                ),
            ]
        )
        return self


class SettlementOut(Out):
    """One step of a settlement."""

    id: UUID
    settlement: Settlement
    order: LineNameOut | None = Field(description="Null: of all that remained.")
    quantity: int | None
    amount: MoneyOut | None
    obligation_id: UUID | None = Field(description="What was performed, in the ledger.")
    performance_id: UUID | None
    released_ids: list[UUID] = Field(description="Obligations that we let off by it.")
    at: datetime
    by_name: str
    reference: str | None
    note: str | None
    recorded_at: datetime
    recorded_by: str
