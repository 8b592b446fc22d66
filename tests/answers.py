"""What tests say about answers: the error envelope, and the shape of a task."""

from collections.abc import Iterable
from typing import Any

# Every field of a task on the wire, and no other.
TASK_FIELDS = {
    *("id", "number", "organization", "project", "name", "status", "value", "value_max", "value_percent", "data"),
    *("tags", "queue", "external_id", "parent", "max_runtime", "stale_timeout", "stall_timeout", "start_time"),
    *("end_time", "time_to_start", "created", "updated", "monitor", "url", "public_url"),
}


def errors_of(response: Any) -> list[dict[str, Any]]:
    """The errors in an answer, which must be the envelope and nothing else."""
    assert response.headers["Content-Type"] == "application/json", response.content[:500]
    body = response.json()
    assert set(body) == {"type", "errors"}, body
    assert body["errors"], body
    for error in body["errors"]:
        assert set(error) == {"code", "detail", "attr"}, body
        assert isinstance(error["code"], str), body
        assert isinstance(error["detail"], str), body
        assert error["detail"], body
    if response.status_code >= 500:
        assert body["type"] == "server_error", body
    else:
        assert body["type"] in {"validation_error", "client_error"}, body
    return body["errors"]


def attrs_of(response: Any) -> list[str | None]:
    """The fields that a refusal names, in alphabetical order."""
    return sorted(error["attr"] for error in errors_of(response))


def assert_refused(response: Any, *attrs: str) -> None:
    """A 400 that names these fields and no other."""
    assert response.status_code == 400, (response.status_code, response.content[:500])
    assert response.json()["type"] == "validation_error", response.content
    assert attrs_of(response) == sorted(attrs), response.content


def assert_failed(response: Any, status: int, code: str) -> None:
    """A failure that is of no field."""
    assert response.status_code == status, (response.status_code, response.content[:500])
    (error,) = errors_of(response)
    assert (error["code"], error["attr"]) == (code, None), error


def names(tasks: Iterable[dict[str, Any]]) -> list[str]:
    return [task["name"] for task in tasks]
