"""Bodies for the OpenAPI document: those of this dialect's own documentation, with moments in UTC."""

from typing import Any

TASK: dict[str, Any] = {
    "id": 1,
    "name": "Collect client requirements",
    "project_id": 2,
    "goodday_id": "yAD1kC",
    "parent_id": None,
    "status_id": 18,
    "description": None,
    "created_by_employee_id": 1,
    "assigned_to_employee_id": None,
    "action_required_by_employee_id": 1,
    "start_date": "2021-07-08",
    "end_date": "2021-07-09",
    "deadline_date": None,
    "billable": True,
    "priority": 5,
    "estimate": None,
    "progress": None,
    "closed_at": None,
    "goodday_created_at": "2021-07-08T10:40:03+0200",
    "created_at": "2022-11-23T15:06:56+0000",
    "updated_at": "2022-11-23T15:06:56+0000",
    "_links": [{"href": "/api/v0/tasks/1", "rel": "self", "type": "GET"}],
}
CHANGED = {**TASK, "updated_at": "2022-11-25T11:40:09+0000"}
WORK_TIMES = {"work_times": {"items": [{"user_id": 2, "time": 60}, {"user_id": 3, "time": 360}], "reported_time": 420}}
