"""What an import is, which states it goes through, and what is told of a faulty row. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.kit.problems import Malformed, Problem
from app.kit.states import Flow

MOST_FAULTS = 100


class ImportKind(StrEnum):
    """What the records of a file are."""

    VENDORS = "vendors"
    PRODUCTS = "products"
    CUSTOMERS = "customers"
    PURCHASE_ORDERS = "purchase_orders"
    SHIPMENTS = "shipments"
    VENDOR_DOCUMENTS = "vendor_documents"
    PRICE_NOTICES = "price_notices"


class ImportMode(StrEnum):
    """What a faulty record means for the others."""

    ROW_WISE = "row_wise"
    ALL_OR_NOTHING = "all_or_nothing"


class ImportFormat(StrEnum):
    """How a file is written."""

    NDJSON = "ndjson"
    CSV = "csv"


class ImportState(StrEnum):
    """How far an import is."""

    RECEIVED = "received"
    STAGING = "staging"
    APPLYING = "applying"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDS = {ImportState.FAILED, ImportState.CANCELLED}
FLOW = Flow(
    ImportState,
    {
        ImportState.RECEIVED: {ImportState.STAGING, *_ENDS},
        ImportState.STAGING: {ImportState.APPLYING, *_ENDS},
        ImportState.APPLYING: {ImportState.FINISHED, *_ENDS},
        ImportState.FINISHED: set(),
        ImportState.FAILED: set(),
        ImportState.CANCELLED: set(),
    },
)
ACTIVE = tuple(state for state in ImportState if FLOW.allowed(state))


class FileRefused(Malformed):
    """The file cannot be an export of this kind; `errors` says what stands at its beginning."""


def refused_file(detail: str, *, line: int = 1, **more: Any) -> FileRefused:
    """Return the problem of a file that shows by its beginning that it cannot be read."""
    return FileRefused(detail, errors=[{"pointer": "", "detail": detail, "line": line}], **more)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a record: on which line of the file, and where in the document."""

    line: int
    detail: str
    pointer: str = ""
    problem: str = "malformed"
    key: str | None = None


@dataclass(slots=True)
class Told:
    """A record as it stands in a file: its document, or why there is none.

    `lines`: on which line each of its rows begins, where it has more than one.
    """

    line: int
    key: Any = None
    document: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)
    lines: Sequence[int] = ()
    bytes_read: int = 0

    def note(self, fault: Fault) -> None:
        """Keep what is wrong with it; of very much, the first."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


def faults_of(problem: Problem, *, line: int, key: str | None) -> list[Fault]:
    """Return a refusal as faults, one for each place that it points at."""
    errors = problem.fields.get("errors") or [{"pointer": "", "detail": problem.detail}]
    return [
        Fault(line, error["detail"], error["pointer"], problem.slug(), key)
        for error in errors[:MOST_FAULTS]
    ]
