"""The carriers' side: webhooks with their real shapes, signed as those who send them sign.

Shapes and signatures: EasyPost/examples@112a6d1 and easypost-python@8fcf5e4; Standard Webhooks 1.0.
"""

import hashlib
import hmac
import json
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from standardwebhooks import Webhook

from app.demo.calls import Answer
from app.demo.scene import Scene
from app.demo.unmet import expect


@dataclass(frozen=True, slots=True)
class EasyPost:
    """EasyPost's trackers: the whole history of a parcel with each event."""

    scene: Scene
    path: str
    secret: str

    @classmethod
    async def registered(cls, scene: Scene) -> "EasyPost":
        """Register a source for them, with a secret of this play's own."""
        secret = secrets.token_urlsafe(24)
        return cls(scene, await _path(scene, "easypost", "EasyPost", secret), secret)

    async def tell(self, event_id: str, tracker: Mapping[str, Any]) -> None:
        """Send a tracker.updated event. Raises Unmet."""
        event = {
            "id": event_id,
            "object": "Event",
            "description": "tracker.updated",
            "mode": "production",
            "created_at": tracker["updated_at"],
            "result": {"object": "Tracker", "is_return": False, **tracker},
        }
        body = json.dumps(event).encode()
        digest = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hmac-Signature": f"hmac-sha256-hex={digest}"}
        _kept(await self.scene.calls.send(self.path, body, headers))


@dataclass(frozen=True, slots=True)
class Scales:
    """Scales that send Standard Webhooks."""

    scene: Scene
    path: str
    secret: str

    @classmethod
    async def registered(cls, scene: Scene) -> "Scales":
        """Register a source for them, with a secret of this play's own."""
        secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
        path = await _path(scene, "standard_webhooks", "Scales at dock and hub", secret)
        return cls(scene, path, secret)

    async def weigh(self, message_id: str, at: datetime, data: Mapping[str, Any]) -> None:
        """Send a parcel.weighed message. Raises Unmet."""
        message = {"type": "parcel.weighed", "timestamp": at.isoformat(), "data": data}
        body = json.dumps(message)
        moment = self.scene.now  # of sending: the signature is good for five minutes
        headers = {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(message_id, moment, body),
        }
        _kept(await self.scene.calls.send(self.path, body.encode(), headers))


async def _path(scene: Scene, provider: str, name: str, secret: str) -> str:
    source = await scene.calls.post(
        "/v1/carriers/sources", {"provider": provider, "name": name, "secret": secret}
    )
    return urlsplit(source["url"]).path


def _kept(receipt: Answer) -> None:
    expect("the delivery's receipt", dict(receipt), {"received": True, "duplicate": False})


def scan(at: datetime, status: str, message: str, place: Sequence[str]) -> dict[str, Any]:
    """Return one scan of a tracker. `place`: city, state, zip."""
    city, state, postal_code = place
    return {
        "object": "TrackingDetail",
        "datetime": at.isoformat().replace("+00:00", "Z"),
        "status": status,
        "message": message,
        "source": "FedEx",
        "tracking_location": {"city": city, "state": state, "zip": postal_code, "country": "US"},
    }
