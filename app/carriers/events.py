"""What happens to sources and deliveries."""

from typing import ClassVar
from uuid import UUID

from app.events import Event


class SourceRegistered(Event):
    """A sender of carrier webhooks was configured."""

    TYPE: ClassVar[str] = "carriers.source_registered"

    source_id: UUID
    provider: str
    name: str

    def subject(self) -> str:
        """Return the source."""
        return f"carriers/{self.source_id}"


class SourceChanged(Event):
    """A source was renamed, switched on or off, or its secrets changed."""

    TYPE: ClassVar[str] = "carriers.source_changed"

    source_id: UUID
    what: str

    def subject(self) -> str:
        """Return the source."""
        return f"carriers/{self.source_id}"


class DeliveryParked(Event):
    """A delivery could not be read and waits for a person."""

    TYPE: ClassVar[str] = "carriers.delivery_parked"

    delivery_id: UUID
    source_id: UUID
    reason: str
    pointer: str | None

    def subject(self) -> str:
        """Return the source it came from."""
        return f"carriers/{self.source_id}"
