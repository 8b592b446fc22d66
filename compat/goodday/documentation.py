"""What the OpenAPI document says of this dialect, beyond what follows from the code."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema

from compat.goodday import examples
from compat.goodday.embeds import EMBEDS
from compat.goodday.filters import FILTERS
from compat.goodday.params import PER_PAGE
from compat.goodday.serializers import GoodDayTask, GoodDayTasks, GoodDayUserWorkTimes, TaskInput
from compat.goodday.sorting import SORTINGS
from compat.goodday.values import IDS_MAX
from taskapi.rest.documented_params import Schema, query, several
from taskapi.rest.schema import describe

INT: Schema = {"type": "integer"}
DAYS = "A day in UTC, or a range of them: `2026-01-01..2026-01-31`, `2026-01-01..`, `..2026-01-31`; both ends count."
MOMENTS = (
    "A day in UTC, an instant (its whole second), or a range of either: "
    "`2026-01-01..2026-01-31T12:00:00+0000`; both ends count, either may be left out."
)
PART = "A part of it; capitals and small letters differ."

# By the type of a filter: its schema, what it takes, a value that works.
KINDS: Mapping[str, tuple[Schema, str, Any]] = {
    "enum": (several(INT, IDS_MAX), "One of these.", [1, 2]),
    "int": (INT, "Exactly this number.", 5),
    "bool": ({"type": "string", "enum": ["true", "false", "1", "0"]}, "`true` or `1`, `false` or `0`.", "true"),
    "date": ({"type": "string"}, DAYS, "2026-01-01..2026-01-31"),
    "dateTime": ({"type": "string"}, MOMENTS, "2026-01-31T12:00:00Z"),
}
TEXTS = {"name": (PART, "requirements"), "description": (PART, "client"), "goodday_id": ("Exactly this.", "yAD1kC")}


def filter_parameter(name: str, kind: str) -> OpenApiParameter:
    if kind == "string":
        about, example = TEXTS[name]
        return query(name, about, {"type": "string"}, example)
    schema, about, example = KINDS[kind]
    more: Mapping[str, Any] = {"style": "form", "explode": False} if kind == "enum" else {}
    return query(name, about, schema, example, **more)


def listed(name: str, about: str, values: list[str], example: list[str]) -> OpenApiParameter:
    return query(name, about, several({"type": "string", "enum": values}), example, style="form", explode=False)


POSITION: Schema = {"type": "integer", "minimum": 1}
EMBED = listed("embed", "More of each task, at its top level; comma-separated.", list(EMBEDS), list(EMBEDS))
SORT = listed(
    "sort",
    "Comma-separated, the most important first; a leading `-` turns one round. Tasks without a value come last either "
    "way, text is in the order of its code points, and what is alike is in the order of `id`.",
    [sign + name for name in SORTINGS for sign in ("", "-")],
    ["-priority", "deadline_date"],
)
PAGES = [
    query("page", "Which page. With it or `per_page`, the answer has a page and the `total`.", POSITION, 1),
    query("per_page", "Tasks on a page.", {**POSITION, "default": PER_PAGE}, 20),
]
FORMAT = OpenApiParameter(
    "format", {"type": "string", "enum": ["json"]}, OpenApiParameter.QUERY, description="The form of the answer."
)


def answer(serializer: Any, about: str, body: Any) -> OpenApiResponse:
    return OpenApiResponse(serializer, about, [OpenApiExample("answer", body, response_only=True)])


def changing(summary: str, description: str, request: Any) -> Any:
    return extend_schema(
        summary=summary,
        description=description,
        parameters=[EMBED],
        request=request,
        responses={200: answer(GoodDayTask, "The task as it is now.", examples.CHANGED)},
        examples=[
            OpenApiExample("billable", {"billable": True}, request_only=True),
            OpenApiExample("a_whole_task", examples.TASK, summary="a whole task", request_only=True),
        ],
    )


tasks = describe(
    list=extend_schema(
        summary="List tasks, GoodDay",
        description=(
            "All tasks within the key's reach, archived ones too, however many, unless a page is asked for. "
            "Filters may be combined: all must match. "
            "A parameter that is unknown, is given twice or can't be taken is refused."
        ),
        parameters=[
            *(filter_parameter(name, found.kind) for name, found in FILTERS.items()),
            SORT,
            *PAGES,
            EMBED,
            FORMAT,
        ],
        responses={
            200: answer(GoodDayTasks, "The tasks, by `id` unless sorted otherwise.", {"items": [examples.TASK]})
        },
    ),
    retrieve=extend_schema(
        summary="Get a task, GoodDay",
        description="One task; with `embed`, what belongs to it as well.",
        parameters=[EMBED, FORMAT],
        responses={200: answer(GoodDayTask, "The task.", examples.TASK)},
    ),
    user_work_times=extend_schema(
        summary="Get the work times of a task's users, GoodDay",
        description="The minutes that each user has reported for the task, and all of them together.",
        parameters=[FORMAT],
        responses={200: answer(GoodDayUserWorkTimes, "The work times.", examples.WORK_TIMES)},
    ),
    update=changing(
        "Update a task, GoodDay",
        "Sets `billable`, which is required. Other fields of a task may be sent along, and change nothing.",
        TaskInput,
    ),
    partial_update=changing(
        "Change a task, GoodDay",
        "Sets `billable`, where it is sent. Other fields of a task may be sent along, and change nothing.",
        TaskInput(partial=True),
    ),
)
