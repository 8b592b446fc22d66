"""What a task or a global action has to say and to whom: actions, and the deliveries that came of it."""

from dataclasses import dataclass
from typing import Any

from integrations.models import Channel, Delivery
from projects.models import Organization
from tasks.embeds import ALONE, newest_of
from tasks.models import Action
from tasks.row import TaskRow

DELIVERIES_SHOWN = 20
MAIL = "email"


@dataclass(frozen=True, slots=True)
class ActionRow:
    """to: the addresses that the action names."""

    action: Action
    to: str


def actions_of(task: TaskRow) -> list[ActionRow]:
    """One statement, none for a task that never had an action."""
    if not task.has_actions:
        return []
    rows = newest_of(Action.objects.all(), [task.number], ALONE).rows[task.number]
    return [ActionRow(row, str(row.config.get("to", "")) if isinstance(row.config, dict) else "") for row in rows]


def deliveries_of(organization: Organization, **of: Any) -> list[Delivery]:
    """The newest of a task (`task_id`) or a global action (`rule_id`), with their attempts. Two statements."""
    rows = Delivery.objects.filter(organization=organization, project__organization=organization, **of)
    rows = rows.defer("config", "body").prefetch_related("attempts").order_by("-number")
    return list(rows[:DELIVERIES_SHOWN])


def integrations_of(organization: Organization) -> list[tuple[str, str]]:
    """What an action may name, with a label."""
    channels = Channel.objects.filter(organization=organization, enabled=True).order_by("name", "pk")
    return [(MAIL, "E-mail"), *((row.integration, f"{row.name} ({row.integration})") for row in channels)]
