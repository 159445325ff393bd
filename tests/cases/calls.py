"""Calls of the customer's side; a test changes what it is about."""

from tests.orders.documents import pointers

LINE = {"purchase_order": "PO-1", "line": "10"}
REPLACED = {"remedy": "replacement", "quantity": 1}
AT_VENDORS = {"kind": "vendor", "key": "bigdist"}


def a_case(**but):
    told = {
        "customer": "dana",
        "kind": "short_shipment",
        "report": "Two were ordered; one was in the box.",
        "channel": "phone",
        "order_line": LINE,
        "quantity": 1,
        "shipment": "S-1",
        **but,
    }
    return {name: value for name, value in told.items() if value is not None}


class Cases:
    """Opens cases and acts on them."""

    def __init__(self, client):
        self.client = client

    async def open(self, **but):
        """Open what must be taken."""
        answer = await self.client.post("/v1/cases", json=a_case(**but))
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def refused(self, status=409, /, **but):
        """Try to open what must be refused; returns its type and pointers."""
        answer = await self.client.post("/v1/cases", json=a_case(**but))
        assert answer.status_code == status, answer.text
        return answer.json()["type"].removeprefix("/problems/"), pointers(answer)

    async def act(self, case, what, /, **body):
        return await self.client.post(f"/v1/cases/{case['id']}/{what}", json=body)

    async def do(self, case, what, /, **body):
        """Act where it must be taken."""
        answer = await self.act(case, what, **body)
        assert answer.is_success, answer.text
        return answer.json()

    async def patch(self, case, /, headers=None, **body):
        return await self.client.patch(f"/v1/cases/{case['id']}", json=body, headers=headers)

    async def get(self, case):
        return (await self.client.get(f"/v1/cases/{case['id']}")).json()

    async def numbers(self, **params):
        answer = await self.client.get("/v1/cases", params=params)
        assert answer.is_success, answer.text
        return [item["number"] for item in answer.json()["items"]]

    async def timeline(self, case, **params):
        answer = await self.client.get(f"/v1/cases/{case['id']}/timeline", params=params)
        assert answer.is_success, answer.text
        return answer.json()
