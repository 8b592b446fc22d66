"""Time reports, extra costs, workflow statuses and custom fields as the native API shows them; plans: `plan_wire`."""

from typing import Any

from planning.amounts import money
from planning.models import CustomField, ExtraCost, TimeReport, WorkflowStatus


def report_on_wire(report: TimeReport, task_id: Any) -> dict[str, Any]:
    """task_id: the public id of its task."""
    return {
        "id": report.pk,
        "task": task_id,
        "user": report.user_id,
        "date": report.date,
        "minutes": report.minutes,
        "billable": report.billable,
        "note": report.note,
        "created": report.created,
    }


def cost_on_wire(cost: ExtraCost, task_id: Any) -> dict[str, Any]:
    """task_id: the public id of its task."""
    return {
        "id": cost.pk,
        "task": task_id,
        "name": cost.name,
        "amount": money(cost.amount),
        "currency": cost.currency,
        "date": cost.date,
        "created": cost.created,
    }


def workflow_status_on_wire(row: WorkflowStatus) -> dict[str, Any]:
    """Its project must be loaded."""
    return {
        "id": row.pk,
        "project": row.project.slug,
        "name": row.name,
        "order": row.order,
        "is_done": row.is_done,
        "status": row.status,
    }


def custom_field_on_wire(row: CustomField) -> dict[str, Any]:
    return {"id": row.pk, "name": row.name, "type": row.type, "choices": row.choices}
