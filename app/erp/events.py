"""What happens to endpoints."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.events import Event


class EndpointEvent(Event):
    """Something that happened to an endpoint."""

    endpoint_id: UUID

    def subject(self) -> str:
        """Return the endpoint."""
        return f"webhook-endpoints/{self.endpoint_id}"


class EndpointRegistered(EndpointEvent):
    """Events are told to a further URL."""

    TYPE: ClassVar[str] = "erp.endpoint_registered"

    url: str
    types: list[str]


class EndpointChanged(EndpointEvent):
    """An endpoint was changed; `changed` names the fields."""

    TYPE: ClassVar[str] = "erp.endpoint_changed"

    changed: list[str]


class EndpointFailing(EndpointEvent):
    """Nothing has arrived for four days; after five the endpoint is disabled."""

    TYPE: ClassVar[str] = "erp.endpoint_failing"

    url: str
    failing_since: datetime


class EndpointDisabled(EndpointEvent):
    """An endpoint is told nothing more: nothing arrived for five days, or it answered 410."""

    TYPE: ClassVar[str] = "erp.endpoint_disabled"

    url: str
    reason: str
    failing_since: datetime | None


class EndpointRemoved(EndpointEvent):
    """An endpoint was removed."""

    TYPE: ClassVar[str] = "erp.endpoint_removed"


class TestRequested(EndpointEvent):
    """Somebody asked whether an endpoint works. It is told to that endpoint alone."""

    TYPE: ClassVar[str] = "erp.test_requested"

    test_id: UUID
