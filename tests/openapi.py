"""Holds every answer that a test sees against the committed OpenAPI document, `tests/guards/openapi.yaml`."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

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


def operation_of(method: str, url: str) -> dict[str, Any] | None:
    path = url.partition("?")[0]
    for pattern, template in routes():
        if pattern.fullmatch(path):
            return document()["paths"][template].get(method.lower())
    return None


def check_answer(method: str, url: str, response: Any) -> None:
    """Fails where a documented operation answers with a status or a body that the document does not have."""
    operation = operation_of(method, url) if SNAPSHOT.exists() else None
    if operation is None or "html" in response.headers.get("Content-Type", ""):
        return
    documented = operation["responses"].get(str(response.status_code))
    assert documented is not None, f"{method} {url} answered {response.status_code}, which the document does not have"
    content = documented.get("content", {}).get("application/json")
    if content is None:
        assert not response.content, f"{method} {url}: the document knows no body for {response.status_code}"
        return
    schema = {**content["schema"], "components": document()["components"]}
    errors = [error.message for error in Draft202012Validator(schema).iter_errors(response.json())]
    assert not errors, f"{method} {url} {response.status_code}: {errors}"
