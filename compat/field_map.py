"""The field map of the documentation, from the tables that the dialects are built from: so it can't drift."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compat.field import Field
from compat.goodday import embeds, inputs, wire
from compat.projectbubble import inputs as projectbubble_inputs
from compat.projectbubble import wire as projectbubble_wire
from planning.serializers import PlanOutput
from tasks.serializers import TaskOutput

INTRODUCTION = """# Field map

One task, three APIs. Each field of each API, where it lives (in the words of the native API: `value` is the task's own,
`plan.due_date` is of `/api/{org}/{project}/tasks/{id}/plan`), and how it is converted. The dialects keep nothing of
their own: whatever one of them writes, the others show.

Written from the code by `make schema`.
"""
HEAD = "| API | Field | | Lives in | How it converts |\n|---|---|---|---|---|"


def as_markdown() -> str:
    """The whole document, `docs/fields.md`."""
    rows = [*native("`{}`", TaskOutput), *native("`plan.{}`", PlanOutput)]
    rows += dialect("ProjectBubble", projectbubble_wire.FIELDS, "shown")
    rows += dialect("ProjectBubble", [*projectbubble_inputs.INPUTS, *projectbubble_inputs.FINISHING], "sent")
    rows += dialect("GoodDay", wire.FIELDS, "shown")
    rows += dialect("GoodDay", embeds.EMBEDS.values(), "embedded")
    rows += dialect("GoodDay", inputs.INPUTS, "sent")
    return "\n".join([INTRODUCTION, HEAD, *rows, ""])


def native(home: str, serializer: type[Any]) -> Iterator[str]:
    fields: Mapping[str, Any] = serializer().fields
    for name, field in fields.items():
        yield row("native", name, "", home.format(name), field.help_text or "")


def dialect(api: str, fields: Iterable[Field], direction: str) -> Iterator[str]:
    for field in fields:
        yield row(api, field.name, direction, field.lives, field.converts)


def row(api: str, name: str, direction: str, lives: str, converts: str) -> str:
    cells = [api, f"`{name}`", direction, lives, converts]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
