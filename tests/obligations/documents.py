"""What is told to the ledger, whole and valid; a test changes what it is about."""

US = {"kind": "us"}
BIGDIST = {"kind": "vendor", "key": "bigdist"}
ACME = {"kind": "vendor", "key": "acme"}
UPS = {"kind": "carrier", "key": "ups"}
DANA = {"kind": "customer", "key": "dana"}
NOW = "2026-03-02T09:00:00Z"  # a Monday
NOBODY = "01980000-0000-7000-8000-000000000000"
TERM = {"kind": "term", "text": "Shortages are reshipped within 7 days."}


def money(amount, currency="USD"):
    return {"amount": amount, "currency": currency}


def promise(due_words=None, **more):
    said = {
        "by_name": "Kim Reyes",
        "by_role": "agent",
        "said_at": NOW,
        "channel": "phone",
        "words": "We will send the second one.",
    }
    return {**said, "due_words": due_words, **more}


def promised(due_words=None, **more):
    """A vendor's agent promises goods."""
    return {
        "kind": "deliver_goods",
        "debtor": BIGDIST,
        "promise": promise(due_words),
        **more,
    }


def owed(amount="129.00", currency="USD", **more):
    """A vendor owes us money by its terms."""
    return {
        "kind": "pay_money",
        "debtor": BIGDIST,
        "amount": money(amount, currency),
        "ground": TERM,
        **more,
    }


def done(quantity=None, at=NOW, **more):
    return {"quantity": quantity, "performed_at": at, **more}


def paid(amount, at=NOW, currency="USD", **more):
    return {"amount": money(amount, currency), "performed_at": at, **more}


def loss(quantity=1, value="129.00", **more):
    worth = None if value is None else money(value)
    return {"description": "Never arrived.", "quantity": quantity, "value": worth, **more}


def deadline(last_on="2026-03-06", **more):
    return {
        "kind": "report",
        "description": "Report the shortage.",
        "toward": BIGDIST,
        "last_on": last_on,
        "ground": TERM,
        **more,
    }


class Ledger:
    """Tells the ledger and reads it back."""

    def __init__(self, client):
        self.client = client

    async def post(self, path, body, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(f"/v1/{path}", json=body, headers=headers)

    async def tell(self, path, body):
        """Send what must be accepted."""
        answer = await self.post(path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def open(self, body):
        return await self.tell("obligations", body)

    async def do(self, obligation, verb, body):
        return await self.tell(f"obligations/{obligation['id']}/{verb}", body)

    async def get(self, path, **params):
        answer = await self.client.get(f"/v1/{path}", params=params)
        assert answer.is_success, answer.text
        return answer.json()

    async def read(self, obligation):
        return await self.get(f"obligations/{obligation['id']}")

    async def ids(self, path="obligations", **params):
        return [item["id"] for item in (await self.get(path, **params))["items"]]

    async def types(self, subject):
        """Return what happened to something, as the log tells it."""
        story = await self.get(f"obligations/{subject['id']}")
        return [event["type"].removeprefix("obligations.") for event in story["history"]]


def refusal(answer, slug, status=409):
    """Assert a refusal and return it."""
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (status, f"/problems/{slug}"), answer.text
    return problem


def pointers(answer):
    return [error["pointer"] for error in answer.json()["errors"]]
