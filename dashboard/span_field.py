"""Spans of time as people write them in forms: `15 min`, `1 h 30 min`, `2 days`; whole seconds inside."""

import re
from typing import Any

from django import forms

UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "min": 60,
    "m": 60,
    "minute": 60,
    "h": 3600,
    "hour": 3600,
    "d": 86400,
    "day": 86400,
    "w": 604800,
    "week": 604800,
}
SHOWN = (("week", 604800), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
PART = re.compile(r"\s*([0-9]{1,10})\s*([a-z]+)\s*(?:,|and\b)?", re.IGNORECASE)


class SpanField(forms.CharField):
    """Cleaned, whole seconds, or None for an empty one."""

    def __init__(self, *, least: int = 1, most: int, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)
        self.least, self.most = least, most
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        return in_words(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        seconds = seconds_of(text)
        if seconds is None:
            raise forms.ValidationError(
                "Write a number and its unit: 90 seconds, 15 minutes, 1 hour 30 minutes, 2 days."
            )
        if seconds < self.least:
            raise forms.ValidationError(f"At least {in_words(self.least)}.")
        if seconds > self.most:
            raise forms.ValidationError(f"At most {in_words(self.most)}.")
        return seconds


def seconds_of(text: str) -> int | None:
    """The seconds that a text stands for; None for what is no span of time. A plain 0 needs no unit."""
    if text.strip() == "0":
        return 0
    total, place = 0, 0
    for part in PART.finditer(text):
        unit = part[2].lower()
        seconds = UNITS.get(unit) or UNITS.get(unit.removesuffix("s"))
        if part.start() != place or seconds is None:
            return None
        total, place = total + int(part[1]) * seconds, part.end()
    return total if place and not text[place:].strip() else None


def in_words(seconds: int) -> str:
    """`1 hour 30 minutes`: exact, so that it can be read back."""
    words = []
    for name, size in SHOWN:
        count, seconds = divmod(seconds, size)
        if count:
            words.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(words) or "0"
