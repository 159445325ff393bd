"""What happens to imports: one event for each, when it has ended."""

from typing import ClassVar
from uuid import UUID

from app.events import Event


class ImportEvent(Event):
    """An import has ended."""

    import_id: UUID
    kind: str
    mode: str
    created: int
    changed: int
    unchanged: int
    failed: int

    def subject(self) -> str:
        """Return the import."""
        return f"imports/{self.import_id}"


class ImportFinished(ImportEvent):
    """An import was worked off; `failed` of its records were refused."""

    TYPE: ClassVar[str] = "imports.finished"


class ImportFailed(ImportEvent):
    """An import came to nothing, or to no end; `failure` says why."""

    TYPE: ClassVar[str] = "imports.failed"

    failure: str


class ImportCancelled(ImportEvent):
    """Somebody cancelled an import. What was applied by then stays."""

    TYPE: ClassVar[str] = "imports.cancelled"
