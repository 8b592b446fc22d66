"""JSON as HTML to read: indented, each kind of value in a class of its own, links where they lead somewhere.

A page stays small whatever it is of: it shows `VALUE_CHARS` characters of a value, `ROWS` rows of a list, and
`PAGE_CHARS` characters of all rows.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.html import escape
from django.utils.safestring import SafeString

from taskapi.rest.json_tokens import Token, Trail, line, text_of, tokens
from taskapi.rest.rendering import JSONRenderer

LinkOf = Callable[[Trail, Any], str | None]

VALUE_CHARS = 20_000
ROWS = 100
PAGE_CHARS = 300_000
NUMBER_DIGITS = 18
CUT = '<span class="cut">…</span>'


class Shown(NamedTuple):
    """is_shortened: there is more of it than is shown."""

    html: SafeString
    is_shortened: bool


def as_html(answer: Any, link_of: LinkOf) -> Shown:
    """An answer, to stand in a `<pre>`. `link_of`: where a scalar leads, or None."""
    page = Page(link_of)
    page.answer(answer)
    return page.shown()


def text_as_html(raw: str, link_of: LinkOf) -> Shown:
    """As `as_html`, of one value as JSON text."""
    page = Page(link_of)
    page.text(raw, ())
    return page.shown()


class Page:
    """What has been written so far. Every piece is escaped."""

    def __init__(self, link_of: LinkOf) -> None:
        self.link_of = link_of
        self.pieces: list[str] = []
        self.written = 0
        self.is_shortened = False

    def shown(self) -> Shown:
        return Shown(SafeString("".join(self.pieces)), self.is_shortened)

    def answer(self, answer: Any) -> None:
        if isinstance(answer, dict):
            self.members(answer, ())
        elif isinstance(answer, list):
            self.rows(answer, ())
        else:
            self.text(raw_of(answer), ())

    def members(self, value: dict[str, Any], trail: Trail) -> None:
        if not value:
            self.put(Token("word", "{}", trail))
            return
        self.put(Token("mark", "{"))
        for number, (name, inner) in enumerate(value.items()):
            self.put(Token("mark", "," if number else ""))
            self.put(line([*trail, name]))
            self.put(Token("name", json.dumps(name, ensure_ascii=False)))
            self.put(Token("mark", ": "))
            if name == "results" and not trail and isinstance(inner, list):
                self.rows(inner, (name,))
            else:
                self.text(raw_of(inner), (*trail, name))
        self.put(line([*trail]))
        self.put(Token("mark", "}"))

    def rows(self, rows: list[Any], trail: Trail) -> None:
        if not rows:
            self.put(Token("word", "[]", trail))
            return
        self.put(Token("mark", "["))
        for place, row in enumerate(rows):
            self.put(Token("mark", "," if place else ""))
            self.put(line([*trail, place]))
            if place == ROWS or self.written > PAGE_CHARS:
                self.cut()
                break
            if isinstance(row, dict):
                self.members(row, (*trail, place))
            else:
                self.text(raw_of(row), (*trail, place))
        self.put(line([*trail]))
        self.put(Token("mark", "]"))

    def text(self, raw: str, trail: Trail) -> None:
        """As much of one value as is shown of a value."""
        left = VALUE_CHARS
        for token in tokens(raw, trail):
            self.put(token._replace(text=token.text[:left]))
            left -= len(token.text)
            if left < 0:
                self.cut()
                return

    def cut(self) -> None:
        self.is_shortened = True
        self.pieces.append(CUT)

    def put(self, token: Token) -> None:
        self.written += len(token.text)
        text = escape(token.text)
        if token.kind in {"mark", "space"}:
            self.pieces.append(token.text)
        elif token.kind != "name" and (href := self.link_of(token.trail, value_of(token))) is not None:
            self.pieces.append(f'<a class="{token.kind}" href="{escape(href)}">{text}</a>')
        else:
            self.pieces.append(f'<span class="{token.kind}">{text}</span>')


def value_of(token: Token) -> str | int | None:
    """What may lead somewhere: text, or a number that is an id."""
    if token.kind == "number":
        return int(token.text) if token.text.isdigit() and len(token.text) <= NUMBER_DIGITS else None
    return text_of(token.text) if token.text.endswith('"') else None


def raw_of(value: Any) -> str:
    return JSONRenderer().render(value).decode() if value is not None else "null"
