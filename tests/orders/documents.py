"""Documents an ERP sends, whole and valid; a test changes what it is about."""

from urllib.parse import quote

ADDRESS = {"name": "Dana Whitfield", "street": ["12 Elm Street"], "city": "Springfield"}


def line(key="10", product="R900", quantity=2, **more):
    price = {"amount": "129.00", "currency": "USD"}
    return {"key": key, "product": product, "quantity": quantity, "unit_price": price, **more}


def order(*lines, **more):
    return {"supplier": "bigdist", "lines": list(lines) or [line()], **more}


def content(quantity=1, line="10", purchase_order="PO-1", **more):
    return {"purchase_order": purchase_order, "line": line, "quantity": quantity, **more}


def package(*contents, key="1", **more):
    return {"key": key, "contents": list(contents), **more}


def shipment(*packages, **more):
    return {"packages": list(packages), **more}


def document_line(key="1", amount="129.00", **more):
    return {"key": key, "amount": amount, **more}


def credit_memo(*lines, **more):
    return {
        "kind": "credit_memo",
        "vendor": "bigdist",
        "number": "CM-88123",
        "issued_on": "2026-03-02",
        "currency": "USD",
        "lines": list(lines) or [document_line()],
        **more,
    }


class Erp:
    """Sends documents and reads them back."""

    def __init__(self, client):
        self.client = client

    async def put(self, path, body, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.put(f"/v1/{path}", json=body, headers=headers)

    async def tell(self, path, body):
        """Send what must be accepted."""
        answer = await self.put(path, body)
        assert answer.is_success, answer.text
        return answer.json()

    async def get(self, path, **params):
        answer = await self.client.get(f"/v1/{path}", params=params)
        assert answer.is_success, answer.text
        return answer.json()

    async def keys(self, path, **params):
        return [item["key"] for item in (await self.get(path, **params))["items"]]


def quoted(key):
    return quote(key, safe="")


def pointers(answer):
    return [error["pointer"] for error in answer.json()["errors"]]
