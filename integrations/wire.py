"""Deliveries as the API shows them."""

from typing import Any

from integrations.models import Attempt, Delivery, DeliveryStatus


def delivery_on_wire(delivery: Delivery) -> dict[str, Any]:
    """Asks for nothing where the delivery came with its `project` and its `attempts`."""
    return {
        "id": delivery.public_id,
        "integration": delivery.integration,
        "task": delivery.task_id,
        "monitor": delivery.monitor_id,
        "project": delivery.project.slug,
        "point": delivery.point,
        "status": delivery.status,
        "attempts": [attempt_on_wire(attempt) for attempt in delivery.attempts.all()],
        "next_attempt": delivery.due_at if delivery.status == DeliveryStatus.PENDING else None,
        "created": delivery.created,
    }


def attempt_on_wire(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": attempt.at,
        "status": attempt.status,
        "duration_ms": attempt.duration_ms,
        "response": attempt.response,
        "error": attempt.error,
    }
