"""What fails, by which terms it is covered, and how its replacement is got first."""

from app.demo.chapters.return_debt.tale import ADDRESS, LIST_PRICE, PAID, Tale
from app.demo.unmet import Unmet, expect


async def tell_records(tale: Tale) -> None:
    """Tell the vendor, the router and its list price, the customer, the order and the terms."""
    calls = tale.scene.calls
    await calls.put(
        "/v1/vendors", tale.vendor, {"name": "Westgate Supply", "roles": ["distributor"]}
    )
    await calls.put("/v1/vendors", tale.maker, {"name": "Ridge", "roles": ["manufacturer"]})
    weight = {"weight": {"value": "4.2", "unit": "kg"}, "spread": None, "source": "catalog"}
    product = {"name": "Router R-4431", "manufacturer": tale.maker, "unit_weight": weight}
    await calls.put("/v1/products", tale.product, product)
    price = {
        "product": tale.product,
        "kind": "list",
        "price": {"amount": LIST_PRICE, "currency": "USD"},
    }
    prices = {"vendor": tale.vendor, "seen_at": tale.told(-1, "09:00"), "prices": [price]}
    await calls.post("/v1/products/prices", prices)
    await calls.put("/v1/customers", tale.customer, {"name": ADDRESS["name"], "address": ADDRESS})
    line = {
        "key": "10",
        "product": tale.product,
        "quantity": 1,
        "unit_price": {"amount": PAID, "currency": "USD"},
        "drop_ship": {"customer": tale.customer, "address": ADDRESS},
    }
    order = {"supplier": tale.vendor, "ordered_on": tale.day(-90), "lines": [line]}
    await calls.put("/v1/purchase-orders", tale.order, order)
    unit = {
        "serial": tale.serial,
        "product": tale.product,
        "customer": tale.customer,
        "order_line": {"purchase_order": tale.order, "line": "10"},
        "shipped_on": tale.day(-85),
        "delivered_on": tale.day(-83),
    }
    await calls.put("/v1/units", tale.unit, unit)
    await _tell_terms(tale)
    tale.scene.say(
        f"{tale.serial}, bought for {PAID} USD; its list price is {LIST_PRICE}. By the terms the "
        "dead one is back within 10 days of the replacement, or charged at list price after 30."
    )


async def _tell_terms(tale: Tale) -> None:
    side = {"vendor": tale.vendor, "role": "distributor", "valid_from": tale.day(-400)}
    warranty = {"value": 12, "unit": "months", "anchor": "shipment"}
    terms = {"source": "Westgate's warranty terms, section 12", "warranty": warranty}
    key = tale.scene.key("westgate/terms")
    calls = tale.scene.calls
    await calls.put("/v1/vendor-terms", key, {**side, "terms": terms})
    await calls.post(
        "/v1/term-templates/advance_replacement_10_days/apply", {"key": key, "to_vendor": side}
    )


async def claim(tale: Tale) -> None:
    """Open the case and the claim, and submit it."""
    calls = tale.scene.calls
    case = await calls.post(
        "/v1/cases",
        {
            "customer": tale.customer,
            "kind": "warranty",
            "report": "The router restarts every few minutes.",
            "channel": "phone",
            "reported_at": tale.told(0, "09:05"),
        },
    )
    tale.case_id = case["id"]
    claim = await calls.post(
        "/v1/claims",
        {
            "case_id": tale.case_id,
            "kind": "warranty",
            "asks_for": "replacement",
            "symptom": "Restarts every few minutes, whatever is plugged in.",
            "tried": "Another power cord, another socket, the newest firmware.",
            "lines": [{"serial": tale.serial}],
        },
    )
    tale.claim_id = claim["id"]
    told = await calls.post(f"/v1/claims/{tale.claim_id}/submit", {"at": tale.told(0, "09:30")})
    expect("whether it is covered", told["entitlement"]["answer"], "yes")
    tale.scene.say(f"{told['number']}. {told['entitlement']['why']}")


async def ask(tale: Tale) -> None:
    """Ask for the replacement first; a card's number is not taken for a reference."""
    calls = tale.scene.calls
    body = {"claim_id": tale.claim_id, "ship_to": "customer", "at": tale.told(0, "09:40")}
    try:
        card = {"security": {"card_reference": "4111 1111 1111 1111"}}
        await calls.post("/v1/replacements", {**body, **card})
    except Unmet as refused:
        expect("the status of a card's number", refused.got[:3], "422")
    else:
        raise Unmet("a card's number", expected="refused", got="kept")
    told = await calls.post("/v1/replacements", body)
    tale.swap_id, tale.swap_number = told["id"], told["number"]
    expect("whether a replacement comes first", told["entitlement"]["answer"], "yes")
    tale.scene.say(f"{told['number']}: {told['entitlement']['why']}")
    tale.scene.say("A card's number, given for a reference, was refused (422) and not kept.")


async def approve_and_ship(tale: Tale) -> None:
    """Write down that the vendor agrees, and ships the same day."""
    calls, path = tale.scene.calls, f"/v1/replacements/{tale.swap_id}"
    agreed = await calls.post(f"{path}/approve", tale.said(0, "11:00", rma=tale.rma))
    expect("how it stands", agreed["state"], "approved")
    shipped = await calls.post(
        f"{path}/ship",
        tale.said(
            0,
            "17:00",
            tracking_number=tale.out,
            carrier="FedEx",
            product=tale.product,
            serial=tale.new_serial,
        ),
    )
    expect("how it stands", shipped["state"], "shipped")
    claim = await calls.get(f"/v1/claims/{tale.claim_id}")
    expect("the claim", claim["authorization"], "authorized")
    tale.scene.say(f"{tale.rma}; {tale.new_serial} is on its way to her, FedEx {tale.out}.")
