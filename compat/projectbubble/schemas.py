"""The shapes of bodies and answers as the OpenAPI document has them, from the tables that read and write them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from compat.field import Field
from compat.projectbubble import values
from compat.projectbubble.inputs import FINISHING, INPUTS, LONGEST
from compat.projectbubble.wire import FIELDS, NO_DATE
from planning.models import Recurrence
from tasks.models.task import TEXT_MAX

Schema = dict[str, Any]
DAY: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$"}
NUMBER: Schema = {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$"}
# Patterns and not enumerations: of those, spectacular would make components, and mix them up with the native ones.
FLAG: Schema = {"type": "string", "pattern": "^[01]$"}
LETTER = f"^[{''.join(Recurrence.values)}]?$"
USER: Schema = {
    "type": "object",
    "required": ["user_id", "user_name"],
    "properties": {
        "user_id": {**NUMBER, "description": "The user's id."},
        "user_name": {"type": "string", "description": "As members see it."},
    },
}
NUMBERS = (
    *("task_id", "project_id", "estimated_hours", "estimated_cost", "hourly_rate", "price", "task_order", "progress"),
    "user_id",
)
OUTPUTS: Mapping[str, Schema] = {
    **dict.fromkeys(("start_date", "due_date", "date_completed", "date_created", "date_modified"), DAY),
    **dict.fromkeys(("ongoing", "fixed_price", "important", "completed", "notifications", "archived"), FLAG),
    **dict.fromkeys(NUMBERS, NUMBER),
    "billable_hours": {"type": "number"},
    "tracked_seconds": {"type": ["integer", "null"]},
    "active": {"type": "string", "pattern": "^[012]$"},
    "billed": {"type": "integer", "minimum": 0, "maximum": 1},
    "recurring": {"type": "string", "pattern": LETTER},
    "users": {"type": "array", "items": USER},
}
TEXT: Schema = {"type": ["string", "number", "null"], "maxLength": TEXT_MAX}
EITHER: Schema = {"type": ["string", "number"], "maxLength": TEXT_MAX}
ZERO_OR_ONE: Schema = {"type": ["string", "integer", "boolean"], "pattern": "^[01]$", "minimum": 0, "maximum": 1}
INPUT_OF: Mapping[Callable[..., Any], Schema] = {
    values.flag: ZERO_OR_ONE,
    values.one: {"type": ["string", "integer", "boolean"], "pattern": "^1$", "minimum": 1, "maximum": 1},
    values.date: TEXT,
    values.moment: TEXT,
}
TEXTS = frozenset({"task_name", "description", "color", "tags", "notes"})


def ids(key: str) -> Schema:
    item = {"type": "object", "required": [key], "properties": {key: {**EITHER, "description": "The id."}}}
    return {"type": "array", "items": {"anyOf": [EITHER, item]}, "maxItems": values.MAX_IDS}


def input_of(field: Field) -> Schema:
    if field.name == "recurring":
        return {"type": ["string", "null"], "pattern": LETTER}
    if field.name == "active":
        return {"type": ["string", "integer"], "pattern": "^[012]$", "minimum": 0, "maximum": 2}
    if field.name in {"users", "teams"}:
        return ids(field.name.removesuffix("s") + "_id")
    if field.name in TEXTS:
        return {**TEXT, "maxLength": LONGEST.get(field.name, TEXT_MAX)}
    return INPUT_OF.get(field.use, EITHER)


def described(fields: Sequence[Field], schema_of: Callable[[Field], Schema]) -> Schema:
    return {field.name: {**schema_of(field), "description": about(field)} for field in fields}


def about(field: Field) -> str:
    return f"Natively {field.lives}{': ' if field.converts else ''}{field.converts}."


TASK: Schema = {
    "type": "object",
    "description": f"A task as it is shown. `{NO_DATE}` is no date; days and times are in UTC.",
    "required": [field.name for field in FIELDS],
    "properties": described(FIELDS, lambda field: OUTPUTS.get(field.name, {"type": "string"})),
}
CHANGES = described([*INPUTS, *FINISHING], input_of)
COMPONENTS: Mapping[str, Schema] = {
    "ProjectBubbleTask": TASK,
    "ProjectBubbleTaskRequest": {
        "type": "object",
        "description": "A task as it is sent. Parameters left out keep their value, or take their default.",
        "properties": CHANGES,
    },
    "ProjectBubblePaging": {
        "type": "object",
        "description": "Which records these are.",
        "required": ["offset", "limit", "total_records"],
        "properties": {
            "offset": {"type": "integer", "description": "Records before them."},
            "limit": {"type": "integer", "description": "Records at most."},
            "total_records": {"type": "integer", "description": "All that match."},
        },
    },
}


def reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


ONE: Schema = {"type": "object", "required": ["data"], "properties": {"data": reference("ProjectBubbleTask")}}
LIST: Schema = {
    "type": "object",
    "required": ["paging", "data"],
    "properties": {
        "paging": reference("ProjectBubblePaging"),
        "data": {"type": "array", "items": reference("ProjectBubbleTask")},
    },
}
NOTHING: Schema = {"type": "array", "maxItems": 0, "items": {}}
SENT = reference("ProjectBubbleTaskRequest")
