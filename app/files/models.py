"""How files are kept: here what they are, their bytes in the store under their hash."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base, Identified


class File(Base, Identified):
    """One file. The same bytes sent again are the same file."""

    __tablename__ = "files"

    sha256: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str | None]
    media_type: Mapped[str]
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
