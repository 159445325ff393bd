"""What an ERP says of units and terms, and asks of entitlements."""

from tests.orders.documents import Erp

OFFICE = [{"opens": "09:00", "closes": "17:00"}]
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), OFFICE)


def window(value, unit, anchor, **more):
    return {"value": value, "unit": unit, "anchor": anchor, **more}


def days(value, anchor, **more):
    return window(value, "days", anchor, **more)


def months(value, anchor):
    return window(value, "months", anchor)


class Shop(Erp):
    """An ERP that asks what its units are entitled to."""

    async def unit(self, key="U-1", **more):
        body = {
            "serial": key.replace("U", "SN"),
            "product": "R900",
            "order_line": {"purchase_order": "PO-1", "line": "10"},
            **more,
        }
        return await self.tell(f"units/{key}", body)

    async def terms(self, vendor="acme", *, valid_from="2025-01-01", line=None, **terms):
        role = "distributor" if vendor == "bigdist" else "manufacturer"
        key = f"vendor-terms/{vendor}-{valid_from}-{line}"
        body = {"vendor": vendor, "role": role, "valid_from": valid_from, "product_line": line}
        return await self.tell(key, {**body, "terms": terms})

    async def template(self, name, vendor="acme"):
        role = "distributor" if vendor == "bigdist" else "manufacturer"
        side = {"vendor": vendor, "role": role, "valid_from": "2025-01-01"}
        body = {"key": f"{vendor}-{name}", "to_vendor": side}
        answer = await self.client.post(f"/v1/term-templates/{name}/apply", json=body)
        assert answer.is_success, answer.text

    async def calendar(self, vendor, zone, **more):
        body = {"time_zone": zone, "week": WEEK, "vendors": [vendor], **more}
        return await self.tell(f"calendars/{vendor}", body)

    async def lookup(self, key="L-1", *, unit="U-1", says="covered", offers=(), **more):
        body = {
            "unit": unit,
            "vendor": "acme",
            "seen_at": "2026-03-01T09:00:00Z",
            "says": says,
            "source": "acme.example/warranty",
            "offers": [dict(offer) for offer in offers],
            **more,
        }
        return await self.tell(f"warranty-lookups/{key}", body)

    async def entitled(self, unit="U-1", **params):
        return await self.get("entitlements", unit=unit, **params)

    async def answers(self, what, unit="U-1", *on):
        """Return what is answered on each of these days."""
        return [(await self.entitled(unit, on=day))[what]["answer"] for day in on]


def vendor(door):
    """Return whose door it is."""
    return None if door is None else door["vendor"]
