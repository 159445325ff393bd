"""What the steps of this story share: its days, its keys, and what the service gave it."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from app.demo.calls import Answer
from app.demo.scene import Scene
from app.demo.senders import EasyPost

_AGO = timedelta(days=60)
_MONDAY = 0
_FIRST_NUMBER = 881234005500

LIST_PRICE = "3100.00"
PAID = "1890.00"
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
    """One play of the story. Days are counted from the failure, always in the past."""

    scene: Scene
    easypost: EasyPost = field(init=False)
    case_id: str = ""
    claim_id: str = ""
    swap_id: str = ""
    swap_number: str = ""

    def __post_init__(self) -> None:
        """Set the days, and name what the ERP names."""
        scene = self.scene
        latest = (scene.now - _AGO).date()
        self.failed_on = latest - timedelta(days=(latest.weekday() - _MONDAY) % 7)
        self.vendor, self.maker = scene.key("westgate"), scene.key("ridge")
        self.customer, self.product = scene.key("C-2001"), scene.key("R-4431")
        self.order, self.unit = scene.key("PO/2026/204"), scene.key("U-4431")
        self.serial = f"FTX{1234 + scene.mark}A5BC"
        self.new_serial = f"FTX{8301 + scene.mark}Z9QQ"
        self.rma = f"RMA {81230 + scene.mark}"
        self.out = str(_FIRST_NUMBER + scene.mark)
        self.back = str(_FIRST_NUMBER + scene.mark + 9000)

    def at(self, day: int, clock: str) -> datetime:
        """Return an instant of the story: so many days after the failure, in UTC."""
        tz = self.scene.now.tzinfo
        return datetime.combine(self.failed_on + timedelta(days=day), time.fromisoformat(clock), tz)

    def told(self, day: int, clock: str) -> str:
        """Return such an instant as it is written."""
        return self.at(day, clock).isoformat()

    def day(self, day: int) -> str:
        """Return such a day as it is written."""
        return (self.failed_on + timedelta(days=day)).isoformat()

    def said(self, day: int, clock: str, **more: Any) -> dict[str, Any]:
        """Return what the vendor's agent says at an instant."""
        at = self.told(day, clock)
        return {"at": at, "by_name": "Kim", "channel": "email", **more}

    async def swap(self) -> Answer:
        """Read the whole replacement."""
        return await self.scene.calls.get(f"/v1/replacements/{self.swap_id}")

    async def until(self, axis: str, state: str) -> Answer:
        """Wait until the replacement stands so."""

        async def stands() -> Answer | None:
            told = await self.swap()
            return told if told[axis] == state else None

        return await self.scene.until(f"the replacement to be {state}", stands)
