"""How imports are told of."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.imports.rules import ImportFormat, ImportKind, ImportMode, ImportState
from app.kit.fields import Out


class ImportOut(Out):
    """An import, and how far it is."""

    id: UUID
    kind: ImportKind
    mode: ImportMode
    format: ImportFormat
    state: ImportState
    size_bytes: int
    sha256: str = Field(description="Of the file as it was sent, in hex.")
    received_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    failure: str | None = Field(description="Why it came to nothing; null unless it failed.")
    bytes_read: int = Field(description="Of `size_bytes`: how much of the file was read.")
    staged: int = Field(description="Records that were read and found to be well formed.")
    handled: int = Field(
        description="Staged records that were worked off; with `all_or_nothing` they stand only "
        "once it is finished."
    )
    created: int
    changed: int
    unchanged: int = Field(description="Stored already, with the very same content.")
    failed: int = Field(description="Records that were refused; GET .../errors says why.")


class ImportErrorOut(Out):
    """One thing wrong with one record."""

    line: int = Field(description="Of the file, from 1; a CSV's header is line 1.")
    key: str | None = Field(description="The record's; null where it could not be read.")
    problem: str = Field(description="As in the `type` of a PUT's answer.")
    pointer: str = Field(description="Where in the record, as a JSON pointer.")
    detail: str


class ColumnOut(Out):
    """A column of a CSV."""

    name: str
    is_required: bool
    per_row: str | None = Field(
        description="The list of which each row holds one item; null: once for each record."
    )


class KindOut(Out):
    """A kind of record that can be imported, and the columns of its CSV."""

    kind: ImportKind
    columns: list[ColumnOut]
