"""What is measured: four requests, the marks that they must reach, and the bytes that ask for them."""

import json
import random
from collections.abc import Sequence

from benchmarks.load import CONNECTIONS, request

TASKS = "/api/demo/demo/tasks"
PAGE = 100
MARK = 0.3  # of a bare WSGI application's rate: below it, the server is in need of repair
AIMS = {"create": 0.65, "update": 0.60, "get": 0.45, "list": 0.70}


def task(number: int) -> dict[str, object]:
    """A task as clients create it at its start."""
    return {
        "name": f"import.{number % 7}",
        "status": "processing",
        "value": 0,
        "value_max": 100,
        "data": {"file": f"orders-{number}.csv", "rows": 12_000, "attempt": 1},
        "tags": {"env": "production", "team": "billing"},
    }


def requests_for(operation: str, key: str, ids: Sequence[str]) -> list[list[bytes]]:
    """For each connection the requests that it sends; no two connections update the same task."""
    ids = random.sample(ids, len(ids))
    return [list(of_one(operation, key, ids[n::CONNECTIONS])) for n in range(CONNECTIONS)]


def of_one(operation: str, key: str, ids: Sequence[str]) -> list[bytes]:
    if operation == "create":
        return [request("POST", TASKS, key, encode(task(random.randrange(10_000)))) for _ in ids]
    if operation == "update":
        # A few times round, so that a task's value is another each time.
        values = [random.sample(range(100), 5) for _ in ids]
        return [
            request("PATCH", f"{TASKS}/{public_id}", key, encode({"value": own[turn]}))
            for turn in range(5)
            for public_id, own in zip(ids, values, strict=True)
        ]
    if operation == "get":
        return [request("GET", f"{TASKS}/{public_id}", key) for public_id in ids]
    return [request("GET", f"{TASKS}?page_size={PAGE}", key)]


def encode(body: object) -> bytes:
    return json.dumps(body).encode()
