"""The parameters of a task list: each is known by name, and a value that it can't take is refused by name."""

from collections.abc import Callable, Mapping
from itertools import chain

from django.http import QueryDict

from projects.models import Project
from taskapi.rest.pages import MAX_BYTES
from taskapi.rest.params import as_moment, as_uuid, bad_value, conditions_of
from tasks import statements
from tasks.dialects import Condition
from tasks.list_statements import Selection
from tasks.statements import is_one_of
from tasks.statuses import Status

# What else a list understands: its pages, what is shown along with each task, and the form of the answer.
NOT_FILTERS = frozenset({"page_size", "cursor", "embed", "format"})
REPEATABLE = frozenset({"status", "tag", "embed"})
Filter = Callable[[list[str]], list[Condition]]
MAX_TAGS = 50


def by_status(values: list[str]) -> list[Condition]:
    for value in values:
        if value not in set(Status):
            raise bad_value(f"“{value}” is no status.")
    return [is_one_of("status", sorted(set(values)))]


def by_tags(values: list[str]) -> list[Condition]:
    if len(values) > MAX_TAGS:
        raise bad_value(f"At most {MAX_TAGS} tags may be asked for.")
    if any(":" not in value[1:] for value in values):
        raise bad_value("A tag is asked for as name:value.")
    return [statements.has_tag_shown(value) for value in values]


def by_parent(values: list[str]) -> list[Condition]:
    if values[0] == "none":
        return [Condition("parent_id IS NULL", ())]
    return [Condition("parent_id = %s", (as_uuid(values[0]),))]


def by_monitor(values: list[str]) -> list[Condition]:
    return [Condition("monitor_id = %s", (as_uuid(values[0]),))]


def by_part_of_name(values: list[str]) -> list[Condition]:
    return [statements.has_in_name(values[0])]


def by_text(column: str) -> Filter:
    return lambda values: [Condition(f"{column} = %s", (values[0],))]


def by_text_unless_blank(column: str) -> Filter:
    """SQLite uses an index over those that are not blank only where the statement says so in the index's own words."""

    def condition(values: list[str]) -> list[Condition]:
        not_blank = f" AND NOT ({column} = '')" if values[0] else ""
        return [Condition(f"{column} = %s{not_blank}", (values[0],))]

    return condition


def by_moment(column: str, operator: str) -> Filter:
    return lambda values: [Condition(f"{column} {operator} %s", (as_moment(values[0], end_of_day=operator == "<="),))]


FILTERS: Mapping[str, Filter] = {
    "status": by_status,
    "name": by_text("name"),
    "name_contains": by_part_of_name,
    "tag": by_tags,
    "queue": by_text_unless_blank("queue"),
    "external_id": by_text_unless_blank("external_id"),
    "parent": by_parent,
    "monitor": by_monitor,
    "created_after": by_moment("created", ">="),
    "created_before": by_moment("created", "<="),
    "updated_after": by_moment("updated", ">="),
    "updated_before": by_moment("updated", "<="),
}


def selected(project: Project, params: QueryDict) -> Selection:
    """The project's tasks that the parameters ask for.

    Raises Django's `ValidationError({parameter: error})` that names every parameter which is unknown, is given twice
    without being repeatable, or has a value that it can't take.
    """
    found = conditions_of(params, FILTERS, beside=NOT_FILTERS, repeatable=REPEATABLE)
    return Selection([Condition("project_id = %s", (project.pk,)), *chain.from_iterable(found)], MAX_BYTES)
