"""What the ERP tells: who sells, who buys, what was bought when, and by which terms."""

from typing import Any

from app.demo.chapters.silent_price_drop.tale import ADDRESS, CUSTOMER, OLD, Tale


async def tell_parties(tale: Tale) -> None:
    """Tell the distributor, the maker, five products and the customer."""
    calls = tale.scene.calls
    await calls.put("/v1/vendors", tale.vendor, {"name": "BigDist", "roles": ["distributor"]})
    await calls.put("/v1/vendors", tale.maker, {"name": "Northlight", "roles": ["manufacturer"]})
    number = {"kind": "distributor", "vendor": tale.vendor, "number": "B7H-44120"}
    await calls.put(
        "/v1/products",
        tale.router,
        {"name": "Router R900-24", "manufacturer": tale.maker, "part_numbers": [number]},
    )
    for product in tale.others:
        await calls.put("/v1/products", product, {"name": product, "manufacturer": tale.maker})
    await calls.put("/v1/customers", tale.customer, {"name": CUSTOMER, "address": ADDRESS})


async def tell_terms(tale: Tale) -> None:
    """Tell what the distributor's agreement grants when a price falls."""
    granted = {
        "is_granted": True,
        "look_back": {"value": 30, "unit": "days", "bought_on": "order"},
        "file_within": {"value": 30, "unit": "days", "anchor": "price_change"},
        "reaches": ["on_hand", "in_transit", "drop_shipped", "sold"],
        "difference": "invoice_minus_new",
        "credit_within": {"value": 45, "unit": "days", "anchor": "request"},
    }
    await tale.scene.calls.put(
        "/v1/vendor-terms",
        tale.scene.key("bigdist-2026"),
        {
            "vendor": tale.vendor,
            "role": "distributor",
            "valid_from": tale.on(-400),
            "terms": {"source": "Reseller agreement, section 9", "price_protection": granted},
        },
    )
    tale.scene.say(
        "What was bought in the 30 days before earns what was paid above the new price, also units "
        "that were sold or drop-shipped; to be filed within 30 days."
    )


async def tell_orders(tale: Tale) -> None:
    """Tell three orders: too early, sold in part, and Friday's for the customer."""
    early, stock, friday = tale.orders
    await _order(tale, early, -45, 5, receipts=[{"on": tale.on(-43), "quantity": 5}])
    await _order(
        tale,
        stock,
        -14,
        10,
        receipts=[{"on": tale.on(-12), "quantity": 10}],
        sales=[{"on": tale.on(-6), "quantity": 6}],
    )
    contract = {"pass_through_percent": "100"}
    await _order(
        tale,
        friday,
        -3,
        4,
        drop_ship={"customer": tale.customer, "address": ADDRESS},
        **contract,
    )
    serials = [f"R9-{tale.scene.mark}-{number:04}" for number in range(1, 5)]
    content = {"purchase_order": friday, "line": "10", "quantity": 4, "serials": serials}
    await tale.scene.calls.put(
        "/v1/shipments",
        tale.shipment,
        {
            "shipped_at": tale.told(-3, "17:20"),
            "shipper_of_record": tale.them,
            "ship_to": ADDRESS,
            "packages": [{"key": "1", "contents": [content]}],
        },
    )
    tale.scene.say(
        f"45 days before 5, two weeks before 10 of which 6 are sold, on Friday 4 for {CUSTOMER}, "
        f"each at {OLD} USD. By her contract such credits are hers whole."
    )


async def _order(tale: Tale, key: str, day: int, quantity: int, **more: Any) -> None:
    line = {
        "key": "10",
        "product": tale.router,
        "quantity": quantity,
        "unit_price": {"amount": OLD, "currency": "USD"},
        **more,
    }
    body = {"supplier": tale.vendor, "ordered_on": tale.on(day), "lines": [line]}
    await tale.scene.calls.put("/v1/purchase-orders", key, body)
