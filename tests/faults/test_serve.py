"""`makegood serve` as a user runs it: from nothing, stopped, killed, started again."""

import subprocess

import httpx
import pytest

from tests.faults.served import Served, eventually

VENDOR = {"name": "Acme", "roles": ["manufacturer"]}


@pytest.fixture(scope="module")
def served():
    served = Served()
    try:
        served.start()
        yield served
    finally:
        served.end()


def api(served: Served) -> httpx.Client:
    return httpx.Client(
        base_url=served.base, headers={"Authorization": f"Bearer {served.key}"}, timeout=10
    )


def test_serve_starts_from_nothing_recovers_from_kills_and_keeps_its_data(served):
    """One story, since each start costs seconds: a server's life as its user sees it."""
    assert served.key
    with api(served) as client:
        assert client.get("/docs").status_code == 200
        assert client.put("/v1/vendors/acme", json=VENDOR).status_code == 201

    second = subprocess.run(served.command(), capture_output=True, timeout=60, check=False)
    assert second.returncode == 1
    said = second.stderr.decode() + second.stdout.decode()
    assert "Traceback" not in said
    assert "already" in said or "cannot be used" in said

    for name in ("api", "worker", "postgres"):
        victim = served.find(name)
        victim.kill()
        victim.wait(10)
        eventually(served.is_ready, 120, f"{name} to be back")
        with api(served) as client:
            assert client.get("/v1/vendors/acme").json()["name"] == "Acme"

    assert served.process is not None
    served.process.kill()
    served.process.wait()
    first_key = served.key
    served.start()
    assert served.key == first_key, "a first key is made once"
    with api(served) as client:
        assert client.get("/v1/vendors/acme").status_code == 200

    assert served.stop() < 15
    assert served.leftovers() == []
    served.start()
    with api(served) as client:
        assert client.get("/v1/vendors/acme").status_code == 200
    keys = subprocess.run(
        [*served.command()[:3], "keys", "list", "--data-dir", str(served.data)],
        capture_output=True,
        timeout=60,
        check=True,
    ).stdout.decode()
    assert first_key[:14] in keys
    assert first_key not in keys
