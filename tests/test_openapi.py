"""The contract: current, whole, and readable without a network."""

import asyncio
import re
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import openapi
from app.kit.components import name_apart
from app.main import create_app
from app.settings import Settings
from tests.test_schemathesis import PARTS

STORED = Path(__file__).parent.parent / "openapi" / "openapi.json"


@pytest.fixture(scope="module")
def app():
    return create_app(Settings())


@pytest.fixture(scope="module")
def operations(app):
    paths = app.openapi()["paths"].items()
    return [(f"{m} {path}", op) for path, found in paths for m, op in found.items()]


def test_the_stored_document_is_current(app):
    assert STORED.read_text() == openapi.render(app), "run `make openapi`"


async def test_the_stored_document_is_served_and_nobody_waits_until_it_is_worked_out(
    client, monkeypatch
):
    def work_out():
        raise AssertionError("the document was worked out")

    monkeypatch.setattr(client.app, "openapi", work_out)
    served = await client.get("/openapi.json", headers={"Authorization": ""})
    assert served.headers["content-type"] == "application/json"
    assert served.text == STORED.read_text()


async def test_where_none_is_stored_it_is_worked_out_beside_other_requests(client, monkeypatch):
    begun, told = threading.Event(), threading.Event()

    def work_out():
        begun.set()
        assert told.wait(20), "no request was answered meanwhile"
        return {"openapi": "3.1.0"}

    monkeypatch.setattr(openapi, "STORED", ())
    monkeypatch.setattr(client.app, "openapi", work_out)
    served = asyncio.create_task(client.get("/openapi.json"))
    await asyncio.to_thread(begun.wait, 20)
    assert (await client.get("/v1/vendors")).status_code == 200
    told.set()
    assert (await served).json() == {"openapi": "3.1.0"}


def test_it_is_the_same_whatever_the_settings(app):
    other = create_app(Settings(public_url="https://elsewhere.test", http={"docs": False}))
    assert openapi.render(other) == openapi.render(app)


def test_every_operation_is_told_in_full(operations, app):
    tags = {tag["name"] for tag in app.openapi()["tags"]}
    for name, operation in operations:
        assert re.fullmatch(r"[a-z_]+-[a-z]+(_[a-z]+)*", operation["operationId"]), name
        assert operation["summary"], name
        assert len(operation["description"]) > len(operation["summary"]) / 2, name
        assert len(operation["tags"]) == 1, name
        assert set(operation["tags"]) <= tags, name


def test_operation_ids_are_unique(operations):
    ids = [operation["operationId"] for _, operation in operations]
    assert len(set(ids)) == len(ids)


def test_every_operation_shows_problems_and_every_body_an_example(operations):
    for name, operation in operations:
        problems = [
            response["content"]["application/problem+json"]
            for status, response in operation["responses"].items()
            if "application/problem+json" in response.get("content", {})
        ]
        assert problems, name
        for problem in problems:
            assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}, name
            assert problem["examples"], name
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind == "application/json":
                assert content["example"], name


def test_every_operation_below_v1_needs_a_key_except_what_carriers_call(operations):
    for name, operation in operations:
        is_public = "/v1/" not in name or "/v1/carriers/hooks/" in name
        assert ("security" in operation) != is_public, name


def test_nothing_refers_to_what_is_not_there(app):
    text = openapi.render(app)
    schemas = app.openapi()["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named <= set(schemas)
    assert "HTTPValidationError" not in schemas


def test_every_schema_has_a_speaking_name_of_its_own(app):
    schemas = app.openapi()["components"]["schemas"]
    for name, schema in schemas.items():
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", name), name
        assert schema.get("title", name) == name
    assert {"CaseState", "ObligationState", "DiscrepancyKind", "ErpDeliveryPage"} <= set(schemas)


def test_two_schemas_never_get_one_name():
    schemas = {"CaseKind": {}, "app__cases__rules__Kind": {}}
    with pytest.raises(LookupError, match="CaseKind"):
        name_apart({"components": {"schemas": schemas}}, {"cases": "Case"}, {})
    with pytest.raises(LookupError, match="noun"):
        name_apart({"components": {"schemas": {"app__new__rules__Kind": {}}}}, {}, {})


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_the_documentation_needs_no_other_host(client, path):
    page = await client.get(path, headers={"Authorization": ""})
    assert page.status_code == 200
    linked = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)["']""", page.text)
    assert len(linked) >= 3
    for link in linked:
        assert not urlsplit(link).netloc, link
        assert (await client.get(link)).status_code == 200, link
    assert "//" not in re.sub(r"<!--.*?-->", "", page.text.replace("window.location", ""))


async def test_the_documentation_can_be_switched_off():
    app = create_app(Settings(http={"docs": False}))
    assert not {"/docs", "/redoc"} & {getattr(route, "path", None) for route in app.routes}


def test_every_tag_is_in_a_part_that_schemathesis_asks():
    told = {tag["name"] for tag in openapi.TAGS}
    assert told == {tag for tags in PARTS.values() for tag in tags}
