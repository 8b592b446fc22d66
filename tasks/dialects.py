"""Where the two databases differ in the statements of tasks."""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import orjson
from django.db import connection

from tasks.row import TaskRow

JSON_COLUMNS = frozenset({"tags"})


class Condition(NamedTuple):
    """A part of a WHERE, and the values of its holes."""

    sql: str
    params: Sequence[Any]


class Dialect(NamedTuple):
    """Where the two databases differ: psycopg takes and gives Python's own types, SQLite has few types."""

    lock: str
    lock_free: str
    json_hole: str
    columns: str
    position: str
    size: str
    newest: str
    tagged: Callable[[str, str], Condition]
    tag_shown: str  # a condition on `name:value` of a tag, whatever colons stand in either
    has_index_of_tags: bool  # for `tagged`
    adapt: Mapping[type, Callable[[Any], Any]]
    row: Callable[[Sequence[Any]], TaskRow]


MOMENTS = frozenset({"start_time", "end_time", "created", "updated", "wake_at", "still_since"})


def row_of_sqlite(values: Sequence[Any]) -> TaskRow:
    """Position by position: `_replace` by name takes three times as long, and a page has a thousand rows."""
    head, (parent_id, monitor_id, *limits) = values[2:11], values[11:16]
    start, end, delay, created, updated, before_stale, wake, is_overrun, still, has_actions, token = values[16:]
    row = (
        values[0],
        uuid.UUID(values[1]),
        *head,
        uuid.UUID(parent_id) if parent_id else None,
        uuid.UUID(monitor_id) if monitor_id else None,
        *limits,
        start and moment(start),
        end and moment(end),
        None if delay is None else datetime.timedelta(microseconds=delay),
        moment(created),
        moment(updated),
        before_stale,
        wake and moment(wake),
        bool(is_overrun),
        still and moment(still),
        bool(has_actions),
        token,
    )
    return TaskRow._make(row)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text + "+00:00")


DIALECTS = {
    "postgresql": Dialect(
        lock=" FOR NO KEY UPDATE",
        lock_free=" FOR NO KEY UPDATE SKIP LOCKED",
        json_hole="%s::jsonb",
        columns=", ".join(TaskRow._fields),
        position="strpos",
        size="octet_length(data)",  # which is known without reading it
        # As an array, so that the rows are looked up by their keys, however many there may be by the planner's guess.
        # BETWEEN and not =, and the order with the owner: only the index over both serves it. With = the planner may
        # read backward along the keys until it finds enough rows, and for an owner without rows it reads all of them.
        newest=(
            "{table}.{key} = ANY (ARRAY (SELECT found.{key} FROM (VALUES {owners}) AS owner (id) CROSS JOIN LATERAL "
            "(SELECT {key} FROM {table} WHERE {column} BETWEEN owner.id AND owner.id "
            "ORDER BY {column} {direction}, {key} DESC LIMIT {each}) AS found))"
        ),
        tagged=lambda name, value: Condition("tags @> %s::jsonb", (orjson.dumps({name: value}).decode(),)),
        tag_shown="EXISTS (SELECT 1 FROM jsonb_each_text(tags) tag WHERE tag.key || ':' || tag.value = %s)",
        has_index_of_tags=True,
        adapt={},
        row=TaskRow._make,
    ),
    "sqlite": Dialect(
        lock="",
        lock_free="",
        json_hole="%s",
        # The sign takes the type away from a column, and with it a converter of Django's, slower than `row`.
        columns=", ".join(f"+{name}" if name in MOMENTS else name for name in TaskRow._fields),
        position="instr",
        size="length(CAST(data AS BLOB))",
        newest=(
            "{table}.{key} IN (SELECT {table}.{key} FROM (SELECT column1 AS id FROM (VALUES {owners})) AS owner "
            "CROSS JOIN {table} ON {table}.{column} = owner.id AND {table}.{key} >= COALESCE("
            "(SELECT {key} FROM {table} WHERE {column} = owner.id ORDER BY {key} DESC LIMIT 1 OFFSET {each} - 1), 0))"
        ),
        tagged=lambda *tag: Condition("EXISTS (SELECT 1 FROM json_each(tags) WHERE key = %s AND value = %s)", tag),
        tag_shown="EXISTS (SELECT 1 FROM json_each(tags) WHERE key || ':' || value = %s)",
        has_index_of_tags=False,
        adapt={
            uuid.UUID: lambda value: value.hex,
            datetime.datetime: lambda value: str(value.astimezone(datetime.UTC).replace(tzinfo=None)),
            datetime.timedelta: lambda value: value // datetime.timedelta(microseconds=1),
        },
        row=row_of_sqlite,
    ),
}


@cache
def dialect() -> Dialect:
    return DIALECTS[connection.vendor]
