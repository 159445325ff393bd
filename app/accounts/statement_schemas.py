"""How a vendor's statement is read."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from app.accounts.statement_rules import Age, Allowed
from app.kit.fields import Out
from app.kit.weight_fields import PlainDecimal
from app.obligations.rules import Channel, GroundKind, Kind

NOTICE = "By the ledger as it stands now, and by the terms that are named; not legal advice."


class Format(StrEnum):
    """In what form a statement is given."""

    JSON = "json"
    CSV = "csv"
    PDF = "pdf"


class PaperSize(StrEnum):
    """On what paper a statement is printed."""

    A4 = "a4"
    LETTER = "letter"


class WordOut(Out):
    """The promise a debt rests on."""

    by_name: str | None
    by_role: str | None
    said_at: datetime
    channel: Channel
    words: str


class DoneOut(Out):
    """What was done towards it, and what shows it."""

    performed_at: datetime
    value: PlainDecimal
    reference: str | None


class InvoiceOut(Out):
    """An invoice for what the vendor itself owes: to be disputed, not paid."""

    document: str = Field(description="Its key: GET /v1/vendor-documents/{key}.")
    number: str
    issued_on: date
    amount: PlainDecimal = Field(description="What its lines that name the debt come to.")
    currency: str


class StatementLineOut(Out):
    """One thing the vendor owes us."""

    obligation_id: UUID
    number: int
    kind: Kind
    description: str | None
    ground_kind: GroundKind
    ground: str
    ground_reference: str | None
    promise: WordOut | None
    done: list[DoneOut] = Field(description="What has come so far.")
    invoices: list[InvoiceOut] = Field(
        description="The vendor's invoices that name this debt, its RMA, or its unit since it "
        "arose: money asked for what is owed. They show nothing, and settle nothing."
    )
    file_ids: list[UUID] = Field(description="What shows it: GET /v1/files/{file_id}.")
    owed: PlainDecimal
    outstanding: PlainDecimal
    currency: str | None = Field(description="Null: units or acts are owed.")
    value: PlainDecimal | None = Field(
        description="What is left, in `value_currency`; of goods, at our cost. Null: unknown."
    )
    value_currency: str | None
    is_at_cost: bool
    counted: PlainDecimal = Field(description="What it adds to the sums.")
    counted_beside: int | None = Field(
        description="It adds less, or nothing, since it is an alternative to this debt or pursues "
        "the same loss."
    )
    opened_on: date
    due_at: datetime | None
    days_overdue: int
    age: Age
    contested_at: datetime | None = Field(description="When the promise was taken back.")
    purchase_order: str | None
    line: str | None
    shipment: str | None
    product: str | None
    rma: str | None
    serial: str | None
    case_id: UUID | None


class SumOut(Out):
    """What is owed in one currency, by age."""

    currency: str
    not_due: PlainDecimal
    days_1_30: PlainDecimal
    days_31_60: PlainDecimal
    days_61_90: PlainDecimal
    over_90: PlainDecimal
    undated: PlainDecimal
    total: PlainDecimal
    owed_by_us: PlainDecimal = Field(description="What we owe the vendor, by the ledger.")


class ProposalOut(Out):
    """What could be set off in one currency."""

    currency: str
    due: PlainDecimal = Field(description="Money that is due.")
    owed_by_us: PlainDecimal
    against_our_debts: PlainDecimal = Field(description="Set off against what we owe, first.")
    to_deduct: PlainDecimal = Field(description="The rest: from the vendor's next invoices.")
    numbers: list[int] = Field(description="Of the debts.")


class SetOffOut(Out):
    """Whether terms let us set off, and what is proposed if they do."""

    allowed: Allowed
    why: str
    terms: list[str] = Field(description="The records of terms that were looked at.")
    proposals: list[ProposalOut]


class StatementOut(Out):
    """All that a vendor owes us now, by age, with ground and evidence."""

    vendor: str
    vendor_name: str
    our_account_number: str | None
    company_name: str | None = Field(description="Who we are: MAKEGOOD_COMPANY_NAME.")
    as_of: datetime
    sums: list[SumOut]
    lines: list[StatementLineOut] = Field(description="The longest overdue first.")
    without_value: int = Field(description="How many lines are in no sum: acts, unpriced goods.")
    left_out: int = Field(description="Lines beyond 5000, which are in no sum either.")
    set_off: SetOffOut
    notice: str = NOTICE
