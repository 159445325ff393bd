"""The OpenAPI document and the service agree: whatever it allows works, all else is refused."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app import migrations
from app.auth import Scope, create_key
from app.runtime import open_runtime
from app.settings import Settings
from tests.conftest import SECRETS_KEY, fresh_database

HERE = Path(__file__).parent
EXAMPLES = os.environ.get("MAKEGOOD_TEST_EXAMPLES")
pytestmark = pytest.mark.skipif(
    EXAMPLES is None, reason="takes minutes: .ci/run asks for it with MAKEGOOD_TEST_EXAMPLES=50"
)
_SERVE = (
    "from app import main, settings; main.serve(settings.Settings(), host='127.0.0.1', port={})"
)


@pytest.fixture
async def own_settings(server_url, tmp_path) -> AsyncIterator[Settings]:
    async with fresh_database(server_url) as url:
        text = url.render_as_string(hide_password=False)
        await migrations.upgrade(text)
        yield Settings(database_url=text, secrets_key=SECRETS_KEY, data_dir=tmp_path / "data")


@pytest.fixture
async def api_key(own_settings) -> str:
    async with open_runtime(own_settings) as runtime, runtime.transaction() as session:
        _, key = await create_key(session, runtime.vault, name="fuzz", scopes=list(Scope))
    return key


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The real process over a real socket."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "MAKEGOOD_DATABASE_URL": settings.database_url.get_secret_value(),
        "MAKEGOOD_SECRETS_KEY": SECRETS_KEY,
        "MAKEGOOD_DATA_DIR": str(settings.data_dir),
        "MAKEGOOD_LOG_LEVEL": "error",
    }
    process = subprocess.Popen([sys.executable, "-c", _SERVE.format(port)], env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(url: str, process: subprocess.Popen) -> None:
    for _ in range(300):
        assert process.poll() is None, "the service ended at once"
        try:
            httpx.get(url).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the service did not come up in 30 s")


# In parts that run side by side, the longest first, as processes: the tool's own threads trip over
# one another.
PARTS = {
    "dispute": ("vendors", "cases"),
    "records": ("orders", "products", "files"),
    "ledger": ("obligations",),
    "coverage": ("coverage",),
    "discrepancies": ("discrepancies",),
    "prices": ("price_protection",),
    "road": ("parcels", "carriers", "events", "health"),
    "bulk": ("imports",),
    "told": ("erp",),
    "accounts": ("accounts",),
    "claims": ("claims",),
    "replacements": ("replacements",),
}


def _only(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for tag in tags for word in ("--include-tag", tag))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("tags", PARTS.values(), ids=PARTS)
def test_schemathesis_finds_no_fault(own_settings, api_key, tmp_path, tags):
    assert EXAMPLES is not None
    with serving(own_settings) as url:
        found = subprocess.run(
            [
                *("schemathesis", "--config-file", str(HERE / "schemathesis.toml")),
                *("run", f"{url}/openapi.json"),
                *("--phases", "examples,coverage,fuzzing,stateful"),
                *("--mode", "all", "--checks", "all", "--no-color"),
                *("--max-examples", EXAMPLES, "--seed", "1", *_only(tags)),
            ],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(HERE),
                "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
                "MAKEGOOD_TEST_KEY": api_key,
            },
            capture_output=True,
            text=True,
            check=False,
        )
    assert found.returncode == 0, f"{found.stdout[-20_000:]}\n{found.stderr[-2_000:]}"
