"""Rows of `tasks_task` by sqlite3, as Django stores them: ids as hexadecimal digits, moments and JSON as text."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.conf import settings

from benchmarks.bare import postgresql

INSERT, UPDATE, GET, NEWEST = (
    statement.replace("%s", "?")
    for statement in (postgresql.INSERT, postgresql.UPDATE, postgresql.GET, postgresql.NEWEST)
)


class Rows:
    """One thread's connection, opened as the server's settings open it."""

    def __init__(self, url: str) -> None:
        options = settings.DATABASES["default"]["OPTIONS"]
        self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), options["timeout"], isolation_level=None)
        self.connection.executescript(options["init_command"])

    def only_project(self) -> int:
        return self.connection.execute("SELECT number FROM projects_project").fetchone()[0]

    def insert(self, task: dict[str, Any]) -> tuple[Any, ...]:
        values = {
            **task,
            "public_id": task["public_id"].hex,
            "data": orjson.dumps(task["data"]).decode(),
            "tags": orjson.dumps(task["tags"]).decode(),
            "start_time": stored(task["start_time"]),
            "time_to_start": task["time_to_start"] // timedelta(microseconds=1),
            "created": stored(task["created"]),
            "updated": stored(task["updated"]),
        }
        return read(self.connection.execute(INSERT, list(values.values())).fetchone())

    def update(self, value: int, now: datetime, project: int, public_id: str) -> tuple[Any, ...]:
        parameters = (value, stored(now), project, public_id.replace("-", ""))
        return read(self.connection.execute(UPDATE, parameters).fetchone())

    def get(self, project: int, public_id: str) -> tuple[Any, ...]:
        return read(self.connection.execute(GET, (project, public_id.replace("-", ""))).fetchone())

    def newest(self, project: int, number: int) -> list[tuple[Any, ...]]:
        return [read(row) for row in self.connection.execute(NEWEST, (project, number)).fetchall()]


def stored(moment: datetime) -> str:
    return str(moment.replace(tzinfo=None))


def shown(text: str | None) -> str | None:
    return text and f"{text[:10]}T{text[11:]}Z"


def read(row: tuple[Any, ...]) -> tuple[Any, ...]:
    digits = row[1]
    return (
        row[0],
        f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}",
        *row[2:6],
        row[6] and orjson.Fragment(row[6]),
        orjson.Fragment(row[7]),
        *row[8:14],
        shown(row[14]),
        shown(row[15]),
        row[16] if row[16] is None else timedelta(microseconds=row[16]),
        shown(row[17]),
        shown(row[18]),
        row[19],
    )
