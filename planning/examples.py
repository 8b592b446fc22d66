"""Bodies that the OpenAPI document shows of planned work. Those of requests work as they stand; a test sends them."""

from typing import Any

from tasks.examples import ID

PLAN: dict[str, Any] = {
    "task": ID,
    "description": "Move the shop to the new payment service.",
    "color": "#ff8800",
    "notes": "The old contract ends in June.",
    "start_date": "2026-02-02",
    "end_date": "2026-02-20",
    "due_date": "2026-02-27",
    "deadline_date": None,
    "date_completed": None,
    "ongoing": False,
    "activity": "active",
    "important": True,
    "archived": False,
    "task_order": 1769860800,
    "priority": 5,
    "estimated_minutes": 2400,
    "estimated_cost": "3600.00",
    "hourly_rate": "90.00",
    "fixed_price": False,
    "price": "0.00",
    "billable": True,
    "billed": False,
    "notifications": True,
    "recurrence": "",
    "creator": 15,
    "responsible": 15,
    "action_required": None,
    "assignees": [12],
    "teams": [],
    "workflow_status": 41,
    "custom_fields": {"3": "KST-100"},
    "goodday_id": "",
    "goodday_created_at": None,
    "updated": "2026-01-31T12:04:10.117000Z",
    "deleted": None,
}
DATES = {"start_date": "2026-02-02", "end_date": "2026-02-20", "due_date": "2026-02-27", "deadline_date": None}
PEOPLE = {"responsible": 15, "assignees": [12, 15], "action_required": None}
MONEY = {"estimated_minutes": 2400, "estimated_cost": "3600.00", "hourly_rate": 90, "billable": True}
MONTHLY = {"due_date": "2026-03-31", "recurrence": "M"}
VALUES = {"custom_fields": {"3": "KST-100"}}

REPORT: dict[str, Any] = {
    "id": 71,
    "task": ID,
    "user": 12,
    "date": "2026-02-03",
    "minutes": 90,
    "billable": True,
    "note": "Contract and test access",
    "created": "2026-02-03T16:02:11.308000Z",
}
NEW_REPORT = {"user": 12, "date": "2026-02-03", "minutes": 90, "note": "Contract and test access"}
NOT_BILLABLE = {"billable": False}

COST: dict[str, Any] = {
    "id": 8,
    "task": ID,
    "name": "Certificate",
    "amount": "12.50",
    "currency": "EUR",
    "date": "2026-02-03",
    "created": "2026-02-03T16:04:37.120000Z",
}
NEW_COST = {"name": "Certificate", "amount": "12.50", "currency": "EUR", "date": "2026-02-03"}
OTHER_AMOUNT = {"amount": "14.00"}

WORKFLOW_STATUS: dict[str, Any] = {
    "id": 41,
    "project": "web",
    "name": "In review",
    "order": 9,
    "is_done": False,
    "status": "post_processing",
}
NEW_WORKFLOW_STATUS = {"project": "web", "name": "In review", "status": "post_processing"}
WHOLE_WORKFLOW_STATUS = {"name": "With the customer", "status": "post_processing", "order": 10, "is_done": False}
RENAMED = {"name": "With the customer"}

CUSTOM_FIELD: dict[str, Any] = {
    "id": 4,
    "name": "Risk",
    "type": "choice",
    "choices": ["low", "high"],
}
NEW_CHOICE = {"name": "Risk", "type": "choice", "choices": ["low", "high"]}
NEW_TEXT = {"name": "Contract", "type": "text"}
WHOLE_CUSTOM_FIELD = {"name": "Cost centre of the customer", "type": "text"}
OTHER_NAME = {"name": "Cost centre of the customer"}

ROLLUP: dict[str, Any] = {
    "tracked_minutes": 150,
    "billable_minutes": 90,
    "estimated_minutes": 2400,
    "cost": "225.00",
    "price": "135.00",
    "extra_costs": [{"currency": "EUR", "amount": "12.50"}],
    "people": [
        {"user": 12, "minutes": 90, "billable_minutes": 90},
        {"user": 15, "minutes": 60, "billable_minutes": 0},
    ],
}
