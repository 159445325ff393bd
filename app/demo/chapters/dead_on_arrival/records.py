"""What the ERP tells: who makes, who sells, who buys, the router by its serial, and the terms."""

from app.demo.chapters.dead_on_arrival.tale import ADDRESS, MODEL, PRICE, Tale
from app.demo.unmet import expect


async def tell_parties(tale: Tale) -> None:
    """Tell the maker, the distributor, the router and the customer."""
    calls = tale.scene.calls
    maker = {"name": "Meridian Networks", "roles": ["manufacturer"]}
    await calls.put("/v1/vendors", tale.maker, maker)
    seller = {"name": "Southgate Distribution", "roles": ["distributor"]}
    await calls.put("/v1/vendors", tale.seller, seller)
    router = {"name": f"Router {MODEL}", "manufacturer": tale.maker}
    await calls.put("/v1/products", tale.product, router)
    customer = {"name": ADDRESS["name"], "address": ADDRESS}
    await calls.put("/v1/customers", tale.customer, customer)


async def tell_unit(tale: Tale) -> None:
    """Tell the order, and the one unit that came of it."""
    calls = tale.scene.calls
    line = {
        "key": "10",
        "product": tale.product,
        "quantity": 1,
        "unit_price": {"amount": PRICE, "currency": "USD"},
        "drop_ship": {"customer": tale.customer, "address": ADDRESS},
    }
    order = {"supplier": tale.seller, "ordered_on": tale.on(-6).isoformat(), "lines": [line]}
    await calls.put("/v1/purchase-orders", tale.order, order)
    since = tale.told(2, "15:20")
    hand = {"kind": "customer", "key": tale.customer, "since": since, "why": "Delivered."}
    unit = await calls.put(
        "/v1/units",
        tale.unit,
        {
            "serial": tale.serial,
            "product": tale.product,
            "order_line": tale.line,
            "customer": tale.customer,
            "invoiced_on": tale.on(0).isoformat(),
            "shipped_on": tale.on(0).isoformat(),
            "delivered_on": tale.on(2).isoformat(),
            "owner": hand,
            "holder": hand,
        },
    )
    expect("the unit's serial", unit["serial"], tale.serial)
    tale.scene.say(
        f"One {MODEL}, serial {tale.serial}: shipped {tale.on(0)}, delivered {tale.on(2)}, and "
        "left in its box until the project comes to it."
    )


async def tell_terms(tale: Tale) -> None:
    """Tell the maker's own terms; the distributor's window is a template, applied knowingly."""
    calls, since = tale.scene.calls, tale.on(-200).isoformat()
    terms = {
        "source": "Meridian service guide, section 3",
        "doa_window": {"value": 30, "unit": "days", "anchor": "shipment"},
        "warranty": {"value": 12, "unit": "months", "anchor": "shipment"},
        "answer_to_claim": {"value": 2, "unit": "business_days", "anchor": "request"},
        "rma_validity": {"value": 30, "unit": "days", "anchor": "rma_issue"},
        "repair": {"value": 14, "unit": "days", "anchor": "return_receipt"},
        "advance_replacement": {
            "is_offered": True,
            "ships_within": {"value": 1, "unit": "business_days", "anchor": "request"},
            "return_by": {"value": 14, "unit": "days", "anchor": "replacement_delivery"},
            "charged_after": {"value": 30, "unit": "days", "anchor": "replacement_delivery"},
            "charge": {
                "model": "bill_on_default",
                "basis": "list_price",
                "security": "purchase_order",
            },
        },
    }
    side = {"vendor": tale.maker, "role": "manufacturer", "valid_from": since}
    await calls.put("/v1/vendor-terms", tale.scene.key("meridian/terms"), {**side, "terms": terms})
    applied = await calls.post(
        "/v1/term-templates/doa_14_days_from_delivery/apply",
        {
            "key": tale.scene.key("southgate/terms"),
            "to_vendor": {"vendor": tale.seller, "role": "distributor", "valid_from": since},
            "note": "Their desk says fourteen days.",
        },
    )
    expect("terms set by the template", applied["use"]["terms"], ["doa_window"])
    tale.scene.say(
        "The maker: dead on arrival within 30 days of shipping; a replacement first, the dead one "
        "back within 14 days, or the list price. The distributor: 14 days from delivery."
    )
