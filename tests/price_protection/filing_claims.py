"""How tests file claims, and have them answered and credited."""

from tests.orders.documents import credit_memo, document_line
from tests.price_protection.room import notice

SAID = {
    "said_at": "2026-03-02T08:00:00Z",
    "by_name": "M. Okafor",
    "channel": "email",
    "words": "We have it.",
}
BY = {"by_name": "Ana Ruiz"}


class Claims:
    """Files claims and follows them."""

    def __init__(self, room, clock):
        self.room, self.client, self.clock = room, room.client, clock

    async def get(self, path, **params):
        answer = await self.client.get(f"/v1/price-protection/{path}", params=params)
        assert answer.is_success, answer.text
        return answer.json()

    async def of(self, told):
        """Return the claims of a notice, whole."""
        found = (await self.get("claims", notice_id=told["id"]))["items"]
        return [await self.get(f"claims/{each['id']}") for each in found]

    async def open(self, *lines, **more):
        told = await self.room.tell(notice(*lines, **more))
        (claim,) = await self.of(told)
        return claim

    async def file(self, *claims, **more):
        body = {"claim_ids": [claim["id"] for claim in claims]} | BY | more
        return await self.room.post("filings", body)

    async def filed(self, *lines, **more):
        claim = await self.open(*lines, **more)
        answer = await self.file(claim)
        assert answer.status_code == 201, answer.text
        return await self.again(claim)

    async def again(self, claim):
        await self.room.run_jobs()
        return await self.get(f"claims/{claim['id']}")

    async def ask(self, claim, verb, **body):
        return await self.room.post(f"claims/{claim['id']}/{verb}", body)

    async def step(self, claim, verb, **body):
        answer = await self.ask(claim, verb, **body)
        assert answer.is_success, answer.text
        return await self.again(claim)

    async def credit(self, claim, amount, number="CM-1"):
        """Have the supplier's credit memo come in."""
        body = credit_memo(
            document_line(amount=amount), number=number, references={"rma": claim["filing"]}
        )
        answer = await self.client.put(f"/v1/vendor-documents/{number}", json=body)
        assert answer.is_success, answer.text
        return await self.again(claim)

    async def get_deadlines(self, state):
        answer = await self.client.get("/v1/deadlines", params={"state": state})
        return answer.json()["items"]

    async def owed(self, obligation_id):
        return (await self.client.get(f"/v1/obligations/{obligation_id}")).json()

    async def perform(self, obligation_id, amount, reference):
        answer = await self.client.post(
            f"/v1/obligations/{obligation_id}/performances",
            json={
                "amount": {"amount": amount, "currency": "USD"},
                "performed_at": self.clock.now().isoformat(),
                "reference": reference,
            },
        )
        assert answer.is_success, answer.text
