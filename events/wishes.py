"""What a listener asked for: a project's events, those that its filters let through, from a place on."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.http import QueryDict

from events.positions import Position, position_of
from projects.models import Project
from tasks.dialects import Condition
from tasks.filters import selected
from tasks.wire import Place, place_of

ELSEWHERE = ("page_size", "cursor", "embed")  # what a list knows, and a stream does not
LAST_EVENT_ID = "last_event_id"


class Wish(NamedTuple):
    """conditions: of the filters, but for the status. statuses: those asked for; none: all.

    last: from where on; None: from now on. is_lost: it named a place that is none.
    """

    project_id: int
    place: Place
    conditions: tuple[Condition, ...]
    statuses: frozenset[str]
    last: Position | None
    is_lost: bool

    def wants(self, statuses: Iterable[str], meets: object) -> bool:
        """statuses: where the task is; of a change, where from and where to. meets: what the filters say of it."""
        return bool(meets) and (not self.statuses or not self.statuses.isdisjoint(statuses))


def wish_of(project: Project, params: QueryDict, header: str) -> Wish:
    """header: `Last-Event-ID`, which a browser sends when it comes back, and which then counts.

    Raises Django's `ValidationError({parameter: error})` for parameters that a list would refuse, and for its pages.
    """
    errors = {
        name: ValidationError("There is no such parameter.", code="unknown") for name in ELSEWHERE if name in params
    }
    if errors:
        raise ValidationError(errors)
    filters = params.copy()
    tokens: Sequence[str] = filters.pop(LAST_EVENT_ID, [])
    if len(tokens) > 1:
        raise ValidationError({LAST_EVENT_ID: ValidationError("This parameter can't be repeated.", code="invalid")})
    selected(project, filters)
    statuses = frozenset(filters.pop("status", []))
    conditions = selected(project, filters).conditions[1:]  # but for that of the project
    token = header or "".join(tokens)
    last = position_of(token, project.pk) if token else None
    kept = tuple(Condition(condition.sql, tuple(condition.params)) for condition in conditions)
    return Wish(project.pk, place_of(project), kept, statuses, last, bool(token) and last is None)
