"""What the ERP tells: who sells, who buys, what was ordered and shipped, and by which terms."""

from app.demo.chapters.missing_widget.tale import ADDRESS, BOX_G, DECLARED_OZ, UNIT_G, Tale
from app.demo.unmet import expect


async def tell_parties(tale: Tale) -> None:
    """Tell the vendor, the maker, the widget and its weight, and the customer."""
    calls = tale.scene.calls
    await calls.put(
        "/v1/vendors", tale.vendor, {"name": "Northgate Distribution", "roles": ["distributor"]}
    )
    await calls.put("/v1/vendors", tale.maker, {"name": "Acme", "roles": ["manufacturer"]})
    weight = {"weight": {"value": str(UNIT_G), "unit": "g"}, "spread": None, "source": "catalog"}
    await calls.put(
        "/v1/products",
        tale.product,
        {"name": "Widget W-240", "manufacturer": tale.maker, "unit_weight": weight},
    )
    await calls.put("/v1/customers", tale.customer, {"name": ADDRESS["name"], "address": ADDRESS})
    tale.scene.say(f"A widget weighs {UNIT_G} g by the catalog; how far units differ is not known.")


async def tell_order(tale: Tale) -> None:
    """Tell the purchase order: two, on back-order, to go straight to the customer."""
    line = {
        "key": "10",
        "product": tale.product,
        "quantity": 2,
        "unit_price": {"amount": "129.00", "currency": "USD"},
        "is_back_ordered": True,
        "drop_ship": {"customer": tale.customer, "address": ADDRESS},
    }
    order = await tale.scene.calls.put(
        "/v1/purchase-orders",
        tale.order,
        {
            "supplier": tale.vendor,
            "ordered_on": tale.at(-21, "09:00").date().isoformat(),
            "lines": [line],
        },
    )
    expect("units ordered", order["lines"][0]["quantity"], 2)


async def tell_shipment(tale: Tale) -> None:
    """Tell the vendor's shipment: one package, said to hold both."""
    package = {
        "key": "1",
        "tracking_number": tale.number,
        "carrier": tale.carrier,
        "contents": [{**tale.line, "quantity": 2}],
        "tare": {"value": str(BOX_G), "unit": "g"},
        "declared_weight": {"value": DECLARED_OZ, "unit": "oz"},
    }
    await tale.scene.calls.put(
        "/v1/shipments",
        tale.shipment,
        {
            "shipped_at": tale.told(0, "16:40"),
            "shipper_of_record": tale.them,
            "carrier_account_holder": tale.them,
            "ship_to": ADDRESS,
            "packages": [package],
        },
    )
    order = await tale.scene.calls.read("/v1/purchase-orders", tale.order)
    expect("units shipped, on paper", order["lines"][0]["shipped_quantity"], 2)
    tale.scene.say(
        f"Shipped {tale.shipped_on}, {tale.carrier} {tale.number}: one box, two widgets on paper, "
        f"declared {DECLARED_OZ} oz."
    )


async def tell_terms(tale: Tale) -> None:
    """Tell what is known of the vendor's terms and the carrier's tariff; apply templates to them.

    The return policy is the vendor's own. Notice windows and the carrier's days are not told by
    anybody: usual ones are applied, and whoever reads them later sees that they were.
    """
    calls, since = tale.scene.calls, tale.at(-60, "00:00").date().isoformat()
    side = {"vendor": tale.vendor, "role": "distributor", "valid_from": since}
    terms = {
        "source": "Northgate's terms of sale, section 7",
        "return_window": {"value": 30, "unit": "days", "anchor": "delivery"},
    }
    await calls.put("/v1/vendor-terms", tale.scene.key("northgate/terms"), {**side, "terms": terms})
    applied = await calls.post(
        "/v1/term-templates/usual_notice/apply",
        {
            "key": tale.scene.key("northgate/terms"),
            "to_vendor": side,
            "note": "Northgate names no notice window; the usual one is taken.",
        },
    )
    expect("terms set by the template", "shortage_notice" in applied["use"]["terms"], True)
    tariff = {"carrier": _slug(tale), "valid_from": since}
    await calls.put(
        "/v1/carrier-tariffs",
        tale.scene.key("fedex/domestic"),
        {
            **tariff,
            "kind": "damage_or_missing_contents",
            "terms": {
                "source": "Terms of carriage, claims",
                "may_file": ["shipper_of_record", "account_holder"],
            },
        },
    )
    await calls.post(
        "/v1/term-templates/fedex_domestic_damage/apply",
        {"key": tale.scene.key("fedex/domestic"), "to_carrier": tariff},
    )
    tale.scene.say(
        "Returns: 30 days from delivery, by the vendor's own terms. Shortages: 48 hours, five "
        "business days at the most, by a template. Carrier: 60 days, only the shipper may file."
    )


def _slug(tale: Tale) -> str:
    return tale.carrier.lower().replace(" ", "_")
