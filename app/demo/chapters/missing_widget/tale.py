"""What the steps of this story share: its days, its keys, and what the service gave it."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from app.demo.calls import Answer
from app.demo.scene import Scene
from app.demo.senders import EasyPost, Scales

# The customer speaks up this long after shipping: whatever windows there were are closed.
COMPLAINT = 120
_AGO = timedelta(days=150)
_TUESDAY = 1
_FIRST_NUMBER = 771234005566

UNIT_G = 240
BOX_G = 180
DECLARED_OZ = "23.3"

ADDRESS = {
    "name": "Dana Whitfield",
    "street": ["12 Elm Street"],
    "city": "Reno",
    "region": "NV",
    "postal_code": "89501",
    "country": "US",
}


@dataclass
class Tale:
    """One play of the story. Days are counted from shipping, so that it is always in the past."""

    scene: Scene
    easypost: EasyPost = field(init=False)
    scales: Scales = field(init=False)
    case_id: str = ""
    discrepancy_id: str = ""
    loss_id: str = ""
    promise_id: str = ""
    weight_denial_id: str = ""
    has_shown_promise: bool = False
    verdicts: list[tuple[str, Answer]] = field(default_factory=list[tuple[str, Answer]])

    def __post_init__(self) -> None:
        """Set the days, and name what the ERP names."""
        scene = self.scene
        latest = (scene.now - _AGO).date()
        self.shipped_on = latest - timedelta(days=(latest.weekday() - _TUESDAY) % 7)
        self.vendor = scene.key("northgate")
        self.maker = scene.key("acme")
        self.customer = scene.key("C-1001")
        self.product = scene.key("W-240")
        self.order = scene.key("PO/2026/117")
        self.shipment = scene.key("S-4711")
        # A carrier's tariff holds for all its parcels: an earlier service's own is left alone.
        self.carrier = f"Demo Express {scene.mark}" if scene.mark else "FedEx"
        self.number = str(_FIRST_NUMBER + scene.mark)
        self.number_of_the_second = str(_FIRST_NUMBER + scene.mark + 7)

    def at(self, day: int, clock: str) -> datetime:
        """Return an instant of the story: so many days after shipping, at such a time (UTC)."""
        tz = self.scene.now.tzinfo
        return datetime.combine(
            self.shipped_on + timedelta(days=day), time.fromisoformat(clock), tz
        )

    def told(self, day: int, clock: str) -> str:
        """Return such an instant as it is written."""
        return self.at(day, clock).isoformat()

    @property
    def line(self) -> dict[str, str]:
        """The order line that it is all about."""
        return {"purchase_order": self.order, "line": "10"}

    @property
    def us(self) -> dict[str, Any]:
        """Ourselves, as the ledger names us."""
        return {"kind": "us"}

    @property
    def them(self) -> dict[str, Any]:
        """The vendor, as the ledger names it."""
        return {"kind": "vendor", "key": self.vendor}

    async def discrepancy(self) -> Answer:
        """Read the whole dispute."""
        return await self.scene.calls.get(f"/v1/discrepancies/{self.discrepancy_id}")
