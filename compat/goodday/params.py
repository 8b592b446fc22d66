"""The query of a request: filters, sorting, pages and embeds; everything that is wrong with it is told at once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.http import QueryDict

from compat.goodday.embeds import EMBEDS
from compat.goodday.filters import FILTERS
from compat.goodday.sorting import NUMBER, order_of
from compat.goodday.values import INT64, as_position
from taskapi.rest.params import bad_value, conditions_of, listed
from tasks.dialects import Condition

PER_PAGE = 50
FORMAT = frozenset({"format"})  # REST framework's own
Reader = Callable[[str], Any]


class Page(NamedTuple):
    """The rows that a page begins after, and has at most."""

    offset: int
    limit: int


class Asked(NamedTuple):
    """What a list is asked for. order: SQL. page: None for all of it."""

    conditions: Sequence[Condition]
    order: str
    page: Page | None
    embeds: Sequence[str]


def as_embeds(text: str) -> list[str]:
    names = listed(text)
    for name in names:
        if name not in EMBEDS:
            raise ValidationError(f"“{name}” can't be embedded.", code="unknown")
    return list(dict.fromkeys(names))


EMBED: Mapping[str, Reader] = {"embed": as_embeds}
BESIDE_FILTERS: Mapping[str, Reader] = {"sort": order_of, "page": as_position, "per_page": as_position, **EMBED}
OF_LIST: Mapping[str, Reader] = {**{name: found.read for name, found in FILTERS.items()}, **BESIDE_FILTERS}


def asked_of_list(params: QueryDict) -> Asked:
    """Raises Django's `ValidationError({parameter: error})` that names every parameter which is wrong."""
    found = read(params, OF_LIST)
    return Asked(
        conditions=[condition for name, condition in found.items() if name in FILTERS],
        order=found.get("sort", NUMBER),
        page=page_of(found),
        embeds=found.get("embed", ()),
    )


def embeds_of(params: QueryDict) -> Sequence[str]:
    """Of a path whose only parameter is `embed`; raises as `asked_of_list` does."""
    embeds: Sequence[str] = read(params, EMBED).get("embed", ())
    return embeds


def check_none(params: QueryDict) -> None:
    """Of a path without parameters; raises as `asked_of_list` does."""
    read(params, {})


def read(params: QueryDict, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Each parameter's value by its name."""
    named = {name: pair(name, reader) for name, reader in readers.items()}
    return dict(conditions_of(params, named, beside=FORMAT))


def pair(name: str, reader: Reader) -> Callable[[list[str]], tuple[str, Any]]:
    return lambda values: (name, reader(values[0]))


def page_of(found: Mapping[str, Any]) -> Page | None:
    if not found.keys() & {"page", "per_page"}:
        return None
    page, size = found.get("page", 1), found.get("per_page", PER_PAGE)
    if page * size not in INT64:
        raise ValidationError({"page": bad_value("There are no pages that far.")})
    return Page((page - 1) * size, size)
