"""What carriers tell of the parcels: the replacement on its way, and the dead one going back."""

from collections.abc import Sequence

from app.demo.calls import Answer
from app.demo.chapters.dead_on_arrival.tale import Tale
from app.demo.senders import EasyPost, scan

PLANT = ("FREMONT", "CA", "94538")
CLINIC = ("DULUTH", "MN", "55802")

Stop = tuple[int, str, str, Sequence[str]]


async def register_sender(tale: Tale) -> None:
    """Register who will send webhooks."""
    tale.easypost = await EasyPost.registered(tale.scene)


async def carry(tale: Tale, number: str, stops: Sequence[Stop]) -> Answer:
    """Send a parcel's scans, until its story has the last of them; return the parcel."""
    scans = [
        scan(tale.at(day, at), status, status.replace("_", " ").capitalize(), place)
        for day, at, status, place in stops
    ]
    last = scans[-1]
    tracker = {
        "tracking_code": number,
        "carrier": tale.carrier,
        "status": last["status"],
        "signed_by": None,
        "weight": None,
        "updated_at": last["datetime"],
        "tracking_details": scans,
    }
    await tale.easypost.tell(tale.scene.key(f"evt_{number}_{len(scans)}"), tracker)

    async def seen() -> Answer | None:
        page = await tale.scene.calls.get("/v1/parcels", tracking_number=number)
        found = page["items"][0] if page["items"] else None
        return found if found and found["status"] == last["status"] else None

    return await tale.scene.until(f"parcel {number} to be {last['status']}", seen)
