"""Before anything is timed: the servers that are compared do the same work, or the comparison means nothing."""

import json
from http.client import HTTPConnection
from typing import Any

import psycopg

from benchmarks.operations import PAGE, TASKS, task
from benchmarks.places import Place


def call(place: Place, name: str, method: str, path: str, body: object = None) -> Any:
    connection = HTTPConnection("127.0.0.1", place.ports[name], timeout=30)
    headers = {"Authorization": f"Bearer {place.key}"} | ({"Content-Type": "application/json"} if body else {})
    connection.request(method, path, json.dumps(body) if body else None, headers)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    if response.status not in {200, 201}:
        raise RuntimeError(f"{name} answered {method} {path} with {response.status}: {content[:2000]!r}")
    return json.loads(content)


def seed(place: Place, number: int) -> list[str]:
    """That many tasks, made by our server as clients make them; their ids."""
    ids = [call(place, "ours", "POST", TASKS, task(n))["id"] for n in range(number)]
    if place.database_url.startswith("postgres"):  # as its autovacuum will have done a minute later
        with psycopg.connect(place.database_url, autocommit=True) as connection:
            connection.execute("ANALYZE")
    return ids


def check(place: Place) -> None:
    """Raises `AssertionError` where servers tell the same task differently, or one does not see another's change."""
    made = {name: call(place, name, "POST", TASKS, task(1)) for name in place.ports}
    own = {"id", "number", "url", "public_url", "start_time", "created", "updated"}
    assert strip(made["ours"], own) == strip(made["bare"], own), made
    for value, (name, body) in enumerate(made.items(), 1):
        path = f"{TASKS}/{body.get('id') or body['public_id']}"
        assert call(place, name, "PATCH", path, {"value": value})["value"] == value, name
        seen = {other: call(place, other, "GET", path) for other in place.ports}
        assert seen["ours"] == seen["bare"], seen
        assert {task["value"] for task in seen.values()} == {value}, seen
    pages = {name: call(place, name, "GET", f"{TASKS}?page_size={PAGE}") for name in place.ports}
    assert pages["ours"]["results"] == pages["bare"]["results"], "the pages differ"
    assert all(len(page["results"]) == PAGE and page["next"] for page in pages.values()), pages.keys()


def strip(body: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}
