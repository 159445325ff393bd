"""What members say together is refused at the member that is to be mended."""

import pytest

from tests.orders.documents import pointers

AT = "2026-03-02T09:00:00Z"
ID = "01980c1e-7e5a-7000-8000-000000000001"
SAID = {"by_name": "Ana", "said_at": AT, "channel": "phone", "words": "Yes."}
OF_MONEY = {"amount": "5.00", "currency": "USD"}
DEBT = {
    "kind": "deliver_goods",
    "debtor": {"kind": "vendor", "key": "bigdist"},
    "creditor": {"kind": "us"},
    "description": "One R900-24.",
}


@pytest.mark.parametrize(
    ("address", "body", "where"),
    [
        (f"discrepancies/{ID}/settle", {"settlement": "written_off", "by_name": "Ana"}, {"/note"}),
        (
            f"discrepancies/{ID}/settle",
            {
                "settlement": "denied",
                "by_name": "Ana",
                "amount": OF_MONEY,
                "quantity": 1,
                "obligation_id": ID,
            },
            {"/amount", "/quantity", "/obligation_id", "/note"},
        ),
        (f"cases/{ID}/close", {"reason": "other"}, {"/note"}),
        (f"cases/{ID}/make-whole", {"remedy": "replacement"}, {"/quantity"}),
        (
            f"cases/{ID}/make-whole",
            {"remedy": "refund", "quantity": 1, "expense_of": {"kind": "vendor"}},
            {"/expense_of/key"},
        ),
        (f"cases/{ID}/make-whole", {"remedy": "refund", "quantity": 1}, {"/amount", "/quantity"}),
        (
            f"obligations/{ID}/performances",
            {"performed_at": AT, "quantity": 1, "amount": OF_MONEY},
            {"/quantity"},
        ),
        (
            "obligations",
            DEBT | {"ground": {"kind": "term", "text": "So it is."}, "promise": SAID},
            {"/ground"},
        ),
        (
            "obligations",
            DEBT | {"creditor": {"kind": "us", "key": "we"}, "promise": SAID},
            {"/creditor/key"},
        ),
        (
            "obligations",
            DEBT | {"promise": SAID, "trigger": "It is back.", "due_at": "2026-03-09T09:00:00Z"},
            {"/due_at"},
        ),
    ],
)
async def test_a_fault_is_pointed_at(client, address, body, where):
    answer = await client.post(f"/v1/{address}", json=body)
    assert answer.status_code == 422, answer.text
    assert set(pointers(answer)) == where, answer.text


async def test_what_any_of_several_members_would_mend_is_a_fault_of_the_whole(client):
    answer = await client.post("/v1/obligations", json=DEBT)
    assert answer.json()["errors"] == [{"pointer": "", "detail": "give either promise or ground"}]


async def test_braces_in_a_refusal_are_told_as_they_are(client):
    serials = {"purchase_order": "P{O}", "line": "10", "quantity": 1, "serials": ["{a}", "{b}"]}
    shipment = {"packages": [{"key": "1", "contents": [serials]}]}
    answer = await client.put("/v1/shipments/S-1", json=shipment)
    assert "/packages/0/contents/0/serials" in pointers(answer)
