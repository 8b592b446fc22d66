"""The form of what is stored: which of its fields the person changed, however often the form was refused before."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms

SHOWN = "first_shown"
NEW_LINE = re.compile(r"\r\n?|\n")
GONE = (
    "A field that you filled in does not exist any more. What you entered there can't be saved. Check the other fields "
    "and save again."
)


class FirstShown(forms.CharField):
    """The marks that a page carries. The form writes them, whatever was sent."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class ChangeForm(forms.Form):
    """A form of which only what the person changed is written: programs may change the rest meanwhile.

    The page carries a mark of each field as it was first shown, from the first display to the save that succeeds. A
    field is changed if it differs from its mark. So a refused attempt hides no change, and what is stored meanwhile by
    others is none.
    """

    first_shown = FirstShown(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned.pop(SHOWN, None)
        if any(self.is_lost(name) for name in self.carried.keys() - self.fields.keys()):
            self.add_error(None, GONE)
        return cleaned

    @cached_property
    def changed_data(self) -> list[str]:
        return [name for name in self.fields if name != SHOWN and self.is_changed(name)]

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        return json.dumps(self.marks) if field_name == SHOWN else super().get_initial_for_field(field, field_name)

    def was_shown(self, name: str) -> bool:
        """Return whether the page that was sent had a field of this name."""
        return name in self.carried

    def is_changed(self, name: str) -> bool:
        widget, own = self.fields[name].widget, self.add_prefix(name)
        if widget.value_omitted_from_data(self.data, self.files, own):
            return False
        return bool(mark_of(widget, widget.value_from_datadict(self.data, self.files, own)) != self.marks[name])

    def is_lost(self, name: str) -> bool:
        """Return whether the person changed a field that the form does not have any more."""
        texts = forms.SelectMultiple().value_from_datadict(self.data, self.files, self.add_prefix(name)) or []
        return any(texts) and self.carried[name] not in {digest(texts, ""), digest(texts, "\n")}

    @cached_property
    def carried(self) -> Mapping[str, Any]:
        """The marks that were sent: none with a first display, or by a program that sends a form of its own."""
        try:
            marks = json.loads(self.data.get(self.add_prefix(SHOWN), ""))
        except (ValueError, RecursionError):
            return {}
        return marks if isinstance(marks, dict) else {}

    @cached_property
    def marks(self) -> Mapping[str, Any]:
        """The mark of each field as it was first shown; where none was sent, as what is stored is shown."""
        made = {name: self.mark_now(name) for name in self.fields if name != SHOWN and name not in self.carried}
        return {name: made.get(name) or self.carried[name] for name in self.fields if name != SHOWN}

    def mark_now(self, name: str) -> str:
        bound = self[name]
        # Of a field that the first page did not have, this is the first display.
        value = bound.value() if self.carried else bound.field.prepare_value(bound.initial)
        return mark_of(bound.field.widget, value)


def mark_of(widget: forms.Widget, value: Any) -> str:
    """Return the mark of what a browser sends for a widget that shows `value`, or of what it has sent."""
    if isinstance(widget, forms.CheckboxInput):
        return digest(["on"] if widget.check_test(value) else [], "")
    shown: Any = widget.format_value(value)
    texts = shown if isinstance(shown, (list, tuple)) else [shown]
    # Browsers send the ends of lines as CR LF, and keep none in a field of one line.
    return digest(["" if text is None else str(text) for text in texts], "\n" * isinstance(widget, forms.Textarea))


def digest(texts: Sequence[str], end_of_line: str) -> str:
    plain = sorted(NEW_LINE.sub(end_of_line, text) for text in texts)
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:16]
