"""What the steps of this story share: its days, its keys, and what the service gave it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from app.demo.calls import Answer
from app.demo.scene import Scene

OLD, NEW = "129.00", "109.00"
CUSTOMER = "Dana Whitfield"
ADDRESS = {
    "name": CUSTOMER,
    "street": ["12 Elm Street"],
    "city": "Reno",
    "region": "NV",
    "postal_code": "89501",
    "country": "US",
}
# So that Tuesday's look is over, wherever the clock stands.
_AGO = timedelta(days=2)


@dataclass
class Tale:
    """One play of the story. Days are counted from the Monday of the new price."""

    scene: Scene
    notice_id: str = ""
    claim_id: str = ""
    filing: str = ""

    def __post_init__(self) -> None:
        """Set the days, and name what the ERP names."""
        scene = self.scene
        latest = (scene.now - _AGO).date()
        self.monday = latest - timedelta(days=latest.weekday())
        self.vendor = scene.key("bigdist")
        self.maker = scene.key("northlight")
        self.customer = scene.key("C-2001")
        self.router = scene.key("R900-24")
        self.others = [scene.key(name) for name in ("S480", "A100", "C5", "P20")]
        self.orders = [scene.key(f"PO/2026/{number}") for number in (201, 214, 230)]
        self.shipment = scene.key("S-230")

    def on(self, day: int) -> str:
        """Return a day of the story, as it is written."""
        return (self.monday + timedelta(days=day)).isoformat()

    def told(self, day: int, clock: str) -> str:
        """Return an instant of the story: so many days after Monday, at such a time (UTC)."""
        when: date = self.monday + timedelta(days=day)
        tz = self.scene.now.tzinfo
        return datetime.combine(when, time.fromisoformat(clock), tz).isoformat()

    @property
    def them(self) -> dict[str, str]:
        """The distributor, as the ledger names it."""
        return {"kind": "vendor", "key": self.vendor}

    async def claim(self) -> Answer:
        """Read the claim."""
        return await self.scene.calls.get(f"/v1/price-protection/claims/{self.claim_id}")

    async def notice(self) -> Answer:
        """Read the notice."""
        return await self.scene.calls.get(f"/v1/price-protection/notices/{self.notice_id}")
