"""Sources, and what they would really send: signed bytes."""

import base64
import hashlib
import hmac
import json
import unicodedata
from dataclasses import dataclass
from typing import Any

import pytest
from standardwebhooks import Webhook

STANDARD_SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ok!").decode()
EASYPOST_SECRET = "sécret of a reseller"


@dataclass
class Sender:
    """A carrier's side of a source: signs and posts."""

    client: Any
    clock: Any
    source: dict[str, Any]
    secret: str

    @property
    def path(self) -> str:
        return self.source["url"].removeprefix("https://makegood.test")

    def signed(self, body: bytes, event_id: str = "evt_1") -> dict[str, str]:
        if self.source["provider"] == "easypost":
            key = unicodedata.normalize("NFKD", self.secret).encode()
            digest = hmac.new(key, body, hashlib.sha256).hexdigest()
            return {"X-Hmac-Signature": f"hmac-sha256-hex={digest}"}
        moment = self.clock.now()
        signature = Webhook(self.secret).sign(event_id, moment, body.decode())
        return {
            "webhook-id": event_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": signature,
        }

    async def send(self, body: Any, event_id: str = "evt_1", **headers: str):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.client.post(
            self.path,
            content=raw,
            headers={
                "Content-Type": "application/json",
                **self.signed(raw, event_id),
                **headers,
            },
        )


@pytest.fixture
def register(client, clock):
    async def register(provider: str, secret: str) -> Sender:
        answer = await client.post(
            "/v1/carriers/sources",
            json={"provider": provider, "name": "a source", "secret": secret},
        )
        assert answer.status_code == 201, answer.text
        return Sender(client, clock, answer.json(), secret)

    return register


@pytest.fixture
async def easypost(register) -> Sender:
    return await register("easypost", EASYPOST_SECRET)


@pytest.fixture
async def scales(register) -> Sender:
    return await register("standard_webhooks", STANDARD_SECRET)


def tracker(number: str = "1Z999", event_id: str = "evt_1", **result: Any) -> dict[str, Any]:
    """An EasyPost tracker event."""
    return {
        "id": event_id,
        "object": "Event",
        "description": "tracker.updated",
        "mode": "production",
        "created_at": "2026-03-01T10:00:00Z",
        "result": {
            "id": "trk_1",
            "object": "Tracker",
            "tracking_code": number,
            "carrier": "UPS",
            "status": "in_transit",
            "status_detail": "arrived_at_facility",
            "updated_at": "2026-03-01T10:00:00Z",
            "signed_by": None,
            "weight": None,
            "tracking_details": [],
            **result,
        },
    }


def detail(at: str, status: str, **more: Any) -> dict[str, Any]:
    """One scan within it."""
    return {
        "object": "TrackingDetail",
        "datetime": at,
        "status": status,
        "status_detail": None,
        "message": status.replace("_", " "),
        "source": "UPS",
        "carrier_code": "",
        "tracking_location": None,
        **more,
    }


def scanned(number: str, at: str, status: str, **more: Any) -> dict[str, Any]:
    """A scan in Makegood's own payload."""
    data = {"tracking_number": number, "carrier": "UPS", "occurred_at": at, "status": status}
    return {"type": "parcel.scanned", "timestamp": at, "data": {**data, **more}}


def weighed(number: str, at: str, value: str, unit: str, **more: Any) -> dict[str, Any]:
    """A weighing in Makegood's own payload."""
    data = {
        "tracking_number": number,
        "carrier": "UPS",
        "measured_at": at,
        "weight": {"value": value, "unit": unit},
    }
    return {"type": "parcel.weighed", "timestamp": at, "data": {**data, **more}}


def delivered(number: str, at: str, **more: Any) -> dict[str, Any]:
    """A proof of delivery in Makegood's own payload."""
    data = {"tracking_number": number, "carrier": "UPS", "delivered_at": at}
    return {"type": "parcel.delivered", "timestamp": at, "data": {**data, **more}}
