"""What the steps of this story share: its days, its keys, and what the service gave it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from app.demo.calls import Answer
from app.demo.scene import Scene
from app.demo.senders import EasyPost

# Counted from shipping, a Tuesday: it lay in its box until the project came to it, a Monday.
UNBOXED = 20
NEEDED = 29
_AGO = timedelta(days=31)
_TUESDAY = 1
_FIRST_NUMBER = 884400112233

MODEL = "MR-9300"
PRICE = "4200.00"
ADDRESS = {
    "name": "Harbor Clinic",
    "street": ["400 Pier Avenue"],
    "city": "Duluth",
    "region": "MN",
    "postal_code": "55802",
    "country": "US",
}


@dataclass
class Tale:
    """One play of the story. All of it is past, but the unit need not be back by now."""

    scene: Scene
    easypost: EasyPost = field(init=False)
    case_id: str = ""
    claim_id: str = ""
    replacement_id: str = ""
    file_ids: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        """Set the days, and name what the ERP names."""
        scene = self.scene
        latest = (scene.now - _AGO).date()
        self.shipped_on = latest - timedelta(days=(latest.weekday() - _TUESDAY) % 7)
        self.maker = scene.key("meridian")
        self.seller = scene.key("southgate")
        self.customer = scene.key("C-2040")
        self.product = scene.key(MODEL)
        self.order = scene.key("PO/2026/208")
        self.unit, self.second_unit = scene.key("U-77120"), scene.key("U-77121")
        self.serial, self.second_serial = f"FTX77{scene.mark}120A", f"FTX81{scene.mark}044C"
        self.rma = f"RMA {8123 + scene.mark}"
        self.carrier = "UPS"
        self.number_of_the_second = f"1Z{_FIRST_NUMBER + scene.mark}"
        self.number_of_the_way_back = f"1ZB{_FIRST_NUMBER + scene.mark}"

    def on(self, day: int) -> date:
        """Return a day of the story, counted from shipping."""
        return self.shipped_on + timedelta(days=day)

    def at(self, day: int, clock: str) -> datetime:
        """Return an instant of the story, in UTC."""
        return datetime.combine(self.on(day), time.fromisoformat(clock), self.scene.now.tzinfo)

    def told(self, day: int, clock: str) -> str:
        """Return such an instant as it is written."""
        return self.at(day, clock).isoformat()

    @property
    def line(self) -> dict[str, str]:
        """The order line of the router."""
        return {"purchase_order": self.order, "line": "10"}

    @property
    def door(self) -> dict[str, str]:
        """At whose door it is claimed."""
        return {"vendor": self.maker, "role": "manufacturer"}

    @property
    def them(self) -> dict[str, Any]:
        """The maker, as the ledger names it."""
        return {"kind": "vendor", "key": self.maker}

    async def claim(self) -> Answer:
        """Read the whole claim."""
        return await self.scene.calls.get(f"/v1/claims/{self.claim_id}")

    async def replacement(self) -> Answer:
        """Read the whole replacement."""
        return await self.scene.calls.get(f"/v1/replacements/{self.replacement_id}")

    async def swap(self, what: str, body: dict[str, Any]) -> Answer:
        """Do something with the replacement."""
        path = f"/v1/replacements/{self.replacement_id}/{what}"
        return await self.scene.calls.post(path, body)

    async def act(self, what: str, body: dict[str, Any]) -> Answer:
        """Do something with the claim."""
        return await self.scene.calls.post(f"/v1/claims/{self.claim_id}/{what}", body)
