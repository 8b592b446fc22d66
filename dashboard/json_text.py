"""JSON that programs have sent, as pages show it."""

from typing import Any

from taskapi.rest.json_html import text_as_html
from taskapi.rest.json_tokens import Trail

MOST_VALUES = 2_000


def readable(text: str) -> str:
    """To stand in a `<pre>`: indented and coloured, or as it is where very many values would make a page of megabytes.

    Nothing in it is clickable: somebody typed it.
    """
    if text.count(",") > MOST_VALUES:
        return text
    return text_as_html(text, no_link).html


def no_link(trail: Trail, value: Any) -> None:
    """No value leads anywhere."""
