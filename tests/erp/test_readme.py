"""What the README gives to verify with is run against what is really told."""

import json
import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.erp.receivers import ring

README = Path(__file__).parents[2] / "README.md"
ASK = """
let [secret, headers, body] = JSON.parse(process.argv[2]);
console.log(verified(secret, headers, body));
"""


def snippet(language):
    section = README.read_text().partition("\n## Hear of what happens\n")[2].partition("\n## ")[0]
    (found,) = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    return found


@pytest.fixture
def in_python():
    names = {}
    exec(snippet("python"), names)
    return names["verified"]


@pytest.fixture
def in_javascript(tmp_path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not here")
    file = tmp_path / "verify.mjs"
    file.write_text(snippet("js") + ASK)

    def verified(secret, headers, body):
        asked = json.dumps([secret, headers, body.decode()])
        done = subprocess.run([node, file, asked], capture_output=True, check=True, timeout=60)
        return done.stdout == b"true\n"

    return verified


@pytest.mark.parametrize("language", ["in_python", "in_javascript"])
async def test_what_is_told_is_verified_and_nothing_else(
    request, language, endpoint, runtime, receiver, clock, client, run_jobs
):
    verified = request.getfixturevalue(language)
    clock.moment = datetime.now(UTC) - timedelta(minutes=6)  # noqa: TID251
    rotated = await client.post(f"/v1/webhook-endpoints/{endpoint['id']}/secrets", json={})
    await ring(runtime, "a1")
    await run_jobs()
    clock.advance(minutes=6)
    await ring(runtime, "b1")
    await run_jobs()
    stale, fresh = receiver.told
    for secret in (endpoint["secret"], rotated.json()["secret"]):
        assert verified(secret, fresh.headers, fresh.raw)
        assert not verified(secret, stale.headers, stale.raw)
        assert not verified(secret, fresh.headers, fresh.raw + b" ")
    assert not verified("whsec_" + "A" * 44, fresh.headers, fresh.raw)
