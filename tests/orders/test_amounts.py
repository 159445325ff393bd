"""Amounts as the schema says them."""

import pytest


@pytest.mark.parametrize("amount", [".5", "5.", "1e3", "+1", "1_000", "٣", "-1", "1.00001"])
async def test_an_amount_that_is_no_plain_decimal_is_refused(client, amount):
    line = {
        "key": "1",
        "product": "p",
        "quantity": 1,
        "unit_price": {"amount": amount, "currency": "USD"},
    }
    answer = await client.put("/v1/purchase-orders/o", json={"supplier": "v", "lines": [line]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/lines/0/unit_price/amount"
