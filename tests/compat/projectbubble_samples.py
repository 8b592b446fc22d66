"""ProjectBubble's document as it is: its sample responses, example calls and parameters, read from its own text."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

# It is copied from a page, whose indents are non-breaking spaces.
TEXT = (Path(__file__).parent / "documents" / "projectbubble.txt").read_text().replace("\xa0", " ")
HEADINGS = ("Get Tasks", "Create Task", "Update Task", "Delete Task", "Complete Task", "Resume Task")
CALL = re.compile(
    r'curl -X (?P<method>\w+) "https://api\.projectbubble\.com(?P<path>[^"]+)"\n'
    r'-H "domain: (?P<domain>[^"]+)"\n-H "key: (?P<key>[^"]+)"(?:\n-d \'(?P<body>[^\']*)\')?'
)


class Call(NamedTuple):
    """One curl line; `body` "" where it has none."""

    heading: str
    method: str
    path: str
    domain: str
    body: str


def sections() -> dict[str, str]:
    """The text under each heading."""
    starts = [TEXT.index(f"\n{heading}\n\n") for heading in HEADINGS]
    return {
        heading: TEXT[start:end] for heading, start, end in zip(HEADINGS, starts, [*starts[1:], len(TEXT)], strict=True)
    }


def samples(heading: str) -> list[Any]:
    """The bodies of its sample responses."""
    found = re.finditer(r"Sample Response.*\n\n(?=[\[{])", sections()[heading])
    decoder = json.JSONDecoder()
    return [decoder.raw_decode(sections()[heading], match.end())[0] for match in found]


def calls() -> list[Call]:
    return [
        Call(heading, match["method"], match["path"], match["domain"], match["body"] or "")
        for heading, text in sections().items()
        for match in CALL.finditer(text)
    ]


def parameters(heading: str) -> list[str]:
    """The names of its parameters, those within lists left out."""
    return re.findall(r"^  • (\w+) [-=]", sections()[heading], re.M)


def shape(value: Any) -> Any:
    """Names in their order, and the type of each value; of a list, that of its items."""
    if isinstance(value, dict):
        return [(name, shape(inner)) for name, inner in value.items()]
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value)
