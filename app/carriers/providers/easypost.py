"""EasyPost: how it signs, how it numbers its events, and which of them are of concern.

Sources: EasyPost/examples@112a6d1 (fixtures), EasyPost/easypost-python@8fcf5e4 (`util.py`).
"""

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from app.carriers.providers import easypost_events, values
from app.carriers.providers.base import SignatureRefused, Unreadable
from app.parcels.reports import TrackingReport

_SHORTEST_SECRET = 6
_LONGEST_SECRET = 500


class EasyPost:
    """Trackers of many carriers through EasyPost."""

    name = "easypost"
    title = "EasyPost"
    # The v2 headers are kept and not judged: what they sign is not published, and those who have
    # seen them disagree (carriers.md section 1). They must never refuse what v1 accepts.
    signature_headers = ("x-hmac-signature", "x-hmac-signature-v2", "x-timestamp", "x-path")

    def check_secret(self, secret: str) -> None:
        """Refuse what cannot be the `webhook_secret` given to EasyPost."""
        if secret != secret.strip() or not secret.isprintable():
            raise ValueError("The secret begins or ends with a blank, or holds control characters.")
        if not _SHORTEST_SECRET <= len(secret) <= _LONGEST_SECRET:
            raise ValueError(
                "The secret is the webhook_secret set on the EasyPost webhook: "
                f"{_SHORTEST_SECRET} to {_LONGEST_SECRET} characters, best 32 random ones."
            )

    def verify(
        self,
        *,
        headers: Mapping[str, str],
        body: bytes,
        secrets: Sequence[str],
        now: datetime,  # noqa: ARG002 - v1 bears no time, so a replay is known by its id alone
    ) -> None:
        """Check signature v1: HMAC-SHA256 of the raw body under the NFKD form of the secret."""
        given = headers.get("x-hmac-signature", "").strip()
        if not given:
            raise SignatureRefused("The header X-Hmac-Signature is missing or empty.")
        # As bytes: compare_digest raises on a text that is not ASCII.
        sent = given.encode("utf-8", errors="replace")
        if not any(hmac.compare_digest(sent, _signature(s, body)) for s in secrets if s):
            raise SignatureRefused("The signature fits none of the secrets of this source.")

    def dedup_key(
        self,
        *,
        headers: Mapping[str, str],  # noqa: ARG002 - the id is in the body
        body: bytes,
    ) -> str | None:
        """Give the event's `id` (evt_...)."""
        try:
            event = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        return values.event_id(event.get("id")) if isinstance(event, dict) else None

    def read(
        self,
        *,
        headers: Mapping[str, str],  # noqa: ARG002 - all is in the body
        body: bytes,
        received_at: datetime,
    ) -> list[TrackingReport]:
        """Read tracker.* and shipment.invoice.* events; others are of no concern."""
        event = values.load_object(body)
        kind = event.get("description")
        if not isinstance(kind, str):
            raise Unreadable("The event does not say what it is.", "/description")
        if kind.startswith("tracker."):
            return _told(easypost_events.tracker(event, received_at))
        if kind.startswith("shipment.invoice."):
            return _told(easypost_events.invoice(event))
        return []


def _signature(secret: str, body: bytes) -> bytes:
    # NFKD as in EasyPost's own clients: the same secret typed on a Mac and on Windows may differ.
    key = unicodedata.normalize("NFKD", secret).encode("utf-8", errors="surrogatepass")
    return b"hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest().encode()


def _told(report: TrackingReport) -> list[TrackingReport]:
    return [report] if report.scans or report.readings or report.proofs else []
