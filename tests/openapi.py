"""Holds every answer that a test sees against the committed OpenAPI document, `tests/guards/openapi.yaml`."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

METHODS = ("get", "post", "put", "patch", "delete")
SNAPSHOT = Path(__file__).parent / "guards" / "openapi.yaml"


@cache
def document() -> dict[str, Any]:
    return yaml.load(SNAPSHOT.read_text(), yaml.CSafeLoader)


@cache
def routes() -> list[tuple[re.Pattern[str], str]]:
    """A pattern for each documented path, those with fewer parameters first."""
    found = []
    for path in sorted(document()["paths"], key=lambda path: path.count("{")):
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path.rstrip("/")))
        found.append((re.compile(pattern + "/?"), path))
    return found


def template_of(url: str) -> str | None:
    """The documented path that a URL is of."""
    path = url.partition("?")[0]
    return next((template for pattern, template in routes() if pattern.fullmatch(path)), None)


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """A part of the document itself, where it stands in its place by `$ref`."""
    while "$ref" in part:
        target: Any = document()
        for name in part["$ref"].removeprefix("#/").split("/"):
            target = target[name]
        part = target
    return part


@cache
def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    """Path, method and operation by operation id."""
    return {
        operation["operationId"]: (path, method, operation)
        for path, item in document()["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def parameters_of(operation: dict[str, Any], place: str) -> dict[str, dict[str, Any]]:
    """By name, those in the `path`, the `query` or a `header`."""
    parameters = [resolved(parameter) for parameter in operation.get("parameters", [])]
    return {parameter["name"]: parameter for parameter in parameters if parameter["in"] == place}


def success_of(operation: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """The status of success, of several the greatest, and its response."""
    status = max(status for status in operation["responses"] if status.startswith("2"))
    return int(status), resolved(operation["responses"][status])


def examples_of(content: dict[str, Any]) -> dict[str, Any]:
    """The examples of a body, by name."""
    return {name: resolved(example)["value"] for name, example in content.get("examples", {}).items()}


def responses_of(template: str, method: str) -> dict[str, Any] | None:
    operation = document()["paths"][template].get(method.lower())
    return operation and operation["responses"]


@cache
def validator(template: str, method: str, status: str) -> Draft202012Validator | None:
    """For the body of an answer; None where the document says that there is none."""
    response = resolved(responses_of(template, method)[status])
    if "content" not in response:
        return None
    schema = {**response["content"]["application/json"]["schema"], "components": document()["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def check_answer(method: str, url: str, response: Any) -> None:
    """Fails where a documented operation answers with a status, a body or a header that the document does not have."""
    template = template_of(url) if SNAPSHOT.exists() else None
    responses = responses_of(template, method) if template else None
    kind = response.headers.get("Content-Type", "")
    if responses is None or response.streaming or "html" in kind or kind == "text/event-stream":
        return
    status = str(response.status_code)
    assert status in responses, f"{method} {url} answered {status}, which the document does not have"
    body = validator(template, method, status)
    if body is None:
        assert not response.content, f"{method} {url}: the document knows no body for {status}"
        return
    errors = [error.message for error in body.iter_errors(response.json())]
    assert not errors, f"{method} {url} {status}: {errors}"
    documented = resolved(responses[status]).get("headers", {})
    for header in ("Link", "Retry-After", "WWW-Authenticate", "Allow"):
        if header in response.headers and (header != "Allow" or status == "405"):
            assert header in documented, f"{method} {url} {status}: the document has no {header}"
