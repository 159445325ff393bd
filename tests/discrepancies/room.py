"""The missing widget as an ERP and carriers tell it, and calls of this room."""

from tests.cases.calls import Cases
from tests.orders.documents import ADDRESS, Erp, content, line, order, package, pointers, shipment
from tests.senders import delivered
from tests.vendors.documents import DOC, TARIFF

WHERE = {**ADDRESS, "region": "IL", "postal_code": "62701", "country": "US"}
BIGDIST = {"kind": "vendor", "key": "bigdist"}
TEN = {"purchase_order": "PO-1", "line": "10"}
TWENTY = {"purchase_order": "PO-1", "line": "20"}
NOW = "2026-03-02T09:00:00Z"
SHIPPED = "2026-02-24T15:00:00Z"
DELIVERED = "2026-02-27T20:00:00Z"
TRACKING = "1Z999AA101"


def packed(*contents, key="1", tracking=TRACKING, **more):
    told = {"tracking_number": tracking, "carrier": "UPS", "tare": grams(350), **more}
    return package(*(contents or (content(2),)), key=key, **told)


def sent(*packages, **more):
    told = {
        "shipped_at": SHIPPED,
        "shipper_of_record": BIGDIST,
        "carrier_account_holder": BIGDIST,
        "ship_to": WHERE,
        **more,
    }
    return shipment(*(packages or (packed(),)), **told)


def grams(value):
    return {"value": str(value), "unit": "g"}


def told_line(order=TEN, quantity=1, **more):
    return {"order": order, "quantity": quantity, **more}


def said(ground="weight", **more):
    return {
        "by": {"vendor": "bigdist", "role": "distributor"},
        "by_name": "Pat Doyle",
        "by_role": "supervisor",
        "said_at": NOW,
        "channel": "phone",
        "words": "The package weight says two were shipped.",
        "ground": ground,
        **more,
    }


class Room:
    """Opens discrepancies and acts on them."""

    def __init__(self, client, run_jobs, scales):
        self.client, self.run_jobs, self.scales = client, run_jobs, scales
        self.erp, self.cases = Erp(client), Cases(client)
        self._sent = 0

    async def case(self, **but):
        return await self.cases.open(**but)

    def document(self, case, /, **but):
        told = {
            "case_id": case["id"],
            "kind": "short_shipment",
            "shipment": "S-1",
            "lines": [told_line()],
            **but,
        }
        return {name: value for name, value in told.items() if value is not None}

    async def try_open(self, case, /, **but):
        return await self.client.post("/v1/discrepancies", json=self.document(case, **but))

    async def open(self, case=None, /, **but):
        """Open what must be taken; on a case of its own unless one is given."""
        answer = await self.try_open(case or await self.case(), **but)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refused(self, status, case=None, /, **but):
        """Try to open what must be refused; returns its type and pointers."""
        answer = await self.try_open(case or await self.case(), **but)
        assert answer.status_code == status, answer.text
        return answer.json()["type"].removeprefix("/problems/"), pointers(answer)

    async def act(self, told, what, /, body=None):
        path = f"/v1/discrepancies/{told['id']}/{what}"
        return await self.client.post(path, json=body)

    async def do(self, told, what, /, body=None):
        """Act where it must be taken."""
        answer = await self.act(told, what, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def get(self, told):
        answer = await self.client.get(f"/v1/discrepancies/{told['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def list(self, told, what, **params):
        return await self.ask(f"discrepancies/{told['id']}/{what}", **params)

    async def ask(self, path, **params):
        answer = await self.client.get(f"/v1/{path}", params=params)
        assert answer.is_success, answer.text
        return answer.json()["items"]

    async def read(self, path):
        answer = await self.client.get(f"/v1/{path}")
        assert answer.is_success, answer.text
        return answer.json()

    async def settle(self, told, settlement="reshipped", /, **but):
        body = {"settlement": settlement, "by_name": "Ana Ruiz", **but}
        return await self.act(told, "settle", body)

    async def settled(self, told, settlement="reshipped", /, **but):
        answer = await self.settle(told, settlement, **but)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def promise(self, told, **more):
        """Record the agent's word that the missing unit will be sent."""
        (line, *_) = told["lines"]
        answer = await self.client.post(
            "/v1/obligations",
            json={
                "kind": "deliver_goods",
                "debtor": BIGDIST,
                "quantity": line["quantity"],
                "promise": {
                    "by_name": "Kim Reyes",
                    "by_role": "agent",
                    "said_at": NOW,
                    "channel": "phone",
                    "words": "We will send the second one this week.",
                    "due_words": None,
                },
                "about": {"case_id": told["case"]["id"]},
                "loss_id": line["loss"]["id"],
                **more,
            },
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def parcel(self, tracking=TRACKING):
        await self.run_jobs()
        (found,) = await self.ask("parcels", tracking_number=tracking)
        return found

    async def weigh(self, value, at="2026-02-24T16:00:00Z", *, tracking=TRACKING, **more):
        """Read a weight off the dock's scale; 10 g is its step."""
        parcel = await self.parcel(tracking)
        scale = {"name": "Dock 4", "resolution": grams(10)}
        body = {"weight": grams(value), "weighed_at": at, "weighed_by": "Lee", "scale": scale}
        answer = await self.client.post(f"/v1/parcels/{parcel['id']}/weighings", json=body | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def deliver(self, at=DELIVERED, *, tracking=TRACKING, **more):
        self._sent += 1
        body = delivered(tracking, at, **more)
        answer = await self.scales.send(body, event_id=f"evt_d{self._sent}")
        assert answer.is_success, answer.text
        await self.run_jobs()

    async def terms(self, **terms):
        document = DOC | {"terms": {"source": "Terms of sale, section 4", **terms}}
        await self.erp.tell("vendor-terms/big", document)

    async def tariff(self, **more):
        terms = {
            "report_within": {"value": 60, "unit": "days", "anchor": "delivery"},
            "claim_within": {"value": 9, "unit": "months", "anchor": "delivery"},
            "may_file": ["shipper_of_record", "account_holder"],
            "source": "UPS Tariff, section 54",
            **more,
        }
        await self.erp.tell("carrier-tariffs/ups", TARIFF | {"terms": terms})


async def tell_world(erp: Erp):
    """Tell of an order of two widgets for Dana, drop-shipped, and of five of another line."""
    await erp.tell("vendors/bigdist", {"name": "Big Dist", "roles": ["distributor"]})
    await erp.tell("vendors/acme", {"name": "Acme", "roles": ["manufacturer"]})
    weight = {"weight": grams(1250), "spread": grams(10), "source": "catalog"}
    await erp.tell("products/R900", {"name": "R900", "unit_weight": weight})
    for key in ("dana", "omar"):
        await erp.tell(f"customers/{key}", {"name": key})
    drop = {"customer": "dana", "address": WHERE}
    lines = (line("10", drop_ship=drop), line("20", quantity=5, drop_ship=drop))
    await erp.tell("purchase-orders/PO-1", order(*lines, ordered_on="2026-02-20"))
    await erp.tell("shipments/S-1", sent())
