"""What a message says to people: a subject, some facts, a link; for mail and chat. Pure: JSON text in, text out."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

RECOVERED = "task.recovered"
CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
DIRECTIONS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message for people, of single lines: whatever a task's name holds, it breaks none of them."""

    subject: str
    opening: str
    facts: tuple[tuple[str, str], ...] = ()
    url: str = ""

    @property
    def text(self) -> str:
        parts = [self.opening, "\n".join(f"{name}: {value}" for name, value in self.facts), self.url]
        return "\n\n".join(filter(None, parts)) + "\n"

    @property
    def html(self) -> str:
        rows = (f"<tr><th align=left>{escape(name)}</th><td>{escape(value)}</td></tr>\n" for name, value in self.facts)
        table = f"<table cellpadding=4>\n{''.join(rows)}</table>\n" if self.facts else ""
        link = f'<p><a href="{escape(self.url)}">{escape(self.url)}</a></p>\n' if self.url else ""
        return f"<!doctype html>\n<title>{escape(self.subject)}</title>\n<p>{escape(self.opening)}</p>\n{table}{link}"


def letter_of(body: str) -> Letter:
    """The letter that says what a message, `{"type", "timestamp", "data"}`, is about."""
    message = json.loads(body, parse_int=str)  # which are shown only, and may have more digits than an `int` takes
    kind, data = message["type"], message["data"]
    when = ("When", line(message["timestamp"]))
    if "task" in data:
        return task_letter(kind, data["task"], line(data["point"]), when)
    if "monitor" in data:
        return monitor_letter({**data, **data["monitor"]}, when)
    return Letter(f"Test of {line(data['integration'])}", line(data["message"]), (when,))


def task_letter(kind: str, task: Mapping[str, Any], point: str, when: tuple[str, str]) -> Letter:
    name, status, project = line(task["name"]), line(task["status"]), place(task)
    if kind == RECOVERED:
        subject, happened = f"{name}: recovered", f"has recovered: it is {status} again"
    elif point == status:
        subject, happened = f"{name}: {status}", f"is {status}"
    else:
        subject, happened = f"{name}: {point} ({status})", f"has reached {point} and is {status}"
    facts = {
        "Task": name,
        "Status": status,
        "Point": point,
        "Progress": progress(task),
        "Project": project,
        "Queue": line(task.get("queue") or ""),
        "External id": line(task.get("external_id") or ""),
    }
    shown = tuple((fact, value) for fact, value in facts.items() if value)
    return Letter(f"[{project}] {subject}", f"The task {name} {happened}.", (*shown, when), line(task["url"]))


def monitor_letter(monitor: Mapping[str, Any], when: tuple[str, str]) -> Letter:
    name, status, project = line(monitor["name"]), line(monitor["status"]), place(monitor)
    facts = {
        "Monitor": name,
        "Status": status,
        "Project": project,
        "Last heard of": line(monitor.get("last_check_in") or "never"),
        "Next due": line(monitor.get("next_due") or ""),
    }
    shown = tuple((fact, value) for fact, value in facts.items() if value)
    subject = f"[{project}] {name}: {status}" if project else f"{name}: {status}"
    return Letter(subject, f"The monitor {name} is {status}.", (*shown, when), line(monitor.get("url") or ""))


def place(shown: Mapping[str, Any]) -> str:
    return "/".join(line(shown[part]) for part in ("organization", "project") if shown.get(part))


def progress(task: Mapping[str, Any]) -> str:
    value, percent = task["value"], task["value_percent"]
    if value is None:
        return ""
    return f"{value} of {task['value_max']}" + (f" ({percent}%)" if percent is not None else "")


def line(text: Any) -> str:
    """As one line: no character is left that could end it, begin a header, or turn around what follows."""
    return " ".join("".join(" " if is_control(letter) else letter for letter in str(text)).split())


def is_control(letter: str) -> bool:
    return unicodedata.category(letter) in CONTROLS or unicodedata.bidirectional(letter) in DIRECTIONS
