"""What the OpenAPI document says of tasks and actions, beyond what follows from the code."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from taskapi.rest.documented_params import DAY, LAST, MOMENT, TEXT, UUID, query, several
from taskapi.rest.schema import describe
from tasks import examples
from tasks.embeds import known
from tasks.filters import MAX_TAGS
from tasks.models.task import TEXT_MAX
from tasks.serializers import ActionInput, ActionOutput, TaskInput, TaskPatch, TaskWithEmbeds
from tasks.statuses import Status

Schema = dict[str, Any]


def sent(**bodies: Any) -> list[OpenApiExample]:
    """Request examples, each under its name as a title."""
    return [
        OpenApiExample(name, value, summary=name.replace("_", " "), request_only=True) for name, value in bodies.items()
    ]


def answer(response: Any, about: str, body: Any) -> OpenApiResponse:
    return OpenApiResponse(response, about, [OpenApiExample("answer", body, response_only=True)])


STATUS = several({"type": "string", "enum": list(Status)})
TAG = several({"type": "string", "pattern": "^.+:"}, MAX_TAGS)
PARENT = {"oneOf": [UUID, {"const": "none"}]}

# The parameters of `tasks.filters`, each with a value that works.
FILTERS = [
    query("status", "Tasks of one of these statuses; may be repeated.", STATUS, ["processing", "stale"]),
    query("name", "Exactly this name.", TEXT, "account.export"),
    query("name_contains", "This text somewhere in the name.", TEXT, "export"),
    query(
        "tag",
        "`name:value`; of several colons any may be the one between. May be repeated: all must match.",
        TAG,
        ["env:production"],
    ),
    query("queue", "Exactly this queue.", TEXT, "exports"),
    query("external_id", "Exactly this external id, which several tasks may have.", TEXT, "celery-8f14e45f"),
    query("parent", "The children of this task; `none` for tasks that have no parent.", PARENT, "none"),
    query("monitor", "Tasks of this monitor.", UUID, examples.ID),
    query("created_after", f"Created at this moment or later. {DAY}", MOMENT, "2026-01-31T12:00:00Z"),
    query("created_before", f"Created at this moment or earlier. {LAST}", MOMENT, "2026-01-31"),
    query("updated_after", f"Updated at this moment or later. {DAY}", MOMENT, "2026-01-31"),
    query("updated_before", f"Updated at this moment or earlier. {LAST}", MOMENT, "2026-01-31T12:00:00+01:00"),
]
EMBED = query(
    "embed",
    "More of each task in the same answer, comma-separated: the newest 1000 of a task, or 100 of each in a list; "
    "where it has more, `{name}_truncated` is true.",
    several({"type": "string", "enum": list(known())}),
    list(known()),
    style="form",
    explode=False,
)
MONITOR = OpenApiParameter(
    "X-TASKBADGER-MONITOR", UUID, OpenApiParameter.HEADER, description="Ties the task to this monitor: its id."
)
DATA_NOT_STORED = OpenApiParameter(
    "X-Taskapi-Warning",
    str,
    OpenApiParameter.HEADER,
    description="Says so where `data` was left out because it is longer than 1 MB. All else was stored.",
    response=[200, 201],
)
TASK_ID = OpenApiParameter("id", UUID, OpenApiParameter.PATH, description="The task's id.")
ACTION_ID = OpenApiParameter("action_id", int, OpenApiParameter.PATH, description="The action's id.")

CANCEL_HOLDS = (
    "A running status (`pre_processing`, `processing`, `post_processing`) leaves a `cancelled` task cancelled: the "
    "other fields apply, but the status, `start_time` and `end_time` stay, and no action fires. `pending` starts the "
    "task again."
)
RULES = (
    "`tags` are merged into those that the task has, a null value removes the name; `data` is replaced as a whole; "
    "`actions` are added. An empty body is a ping: it moves `updated`, and returns a stale task to where it was.\n\n"
    f"{CANCEL_HOLDS}"
)
PATCHES: Mapping[str, Any] = {
    "request": TaskPatch(partial=True),
    "responses": {200: answer(TaskWithEmbeds, "The task as it is now.", examples.TASK)},
    "examples": sent(
        progress=examples.PROGRESS,
        finished=examples.FINISHED,
        ping=examples.PING,
        tags=examples.TAGS,
        add_an_action=examples.ADD_ACTION,
    ),
    "parameters": [TASK_ID, EMBED, DATA_NOT_STORED],
}

tasks = describe(
    list=extend_schema(
        summary="List tasks",
        description="The project's tasks, newest first, a page at a time. Filters may be combined: all must match.",
        parameters=[*FILTERS, EMBED],
        responses={200: OpenApiResponse(TaskWithEmbeds, "A page of tasks.")},
        examples=[OpenApiExample("answer", examples.TASK, response_only=True)],
    ),
    create=extend_schema(
        summary="Create a task",
        description="Creates a task. `name` is enough: the task is `pending` then, with `value` null of 100.",
        parameters=[MONITOR, EMBED, DATA_NOT_STORED],
        request=TaskInput,
        responses={201: answer(TaskWithEmbeds, "The task, created.", examples.TASK)},
        examples=sent(
            only_a_name={"name": "account.export"},
            with_everything_known=examples.NEW_TASK,
            with_an_action=examples.NEW_TASK_WITH_ACTION,
        ),
    ),
    retrieve=extend_schema(
        summary="Get a task",
        description="One task; with `embed`, what belongs to it as well.",
        parameters=[TASK_ID, EMBED],
        responses={200: answer(TaskWithEmbeds, "The task.", examples.TASK)},
    ),
    update=extend_schema(
        summary="Update a task",
        description=(
            "As PATCH, but that `name` is required and `tags` replace those that the task has. "
            f"Fields left out keep their value.\n\n{CANCEL_HOLDS}"
        ),
        parameters=[TASK_ID, EMBED, DATA_NOT_STORED],
        request=TaskInput,
        responses={200: answer(TaskWithEmbeds, "The task as it is now.", examples.TASK)},
        examples=sent(progress=examples.WHOLE_TASK),
    ),
    partial_update=[
        extend_schema(
            methods=["PATCH"],
            summary="Change a task",
            description=f"Changes the fields that are sent. {RULES}",
            **PATCHES,
        ),
        extend_schema(
            methods=["POST"],
            summary="Change a task, by POST",
            description=f"The same as PATCH, for clients that have no PATCH. {RULES}",
            **PATCHES,
        ),
    ],
    cancel=extend_schema(
        summary="Cancel a task",
        description="Sets the status `cancelled`. A task that has already come to its end stays as it is.",
        parameters=[TASK_ID],
        responses={204: OpenApiResponse(None, "Cancelled, or already at its end.")},
    ),
)

CHANGE_ACTION: Mapping[str, Any] = {
    "parameters": [TASK_ID, ACTION_ID],
    "responses": {200: answer(ActionOutput, "The action as it is now.", examples.ACTION)},
}
TRIGGERS = (
    "A trigger is a comma-separated list of points: a value (`250`), a percentage (`95%`), every n-th of either "
    "(`*/30`, `*/30%`), a status, `max_runtime_exceeded` or `stalled`. One update fires an action at most once."
)

actions = describe(
    list=extend_schema(
        summary="List a task's actions",
        description="The newest 1000 actions of the task, oldest first, the cancelled ones too.",
        parameters=[TASK_ID],
        responses={200: OpenApiResponse(ActionOutput(many=True), "The task's actions.")},
        examples=[OpenApiExample("answer", examples.ACTION, response_only=True)],
    ),
    create=extend_schema(
        summary="Add an action to a task",
        description=f"From the next update on, the channel hears of the points that the task reaches. {TRIGGERS}",
        parameters=[TASK_ID],
        request=ActionInput,
        responses={201: answer(ActionOutput, "The action, created.", examples.ACTION)},
        examples=sent(mail_every_quarter=examples.NEW_ACTION),
    ),
    retrieve=extend_schema(
        summary="Get an action",
        description="One action of the task.",
        parameters=[TASK_ID, ACTION_ID],
        responses={200: answer(ActionOutput, "The action.", examples.ACTION)},
    ),
    update=extend_schema(
        summary="Update an action",
        description=f"As PATCH, but that `trigger` and `integration` are required. {TRIGGERS}",
        request=ActionInput,
        examples=sent(mail_every_quarter=examples.NEW_ACTION),
        **CHANGE_ACTION,
    ),
    partial_update=extend_schema(
        summary="Change an action",
        description=f"Changes the fields that are sent. {TRIGGERS}",
        request=ActionInput,
        examples=sent(another_trigger=examples.OTHER_TRIGGER),
        **CHANGE_ACTION,
    ),
    cancel=extend_schema(
        summary="Cancel an action",
        description="Sets the status `cancelled`: the action never fires again, and stays to be read.",
        parameters=[TASK_ID, ACTION_ID],
        responses={204: OpenApiResponse(None, "Cancelled.")},
    ),
)


class TagsSchema(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call, misc, unused-ignore]
    """Names have limits of their own, which a serializer's dictionary can't tell."""

    target_class = "tasks.serializers.Tags"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        schema: Schema = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        return {**schema, "propertyNames": {"minLength": 1, "maxLength": TEXT_MAX}}
