"""Custom fields on the pages of a task: each as a field of a form, by its type; and its value in words."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from dashboard.task_fields import day, on_wire
from planning.amounts import short
from planning.models import CustomField
from planning.models.custom_field import FieldType

NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
AMOUNT = re.compile(r"(\S+)\s+([A-Za-z]{3})")
YES_OR_NO = (("", "not said"), ("yes", "yes"), ("no", "no"))
People = Mapping[int, str]


class NumberText(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and not NUMBER.fullmatch(text):
            raise forms.ValidationError("Write a number: 12, or 12.5.", "invalid")
        return (Decimal(text) if "." in text else int(text)) if text else None


class AmountText(forms.CharField):
    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = AMOUNT.fullmatch(text)
        if text and not found:
            raise forms.ValidationError("Write an amount and its currency: 12.50 EUR.", "invalid")
        return {"amount": found[1], "currency": found[2].upper()} if found else None


def name_of(definition: CustomField) -> str:
    """What a form calls its field."""
    return f"custom_{definition.pk}"


def field_of(definition: CustomField, value: Any, people: People) -> forms.Field:
    """value: what is there; it can be kept, also where it could not be chosen any more."""
    common: dict[str, Any] = {"label": definition.name, "required": False}
    match FieldType(definition.type):
        case FieldType.NUMBER:
            return NumberText(**common, max_length=100)
        case FieldType.DATE:
            return day(definition.name)
        case FieldType.BOOLEAN:
            return forms.ChoiceField(choices=YES_OR_NO, **common)
        case FieldType.CHOICE:
            return forms.ChoiceField(choices=[("", "none"), *pairs(definition.choices, [value])], **common)
        case FieldType.MULTI_CHOICE:
            chosen = pairs(definition.choices, value or [])
            return forms.MultipleChoiceField(choices=chosen, widget=forms.CheckboxSelectMultiple, **common)
        case FieldType.PERSON:
            known = people if value is None else {value: "somebody who has left", **people}
            choices = [("", "nobody"), *((str(user_id), name) for user_id, name in known.items())]
            return forms.TypedChoiceField(choices=choices, coerce=int, empty_value=None, **common)
        case FieldType.CURRENCY:
            return AmountText(**common, max_length=100, help_text="With its currency: 12.50 EUR.")
        case _:
            return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), strip=False, **common)


def pairs(choices: Sequence[str], kept: Sequence[str | None]) -> list[tuple[str, str]]:
    return [(each, each) for each in dict.fromkeys([*choices, *filter(None, kept)])]


def sent_of(definition: CustomField, cleaned: Any) -> Any:
    """What the API would be sent; None for what is empty."""
    if definition.type == FieldType.BOOLEAN:
        return {"yes": True, "no": False}.get(cleaned)
    return on_wire(cleaned) if cleaned or cleaned == 0 else None


def values_of(stored: str) -> dict[str, Any]:
    """By the definition's id as text; numbers with a fraction as they were written."""
    values: dict[str, Any] = json.loads(stored, parse_float=Decimal)
    return values


def shown_in_form(definition: CustomField, value: Any) -> Any:
    """What stands in the form's field at first."""
    if definition.type == FieldType.MULTI_CHOICE:
        return value or []
    if value is None:
        return ""
    return str(value) if definition.type == FieldType.PERSON else in_words(definition, value, {})


def in_words(definition: CustomField, value: Any, people: People) -> str:
    words: Mapping[str, Callable[[], str]] = {
        FieldType.BOOLEAN: lambda: "yes" if value else "no",
        FieldType.MULTI_CHOICE: lambda: ", ".join(value),
        FieldType.PERSON: lambda: people.get(value, "somebody who has left"),
        FieldType.CURRENCY: lambda: f"{value['amount']} {value['currency']}",
        FieldType.NUMBER: lambda: short(value) if isinstance(value, Decimal) else str(value),
    }
    return words.get(definition.type, lambda: str(value))()
