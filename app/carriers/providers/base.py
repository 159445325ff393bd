"""What every provider of tracking webhooks can be asked, and the two ways it may say no."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from app.parcels.reports import TrackingReport


class SignatureRefused(Exception):
    """The delivery does not prove that it comes from the provider. `reason` holds no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Unreadable(Exception):
    """The body cannot be understood; `pointer` is the JSON pointer (RFC 6901) to the place."""

    def __init__(self, reason: str, pointer: str = "") -> None:
        super().__init__(f"{reason} ({pointer or 'whole body'})")
        self.reason = reason
        self.pointer = pointer


class Provider(Protocol):
    """One sender of tracking webhooks: how it signs, how it numbers, what its words mean.

    Header names are lower-case throughout; values are as the HTTP server decoded them. All is
    pure: bytes in, values out, and no exception but those named.
    """

    @property
    def name(self) -> str:
        """The name a source is configured with."""
        ...

    @property
    def title(self) -> str:
        """The name people know it by."""
        ...

    @property
    def signature_headers(self) -> tuple[str, ...]:
        """Headers to keep beside the raw body, so that a disputed signature can be checked."""
        ...

    def check_secret(self, secret: str) -> None:
        """Refuse a secret this provider cannot have given: ValueError, in words for people."""
        ...

    def verify(
        self, *, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
    ) -> None:
        """Check the signature of the bytes received; any of the secrets may fit (rotation).

        Raises SignatureRefused, and nothing else whatever the bytes are.
        """
        ...

    def dedup_key(self, *, headers: Mapping[str, str], body: bytes) -> str | None:
        """Give the provider's own id of the event, the same for every retry.

        None if there is none to rely on: the receiver then takes a digest of the body.
        """
        ...

    def read(
        self, *, headers: Mapping[str, str], body: bytes, received_at: datetime
    ) -> list[TrackingReport]:
        """Say what the delivery tells of parcels; empty if it is about something else.

        Raises Unreadable, and nothing else.
        """
        ...
