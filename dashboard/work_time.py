"""Time that people have worked, in whole minutes: as they write it (`90`, `1:30`, `1.5 h`, `1 h 30 min`), and in words.

A day is left out on purpose: nobody knows how many hours one has.
"""

import re
from decimal import Decimal
from typing import Any

from django import forms

from planning.amounts import whole_minutes

PLAIN = re.compile(r"-?[0-9]{1,12}")
CLOCK = re.compile(r"([0-9]{1,9}):([0-5][0-9])")
HOURS = re.compile(r"([0-9]{1,9}[.,][0-9]{1,4})\s*(?:h|hours?)")
PARTS = re.compile(r"(?:([0-9]{1,9})\s*(?:h|hours?))?\s*(?:([0-9]{1,12})\s*(?:m|min|minutes?))?")
HOW = "Write minutes, or hours and minutes: 90, 1:30, 1.5 h, 1 h 30 min."


class WorkTimeField(forms.CharField):
    """Cleaned, whole minutes, or None for an empty one. A correction may be below zero: `-30`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=50, **kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return str(value) if value < 0 else in_words(value)
        return value

    def to_python(self, value: Any) -> Any:
        text = value if isinstance(value, int) else super().to_python(value)
        if isinstance(text, int) or not text:
            return text if isinstance(text, int) else None
        minutes = minutes_of(text)
        if minutes is None:
            raise forms.ValidationError(HOW, "invalid")
        return minutes

    def run_validators(self, value: Any) -> None:
        """Those of text have nothing to say of a number."""


def minutes_of(text: str) -> int | None:
    """The minutes that a text stands for; None for what is no time."""
    text = text.strip().lower()
    if PLAIN.fullmatch(text):
        return int(text)
    if clock := CLOCK.fullmatch(text):
        return int(clock[1]) * 60 + int(clock[2])
    if hours := HOURS.fullmatch(text):
        return whole_minutes(Decimal(hours[1].replace(",", ".")))
    parts = PARTS.fullmatch(text)
    return int(parts[1] or 0) * 60 + int(parts[2] or 0) if text and parts else None


def in_words(minutes: int) -> str:
    """`1 h 30 min`: exact, so that it can be read back."""
    hours, rest = divmod(abs(minutes), 60)
    words = " ".join([f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0 or not hours))
    return f"\N{MINUS SIGN}{words}" if minutes < 0 else words
