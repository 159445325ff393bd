"""What an announced or supposed cut would earn, and nothing stored."""

import pytest

from app.price_protection.simulations import simulating
from tests.price_protection.room import notice, price


async def test_a_simulated_cut_stores_nothing(room):
    await room.grant()
    await room.buy("PO-1")
    answer = await room.post("simulations", notice())
    assert answer.is_success, answer.text
    assert (answer.json()["earns"], answer.json()["products"]) == ("200.00", 1)
    assert (await room.erp.get("price-protection/notices"))["items"] == []
    refused = await room.post("simulations", notice(price(new="139.00")))
    assert refused.status_code == 422


@pytest.mark.parametrize("cap", [None, {"amount": {"amount": "210.00", "currency": "USD"}}])
async def test_what_is_simulated_in_portions_is_what_the_notice_comes_to(room, monkeypatch, cap):
    monkeypatch.setattr(simulating, "_PORTION", 1)
    await room.grant(cap=cap)
    await room.buy("PO-1")
    await room.buy("PO-2", product="R300", paid="60.00", quantity=3)
    await room.buy("PO-3", product="R300", paid="60.00", on="2026-01-10")
    document = notice(price(), price("R300", "50.00", "60.00"))
    found = (await room.post("simulations", document)).json()
    told = await room.tell(document)
    assert found["earns"] == told["earns"] == ("210.00" if cap else "230.00")
    assert found["totals"] == told["totals"]
    assert found["says"] == told["says"]
