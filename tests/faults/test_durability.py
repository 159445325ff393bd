"""What was answered 200 is on disk: counted after killing the API and crashing PostgreSQL."""

import asyncio
import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import httpx
import pytest

from app import embedded
from tests.faults.served import Served, eventually
from tests.senders import detail, tracker

SENDERS = 16
SECRET = "a secret of the fault test"
_BROKE = '"event": "unexpected"'
WITHIN_S = 120  # of a slow machine
KILLS = ("api", "postgres", "postgres", "api", "postgres")


@pytest.fixture
def served():
    served = Served()
    try:
        served.start()
        yield served
    finally:
        served.end()


class Senders:
    """Carriers that send, and send again what was not answered 200."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.acknowledged: list[str] = []
        self.refused = 0
        self.stopped = False

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=5) as client:
            await asyncio.gather(*(self.send(client, each) for each in range(SENDERS)))

    async def send(self, client: httpx.AsyncClient, sender: int) -> None:
        number = 0
        while not self.stopped:
            event_id = f"evt_{sender}_{number}"
            scan = detail("2026-03-01T18:00:00Z", "in_transit")
            event = tracker(f"PKG{sender}X{number}", event_id, tracking_details=[scan])
            body = json.dumps(event).encode()
            digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            while not await self.post(client, body, digest):
                pass
            self.acknowledged.append(event_id)
            number += 1

    async def post(self, client: httpx.AsyncClient, body: bytes, digest: str) -> bool:
        try:
            answer = await client.post(
                self.url, content=body, headers={"X-Hmac-Signature": f"hmac-sha256-hex={digest}"}
            )
        except httpx.HTTPError:
            await asyncio.sleep(0.1)  # a carrier, too, waits before it tries again
            return False
        if answer.status_code != 200:
            assert answer.status_code == 503, answer.text
            assert answer.headers["retry-after"]
            self.refused += 1
            await asyncio.sleep(0.1)
            return False
        return True


def test_no_acknowledged_webhook_is_lost_doubled_or_left_over(served):
    registered = httpx.post(
        f"{served.base}/v1/carriers/sources",
        json={"provider": "easypost", "name": "faults", "secret": SECRET},
        headers={"Authorization": f"Bearer {served.key}"},
    ).json()
    senders = Senders(registered["url"])
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(lambda: asyncio.run(senders.run()))
        try:
            for name in KILLS:
                grown = len(senders.acknowledged) + 5 * SENDERS
                eventually(
                    lambda grown=grown: load.done() or len(senders.acknowledged) > grown,
                    WITHIN_S,
                    f"load before {name} is killed",
                )
                if load.done():
                    break  # what it died of is raised below
                served.find(name).kill()
                eventually(served.is_ready, WITHIN_S, f"{name} to be back")
        finally:
            senders.stopped = True
        try:
            load.result(WITHIN_S)
        except AssertionError as error:
            error.add_note("\n".join(line for line in served.said().splitlines() if _BROKE in line))
            raise
    counted = asyncio.run(_count(served, time.monotonic() + WITHIN_S))
    acknowledged = set(senders.acknowledged)
    assert len(acknowledged) == len(senders.acknowledged) > 400
    assert acknowledged - counted["kept"] == set()
    assert counted["doubles"] == 0
    assert counted["unprocessed"] == 0
    assert counted["scans"] == counted["deliveries"] == len(counted["kept"])


async def _count(served: Served, until: float) -> dict:
    url = embedded.connection_url(served.data)
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    pending = "SELECT count(*) FROM inbox WHERE state <> 'done'"
    while await connection.fetchval(pending) and time.monotonic() < until:
        await asyncio.sleep(0.1)
    kept = [row["dedup_key"] for row in await connection.fetch("SELECT dedup_key FROM inbox")]
    counted = {
        "kept": set(kept),
        "deliveries": len(kept),
        "doubles": len(kept) - len(set(kept)),
        "unprocessed": await connection.fetchval(pending),
        "scans": await connection.fetchval("SELECT count(*) FROM scans"),
    }
    await connection.close()
    return counted
