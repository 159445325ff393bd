"""What the carriers' side tells: scans, the delivery, and what the dock's scale read."""

from typing import Any

from app.demo.calls import Answer
from app.demo.chapters.missing_widget.tale import DECLARED_OZ, Tale
from app.demo.senders import EasyPost, Scales, scan
from app.demo.unmet import Unmet, expect

DOCK = "Dock 4, floor scale"
HUB = "Hub belt 12"
_RENO = ("RENO", "NV", "89501")
_SPARKS = ("SPARKS", "NV", "89431")
_SACRAMENTO = ("SACRAMENTO", "CA", "95828")


async def register_senders(tale: Tale) -> None:
    """Register who will send webhooks, each with a secret of its own."""
    tale.easypost = await EasyPost.registered(tale.scene)
    tale.scales = await Scales.registered(tale.scene)
    forged = EasyPost(tale.scene, tale.easypost.path, "not the secret")
    try:
        await forged.tell("evt_forged", _tracker(tale, tale.number, []))
    except Unmet as refused:
        expect("the status of a forged webhook", refused.got[:3], "401")
    else:
        raise Unmet("a webhook signed with another secret", expected="refused", got="taken")
    tale.scene.say("A webhook signed with another secret was refused (401).")


async def tell_way(tale: Tale) -> None:
    """Send the scans of the way, as EasyPost does: all so far, with each event."""
    await tale.easypost.tell(tale.scene.key("evt_1"), _tracker(tale, tale.number, _way(tale)))

    async def on_its_way() -> Answer | None:
        parcel = await _parcel(tale, tale.number)
        return parcel if parcel and parcel["status"] == "in_transit" else None

    await tale.scene.until("the parcel to be in transit", on_its_way)
    tale.scene.say("Picked up in Sparks, through Sacramento to Reno: three scans, signed.")


async def weigh_at_dock(tale: Tale) -> None:
    """Send what the vendor's dock scale read: half a kilogram, in steps of as much."""
    await weigh(tale, DOCK, (0, "16:10"), ("0.5", "kg"), ("500", "g"))
    tale.scene.say("0.5 kg, on a scale that shows steps of 500 g.")


async def tell_delivery(tale: Tale) -> None:
    """Send the delivery, and with it the weight that the tracker repeats from the label."""
    message = "Delivered, left at front door"
    scans = [*_way(tale), scan(tale.at(3, "18:02"), "delivered", message, _RENO)]
    told = {**_tracker(tale, tale.number, scans), "weight": float(DECLARED_OZ)}
    await tale.easypost.tell(tale.scene.key("evt_2"), told)

    async def arrived() -> Answer | None:
        parcel = await _parcel(tale, tale.number)
        if parcel is None or parcel["delivered_at"] is None:
            return None
        return await tale.scene.calls.get(f"/v1/parcels/{parcel['id']}")

    story = await tale.scene.until("the parcel to be delivered", arrived)
    expect("what was read on the way", sorted(_kinds(story)), ["carrier_reported", "measured"])
    expect("where it was left", story["place_of_delivery"]["kind"], "unknown")
    tale.scene.say(f"{story['proof']['left_at'].capitalize()}. {story['place_of_delivery']['why']}")
    tale.scene.say(f"The tracker's weight is {DECLARED_OZ} oz, which is what the label declared.")


async def weigh(
    tale: Tale,
    scale: str,
    when: tuple[int, str],
    weight: tuple[str, str],
    step: tuple[str, str],
) -> None:
    """Send a weighing, and wait until the parcel's story has it."""
    at, city = tale.at(*when), "Sparks" if scale == DOCK else "Sacramento"
    data = {
        "tracking_number": tale.number,
        "carrier": tale.carrier,
        "measured_at": at.isoformat(),
        "weight": {"value": weight[0], "unit": weight[1]},
        "scale": {
            "name": scale,
            "resolution": {"value": step[0], "unit": step[1]},
            "kind": "measured",
        },
        "place": {"text": f"{city} {'dock' if scale == DOCK else 'hub'}", "country": "US"},
    }
    await tale.scales.weigh(tale.scene.key(f"msg_{city.lower()}"), at, data)

    async def read() -> Answer | None:
        parcel = await _parcel(tale, tale.number)
        if parcel is None:
            return None
        story = await tale.scene.calls.get(f"/v1/parcels/{parcel['id']}")
        return next((each for each in story["readings"] if each["scale"] == scale), None)

    reading = await tale.scene.until(f"the reading of {scale}", read)
    expect("the reading's kind", reading["kind"], "measured")


async def deliver_the_second(tale: Tale) -> Answer:
    """Send the delivery of what the vendor shipped at last; return that parcel."""
    number = tale.number_of_the_second
    scans = [
        scan(tale.at(138, "17:20"), "in_transit", "Picked up", _SPARKS),
        scan(tale.at(141, "15:31"), "delivered", "Delivered, signed for", _RENO),
    ]
    told = {**_tracker(tale, number, scans), "signed_by": "A RUIZ"}
    await tale.easypost.tell(tale.scene.key("evt_3"), told)

    async def arrived() -> Answer | None:
        parcel = await _parcel(tale, number)
        return parcel if parcel and parcel["delivered_at"] else None

    return await tale.scene.until("the second parcel to be delivered", arrived)


async def _parcel(tale: Tale, number: str) -> Answer | None:
    page = await tale.scene.calls.get("/v1/parcels", tracking_number=number)
    return page["items"][0] if page["items"] else None


def _kinds(story: Answer) -> list[str]:
    return [each["kind"] for each in story["readings"]]


def _way(tale: Tale) -> list[dict[str, Any]]:
    return [
        scan(tale.at(0, "18:20"), "in_transit", "Picked up", _SPARKS),
        scan(tale.at(1, "02:40"), "in_transit", "Departed FedEx location", _SACRAMENTO),
        scan(tale.at(3, "09:15"), "in_transit", "At local facility", _RENO),
    ]


def _tracker(tale: Tale, number: str, scans: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "tracking_code": number,
        "carrier": tale.carrier,
        "status": scans[-1]["status"] if scans else "unknown",
        "signed_by": None,
        "weight": None,
        "updated_at": scans[-1]["datetime"] if scans else tale.told(0, "18:20"),
        "tracking_details": scans,
    }
