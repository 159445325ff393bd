"""What the vendor charges for, against its own dock, and how it gives that back."""

from app.demo.chapters.return_debt.tale import LIST_PRICE, Tale
from app.demo.unmet import expect


async def charge(tale: Tale) -> None:
    """Let the ERP book the charge: a paper that names the RMA, and the price of the list."""
    await _paper(tale, "non_return_charge", "NRC-20418", 40, "Advance unit not returned")
    told = await tale.until("state", "charge_disputed")
    (seen,) = told["charges"]
    expect("what is charged", seen["amount"]["amount"], LIST_PRICE)
    expect("whether the proof contradicts it", seen["is_contradicted"], True)
    tale.scene.say(f"{seen['number']}: {LIST_PRICE} USD. {seen['why']}")


async def dispute(tale: Tale) -> None:
    """Look at what the vendor owes back; the packet is a PDF of its own."""
    told = await tale.swap()
    due = next(each for each in told["dues"] if each["purpose"] == "refund")
    debt = await tale.scene.calls.get(f"/v1/obligations/{due['obligation_id']}")
    expect(
        "what the vendor owes back", (debt["state"], debt["debtor"]["key"]), ("open", tale.vendor)
    )
    tale.scene.say(
        f"Obligation {debt['number']}: {debt['description']} The packet, with scans and signature: "
        f"GET /v1/replacements/{{id}}/dispute.pdf."
    )


async def reverse(tale: Tale) -> None:
    """Let the ERP book the credit memo: matched by itself, it reverses the charge."""
    await _paper(tale, "credit_memo", "CM-88412", 47, "Charge reversed")
    told = await tale.until("state", "charge_reversed")
    expect("whether anything is owed", told["is_open"], False)
    expect("the refund", told["charges"][0]["refund_state"], "kept")
    claim = await tale.scene.calls.get(f"/v1/claims/{tale.claim_id}")
    expect("the claim", claim["settlement"], "replaced")
    states = ", ".join(f"{each['purpose']} {each['state']}" for each in told["dues"])
    tale.scene.say(f"{told['number']}: {told['state'].replace('_', ' ')}. {states}.")


async def _paper(tale: Tale, kind: str, number: str, day: int, text: str) -> None:
    key = tale.scene.key(number)
    document = {
        "kind": kind,
        "vendor": tale.vendor,
        "number": number,
        "issued_on": tale.day(day),
        "currency": "USD",
        "references": {"rma": tale.rma},
        "lines": [{"key": "1", "description": text, "amount": LIST_PRICE}],
    }
    await tale.scene.calls.put("/v1/vendor-documents", key, document)
