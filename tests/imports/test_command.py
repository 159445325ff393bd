"""`makegood import`: sends a file, shows how far it is, and ends as the import did."""

import asyncio
import io
import socket
import threading

import pytest
import uvicorn
from rich.console import Console

from app import importer, worker
from app.auth import Scope, create_key
from app.imports.rules import ImportFormat, ImportKind, ImportMode
from app.main import create_app
from app.runtime import open_runtime
from app.settings import Settings
from tests.imports.conftest import lines


@pytest.fixture
def service(settings: Settings, client):
    """The real thing on a socket, with a worker, in a thread of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(create_app(settings), port=port, log_config=None)
    server = uvicorn.Server(config)
    stop = threading.Event()

    async def run():
        async with open_runtime(settings, worker=True) as runtime:
            serving = asyncio.create_task(server.serve())
            while not stop.is_set():
                await worker.drain(runtime)
                await asyncio.sleep(0.05)
            server.should_exit = True
            await serving

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    yield f"http://127.0.0.1:{port}"
    stop.set()
    thread.join(30)


@pytest.fixture
async def bring(service, runtime, tmp_path):
    async with runtime.transaction() as session:
        scopes = [Scope.IMPORTS_READ, Scope.IMPORTS_WRITE]
        _, key = await create_key(session, runtime.vault, name="erp", scopes=scopes)

    async def bring(content, *, name="customers.ndjson", key=key, url=service):
        path = tmp_path / name
        path.write_text(content)
        sent = importer.Sent(
            path, ImportKind.CUSTOMERS, ImportMode.ROW_WISE, importer.format_of(path)
        )
        screen = Console(file=io.StringIO(), width=120)
        whole = await asyncio.to_thread(importer.bring, sent, url=url, key=key, console=screen)
        return whole, screen.file.getvalue()

    return bring


async def test_a_file_is_sent_and_seen_through(bring, client):
    is_whole, screen = await bring("key,name\n" + "c1,One\nc2,Two\n", name="customers.csv")
    assert is_whole
    assert "Finished: 2 created, 0 changed, 0 unchanged, 0 failed." in screen
    for word in ("Sending", "Reading", "Storing", "100%"):
        assert word in screen
    assert (await client.get("/v1/customers/c2")).json()["name"] == "Two"


async def test_what_was_refused_is_shown_and_told_by_the_exit(bring):
    records = [{"key": f"c{n}[red]", "name": ""} for n in range(30)]
    is_whole, screen = await bring(lines({"key": "good", "name": "[red]Good"}, *records))
    assert not is_whole
    assert "1 created" in screen
    assert "30 failed" in screen
    assert "/name" in screen
    assert "c0[red]" in screen
    assert "c20" not in screen
    assert "/errors" in screen


async def test_a_file_that_is_refused_at_once_says_why(bring):
    with pytest.raises(importer.ImportRefused, match="lacks columns"):
        await bring("key\nc1\n", name="customers.csv")


async def test_a_wrong_key_and_a_service_that_is_not_there_say_so(bring):
    with pytest.raises(importer.ImportRefused, match="valid API key"):
        await bring(lines({"key": "c"}), key="mg_live_nonsense")
    with pytest.raises(importer.ImportRefused, match="cannot be reached"):
        await bring(lines({"key": "c"}), url="http://127.0.0.1:9")


async def test_an_import_that_was_left_is_seen_through_later(
    service, bring, runtime, client, monkeypatch
):
    """As by Ctrl-C: the file was sent, and its sender looks away."""
    ask = importer._ask

    def stopped(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(importer, "_ask", stopped)
    with pytest.raises(importer.ImportRefused, match="import-status") as left:
        await bring(lines({"key": "c1", "name": "One"}))
    monkeypatch.setattr(importer, "_ask", ask)
    import_id = str(left.value).split()[-1]
    async with runtime.transaction() as session:
        _, key = await create_key(session, runtime.vault, name="again", scopes=[Scope.IMPORTS_READ])
    screen = Console(file=io.StringIO(), width=120)
    done = await asyncio.to_thread(importer.follow, import_id, url=service, key=key, console=screen)
    assert done
    assert "Finished: 1 created" in screen.file.getvalue()


async def test_a_file_that_was_not_sent_whole_is_not_imported(service, bring, client, monkeypatch):
    def cut(_path, _progress, _task):
        yield b"{"
        raise KeyboardInterrupt

    monkeypatch.setattr(importer, "_pieces", cut)
    with pytest.raises(importer.ImportRefused, match="nothing of it is imported"):
        await bring(lines({"key": "c1", "name": "One"}))
    assert (await client.get("/v1/imports")).json()["items"] == []


async def test_something_else_that_answers_is_not_taken_for_the_service(bring, monkeypatch):
    monkeypatch.setattr(importer.httpx.Client, "post", lambda *_, **__: _page())
    with pytest.raises(importer.ImportRefused, match="is not Makegood"):
        await bring(lines({"key": "c1", "name": "One"}))


def _page():
    request = importer.httpx.Request("POST", "http://127.0.0.1:1/v1/imports")
    return importer.httpx.Response(200, text="<html>Hello</html>", request=request)


async def test_a_lent_key_can_import_and_nothing_else(runtime, client):
    _, key = await importer.lend_key(runtime)
    headers = {"Authorization": f"Bearer {key}"}
    assert (await client.get("/v1/imports", headers=headers)).status_code == 200
    assert (await client.get("/v1/customers", headers=headers)).status_code == 403


@pytest.mark.parametrize(
    ("name", "format_"),
    [("a.csv", ImportFormat.CSV), ("a.TSV", ImportFormat.CSV), ("a.jsonl", ImportFormat.NDJSON)],
)
def test_a_files_name_says_how_it_is_written(tmp_path, name, format_):
    assert importer.format_of(tmp_path / name) is format_
