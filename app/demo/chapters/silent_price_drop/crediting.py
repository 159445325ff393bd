"""The distributor answers and pays, short at first; what is the customer's goes on to her."""

from app.demo.calls import Answer
from app.demo.chapters.silent_price_drop.tale import CUSTOMER, Tale
from app.demo.drawing import tables
from app.demo.unmet import expect

_ALL_STATES = ("open", "kept", "broken", "kept_late", "superseded", "released", "void")


async def answer(tale: Tale) -> None:
    """Record that it has the claim, and that it approves it."""
    said = {
        "said_at": tale.scene.now.isoformat(),
        "by_name": "M. Okafor",
        "channel": "email",
        "words": "Approved, our number is PP-77120.",
        "vendor_reference": "PP-77120",
    }
    claims = f"/v1/price-protection/claims/{tale.claim_id}"
    await tale.scene.calls.post(f"{claims}/acknowledge", said)
    told = await tale.scene.calls.post(f"{claims}/answer", said | {"others_are_approved": True})
    expect("the claim", (told["state"], told["approved_amount"]), ("approved", "280.00"))
    tale.scene.say(f"{said['by_name']}: {said['words']!r}")


async def credit_short(tale: Tale) -> None:
    """Take in a credit memo that is less than what was approved."""
    memo = await _credit(tale, "CM-88123", "220.00")
    told = await _settled(tale, "220.00")
    expect("the claim", (told["state"], told["still_owed"]), ("approved", "60.00"))
    tale.scene.say(f"{memo}: 220.00 USD. {told['still_owed']} USD are still owed.")


async def credit_rest(tale: Tale) -> None:
    """Take in the rest."""
    memo = await _credit(tale, "CM-88177", "60.00")
    told = await _settled(tale, "280.00")
    expect("the claim", (told["state"], told["still_owed"]), ("credited", "0"))
    tale.scene.say(f"{memo}: 60.00 USD. {told['number']} is credited whole.")


async def _credit(tale: Tale, number: str, amount: str) -> str:
    key = tale.scene.key(number)
    line = {"key": "1", "amount": amount, "description": "Price protection"}
    await tale.scene.calls.put(
        "/v1/vendor-documents",
        key,
        {
            "kind": "credit_memo",
            "vendor": tale.vendor,
            "number": key,
            "issued_on": tale.scene.now.date().isoformat(),
            "currency": "USD",
            "references": {"rma": tale.filing},
            "lines": [line],
        },
    )
    return key


async def _settled(tale: Tale, credited: str) -> Answer:
    async def told() -> Answer | None:
        claim = await tale.claim()
        return claim if claim["credited_amount"] == credited else None

    return await tale.scene.until(f"{credited} USD to be credited", told)


async def pass_on(tale: Tale) -> None:
    """Credit the customer, and see the claim through."""
    calls = tale.scene.calls

    async def owed() -> Answer | None:
        shares = (await tale.claim())["shares"]
        return shares[0] if shares and shares[0]["obligation_id"] else None

    share = await tale.scene.until("our debt to the customer", owed)
    expect("her share", (share["customer"], share["amount"]), (tale.customer, "80.00"))
    memo = tale.scene.key("OUR-CM-1042")
    await calls.post(
        f"/v1/obligations/{share['obligation_id']}/performances",
        {
            "amount": {"amount": share["amount"], "currency": "USD"},
            "performed_at": tale.scene.now.isoformat(),
            "reference": memo,
        },
    )

    async def through() -> Answer | None:
        claim = await tale.claim()
        return claim if claim["state"] == "passed_through" else None

    claim = await tale.scene.until("the claim to have gone through", through)
    expect("our credit memo", claim["shares"][0]["references"], [memo])
    tale.scene.say(
        f"{share['amount']} USD of it are {CUSTOMER}'s ({share['said'][0].lower()}"
        f"{share['said'][1:]}): our credit memo {memo}."
    )
    closed = await calls.post(
        f"/v1/price-protection/claims/{tale.claim_id}/close", {"by_name": "Ana Ruiz"}
    )
    expect("the claim", closed["state"], "closed")


async def show_ledger(tale: Tale) -> None:
    """Show who owed whom what, and what became of it."""
    rows: list[Answer] = []
    for party in ({"debtor": f"vendor:{tale.vendor}"}, {"creditor": f"customer:{tale.customer}"}):
        page = await tale.scene.calls.get("/v1/obligations", state=list(_ALL_STATES), **party)
        rows += page["items"]
    expect("what became of it", [each["state"] for each in rows], ["kept", "kept"])
    tale.scene.show(tables.ledger(rows))
