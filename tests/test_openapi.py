"""The contract: current, whole, and readable without a network."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app import openapi
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
