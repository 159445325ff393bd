"""An ERP in the LAN that is told what happens."""

import pytest

from app import worker
from app.erp.jobs import LOOPS
from app.settings import Webhooks
from tests.erp.receivers import Receiver, listening


@pytest.fixture
def settings(settings):
    lan = Webhooks(allow=("127.0.0.0/8",), timeout_s=0.4, poll_s=0.02)
    return settings.model_copy(update={"webhooks": lan})


@pytest.fixture(autouse=True)
async def hung_up(runtime):
    """No connection outlives its test."""
    yield
    await LOOPS[0].finish(runtime)


@pytest.fixture
async def later(clock, runtime):
    """Let time pass, if any; then do all that is due by then."""

    async def later(**delta):
        clock.advance(**delta)
        while await worker.relay_step(runtime) + await LOOPS[0].step(runtime):
            pass

    return later


@pytest.fixture
async def receiver():
    async with listening(Receiver()) as opened:
        yield opened


class Endpoints:
    """Calls of the room; what a test does not name is usual."""

    def __init__(self, client):
        self.client = client

    async def register(self, url, **more):
        answer = await self.client.post("/v1/webhook-endpoints", json={"url": url, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def read(self, endpoint):
        answer = await self.client.get(f"/v1/webhook-endpoints/{endpoint['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def change(self, endpoint, **changed):
        return await self.client.patch(f"/v1/webhook-endpoints/{endpoint['id']}", json=changed)

    async def deliveries(self, **filters):
        """The oldest first."""
        answer = await self.client.get("/v1/webhook-deliveries", params={"limit": 200, **filters})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"][::-1]

    async def story(self, delivery):
        answer = await self.client.get(f"/v1/webhook-deliveries/{delivery['id']}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def resend(self, delivery):
        return await self.client.post(f"/v1/webhook-deliveries/{delivery['id']}/resend")

    async def events(self, kind):
        answer = await self.client.get("/v1/events", params={"type": f"erp.{kind}"})
        return answer.json()["items"]


@pytest.fixture
def endpoints(client):
    return Endpoints(client)


@pytest.fixture
async def endpoint(endpoints, receiver):
    return await endpoints.register(receiver.url)
