"""The maker gives in: a replacement comes first, and the customer is made whole with it."""

from typing import Any

from app.demo.calls import Answer
from app.demo.chapters.dead_on_arrival import carriage
from app.demo.chapters.dead_on_arrival.tale import NEEDED, UNBOXED, Tale
from app.demo.unmet import Unmet, expect

_CONSENT = UNBOXED + 2
ARRIVED = UNBOXED + 4


async def ask_first(tale: Tale) -> None:
    """Ask for a replacement that comes first; what secures it is wanted, and said."""
    wanted: dict[str, Any] = {
        "claim_id": tale.claim_id,
        "ship_to": "customer",
        "at": tale.told(UNBOXED + 1, "10:40"),
        "by_name": "Ana Ruiz",
    }
    try:
        await tale.scene.calls.post("/v1/replacements", wanted)
    except Unmet as refused:
        expect("what is missing", "security-missing" in refused.got, True)
    else:
        raise Unmet("a replacement without a purchase order", expected="refused", got="taken")
    told = await tale.scene.calls.post(
        "/v1/replacements",
        {**wanted, "security": {"purchase_order": tale.scene.key("PO/2026/231")}},
    )
    tale.replacement_id = told["id"]
    expect("the replacement", (told["state"], told["entitlement"]["answer"]), ("requested", "yes"))
    tale.scene.say(
        f"{told['number']}. The maker's charge model wants a purchase order: without one it was "
        "refused (409), with it taken."
    )


async def consent(tale: Tale) -> None:
    """Record the consent: it is the claim's too, and every refusal is reversed by it."""
    told = await tale.swap(
        "approve",
        {
            "at": tale.told(_CONSENT, "14:00"),
            "by_name": "Robin Vale",
            "channel": "email",
            "words": "Fine. We swap it; the dead one goes back under this number.",
            "rma": tale.rma,
        },
    )
    expect("the replacement", told["state"], "approved")
    claim = await tale.claim()
    expect("the claim", claim["authorization"], "authorized")
    page = await tale.scene.calls.get(f"/v1/claims/{tale.claim_id}/denials")
    reversed_on = [each["reversed_at"][:10] for each in page["items"]]
    expect("when the refusals were reversed", reversed_on, [tale.on(_CONSENT).isoformat()] * 2)
    tale.scene.say(f"{tale.rma}. {page['items'][0]['history']['sentence']}")


async def arrive(tale: Tale) -> None:
    """The replacement is shipped, and delivered in time: the customer is made whole by that."""
    number, shipped_at = tale.number_of_the_second, tale.told(_CONSENT, "20:00")
    box = {"tracking_number": number, "carrier": tale.carrier, "serial": tale.second_serial}
    await tale.swap("ship", {"at": shipped_at, "product": tale.product, **box})
    stops = [
        (_CONSENT, "21:10", "in_transit", carriage.PLANT),
        (ARRIVED, "15:30", "delivered", carriage.CLINIC),
    ]
    await carriage.carry(tale, number, stops)

    async def whole() -> Answer | None:
        case = await tale.scene.calls.get(f"/v1/cases/{tale.case_id}")
        return case if case["state"] == "made_whole" else None

    case = await tale.scene.until("the customer to be made whole", whole)
    expect("when", case["made_whole_at"][:16], tale.told(ARRIVED, "15:30")[:16])
    now = await tale.replacement()
    expect("the replacement", now["state"], "delivered")
    expect("by when the dead one leaves", now["return_by"], tale.on(ARRIVED + 14).isoformat())
    risk = now["at_risk"]["amount"]
    early = (tale.on(NEEDED) - tale.on(ARRIVED)).days
    tale.scene.say(
        f"Delivered {tale.on(ARRIVED)}, {early} days before the wing opens; she is made whole by "
        f"the carrier's scan. The dead one must leave by {now['return_by']}, or "
        f"{risk['amount']} {risk['currency']} are charged."
    )
