"""Tags as one comma-separated text. `a` stands for the tag `a` with the value `a`, any other is `name:value`."""

import json

from tasks import statements
from tasks.dialects import Condition
from tasks.models.task import TAGS_MAX, TEXT_MAX


def as_text(tags: str) -> str:
    """Of a task's tags, which are JSON text."""
    if tags == "{}":
        return ""
    return ",".join(name if name == value else f"{name}:{value}" for name, value in json.loads(tags).items())


def as_tags(text: str) -> dict[str, str]:
    """Raises `ValueError` with a text for a tag that is too long or one too many, or for a colon with an empty side."""
    tags = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, colon, value = (piece.strip() for piece in part.partition(":"))
        if not name or (colon and not value):
            raise ValueError(f"“{part[:TEXT_MAX]}” is no tag: write a name, or name:value.")
        if max(len(name), len(value)) > TEXT_MAX:
            raise ValueError(f"A tag's name and value have at most {TEXT_MAX} characters.")
        tags[name] = value or name
        if len(tags) > TAGS_MAX:
            raise ValueError(f"A task has at most {TAGS_MAX} tags.")
    return tags


def is_tagged(text: str) -> Condition:
    """Tasks whose tags show `text`."""
    return statements.any_of([statements.is_tagged(text, text), statements.has_tag_shown(text)])
