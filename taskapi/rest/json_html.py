"""JSON text to read, indented: as plain text, or as HTML with each kind of value in a class of its own and with links.

The text is read token by token and never parsed: a number keeps all its digits, and neither depth nor size costs more
than its share.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Protocol

from django.utils.html import escape
from django.utils.safestring import SafeString

Trail = tuple[str | int, ...]  # the names and places that lead to a value
LinkOf = Callable[[Trail, str], str | None]

TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]++|\\.)*+")(?P<name>[ \t\r\n]*+:)?|(?P<empty>\[[ \t\r\n]*+\]|\{[ \t\r\n]*+\})'
    r"|(?P<opening>[\[{])|(?P<closing>[\]}])|(?P<comma>,)|(?P<word>[a-z]++)|(?P<number>[-+.0-9eE]++)"
)
SURROGATE = re.compile("[\ud800-\udfff]")
INDENT = "  "
DEEPEST_INDENT = 20  # what lies deeper is not indented more: a list in a list in a list would be mostly space


class Ink(Protocol):
    """How a scalar and a name are written."""

    def scalar(self, kind: str, shown: str, value: str, trail: Trail) -> str: ...

    def name(self, shown: str) -> str: ...


class Plain:
    """As JSON."""

    def scalar(self, kind: str, shown: str, value: str, trail: Trail) -> str:
        return shown

    def name(self, shown: str) -> str:
        return f"{shown}: "


class Coloured:
    """As HTML; `link_of`: where a text or a number leads, or None."""

    def __init__(self, link_of: LinkOf) -> None:
        self.link_of = link_of

    def scalar(self, kind: str, shown: str, value: str, trail: Trail) -> str:
        href = self.link_of(trail, value) if kind != "word" else None
        if href is not None:
            return f'<a class="{kind}" href="{escape(href)}">{escape(shown)}</a>'
        return f'<span class="{kind}">{escape(shown)}</span>'

    def name(self, shown: str) -> str:
        return f'<span class="name">{escape(shown)}</span>: '


def as_html(text: str, link_of: LinkOf) -> SafeString:
    """JSON text, to stand in a `<pre>`."""
    return SafeString("".join(pieces(text, Coloured(link_of))))  # every piece is escaped


def indented(text: str) -> str:
    """The same JSON, with each member and item on a line of its own, and with characters in place of their escapes."""
    return "".join(pieces(text, Plain()))


def pieces(text: str, ink: Ink) -> Iterator[str]:
    trail: list[str | int] = []
    for found in TOKEN.finditer(text):
        match found.lastgroup:
            case "opening":
                trail.append(0)
                yield found[0] + new_line(trail)
            case "closing":
                trail.pop()
                yield new_line(trail) + found[0]
            case "comma":
                place = trail[-1]
                trail[-1] = place + 1 if isinstance(place, int) else place
                yield "," + new_line(trail)
            case "name":
                trail[-1] = value_of(found["text"])
                yield ink.name(shown(found["text"]))
            case "text":
                yield ink.scalar("text", shown(found[0]), value_of(found[0]), tuple(trail))
            case "number":
                yield ink.scalar("number", found[0], found[0], tuple(trail))
            case _:
                word = "".join(found[0].split())
                yield ink.scalar("word", word, word, tuple(trail))


def new_line(trail: list[str | int]) -> str:
    return "\n" + INDENT * min(len(trail), DEEPEST_INDENT)


def shown(token: str) -> str:
    """A text as it is read: escapes are characters, but for what JSON must escape and what no page can show."""
    if "\\" not in token:
        return token
    return SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value_of(token), ensure_ascii=False))


def value_of(token: str) -> str:
    value: str = json.loads(token) if "\\" in token else token[1:-1]
    return value
