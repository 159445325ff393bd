"""The dead one goes back, its serial is confirmed, the claim settles, and all is closed."""

from app.demo.calls import Answer
from app.demo.chapters.dead_on_arrival import carriage
from app.demo.chapters.dead_on_arrival.swap import ARRIVED
from app.demo.chapters.dead_on_arrival.tale import Tale
from app.demo.drawing import tables
from app.demo.unmet import expect

_LEFT, _THERE, _CONFIRMED = ARRIVED, ARRIVED + 4, ARRIVED + 6
_LIVE = {"open", "conditional", "broken"}
_ALL = ("conditional", "open", "kept", "broken", "kept_late", "released")


async def send(tale: Tale) -> None:
    """Say by which parcel it goes back; the carrier takes it along."""
    number, sent_at = tale.number_of_the_way_back, tale.told(_LEFT, "17:00")
    told = {"tracking_number": number, "carrier": tale.carrier, "sent_at": sent_at}
    now = await tale.swap("return/parcels", {**told, "by_name": "Harbor Clinic"})
    expect("the replacement", now["state"], "return_in_transit")
    await carriage.carry(tale, number, [(_LEFT, "19:40", "in_transit", carriage.CLINIC)])
    unit = await tale.scene.calls.read("/v1/units", tale.unit)
    expect("under which number the unit went", unit["went_back"]["rma"], tale.rma)
    tale.scene.say(f"{tale.carrier} {number}, under {tale.rma}; the serial is known to be gone.")


async def arrive(tale: Tale) -> None:
    """The carrier delivers it: from then on we are not late, whoever says so."""
    stops = [
        (_LEFT, "19:40", "in_transit", carriage.CLINIC),
        (_THERE, "16:05", "delivered", carriage.PLANT),
    ]
    await carriage.carry(tale, tale.number_of_the_way_back, stops)

    async def there() -> Answer | None:
        now = await tale.replacement()
        return now if now["state"] == "return_delivered" else None

    now = await tale.scene.until("the way back to be done", there)
    expect("our late clock", now["late_clock_stopped_at"][:10], tale.on(_THERE).isoformat())
    expect("the risk", now["risk_ended_at"], None)
    tale.scene.say(
        f"Delivered {tale.on(_THERE)}, due {now['return_by']}: late no more. Until the maker says "
        "itself that it has the unit, the risk stays."
    )


async def confirm(tale: Tale) -> None:
    """The maker confirms the serial: the risk is its own, and both sides of the swap are over."""
    second = {
        "serial": tale.second_serial,
        "product": tale.product,
        "customer": tale.customer,
        "shipped_on": tale.on(ARRIVED - 2).isoformat(),
        "delivered_on": tale.on(ARRIVED).isoformat(),
    }
    await tale.scene.calls.put("/v1/units", tale.second_unit, second)
    at = tale.told(_CONFIRMED, "16:30")
    said = {"at": at, "by_name": "Lee Marsh", "channel": "email", "serials": [tale.serial]}
    await tale.swap("return/received", said)

    async def over() -> Answer | None:
        now = await tale.replacement()
        return now if now["state"] == "closed" else None

    now = await tale.scene.until("the swap to be over", over)
    expect("the risk's end", now["risk_ended_at"][:16], at[:16])
    expect("how it ended", (now["outcome"], now["charge"]), ("returned", "none"))
    tale.scene.say(f"The maker has {tale.serial}: {now['number']} is closed, nothing is charged.")


async def settled(tale: Tale) -> None:
    """See that the claim is settled by it: nothing of it is owed any more."""

    async def replaced() -> Answer | None:
        claim = await tale.claim()
        return claim if claim["settlement"] == "replaced" else None

    claim = await tale.scene.until("the claim to be settled", replaced)
    expect("whether it is pursued", claim["is_open"], False)
    left = [each["purpose"] for each in claim["dues"] if each["state"] in _LIVE]
    expect("what is still owed", left, [])

    async def linked() -> Answer | None:
        second = await tale.scene.calls.read("/v1/units", tale.second_unit)
        return second if second["replaces"] else None

    second = await tale.scene.until("the second unit to stand in for the first", linked)
    expect("what it stands in for", second["replaces"]["unit"], tale.unit)
    tale.scene.say(f"{tale.second_serial} stands in for {tale.serial}, with its warranty's rest.")


async def close(tale: Tale) -> None:
    """Close the recovery, then the case, and show the ledger."""
    calls = tale.scene.calls
    case = await calls.post(
        f"/v1/cases/{tale.case_id}/close-recovery",
        {"outcome": "recovered", "at": tale.told(_CONFIRMED, "17:00")},
    )
    expect("the recovery", (case["recovery"], case["recovery_outcome"]), ("done", "recovered"))
    case = await calls.post(f"/v1/cases/{tale.case_id}/close", {"reason": "resolved"})
    expect("the case", case["state"], "closed")
    page = await calls.get("/v1/obligations", case_id=tale.case_id, state=list(_ALL), limit=200)
    rows = sorted(page["items"], key=lambda each: each["number"])
    expect("what is still owed", [e["number"] for e in rows if e["state"] in _LIVE], [])
    tale.scene.show(tables.ledger(rows))
