"""Whatever a request may hold many of, the OpenAPI document says how many, in all three APIs."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.openapi import operations, parameters_of, resolved

# Values without bounds of their own, each by the end of its place, with the reason.
UNBOUNDED = {
    "data": "is kept as it is, up to 1 MB of it",
    "config[]": "is bounded as a part of its object, which has a limit of bytes",
}
BOUNDED_FORMATS = {"uuid", "date", "date-time"}
# From beginning to end, and nothing in it repeats without a limit.
BOUNDED_PATTERN = re.compile(r"\^([^*+]|\\\+)*\$")
PARTS = ("anyOf", "oneOf", "allOf")


def unbounded(schema: dict[str, Any], place: str, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Each part of a schema that can be of any size, by its place and what is missing."""
    if reference := schema.get("$ref"):
        if reference in seen:
            return
        seen = (*seen, reference)
    schema = resolved(schema)
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    is_closed = {"enum", "const"} & schema.keys()
    if not kinds and not is_closed and not any(part in schema for part in PARTS):
        yield f"{place}: any value"
    if "array" in kinds and "maxItems" not in schema:
        yield f"{place}: maxItems"
    has_free_names = "properties" not in schema or schema.get("additionalProperties")
    if "object" in kinds and has_free_names and "maxProperties" not in schema:
        yield f"{place}: maxProperties"
    if "string" in kinds and not is_closed and not is_bounded(schema):
        yield f"{place}: maxLength"
    for name, inner in schema.get("properties", {}).items():
        yield from unbounded(inner, f"{place}.{name}", seen)
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield from unbounded(schema[name], f"{place}[]", seen)
    for part in PARTS:
        for inner in schema.get(part, []):
            yield from unbounded(inner, place, seen)


def is_bounded(schema: dict[str, Any]) -> bool:
    has_pattern = BOUNDED_PATTERN.fullmatch(schema.get("pattern", ""))
    return "maxLength" in schema or schema.get("format") in BOUNDED_FORMATS or has_pattern is not None


def is_excused(found: str) -> bool:
    place = found.partition(":")[0]
    return any(place.endswith(f".{end}") for end in UNBOUNDED)


BODIES = sorted(name for name, (_, _, operation) in operations().items() if "requestBody" in operation)


@pytest.mark.parametrize("operation_id", BODIES)
def test_whatever_a_body_holds_is_bounded(operation_id):
    _, _, operation = operations()[operation_id]
    for content in operation["requestBody"]["content"].values():
        found = [each for each in unbounded(content["schema"], "body") if not is_excused(each)]
        assert found == []


@pytest.mark.parametrize("operation_id", sorted(operations()))
def test_a_list_in_a_query_is_bounded(operation_id):
    _, _, operation = operations()[operation_id]
    for name, parameter in parameters_of(operation, "query").items():
        found = [each for each in unbounded(parameter["schema"], name) if each.endswith(("maxItems", "maxProperties"))]
        assert found == []


@pytest.mark.parametrize(
    ("schema", "missing"),
    [
        pytest.param({"type": "string"}, ["body: maxLength"], id="text"),
        pytest.param({"type": ["string", "null"]}, ["body: maxLength"], id="text or null"),
        pytest.param({"type": "string", "pattern": "^a+$"}, ["body: maxLength"], id="a pattern that repeats"),
        pytest.param({"type": "string", "pattern": "a{3}"}, ["body: maxLength"], id="a pattern of a part"),
        pytest.param({"type": "array", "items": {"type": "integer"}}, ["body: maxItems"], id="list"),
        pytest.param({"type": "object", "additionalProperties": {}}, None, id="free names of any value"),
        pytest.param({"type": "object"}, ["body: maxProperties"], id="free names"),
        pytest.param({"properties": {"a": {"type": "string"}}, "type": "object"}, ["body.a: maxLength"], id="inner"),
        pytest.param({"oneOf": [{"type": "integer"}, {"type": "string"}]}, ["body: maxLength"], id="one of two"),
        pytest.param({}, ["body: any value"], id="anything"),
    ],
)
def test_what_is_missing_is_found(schema, missing):
    assert list(unbounded(schema, "body")) == (missing or ["body: maxProperties", "body[]: any value"])
