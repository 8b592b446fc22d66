"""The rows of the hot path are the table's: a new column can't be forgotten in one of the two."""

import datetime

from tasks import dialects, list_statements, statements
from tasks.models import Task
from tasks.row import TaskRow


def test_a_row_has_the_columns_of_the_model():
    # `monitor_id` and the like would be missing here first.
    assert set(TaskRow._fields) == {field.column for field in Task._meta.concrete_fields}


def test_a_row_and_the_model_read_the_same(make_task, project):
    parent = make_task("parent")
    body = {
        "status": "processing",
        "value": 5,
        "data": {"a": [1, "ä", None]},
        "tags": {"env": "prod"},
        "queue": "default",
        "external_id": "x-1",
        "parent": parent["id"],
        "max_runtime": 10,
        "stale_timeout": 20,
        "stall_timeout": 30,
        "end_time": "2026-01-02T03:04:05.000006+02:00",
    }
    number = make_task("child", **body)["number"]
    (row,) = list_statements.Selection([statements.is_one_of("number", [number])], 10_000).newest(2)
    model = Task.objects.get(number=number)
    for name in TaskRow._fields:
        if name not in dialects.JSON_COLUMNS:
            assert getattr(row, name) == getattr(model, name), name
            assert type(getattr(row, name)) is type(getattr(model, name)), name
    assert row.end_time == datetime.datetime(2026, 1, 2, 1, 4, 5, 6, datetime.UTC)
