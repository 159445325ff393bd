"""Any sender that signs by Standard Webhooks 1.0.0: how it signs and numbers its messages.

Source: standard-webhooks/standard-webhooks@b2fa7b8 `spec/standard-webhooks.md`.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from app.carriers.providers import standard_webhooks_messages, values
from app.carriers.providers.base import SignatureRefused
from app.parcels.reports import TrackingReport

TOLERANCE = timedelta(minutes=5)
"""Either way, as in every reference library; the specification leaves the number open."""

_PREFIX = "whsec_"
_SHORTEST_KEY = 24
_LONGEST_KEY = 64
_LONGEST_TIMESTAMP = 12


class StandardWebhooks:
    """Standard Webhooks, also under Svix's header names."""

    name = "standard_webhooks"
    title = "Standard Webhooks"
    signature_headers = (
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "svix-id",
        "svix-timestamp",
        "svix-signature",
    )

    def check_secret(self, secret: str) -> None:
        """Refuse what is not `whsec_` and the base64 of 24 to 64 bytes."""
        key = _key(secret) if secret.startswith(_PREFIX) else None
        if key is None or not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
            raise ValueError(
                "The secret is 'whsec_' followed by the base64 of"
                f" {_SHORTEST_KEY} to {_LONGEST_KEY} random bytes, as the sender shows it."
                " Public keys (whpk_) are not supported."
            )

    def verify(
        self, *, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime
    ) -> None:
        """Check a v1 signature over `id.timestamp.body`, not older or newer than five minutes.

        By hand, not by the `standardwebhooks` library: that one reads its own clock, decodes the
        body, and falls over a signature without a comma. The tests hold the two against each other.
        """
        kind = _header_kind(headers)
        message_id = _part(headers, f"{kind}-id")
        timestamp = _part(headers, f"{kind}-timestamp")
        _require_recent(timestamp, now)
        given = list(_v1_signatures(headers.get(f"{kind}-signature", "")))
        signed = f"{message_id}.{timestamp}.".encode() + body
        keys = [key for key in map(_key, secrets) if key]
        expected = [hmac.new(key, signed, hashlib.sha256).digest() for key in keys]
        if not any(hmac.compare_digest(one, other) for one in expected for other in given):
            raise SignatureRefused("No v1 signature fits any of the secrets of this source.")

    def dedup_key(
        self,
        *,
        headers: Mapping[str, str],
        body: bytes,  # noqa: ARG002 - the id is in the header, where it is signed
    ) -> str | None:
        """Give the `webhook-id`."""
        return values.event_id(headers.get(f"{_header_kind(headers)}-id"))

    def read(
        self,
        *,
        headers: Mapping[str, str],  # noqa: ARG002 - all is in the body
        body: bytes,
        received_at: datetime,
    ) -> list[TrackingReport]:
        """Read parcel.scanned, parcel.weighed and parcel.delivered; others are of no concern."""
        return standard_webhooks_messages.read(values.load_object(body), received_at)


def _header_kind(headers: Mapping[str, str]) -> str:
    # One family for all three headers: mixed, a signed part could stand beside an unsigned one.
    return "webhook" if "webhook-id" in headers else "svix"


def _part(headers: Mapping[str, str], name: str) -> str:
    """Give a signed header. A "." in it would let its parts be shifted under one signature."""
    # Not stripped: "msg_1" and "msg_1\xa0" would share a signature, but not a dedup key.
    value = headers.get(name, "")
    if not value or not value.isascii() or "." in value:
        raise SignatureRefused("The id or the timestamp is missing, empty or malformed.")
    return value


def _require_recent(timestamp: str, now: datetime) -> None:
    if not timestamp.isdigit() or len(timestamp) > _LONGEST_TIMESTAMP:
        raise SignatureRefused("The timestamp is not a number of seconds.")
    age = now.timestamp() - int(timestamp)
    if abs(age) > TOLERANCE.total_seconds():
        raise SignatureRefused(f"The timestamp is too {'old' if age > 0 else 'new'}.")


def _v1_signatures(header: str) -> Iterator[bytes]:
    """Give the v1 signatures of a list; parts that are none are passed over, not fallen over."""
    for each in header.split():
        version, _, encoded = each.partition(",")
        if version == "v1" and (signature := _base64(encoded)):
            yield signature


def _base64(encoded: str) -> bytes | None:
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


def _key(secret: str) -> bytes | None:
    encoded = secret.removeprefix(_PREFIX).rstrip("=")
    return _base64(encoded + "=" * (-len(encoded) % 4))
