"""What the carrier tells: the replacement comes, and the dead one goes back."""

from typing import Any

from app.demo.chapters.return_debt.tale import LIST_PRICE, Tale
from app.demo.senders import EasyPost, scan
from app.demo.unmet import expect

_RENO = ("RENO", "NV", "89501")
_SPARKS = ("SPARKS", "NV", "89431")


async def deliver(tale: Tale) -> None:
    """Let the replacement be delivered to the customer."""
    tale.easypost = await EasyPost.registered(tale.scene)
    scans = [
        scan(tale.at(1, "02:40"), "in_transit", "Departed FedEx location", _SPARKS),
        scan(tale.at(2, "15:02"), "delivered", "Delivered, signed for", _RENO),
    ]
    await tale.easypost.tell(tale.scene.key("evt_swap"), _tracker(tale.out, scans, "D WHITFIELD"))
    told = await tale.until("outbound", "delivered")
    due, risk = told["return_due"], told["at_risk"]
    expect("the last day", due["on"], tale.day(12))
    expect("the day after which it is charged", due["charged_after"], tale.day(32))
    expect("what is at risk", risk["amount"]["amount"], LIST_PRICE)
    case = await tale.scene.calls.get(f"/v1/cases/{tale.case_id}")
    expect("the customer's side", case["state"], "made_whole")
    expect("who has the dead one", told["holder"]["kind"], "customer")
    hours = case["customer_waited_s"] / 3600
    tale.scene.say(f"She waited {hours:.0f} hours, and needs nothing more from anybody.")
    tale.scene.say(f"{due['why']} At risk: {LIST_PRICE} USD. {risk['why']}")


async def send_back(tale: Tale) -> None:
    """Send the dead one back in the replacement's box; its carrier delivers it."""
    sent = {
        "tracking_number": tale.back,
        "carrier": "FedEx",
        "sent_at": tale.told(4, "16:00"),
        "note": "In the box that the replacement came in.",
    }
    path = f"/v1/replacements/{tale.swap_id}/return/parcels"
    told = await tale.scene.calls.post(path, sent)
    tale.scene.say(
        f"Sent on {tale.day(4)}, FedEx {tale.back}: {told['return_leg'].replace('_', ' ')}."
    )
    scans = [
        scan(tale.at(5, "03:10"), "in_transit", "In transit", _RENO),
        scan(tale.at(7, "10:21"), "delivered", "Delivered, left at the dock", _SPARKS),
    ]
    await tale.easypost.tell(tale.scene.key("evt_back"), _tracker(tale.back, scans, "K LOPEZ"))
    back = await tale.until("state", "return_delivered")
    proof = await tale.scene.calls.get(f"/v1/replacements/{tale.swap_id}/proof")
    expect("who signed for it", proof["signed_by"], "K LOPEZ")
    expect("whether we are late", back["return_due"]["is_late"], False)
    tale.scene.say(f"Delivered {proof['delivered_at'][:10]}, signed for by {proof['signed_by']}.")


def _tracker(number: str, scans: list[dict[str, Any]], signed_by: str) -> dict[str, Any]:
    return {
        "tracking_code": number,
        "carrier": "FedEx",
        "status": scans[-1]["status"],
        "signed_by": signed_by,
        "weight": None,
        "updated_at": scans[-1]["datetime"],
        "tracking_details": scans,
    }
