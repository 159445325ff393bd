"""An ERP that has told its catalog, and sends the rest as files."""

import json

import pytest

from tests.orders.documents import ADDRESS, Erp

NDJSON, CSV = "application/x-ndjson", "text/csv"


@pytest.fixture
async def erp(client):
    told = Erp(client)
    for key, role in (("acme", "manufacturer"), ("bigdist", "distributor")):
        await told.tell(f"vendors/{key}", {"name": key, "roles": [role]})
    for key in ("R900", "R901"):
        await told.tell(f"products/{key}", {"name": key, "manufacturer": "acme"})
    for key in ("dana", "omar"):
        await told.tell(f"customers/{key}", {"name": key.title(), "address": ADDRESS})
    return told


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


class Importer:
    """Sends files, has them worked off, and reads what came of them."""

    def __init__(self, client, run_jobs):
        self.client = client
        self.run_jobs = run_jobs

    async def send(self, kind, content, media_type=NDJSON, mode="row_wise", **headers):
        body = content if isinstance(content, bytes) else content.encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(
            "/v1/imports",
            params={"kind": kind, "mode": mode},
            content=body,
            headers={"Content-Type": media_type, **headers},
        )

    async def begin(self, kind, content, media_type=NDJSON, mode="row_wise"):
        answer = await self.send(kind, content, media_type, mode)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    async def read(self, import_id):
        answer = await self.client.get(f"/v1/imports/{import_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def faults(self, import_id):
        answer = await self.client.get(f"/v1/imports/{import_id}/errors")
        assert answer.status_code == 200, answer.text
        return [json.loads(line) for line in answer.text.splitlines()]

    async def bring(self, kind, content, media_type=NDJSON, mode="row_wise"):
        """Send a file and work it off; returns the import with its faults."""
        import_id = await self.begin(kind, content, media_type, mode)
        await self.run_jobs()
        found = await self.read(import_id)
        return {**found, "faults": await self.faults(import_id)}

    async def events(self, *types):
        await self.run_jobs()
        feed = await self.client.get("/v1/events", params={"type": types, "limit": 200})
        return feed.json()["items"]


@pytest.fixture
def importer(client, run_jobs):
    return Importer(client, run_jobs)
