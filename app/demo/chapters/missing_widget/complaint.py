"""The customer's side: what she reports, and that she is made whole the same day."""

from app.demo.chapters.missing_widget.tale import COMPLAINT, Tale
from app.demo.unmet import expect

_POLICY = "What a customer reports missing she has from us the same day; recovering it is our own."


async def report(tale: Tale) -> None:
    """Open the case: one of two, four months later."""
    case = await tale.scene.calls.post(
        "/v1/cases",
        {
            "customer": tale.customer,
            "kind": "short_shipment",
            "report": "We ordered two widgets. There was one in the box.",
            "channel": "phone",
            "reported_at": tale.told(COMPLAINT, "15:05"),
            "order_line": tale.line,
            "quantity": 1,
            "shipment": tale.shipment,
        },
    )
    tale.case_id = case["id"]
    expect("whether she waits", case["is_customer_waiting"], True)
    tale.scene.say(
        f"{case['number']}, {COMPLAINT} days after shipping: {case['report']!r} One unit is in "
        "question."
    )


async def make_whole(tale: Tale) -> None:
    """Send one from our stock: her clock stops, whatever the vendor will say."""
    calls = tale.scene.calls
    ours = await calls.post(
        "/v1/obligations",
        {
            "kind": "deliver_goods",
            "debtor": tale.us,
            "creditor": {"kind": "customer", "key": tale.customer},
            "description": "One W-240, from our stock.",
            "quantity": 1,
            "ground": {"kind": "policy", "text": _POLICY},
            "due_at": tale.told(COMPLAINT, "23:59:59"),
            "about": {"case_id": tale.case_id, "product": tale.product},
        },
    )
    sent_at, reference = tale.told(COMPLAINT, "17:30"), tale.scene.key("SO-2026-0991")
    kept = await calls.post(
        f"/v1/obligations/{ours['id']}/performances",
        {"quantity": 1, "performed_at": sent_at, "reference": reference},
    )
    expect("our debt to her", kept["state"], "kept")
    case = await calls.post(
        f"/v1/cases/{tale.case_id}/make-whole",
        {
            "remedy": "replacement",
            "quantity": 1,
            "at": sent_at,
            "reference": reference,
            "expense_of": tale.them,
        },
    )
    expect("the customer's side", (case["state"], case["recovery"]), ("made_whole", "open"))
    hours = case["customer_waited_s"] / 3600
    expect("whether she waits", case["is_customer_waiting"], False)
    tale.scene.say(
        f"She waited {hours:.1f} hours. The expense is ours first; the recovery from the vendor "
        "goes on behind her."
    )
