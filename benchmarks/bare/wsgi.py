"""The yardstick: a WSGI application that does what the four requests need and nothing else.

It looks a key up in a dictionary, sends one statement on the thread's own connection through the driver that the server
uses, and writes the row as the server would. It checks nothing: a wrong field, a foreign task, a body that is no JSON
all end in a traceback. So it is no server, it is the room that a server in Python has; nobody could run it.
"""

import os
import secrets
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from orjson import Fragment
from uuid_utils.compat import uuid7

from benchmarks.bare import postgresql, sqlite
from benchmarks.operations import TASKS

DATABASE_URL = os.environ["DATABASE_URL"]
BASE_URL = os.environ["BASE_URL"]
STATUSES = {200: "200 OK", 201: "201 Created"}
OPTIONS = orjson.OPT_UTC_Z

driver = sqlite if DATABASE_URL.startswith("sqlite") else postgresql
local = threading.local()


def projects() -> dict[str, int]:
    """The one project, by the header that opens it."""
    rows = driver.Rows(DATABASE_URL)
    with closing(rows.connection):
        return {f"Bearer {os.environ['BENCHMARK_KEY']}": rows.only_project()}


PROJECTS = projects()


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    project = PROJECTS[environ["HTTP_AUTHORIZATION"]]
    try:
        rows = local.rows
    except AttributeError:
        rows = local.rows = driver.Rows(DATABASE_URL)
    path, method, status = environ["PATH_INFO"], environ["REQUEST_METHOD"], 200
    body: dict[str, Any]
    if method == "POST":
        body, status = on_wire(rows.insert(new_task(project, orjson.loads(environ["wsgi.input"].read())))), 201
    elif method == "PATCH":
        value = orjson.loads(environ["wsgi.input"].read())["value"]
        body = on_wire(rows.update(value, datetime.now(UTC), project, path[len(TASKS) + 1 :]))
    elif len(path) > len(TASKS):
        body = on_wire(rows.get(project, path[len(TASKS) + 1 :]))
    else:
        size = int(environ["QUERY_STRING"].partition("page_size=")[2])
        body = page(rows.newest(project, size + 1), size, environ["QUERY_STRING"])
    content = orjson.dumps(body, option=OPTIONS)
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(content)))]
    start_response(STATUSES[status], headers)
    return [content]


def new_task(project: int, sent: dict[str, Any]) -> dict[str, Any]:
    """A row; the clocks are those of a task that starts at once."""
    now = datetime.now(UTC)
    return {
        "public_id": uuid7(),
        "project_id": project,
        "name": sent["name"],
        "status": sent["status"],
        "value": sent.get("value"),
        "value_max": sent.get("value_max", 100),
        "data": sent.get("data"),
        "tags": sent.get("tags", {}),
        "queue": sent.get("queue", ""),
        "external_id": sent.get("external_id", ""),
        "parent_id": None,
        "max_runtime": None,
        "stale_timeout": None,
        "stall_timeout": None,
        "start_time": now,
        "end_time": None,
        "time_to_start": timedelta(0),
        "created": now,
        "updated": now,
        "status_before_stale": "",
        "wake_at": None,
        "has_actions": False,
        "public_token": secrets.token_urlsafe(16),
    }


def on_wire(row: tuple[Any, ...]) -> dict[str, Any]:
    """The row as the server writes it. Columns: `postgresql.SHOWN`, and what JSON lacks as JSON has it."""
    public_id, value, value_max = row[1], row[4], row[5]
    return {
        "id": public_id,
        "number": row[0],
        "organization": "demo",
        "project": "demo",
        "name": row[2],
        "status": row[3],
        "value": value,
        "value_max": value_max,
        "value_percent": 100 * value // value_max if value is not None and value_max else None,
        "data": Fragment(row[6]) if isinstance(row[6], str) else row[6],
        "tags": row[7],
        "queue": row[8],
        "external_id": row[9],
        "parent": row[10],
        "max_runtime": row[11],
        "stale_timeout": row[12],
        "stall_timeout": row[13],
        "start_time": row[14],
        "end_time": row[15],
        "time_to_start": clock(row[16]),
        "created": row[17],
        "updated": row[18],
        "monitor": None,
        "url": f"{BASE_URL}/a/demo/tasks/{public_id}/",
        "public_url": f"{BASE_URL}/public/tasks/{public_id}/{row[19]}/",
    }


def clock(span: timedelta | None) -> str | None:
    if span is None:
        return None
    minutes, seconds = divmod(span.seconds, 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


def page(rows: list[tuple[Any, ...]], size: int, query: str) -> dict[str, Any]:
    more = len(rows) > size
    link = f"{BASE_URL}{TASKS}?{query}&cursor={rows[size - 1][0]}" if more else None
    return {"next": link, "previous": None, "results": [on_wire(row) for row in rows[:size]]}
