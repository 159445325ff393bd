"""Replacements that come first, as people tell of them, and calls of this room."""

from datetime import datetime

from tests.claims.room import OTHER, SERIAL, TEN, Room, said
from tests.orders.documents import credit_memo, document_line
from tests.vendors.documents import DOC

NEW = "FTX1301Z9QQ"
SECOND = "FTX1302Z9QR"
OUT, BACK = "1Z999AA10500", "1Z999AA10600"
RMA = "RMA 8123"
TEN_DAYS = {"value": 10, "unit": "days", "anchor": "replacement_delivery"}
THIRTY_DAYS = {"value": 30, "unit": "days", "anchor": "replacement_delivery"}
CISCO = {
    "is_offered": True,
    "return_by": TEN_DAYS,
    "charged_after": THIRTY_DAYS,
    "charge": {"model": "bill_on_default", "basis": "list_price"},
}


class Desk(Room):
    """Asks for replacements and acts on them."""

    async def tell_units(self):
        for key, serial in (("u1", SERIAL), ("u2", OTHER)):
            unit = {
                "serial": serial,
                "product": "R900",
                "customer": "dana",
                "order_line": TEN,
                "shipped_on": "2026-02-24",
            }
            await self.erp.tell(f"units/{key}", unit)

    async def offer(self, **terms):
        """Tell the vendor's terms: they ship first, as Cisco does, unless told otherwise."""
        told = {
            "source": "Terms of sale, section 12",
            "warranty": {"value": 12, "unit": "months", "anchor": "shipment"},
            "advance_replacement": CISCO,
            **terms,
        }
        document = DOC | {"terms": {k: v for k, v in told.items() if v is not None}}
        await self.erp.tell("vendor-terms/big", document)
        await self.run_jobs()

    async def claimed(self, **but):
        """Return a claim that was submitted, of one unit that failed."""
        return await self.submitted(**{"kind": "warranty", **but})

    async def try_ask(self, claim, **but):
        body = {"claim_id": claim["id"], **but}
        return await self.client.post("/v1/replacements", json=body)

    async def ask_first(self, claim=None, **but):
        answer = await self.try_ask(claim or await self.claimed(), **but)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def swap(self, told, what, body=None, **headers):
        path = f"/v1/replacements/{told['id']}/{what}"
        return await self.client.post(path, json=body, headers=headers)

    async def step(self, told, what, body=None):
        """Act where it must be taken, and let the workers do theirs."""
        answer = await self.swap(told, what, body)
        assert answer.is_success, answer.text
        await self.run_jobs()
        return await self.shown(told)

    async def turned_down(self, told, what, body=None, status=409):
        answer = await self.swap(told, what, body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def shown(self, told):
        return await self.read(f"replacements/{told['id']}")

    async def claim_of(self, told):
        return await self.read(f"claims/{told['claim_id']}")

    async def approved(self, told=None, at="2026-03-02T09:00:00Z", **but):
        told = told or await self.ask_first()
        return await self.step(told, "approve", said(at, **{"rma": RMA, **but}))

    async def shipped(self, told=None, at="2026-03-02T15:00:00Z", **but):
        told = told or await self.approved()
        body = {"tracking_number": OUT, "carrier": "UPS", "serial": NEW, "product": "R900", **but}
        await self.till(at)
        return await self.step(told, "ship", said(at, **body))

    async def delivered(self, told=None, at="2026-03-04T15:00:00Z", **but):
        told = await self.shipped(told, **but)
        await self.till(at)
        await self.deliver(but.get("tracking_number", OUT), at)
        return await self.shown(told)

    async def sent_back(self, told, at="2026-03-06T15:00:00Z", number=BACK, **but):
        await self.till(at)
        body = {"tracking_number": number, "carrier": "UPS", "sent_at": at, **but}
        return await self.step(told, "return/parcels", body)

    async def came_back(self, told, at="2026-03-09T15:00:00Z", number=BACK):
        """Let its carrier deliver what goes back."""
        await self.sent_back(told, number=number)
        await self.till(at)
        await self.deliver(number, at)
        return await self.shown(told)

    async def till(self, at):
        """Let the time come, unless it has."""
        wanted = datetime.fromisoformat(at)
        moment = self.clock.now()
        if wanted > moment:
            self.clock.advance(seconds=(wanted - moment).total_seconds())

    async def charge(self, key="NRC-1", issued_on="2026-04-06", amount="310.00", **references):
        """Let the ERP tell of a charge for a unit that was not returned."""
        await self.till(f"{issued_on}T12:00:00Z")
        document = credit_memo(
            document_line(amount=amount),
            kind="non_return_charge",
            number=key,
            issued_on=issued_on,
            references=references or {"rma": RMA},
        )
        await self.erp.tell(f"vendor-documents/{key}", document)
        await self.run_jobs()

    async def memo(self, key="CM-1", issued_on="2026-04-20", amount="310.00", **references):
        """Let the ERP tell of a credit memo."""
        await self.till(f"{issued_on}T12:00:00Z")
        document = credit_memo(
            document_line(amount=amount),
            number=key,
            issued_on=issued_on,
            references=references or {"rma": RMA},
        )
        await self.erp.tell(f"vendor-documents/{key}", document)
        await self.run_jobs()

    async def debt(self, told, purpose):
        """Return the only debt of a purpose, as the ledger has it."""
        now = await self.shown(told)
        (due,) = [each for each in now["dues"] if each["purpose"] == purpose]
        return await self.read(f"obligations/{due['obligation_id']}")

    async def events(self, kind):
        await self.run_jobs()
        page = await self.client.get("/v1/events", params={"limit": 200, "type": kind})
        assert page.is_success, page.text
        return [each["data"] for each in page.json()["items"]]
