"""How files are told of."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from app.kit.fields import Out


class FileOut(Out):
    """A file that is kept."""

    id: UUID
    sha256: str = Field(description="Of its bytes, in hex.")
    name: str | None = Field(description="As the sender called it.")
    media_type: str = Field(description="By its content, not by what the sender said.")
    size_bytes: int
    created_at: datetime
