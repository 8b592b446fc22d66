"""JSON as HTML to read: indented, each kind of value in a class of its own, links where they lead somewhere."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString

Trail = tuple[str | int, ...]  # the names and places that lead to a value
LinkOf = Callable[[Trail, Any], str | None]

INDENT = "  "


def as_html(value: Any, link_of: LinkOf) -> SafeString:
    """The JSON text of a value, to stand in a `<pre>`. `link_of`: where a scalar leads, or None."""
    return SafeString("".join(pieces(value, link_of, ())))  # every piece is escaped


def pieces(value: Any, link_of: LinkOf, trail: Trail) -> Iterator[str]:
    if isinstance(value, dict) and value:
        members = ((name, f'<span class="name">{quoted(name)}</span>: ') for name in value)
        yield from block("{}", value, members, link_of, trail)
    elif isinstance(value, list) and value:
        yield from block("[]", value, ((place, "") for place in range(len(value))), link_of, trail)
    else:
        yield scalar(value, link_of(trail, value))


def block(
    brackets: str, value: Any, members: Iterator[tuple[str | int, str]], link_of: LinkOf, trail: Trail
) -> Iterator[str]:
    inner = "\n" + INDENT * (len(trail) + 1)
    yield brackets[0]
    for number, (key, label) in enumerate(members):
        yield f"{',' if number else ''}{inner}{label}"
        yield from pieces(value[key], link_of, (*trail, key))
    yield f"\n{INDENT * len(trail)}{brackets[1]}"


def scalar(value: Any, href: str | None) -> str:
    kind = "text" if isinstance(value, str) else "number" if type(value) in {int, float} else "word"
    if href is not None:
        return f'<a class="{kind}" href="{escape(href)}">{quoted(value)}</a>'
    return f'<span class="{kind}">{quoted(value)}</span>'


def quoted(value: Any) -> str:
    return escape(json.dumps(value, ensure_ascii=False))
