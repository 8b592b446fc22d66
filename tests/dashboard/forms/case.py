"""One form of the pages: what is entered in each of its fields, what is refused, and where it is then kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Typed = dict[str, str | list[str]]
PASSWORD, NEW_PASSWORD = "correct horse battery", "wrong donkey charger"


@dataclass(frozen=True)
class Case:
    """One form.

    page: the name of its URL; path: where it is, if the name does not tell. typed: all fields of the form, each other
    than at first. wrong: what is refused. kept_at: the page with the form of what is stored; stored: what no page
    shows, from the database. Without either, this is the form of what is stored, and is also walked back.
    secret: passwords, which no answer repeats, so that the person enters them again.
    """

    name: str
    page: str
    typed: Callable[[Any], Typed]
    wrong: Mapping[str, str]
    path: Callable[[Any], str] | None = None
    kept_at: Callable[[Any], str] | None = None
    stored: Callable[[Any], Typed] | None = None
    secret: frozenset[str] = frozenset()
    answers: int = 302
    refused: int = 422

    def path_in(self, world: Any) -> str:
        return self.path(world) if self.path else world.path(self.page)

    @property
    def is_of_what_is_stored(self) -> bool:
        return self.kept_at is None and self.stored is None


def newest(model: Any) -> Any:
    return model.objects.order_by("pk").last()


def page_of_newest(page: str, model: Any, key: str = "id") -> Callable[[Any], str]:
    return lambda world: world.path(page, **{key: newest(model).pk})


def same(typed: Typed) -> Callable[[Any], Typed]:
    return lambda _: dict(typed)
