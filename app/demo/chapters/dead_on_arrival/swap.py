"""The maker gives in: it authorises, a replacement comes first, and the customer is made whole."""

from app.demo.chapters.dead_on_arrival import carriage
from app.demo.chapters.dead_on_arrival.tale import NEEDED, UNBOXED, Tale
from app.demo.unmet import expect

_CONSENT = UNBOXED + 2
ARRIVED = UNBOXED + 4


async def consent(tale: Tale) -> None:
    """Record the consent: a number, and until when the dead one may travel under it."""
    claim = await tale.act(
        "authorize",
        {
            "at": tale.told(_CONSENT, "14:00"),
            "by_name": "Robin Vale",
            "channel": "email",
            "words": "Fine. We swap it; the dead one goes back under this number.",
            "rma": tale.rma,
            "remedy": "replacement",
            "return_required": True,
        },
    )
    expect("the claim", claim["authorization"], "authorized")
    expect("the way back", claim["return_leg"], "awaiting_return")
    denials = await tale.scene.calls.get(f"/v1/claims/{tale.claim_id}/denials")
    expect(
        "refusals that were reversed",
        [e["reversed_at"][:10] for e in denials["items"]],
        [tale.on(_CONSENT).isoformat()] * 2,
    )
    states = {each["purpose"]: each["state"] for each in claim["dues"]}
    expect("the replacement, in the ledger", states["remedy"], "open")
    tale.scene.say(
        f"{tale.rma}. The unit must be on its way by {claim['rma']['lapses_at'][:10]}; the "
        f"worklist warns on {claim['rma']['warns_at'][:10]}."
    )


async def arrive(tale: Tale) -> None:
    """The replacement is delivered in time: the customer is made whole there and then."""
    calls = tale.scene.calls
    scans = [
        (_CONSENT, "21:10", "in_transit", carriage.PLANT),
        (ARRIVED, "15:30", "delivered", carriage.CLINIC),
    ]
    parcel = await carriage.carry(tale, tale.number_of_the_second, scans)
    at = parcel["delivered_at"]
    case = await calls.post(
        f"/v1/cases/{tale.case_id}/make-whole",
        {
            "remedy": "replacement",
            "quantity": 1,
            "at": at,
            "reference": tale.number_of_the_second,
            "expense_of": tale.them,
        },
    )
    expect(
        "the customer's side", (case["state"], case["is_customer_waiting"]), ("made_whole", False)
    )
    early = (tale.on(NEEDED) - tale.on(ARRIVED)).days
    tale.scene.say(
        f"Delivered {at[:10]}, {early} days before the wing opens. The dead one is still here."
    )
