"""The OpenAPI document: whole, fresh, and true."""

import io
import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from taskapi.rest.places import template_of
from tasks.filters import FILTERS, NOT_FILTERS, REPEATABLE
from tests.openapi import SNAPSHOT, document, examples_of, operations, parameters_of, resolved, success_of

OPERATION_IDS_OF_THE_CLIENT = {
    *("task_list", "task_create", "task_get", "task_update", "task_partial_update", "task_cancel"),
    *("action_list", "action_create", "action_get", "action_update", "action_partial_update", "action_cancel"),
}
# What these do is said by their path.
TAKES_NOTHING = {"integration_test", "integration_rotate_secret", "delivery_redeliver"}
# Under /api/, and no operations: pages for people, and the document itself.
PAGES = {
    "/v2": "is for unknown paths",
    "/api/v0": "is for unknown paths",
    "/api/schema.{kind}": "is the document",
    "/api/docs": "shows the document",
    "/api/redoc": "shows the document",
    "/api/auth/login": "is a form for people",
    "/api/auth/logout": "is a form for people",
    "/api": "is the entry, and the last pattern of all, for unknown paths",
}


# -- The document as a whole -----------------------------------------------------------------------------------------


def test_the_snapshot_is_fresh():
    written = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written)
    fresh = written.getvalue().rstrip("\n")
    assert fresh == SNAPSHOT.read_text().rstrip("\n"), "The code has changed what the document says: `make schema`"


def test_the_document_is_valid_openapi_3_1():
    assert document()["openapi"].startswith("3.1.")
    validate_schema(document())


def test_the_snapshot_is_of_no_machine():
    assert document()["servers"] == [{"url": "/"}]
    assert "testserver" not in SNAPSHOT.read_text()


def test_every_reference_leads_somewhere_and_every_component_is_used():
    text = json.dumps(document())
    used = set(re.findall(r'"#/components/(\w+)/([^"]+)"', text))
    there = {(kind, name) for kind, parts in document()["components"].items() for name in parts}
    there -= {("securitySchemes", name) for name in document()["components"]["securitySchemes"]}
    assert used == there


def test_operation_ids_are_those_of_the_official_client():
    assert operations().keys() >= OPERATION_IDS_OF_THE_CLIENT


def test_every_tag_is_described():
    described = {tag["name"] for tag in document()["tags"] if tag["description"]}
    assert {tag for _, _, operation in operations().values() for tag in operation["tags"]} <= described


def test_every_path_is_written_without_its_slash():
    assert not [path for path in document()["paths"] if path.endswith("/")]


def routes(patterns: list[Any], prefix: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            found.append(template_of(route))
    return found


def test_every_route_of_the_api_is_documented():
    known = {route for route in routes(get_resolver().url_patterns) if route.startswith(("/api", "/v2"))}
    assert known - PAGES.keys() == document()["paths"].keys() - PAGES.keys()
    assert known >= PAGES.keys(), "this one is gone: take it from the list"


# -- Each operation --------------------------------------------------------------------------------------------------

every_operation = pytest.mark.parametrize("operation_id", sorted(operations()))


@every_operation
def test_an_operation_is_described(operation_id):
    path, _, operation = operations()[operation_id]
    assert operation["summary"]
    assert operation["description"]
    assert len(operation["tags"]) == 1
    assert operation["security"]
    for place in ("path", "query", "header"):
        for name, parameter in parameters_of(operation, place).items():
            assert parameter["description"], name
            assert parameter["schema"], name
    assert parameters_of(operation, "path").keys() == set(re.findall(r"{(\w+)}", path))
    assert "X-Request-ID" in parameters_of(operation, "header")


@every_operation
def test_an_operation_shows_what_it_takes_and_answers(operation_id):
    _, method, operation = operations()[operation_id]
    if method in {"post", "put", "patch"} and operation_id not in TAKES_NOTHING:
        assert examples_of(operation["requestBody"]["content"]["application/json"])
    else:
        assert "requestBody" not in operation
    status, response = success_of(operation)
    assert response["description"]
    assert "X-Request-ID" in response["headers"]
    if status != 204:
        assert all(examples_of(content) for content in response["content"].values())


@every_operation
def test_examples_are_of_their_schema(operation_id):
    _, _, operation = operations()[operation_id]
    parts = [operation["requestBody"]] if "requestBody" in operation else []
    for part in [*parts, *map(resolved, operation["responses"].values())]:
        for content in part.get("content", {}).values():
            schema = {**content["schema"], "components": document()["components"]}
            checks = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
            for name, example in examples_of(content).items():
                assert not [error.message for error in checks.iter_errors(example)], name


@every_operation
def test_an_operation_tells_its_failures(operation_id):
    path, _, operation = operations()[operation_id]
    expected = {"400", "401", "405", "406", "429", "500", "503"}
    if "{" in path:
        expected.add("404")
    if "Needs the scope" in operation["description"]:
        expected.add("403")
    if "requestBody" in operation:
        expected |= {"408", "413", "415"}
    if path.startswith("/v2/"):  # a missing scope is a 401 there, all is JSON, and all bodies are looked into
        expected -= {"403", "406"}
    failures = {status: resolved(response) for status, response in operation["responses"].items() if status >= "4"}
    assert failures.keys() >= expected
    for status, failure in failures.items():
        assert failure["description"], status
        assert examples_of(failure["content"]["application/json"]), status


def test_the_list_documents_the_parameters_that_it_knows():
    _, _, operation = operations()["task_list"]
    documented = parameters_of(operation, "query")
    assert documented.keys() == FILTERS.keys() | NOT_FILTERS
    arrays = {name for name, parameter in documented.items() if parameter["schema"].get("type") == "array"}
    assert arrays == REPEATABLE
