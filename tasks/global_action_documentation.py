"""What the OpenAPI document says of global actions, beyond what follows from the code."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from taskapi.rest.schema import describe
from tasks.documentation import answer, sent
from tasks.global_action_serializers import GlobalActionInput, GlobalActionOutput

GLOBAL_ACTION: dict[str, Any] = {
    "id": 5,
    "name": "Failed exports",
    "enabled": True,
    "integration": "email",
    "config": {"to": "ops@example.org"},
    "trigger": "error,stale",
    "project": "web",
    "monitor": None,
    "name_filter": "^account\\.export",
    "failures_in_row": 3,
    "notify_recovery": True,
    "snooze_until": None,
    "created": "2026-01-31T12:00:00.251000Z",
    "updated": "2026-01-31T12:00:00.251000Z",
}
FAILED_EXPORTS = {
    "name": "Failed exports",
    "integration": "email",
    "config": {"to": "ops@example.org"},
    "trigger": "error,stale",
    "project": "web",
    "name_filter": "^account\\.export",
    "failures_in_row": 3,
    "notify_recovery": True,
}
ALL_MONITORS = {
    "name": "Monitors",
    "integration": "email",
    "config": {"to": "ops@example.org"},
    "trigger": "monitor_late,monitor_down,monitor_up",
}
SNOOZED = {"snooze_until": "2030-01-01T08:00:00Z"}
DISABLED = {"enabled": False}
RULES = (
    "It applies to every task of the organization; `project`, `monitor` and `name_filter` narrow that down. The points "
    "of its trigger are those of a task's action, and `monitor_late`, `monitor_down`, `monitor_up` besides."
)
ID = OpenApiParameter("id", int, OpenApiParameter.PATH, description="The global action's id.")


def operation(name: str, *, is_of_one: bool = True, **texts: Any) -> Any:
    # The path's last word is that of a task's actions as well: names and tag are told here.
    parameters = [ID] if is_of_one else []
    return extend_schema(operation_id=f"global_action_{name}", tags=["Global actions"], parameters=parameters, **texts)


global_actions = describe(
    list=operation(
        "list",
        is_of_one=False,
        summary="List global actions",
        description="The rules of the organization.",
        responses={200: OpenApiResponse(GlobalActionOutput(many=True), "Global actions, oldest first.")},
        examples=[OpenApiExample("answer", GLOBAL_ACTION, response_only=True)],
    ),
    create=operation(
        "create",
        is_of_one=False,
        summary="Create a global action",
        description=f"A new rule of the organization. {RULES}",
        request=GlobalActionInput,
        responses={201: answer(GlobalActionOutput, "The global action, created.", GLOBAL_ACTION)},
        examples=sent(third_failure_in_a_row=FAILED_EXPORTS, all_monitors=ALL_MONITORS),
    ),
    retrieve=operation(
        "get",
        summary="Get a global action",
        description="One global action.",
        responses={200: answer(GlobalActionOutput, "The global action.", GLOBAL_ACTION)},
    ),
    update=operation(
        "update",
        summary="Update a global action",
        description=f"As PATCH, but that `name`, `integration` and `trigger` are required. {RULES}",
        request=GlobalActionInput,
        responses={200: answer(GlobalActionOutput, "The global action as it is now.", GLOBAL_ACTION)},
        examples=sent(third_failure_in_a_row=FAILED_EXPORTS),
    ),
    partial_update=operation(
        "partial_update",
        summary="Change a global action",
        description="Changes the fields that are sent; what is checked is what they make together with the others.",
        request=GlobalActionInput,
        responses={200: answer(GlobalActionOutput, "The global action as it is now.", GLOBAL_ACTION)},
        examples=sent(snooze=SNOOZED, disable=DISABLED),
    ),
    destroy=operation(
        "delete",
        summary="Delete a global action",
        description="For good. What it has caused is sent all the same, and its deliveries stay.",
        responses={204: OpenApiResponse(None, "Deleted.")},
    ),
)
