"""How cases are told and read."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from app.cases.rules import CloseReason, FileKind, Kind, Outcome, Recovery, State
from app.cases.settling_schemas import MakeWholeOut
from app.kit.fields import Day, ErpKey, In, Instant, Out, Quantity, Words
from app.obligations.rules import Channel

_REPORT = "Two were ordered; one was in the box."


class OrderLineIn(In):
    """A line of a purchase order, as the ERP names both."""

    purchase_order: ErpKey = Field(description="Its key.", examples=["PO/2026/117"])
    line: ErpKey = Field(description="The key of the line on that order.", examples=["10"])


class CaseIn(In):
    """What a customer reports."""

    customer: ErpKey = Field(description="The customer's key.", examples=["C-1001"])
    kind: Kind = Field(examples=["short_shipment"])
    report: Words = Field(description="In the customer's own words.", examples=[_REPORT])
    channel: Channel | None = Field(None, examples=["phone"])
    reported_at: Instant | None = Field(
        None,
        description="Since when the customer waits. Without it, the moment of receipt.",
        examples=["2026-03-02T09:00:00Z"],
    )
    order_line: OrderLineIn | None = None
    quantity: Quantity | None = Field(
        None,
        description="How many units it is about: no more than were ordered of the line, unless "
        "too many came.",
        examples=[1],
    )
    shipment: ErpKey | None = Field(None, description="The shipment's key.", examples=["S-1"])
    needed_by: Day | None = Field(
        None,
        description="The day the customer needs it by. A day that has passed is taken, and "
        "remarked upon.",
        examples=["2026-03-13"],
    )


class CasePatch(In):
    """What is to be corrected; what is left out stays.

    Once the customer was made whole only report, needed_by and shipment can be.
    """

    report: Words | None = Field(None, description="Null leaves it.", examples=[_REPORT])
    kind: Kind | None = Field(None, description="Null leaves it.", examples=["non_delivery"])
    quantity: Quantity | None = Field(None, description="Null: not known.", examples=[2])
    shipment: ErpKey | None = Field(None, description="Null: not known.", examples=["S-1"])
    needed_by: Day | None = Field(None, description="Null: no day.", examples=["2026-03-20"])


class CaseFileIn(In):
    """A file that belongs to the case."""

    file_id: UUID = Field(
        description="Of a file kept with POST /v1/files.",
        examples=["01980c1e-7e5a-7000-8000-000000000001"],
    )
    what: FileKind = Field(examples=["photo"])
    note: Words | None = Field(None, examples=["The open box, from above."])


class CaseFileOut(Out):
    """A file that belongs to a case: `GET /v1/files/{file_id}/content` has its bytes."""

    id: UUID
    file_id: UUID
    what: FileKind
    note: str | None
    added_at: datetime
    added_by: str


class NoteIn(In):
    """Something to write down about the case."""

    text: Words = Field(examples=["She called again; told her it is on the way."])


class NoteOut(Out):
    """Something that was written down about a case."""

    id: UUID
    text: str
    added_at: datetime
    added_by: str


class OrderLineOut(Out):
    """A line of a purchase order."""

    purchase_line_id: UUID
    purchase_order: str
    line: str


class Remark(Out):
    """Something odd that was taken all the same."""

    pointer: str
    detail: str


class CaseOut(Out):
    """A case in a list."""

    id: UUID
    number: str = Field(description="To say over the phone.", examples=["C-1042"])
    version: int = Field(description="Rises with each change; the ETag.")
    state: State
    recovery: Recovery = Field(description="From the vendor or carrier; it has its own pace.")
    kind: Kind
    customer: str
    report: str
    channel: Channel | None
    reported_at: datetime
    order_line: OrderLineOut | None
    quantity: int | None
    shipment: str | None
    needed_by: date | None
    is_customer_waiting: bool
    customer_waited_s: int = Field(
        description="How many seconds the customer has waited, or had to; computed now."
    )
    made_whole_at: datetime | None
    closed_at: datetime | None
    close_reason: CloseReason | None
    close_note: str | None
    recovery_outcome: Outcome | None
    recovery_closed_at: datetime | None
    recovery_note: str | None
    created_at: datetime
    updated_at: datetime


class CaseWhole(CaseOut):
    """A case, what the customer got, and its files."""

    made_whole: MakeWholeOut | None
    files: list[CaseFileOut] = Field(description="In the order they were added.")
    remarks: list[Remark] = Field(description="What is odd about it now; computed when read.")


class TimelineEvent(Out):
    """One thing that happened."""

    id: UUID
    type: str = Field(description="`room.verb`, past tense.", examples=["cases.made_whole"])
    version: int = Field(description="Of this type's `data`.")
    subject: str = Field(description="What it happened to.", examples=["parcels/0190c7e2-..."])
    occurred_at: datetime
    caller: str = Field(description="Who caused it: `key:...`, or `makegood` itself.")
    data: dict[str, Any]
