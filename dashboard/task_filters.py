"""The form of a task list's filters: what was asked for, in the words that were typed, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import QueryDict

from tasks.filters import FILTERS

# Name of the parameter, label, what it takes. The search and the statuses have places of their own.
FIELDS = (
    ("name", "Name, exactly", "account.export"),
    ("tag", "Tag", "env:prod"),
    ("queue", "Queue", "default"),
    ("external_id", "External id", ""),
    ("parent", "Part of", "a task's id, or none"),
    ("monitor", "Monitor", "its id"),
    ("created_after", "Created after", "2026-01-31 or 2026-01-31T12:00Z"),
    ("created_before", "Created before", "2026-01-31 or 2026-01-31T12:00Z"),
    ("updated_after", "Updated after", "2026-01-31 or 2026-01-31T12:00Z"),
    ("updated_before", "Updated before", "2026-01-31 or 2026-01-31T12:00Z"),
)
# What live events are asked for along with: a status is left out, for a task that leaves it is heard of as well.
HEARD_BY = frozenset({"name", "name_contains", "tag", "queue", "external_id", "parent", "monitor"})
TAGS_ROOM = 1  # empty fields for one more tag


@dataclass
class Field:
    """values: one for each time that the parameter was given; an empty one where there is room for another."""

    name: str
    label: str
    example: str
    values: list[str]
    errors: list[str] = field(default_factory=list)


@dataclass
class Filters:
    """fields: those behind “More filters”. problems: what is wrong with parameters that no field is for."""

    search: Field
    fields: list[Field]
    statuses: list[str]
    status_errors: list[str]
    problems: list[str]

    @property
    def is_open(self) -> bool:
        """Something is behind “More filters” that the reader should see."""
        return any(any(own.values) or own.errors for own in self.fields)

    @property
    def asks(self) -> bool:
        return bool(self.is_open or self.statuses or any(self.search.values))

    @property
    def is_bad(self) -> bool:
        errors = [self.search.errors, *(own.errors for own in self.fields), self.status_errors, self.problems]
        return any(errors)


def filters_of(params: QueryDict, error: ValidationError | None = None) -> Filters:
    errors: Mapping[str, list[str]] = error.message_dict if error else {}
    own = {
        name: Field(name, label, example, values_in(params, name), list(errors.get(name, ())))
        for name, label, example in (("name_contains", "Search by name", ""), *FIELDS)
    }
    known = own.keys() | {"status"}
    problems = [f"“{name}”: {' '.join(texts)}" for name, texts in errors.items() if name not in known]
    return Filters(
        search=own.pop("name_contains"),
        fields=list(own.values()),
        statuses=params.getlist("status"),
        status_errors=list(errors.get("status", ())),
        problems=problems,
    )


def values_in(params: QueryDict, name: str) -> list[str]:
    values = params.getlist(name)
    return [*values, *[""] * TAGS_ROOM] if name == "tag" else values or [""]


def without_blanks(params: QueryDict) -> QueryDict:
    """A form sends what was left empty as well, which asks for nothing."""
    kept = QueryDict(mutable=True)
    for name, values in params.lists():
        if filled := [value for value in values if value.strip() or name not in FILTERS]:
            kept.setlist(name, filled)
    return kept


def changed(params: QueryDict, **values: str | list[str] | None) -> str:
    """The query of a link to the same list with other parameters, `?` and all; None leaves one out."""
    copy = params.copy()
    for name in ("part", "here", "cursor"):
        copy.pop(name, None)
    for name, value in values.items():
        copy.pop(name, None)
        if value is not None:
            copy.setlist(name, value if isinstance(value, list) else [value])
    return f"?{copy.urlencode()}"


def heard_by(params: QueryDict) -> str:
    """The query of the live events that a list is moved by."""
    copy = QueryDict(mutable=True)
    for name in sorted(HEARD_BY & params.keys()):
        copy.setlist(name, params.getlist(name))
    return f"?{copy.urlencode()}" if copy else ""
