"""What tests tell of prices, orders and terms, whole and valid."""

GRANTED = {
    "is_granted": True,
    "look_back": {"value": 30, "unit": "days", "bought_on": "order"},
    "file_within": {"value": 30, "unit": "days", "anchor": "price_change"},
    "reaches": ["on_hand", "in_transit"],
    "difference": "invoice_minus_new",
    "protects_special_bids": False,
}


def notice(*lines, **more):
    return {
        "vendor": "bigdist",
        "effective_on": "2026-03-01",
        "currency": "USD",
        "lines": list(lines) or [price()],
        **more,
    }


def price(product="R900", new="109.00", old="129.00"):
    return {"product": product, "old_price": old, "new_price": new}


class Room:
    """Tells, computes and reads back."""

    def __init__(self, erp, client, run_jobs):
        self.erp, self.client, self.run_jobs = erp, client, run_jobs

    async def grant(self, vendor="bigdist", role="distributor", line=None, **more):
        """Say what the vendor's terms grant."""
        terms = {name: value for name, value in (GRANTED | more).items() if value is not None}
        key = f"{vendor}-{line or 'all'}"
        await self.erp.tell(
            f"vendor-terms/{key}",
            {
                "vendor": vendor,
                "role": role,
                "product_line": line,
                "valid_from": "2025-01-01",
                "terms": {"source": "Partner agreement, section 9", "price_protection": terms},
            },
        )

    async def buy(self, key, quantity=10, on="2026-02-20", paid="129.00", **more):
        """Order one line, received whole the day after; return its id."""
        supplier = more.pop("supplier", "bigdist")
        currency = more.pop("currency", "USD")
        line = {
            "key": "10",
            "product": more.pop("product", "R900"),
            "quantity": quantity,
            "unit_price": {"amount": paid, "currency": currency},
            "receipts": [{"on": "2026-02-21", "quantity": quantity}],
            **more,
        }
        if "drop_ship" in more:
            del line["receipts"]
        told = await self.erp.tell(
            f"purchase-orders/{key}", {"supplier": supplier, "ordered_on": on, "lines": [line]}
        )
        return told["lines"][0]["purchase_line_id"]

    async def post(self, path, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(f"/v1/price-protection/{path}", json=body, headers=headers)

    async def tell(self, document=None, **more):
        """Tell of a notice, have it computed, and read it."""
        answer = await self.post("notices", document or notice(**more))
        assert answer.status_code == 201, answer.text
        await self.run_jobs()
        return await self.read(answer.json()["id"])

    async def read(self, notice_id, path="", **params):
        answer = await self.client.get(
            f"/v1/price-protection/notices/{notice_id}{path}", params=params
        )
        assert answer.is_success, answer.text
        return answer.json()

    async def exposure(self, notice_id, **params):
        return (await self.read(notice_id, "/exposure", **params))["items"]

    async def parts(self, notice_id, **params):
        """Return what is exposed, as short as can be."""
        items = await self.exposure(notice_id, **params)
        return [
            (
                each["purchase_order"],
                each["quantity"],
                each["place"],
                each["reason"],
                each["amount"],
            )
            for each in items
        ]
