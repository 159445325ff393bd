"""Vendors' papers, and what they were matched to."""

from tests.obligations.documents import owed
from tests.orders.documents import credit_memo, document_line


def memo(amount="129.00", *more, **references):
    """A credit memo of one line, for what it refers to."""
    lines = [document_line("1", amount), *more]
    return credit_memo(*lines, references=references)


def about(**more):
    return {"about": more}


def under(rma, amount="129.00", **more):
    """What the vendor owes us under an RMA."""
    return owed(amount, about={"rma": rma}, **more)


class Accounts:
    """Books papers, lets workers match them, and reads what came of it."""

    def __init__(self, erp, run_jobs):
        self.erp, self.run_jobs = erp, run_jobs

    async def book(self, body, key="CM-1"):
        await self.erp.tell(f"vendor-documents/{key}", body)
        await self.run_jobs()
        return await self.matches(document=key)

    async def matches(self, **params):
        return (await self.erp.get("document-matches", **params))["items"]

    async def one(self, **params):
        (found,) = await self.matches(**params)
        return found

    async def correct(self, match, *instead, **more):
        return await self.erp.client.post(
            f"/v1/document-matches/{match['id']}/correct",
            json={
                "by_name": "Ana Ruiz",
                "reason": "It is for something else.",
                "instead": list(instead),
                **more,
            },
        )


def instead(debt, amount=None):
    money = None if amount is None else {"amount": amount, "currency": "USD"}
    return {"obligation_id": debt["id"], "amount": money}


def summary(match):
    return (match["state"], match["by"], [part["number"] for part in match["parts"]])
