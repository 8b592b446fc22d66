"""Rows of `tasks_task` by psycopg: prepared statements, each its own transaction."""

from datetime import datetime
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb, set_json_dumps, set_json_loads
from psycopg.types.string import TextLoader

SHOWN = (
    "number, public_id, name, status, value, value_max, data, tags, queue, external_id, parent_id, max_runtime, "
    "stale_timeout, stall_timeout, start_time, end_time, time_to_start, created, updated, public_token"
)
INSERTED = (
    "public_id, project_id, name, status, value, value_max, data, tags, queue, external_id, parent_id, max_runtime, "
    "stale_timeout, stall_timeout, start_time, end_time, time_to_start, created, updated, status_before_stale, "
    "wake_at, has_actions, public_token"
)
INSERT = f"INSERT INTO tasks_task ({INSERTED}) VALUES ({', '.join(['%s'] * 23)}) RETURNING {SHOWN}"
UPDATE = f"UPDATE tasks_task SET value = %s, updated = %s WHERE project_id = %s AND public_id = %s RETURNING {SHOWN}"
GET = f"SELECT {SHOWN} FROM tasks_task WHERE project_id = %s AND public_id = %s"
NEWEST = f"SELECT {SHOWN} FROM tasks_task WHERE project_id = %s ORDER BY number DESC LIMIT %s"

set_json_dumps(orjson.dumps)
set_json_loads(orjson.Fragment)  # into the answer as it is


class Rows:
    """One thread's connection."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=0, options="-c timezone=UTC")
        self.connection.adapters.register_loader("uuid", TextLoader)
        self.cursor = self.connection.cursor()

    def only_project(self) -> int:
        return self.cursor.execute("SELECT number FROM projects_project").fetchone()[0]

    def insert(self, task: dict[str, Any]) -> tuple[Any, ...]:
        task["data"], task["tags"] = orjson.dumps(task["data"]).decode(), Jsonb(task["tags"])
        return self.cursor.execute(INSERT, list(task.values())).fetchone()

    def update(self, value: int, now: datetime, project: int, public_id: str) -> tuple[Any, ...]:
        return self.cursor.execute(UPDATE, (value, now, project, public_id)).fetchone()

    def get(self, project: int, public_id: str) -> tuple[Any, ...]:
        return self.cursor.execute(GET, (project, public_id)).fetchone()

    def newest(self, project: int, number: int) -> list[tuple[Any, ...]]:
        return self.cursor.execute(NEWEST, (project, number)).fetchall()
