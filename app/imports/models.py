"""How imports are kept: what was sent, how far it is, its staged rows, and what was refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.imports.rules import ACTIVE, ImportFormat, ImportKind, ImportMode, ImportState
from app.kit.db import Base, Identified


def _words(kind: Any, column: str) -> sa.CheckConstraint:
    words = ", ".join(f"'{member.value}'" for member in kind)
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)


_ACTIVE = ", ".join(f"'{state.value}'" for state in ACTIVE)


class Import(Base, Identified):
    """One file. Its bytes lie in the file store until it has ended.

    `staged_through` and `applied_through` are numbers of records: each step moves one of them
    on from where it found it, so of two workers that do the same one is rolled back.
    """

    __tablename__ = "imports"
    __table_args__ = (
        _words(ImportKind, "kind"),
        _words(ImportMode, "mode"),
        _words(ImportFormat, "format"),
        _words(ImportState, "state"),
        sa.Index("ix_imports_active", "id", postgresql_where=sa.text(f"state IN ({_ACTIVE})")),
        sa.Index(
            "ix_imports_unswept",
            "id",
            postgresql_where=sa.text(f"swept_at IS NULL AND NOT (state IN ({_ACTIVE}))"),
        ),
        sa.Index(None, "ended_at"),
    )

    kind: Mapped[str]
    mode: Mapped[str]
    format: Mapped[str]
    state: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str]
    received_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    swept_at: Mapped[datetime | None]
    failure: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    bytes_read: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    staged_through: Mapped[int] = mapped_column(default=0)
    staged: Mapped[int] = mapped_column(default=0)
    handled: Mapped[int] = mapped_column(default=0)
    applied_through: Mapped[int] = mapped_column(default=0)
    created: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class StagedRow(Base):
    """A record of a file, validated. Without `document` it was refused; its key stays taken."""

    __tablename__ = "import_rows"
    __table_args__ = (sa.Index(None, "import_id", "key", unique=True),)

    import_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int]
    key: Mapped[str | None]
    id: Mapped[UUID]
    as_of: Mapped[datetime | None]
    content_sha256: Mapped[bytes | None]
    document: Mapped[dict[str, Any] | None]
    lines: Mapped[list[int] | None] = mapped_column(ARRAY(sa.Integer))


class ImportFault(Base):
    """One thing wrong with one record of a file."""

    __tablename__ = "import_faults"

    import_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line: Mapped[int]
    key: Mapped[str | None]
    problem: Mapped[str]
    pointer: Mapped[str]
    detail: Mapped[str]
