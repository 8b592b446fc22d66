"""JSON that programs have sent, as pages show it."""

from taskapi.rest.json_html import Trail, as_html

MOST_VALUES = 2_000


def readable(text: str) -> str:
    """To stand in a `<pre>`: indented and coloured, or as it is where very many values would make a page of megabytes.

    Nothing in it is clickable: somebody typed it.
    """
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        return text
    return as_html(text, no_link)


def no_link(trail: Trail, value: str) -> None:
    """No value leads anywhere."""
