"""Bodies that the OpenAPI document shows."""

from typing import Any

TASK: dict[str, Any] = {
    "task_id": "1",
    "task_name": "Create project specification",
    "description": "My very first task",
    "color": "",
    "tags": "customer:globex,draft",
    "notes": "",
    "start_date": "2026-09-01 00:00:00",
    "due_date": "2026-09-15 00:00:00",
    "date_completed": "0000-00-00 00:00:00",
    "ongoing": "0",
    "project_id": "35",
    "project_name": "My first project",
    "billable_hours": 1.5,
    "tracked_seconds": 7200,
    "estimated_hours": "4",
    "estimated_cost": "0",
    "hourly_rate": "80",
    "fixed_price": "0",
    "price": "0",
    "task_order": "1788270655",
    "active": "1",
    "important": "0",
    "completed": "0",
    "progress": "40",
    "billed": 0,
    "notifications": "1",
    "recurring": "M",
    "archived": "0",
    "date_created": "2026-08-31 15:50:55",
    "date_modified": "2026-09-02 16:54:01",
    "user_id": "12",
    "users": [{"user_id": "12", "user_name": "John Doe"}, {"user_id": "15", "user_name": "Jane Doe"}],
}
ONE = {"data": TASK}
DONE = {
    "data": {
        **TASK,
        "date_completed": "2026-09-02 16:54:01",
        "active": "0",
        "completed": "1",
        "progress": "100",
    }
}
LIST = {"paging": {"offset": 0, "limit": 1000, "total_records": 1}, "data": [TASK]}

NEW = {
    "task_name": "Create project specification",
    "description": "My very first task",
    "users": ["12", "15"],
}
NEW_WITH_MUCH = {
    "task_name": "Create project specification",
    "tags": "customer:globex,draft",
    "start_date": "20260901",
    "due_date": "20260915",
    "estimated_hours": "4",
    "hourly_rate": "80",
    "active": 2,
    "recurring": "M",
    "users": [{"user_id": "12"}],
}
NEW_IN_PROJECT = {"project_id": 35, "task_name": "Create project specification"}
UPDATE = {"description": "My updated task", "due_date": "20260930"}
PROGRESS = {"progress": 40, "hours": "1.5"}
COMPLETED = {"completed": 1}
COMPLETE = {"complete": 1}
RESUME = {"resume": 1}
