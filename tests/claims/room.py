"""Units that failed, as an ERP tells of them, and calls of this room."""

from tests.cases.calls import Cases
from tests.orders.documents import ADDRESS, Erp, content, line, order, package, pointers, shipment
from tests.senders import delivered, scanned
from tests.vendors.documents import DOC

WHERE = {**ADDRESS, "region": "IL", "postal_code": "62701", "country": "US"}
TEN = {"purchase_order": "PO-1", "line": "10"}
TWENTY = {"purchase_order": "PO-1", "line": "20"}
OMARS = {"purchase_order": "PO-2", "line": "10"}
NOW = "2026-03-02T09:00:00Z"
SERIAL, OTHER, OMARS_SERIAL = "FTX1234A5BC", "FTX1234A5BD", "FTX9999Z9ZZ"
SAID = "2026-03-02T09:00:00Z"
BIGDIST = {"kind": "vendor", "key": "bigdist"}


def said(at=SAID, **more):
    return {"at": at, "by_name": "Pat Doyle", "channel": "email", **more}


def refused(ground="box_opened", at=SAID, **more):
    return said(at, words="The box has been opened.", ground=ground, **more)


class Room:
    """Drafts claims and acts on them."""

    def __init__(self, client, run_jobs, scales, clock):
        self.client, self.run_jobs, self.scales, self.clock = client, run_jobs, scales, clock
        self.erp, self.cases = Erp(client), Cases(client)
        self._sent = 0

    async def case(self, **but):
        told = {"kind": "doa", "report": "It is dead.", "quantity": None, **but}
        return await self.cases.open(**told)

    def document(self, case, /, **but):
        told = {
            "case_id": case["id"],
            "kind": "doa",
            "asks_for": "replacement",
            "symptom": "No light, no fan: it does not switch on.",
            "tried": "Two sockets, another cord.",
            "is_box_opened": True,
            "lines": [{"serial": SERIAL}],
            **but,
        }
        return {name: value for name, value in told.items() if value is not None}

    async def try_open(self, case, /, **but):
        return await self.client.post("/v1/claims", json=self.document(case, **but))

    async def open(self, case=None, /, **but):
        """Draft what must be taken; on a case of its own unless one is given."""
        answer = await self.try_open(case or await self.case(), **but)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refused(self, status, case=None, /, **but):
        """Try to draft what must be refused; returns its type and pointers."""
        answer = await self.try_open(case or await self.case(), **but)
        assert answer.status_code == status, answer.text
        return answer.json()["type"].removeprefix("/problems/"), pointers(answer)

    async def submitted(self, case=None, /, **but):
        return await self.do(await self.open(case, **but), "submit", {})

    async def act(self, told, what, /, body=None, **headers):
        path = f"/v1/claims/{told['id']}/{what}"
        return await self.client.post(path, json=body, headers=headers)

    async def do(self, told, what, /, body=None):
        """Act where it must be taken."""
        answer = await self.act(told, what, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def illegal(self, told, what, /, body=None, status=409):
        """Act where it must be refused; returns the problem."""
        answer = await self.act(told, what, body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def get(self, told):
        answer = await self.client.get(f"/v1/claims/{told['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def ask(self, path, **params):
        answer = await self.client.get(f"/v1/{path}", params=params)
        assert answer.is_success, answer.text
        return answer.json()["items"]

    async def read(self, path):
        answer = await self.client.get(f"/v1/{path}")
        assert answer.is_success, answer.text
        return answer.json()

    async def due(self, told, purpose):
        """Return the only debt or deadline of a purpose, as the ledger has it."""
        (found,) = [each for each in (await self.get(told))["dues"] if each["purpose"] == purpose]
        if found["obligation_id"]:
            return await self.read(f"obligations/{found['obligation_id']}")
        return await self.read(f"deadlines/{found['deadline_id']}")

    async def terms(self, **terms):
        document = DOC | {"terms": {"source": "Terms of sale, section 9", **terms}}
        await self.erp.tell("vendor-terms/big", document)

    async def deliver(self, tracking, at, **more):
        self._sent += 1
        body = delivered(tracking, at, **more)
        answer = await self.scales.send(body, event_id=f"evt_d{self._sent}")
        assert answer.is_success, answer.text
        await self.run_jobs()

    async def scan(self, tracking, at, status):
        self._sent += 1
        await self.told_by_carrier(tracking, at, status, event_id=f"evt_s{self._sent}")
        await self.run_jobs()

    async def told_by_carrier(self, tracking, at, status, *, event_id):
        answer = await self.scales.send(scanned(tracking, at, status), event_id=event_id)
        assert answer.is_success, answer.text


async def tell_world(erp: Erp):
    """Tell of two routers for Dana, by serial, of five cables, and of a router for Omar."""
    await erp.tell("vendors/bigdist", {"name": "Big Dist", "roles": ["distributor"]})
    await erp.tell("vendors/acme", {"name": "Acme", "roles": ["manufacturer"]})
    await erp.tell("products/R900", {"name": "R900", "manufacturer": "acme"})
    await erp.tell("products/CAB", {"name": "A cable", "manufacturer": "acme"})
    for key in ("dana", "omar"):
        await erp.tell(f"customers/{key}", {"name": key})
    hers = {"customer": "dana", "address": WHERE}
    lines = (line("10", drop_ship=hers), line("20", product="CAB", quantity=5, drop_ship=hers))
    await erp.tell("purchase-orders/PO-1", order(*lines, ordered_on="2026-02-20"))
    his = {"customer": "omar", "address": WHERE}
    theirs = order(line("10", quantity=1, drop_ship=his), ordered_on="2026-02-21")
    await erp.tell("purchase-orders/PO-2", theirs)
    routers = content(2, serials=[SERIAL, OTHER])
    told = package(routers, content(5, line="20"), tracking_number="1Z999AA101", carrier="UPS")
    sent = {"shipped_at": "2026-02-24T15:00:00Z", "ship_to": WHERE}
    await erp.tell("shipments/S-1", shipment(told, **sent))
    omars = package(content(1, purchase_order="PO-2", serials=[OMARS_SERIAL]))
    await erp.tell("shipments/S-2", shipment(omars, **sent))
