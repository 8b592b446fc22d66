"""The samples of the GoodDay documentation, from its own text, and what a test makes of them."""

import datetime
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parent / "documents" / "goodday.txt"
# In the order of the document. Its sample of a PATCH has a comma too many.
NAMES = (
    *("list", "detail", "detail_404", "work_times", "work_times_404"),
    *("patch_body", "patch", "patch_404", "put_422"),
)
MOMENTS = ("created_at", "updated_at", "closed_at")


@cache
def samples() -> dict[str, Any]:
    text = re.sub(r",(\s*})", r"\1", DOCUMENT.read_text())
    decoder, found, position = json.JSONDecoder(), [], 0
    while (start := text.find("\n{\n", position)) >= 0:
        body, position = decoder.raw_decode(text, start + 1)
        found.append(body)
    return dict(zip(NAMES, found, strict=True))


def in_utc(task: dict[str, Any]) -> dict[str, Any]:
    """The sample of a task as we show it: moments in UTC, but for the one that is shown as it came."""
    moments = {name: utc(task[name]) for name in MOMENTS if task[name]}
    return {**task, **moments}


def utc(text: str) -> str:
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S%z")


def listed() -> list[tuple[list[str], dict[str, str]]]:
    """The document's sortings, and its filters with their types."""
    text = DOCUMENT.read_text()
    sortings = re.search(r"^\| Sorting \| (.*) \|$", text, re.M)[1].split(",")
    filters = re.search(r"^\| Filters \| (.*) \|$", text, re.M)[1].split(",")
    pairs = dict(part.split(":") for part in filters)
    return [name.strip() for name in sortings], {name.strip(): kind.strip() for name, kind in pairs.items()}


def embeddable() -> list[str]:
    """The document's embeddable fields: their table has three columns, and ends where the next word is no row."""
    table = DOCUMENT.read_text().split("Embeddable fields", 1)[1].split("Content", 1)[0]
    rows = [line for line in table.splitlines() if line.endswith("|")][2:]
    return [row.split("|")[0].strip() for row in rows]
