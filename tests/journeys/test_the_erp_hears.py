"""A promise and what became of it, as an ERP hears of it that was away for a day."""

from collections import defaultdict
from datetime import datetime

import pytest
from standardwebhooks import Webhook

from app.erp.jobs import LOOPS
from app.settings import Webhooks
from tests.erp.receivers import Receiver, listening
from tests.obligations.documents import Ledger, done, promised

WANTED = ["opened", "overdue", "kept", "kept_late"]


class Erp(Receiver):
    """Believes what the standard's own library verifies, and sorts it by what it is about."""

    def __init__(self):
        super().__init__()
        self.secret = ""
        self.heard = defaultdict(list)
        self.ids = []

    def status_of(self, told):
        body = Webhook(self.secret).verify(told.raw, told.headers)
        self.heard[body["subject"]].append((body["type"].partition(".")[2], body["sequence"]))
        self.ids.append(told.headers["webhook-id"])
        return 200


@pytest.fixture
def settings(settings):
    lan = Webhooks(allow=("127.0.0.0/8",), timeout_s=15, poll_s=0.02)
    return settings.model_copy(update={"webhooks": lan})


@pytest.fixture(autouse=True)
async def hung_up(runtime):
    """No connection outlives its test."""
    yield
    await LOOPS[0].finish(runtime)


@pytest.fixture(autouse=True)
def same_time(monkeypatch, clock):
    """The library reads a clock of its own; here the ERP's shows the time of the story."""

    class Shown(datetime):
        @classmethod
        def now(cls, tz=None):
            return clock.now().astimezone(tz)

    monkeypatch.setattr("standardwebhooks.webhooks.datetime", Shown)


@pytest.fixture
def pass_hours(clock, run_jobs):
    """Let hours pass, and the workers do each hour what is due by then."""

    async def pass_hours(hours):
        for _ in range(hours):
            clock.advance(hours=1)
            await run_jobs()

    return pass_hours


async def test_an_erp_that_was_away_for_a_day_hears_all_of_each_promise_in_order(
    client, clock, run_jobs, pass_hours
):
    ledger, erp = Ledger(client), Erp()
    vendor = {"name": "Big Dist", "roles": ["distributor"]}
    assert (await client.put("/v1/vendors/bigdist", json=vendor)).is_success

    async with listening(erp):
        types = [f"obligations.{each}" for each in WANTED]
        endpoint = await ledger.tell(
            "webhook-endpoints", {"url": erp.url, "types": types, "include_own": True}
        )
        erp.secret = endpoint["secret"]
        late = await ledger.open(promised("tomorrow"))
        in_time = await ledger.open(promised("in two weeks"))
        await run_jobs()
    of_late, of_in_time = f"obligations/{late['id']}", f"obligations/{in_time['id']}"
    assert erp.heard == {of_late: [("opened", 1)], of_in_time: [("opened", 1)]}

    clock.advance(hours=30)  # Tuesday afternoon; from now on the ERP is away
    await ledger.do(in_time, "performances", done(at=clock.now().isoformat()))
    await pass_hours(12)  # and meanwhile the day of the other promise ends
    await ledger.do(late, "performances", done(at=clock.now().isoformat()))
    third = await ledger.open(promised("in two weeks"))
    await pass_hours(12)
    assert len(erp.ids) == 2
    waiting = await ledger.get("webhook-deliveries", endpoint_id=endpoint["id"], state="parked")
    assert waiting["items"], "it was away for so long that some had failed four times"

    async with listening(erp):
        await pass_hours(24)
    assert erp.heard == {
        of_late: [("opened", 1), ("overdue", 2), ("kept_late", 3)],
        of_in_time: [("opened", 1), ("kept", 2)],
        f"obligations/{third['id']}": [("opened", 1)],
    }
    assert len(erp.ids) == len(set(erp.ids)) == 6
    deliveries = await ledger.get("webhook-deliveries", endpoint_id=endpoint["id"])
    assert {each["state"] for each in deliveries["items"]} == {"delivered"}
    state = await ledger.get(f"webhook-endpoints/{endpoint['id']}")
    assert (state["failing_since"], state["disabled_at"]) == (None, None)
