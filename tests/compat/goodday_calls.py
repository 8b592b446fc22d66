"""What tests of `/api/v0` do again and again: plan a task, read a list, look at a failure."""

import json
import uuid
from typing import Any

TASKS = "/api/v0/tasks"


def path(task: dict[str, Any]) -> str:
    return f"{TASKS}/{task['number']}"


def plan(api: Any, task: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Writes the plan of a task by the native API; gives the task back."""
    response = api.patch(f"/api/acme/{task['project']}/tasks/{task['id']}/plan", fields)
    assert response.status_code == 200, response.content
    return task


def items(api: Any, query: str = "") -> list[dict[str, Any]]:
    """What a list has; a long one is put together of its pieces."""
    response = api.get(TASKS + query)
    assert response.status_code == 200, response.getvalue()
    return json.loads(response.getvalue())["items"]


def names(api: Any, query: str = "") -> list[str]:
    return [item["name"] for item in items(api, query)]


def assert_failed(response: Any, status: int, kind: str) -> dict[str, Any]:
    """The dialect's own envelope and nothing else; gives its body."""
    assert response.status_code == status, (response.status_code, response.content[:500])
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    expected = ["type", "message", "id"] + (["errors"] if kind == "ValidationError" else [])
    assert list(body) == expected, body
    assert body["type"] == kind, body
    assert isinstance(body["message"], str)
    assert body["message"]
    assert str(uuid.UUID(body["id"])) == body["id"]
    return body


def assert_refused(response: Any, *fields: str) -> list[str]:
    """A 422 that names these fields and no other; gives what it says of them."""
    body = assert_failed(response, 422, "ValidationError")
    assert body["message"] == "The given data was invalid."
    for error in body["errors"]:
        assert list(error) == ["field", "message"], body
    assert sorted(error["field"] for error in body["errors"]) == sorted(fields), body
    return [error["message"] for error in body["errors"]]
