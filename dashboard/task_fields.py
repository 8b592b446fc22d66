"""What the forms of a task are made of: fields for its tags and data, and checks by the serializers of the API."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from rest_framework.exceptions import APIException
from rest_framework.serializers import Serializer

from taskapi.rest import parsing
from taskapi.rest.raw_json import RawJSON
from tasks.serializers import DATA_BYTES


class Lines(forms.CharField):
    """Tags: each on a line of its own, `name: value`; or as a JSON object, which takes any name."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if text.startswith("{"):
            return read_by(parsing.parsed, text)
        tags: dict[str, str] = {}
        for line in filter(None, (line.strip() for line in text.splitlines())):
            name, colon, tag = line.partition(":")
            if not colon or not name.strip() or not tag.strip():
                raise forms.ValidationError(f"“{line[:100]}” is no tag: write one on each line, as name: value.")
            if name.strip() in tags:
                raise forms.ValidationError(f"The tag “{name.strip()[:100]}” is there twice.")
            tags[name.strip()] = tag.strip()
        return tags


class JSONText(forms.CharField):
    """Any JSON, as the API takes it."""

    widget = forms.Textarea(attrs={"rows": 8, "spellcheck": "false"})

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        if not text:
            return None
        sent: RawJSON = read_by(parsing.raw, text)
        if sent.is_longer_than(DATA_BYTES):
            raise forms.ValidationError("This is more than 1 MB of JSON, which is not stored.")
        return sent


def read_by(read: Callable[[bytes], Any], text: str) -> Any:
    """What a reader of bodies makes of the text; raises Django's `ValidationError` where it refuses."""
    try:
        return read(text.encode())
    except APIException as error:
        raise forms.ValidationError(texts_of(error.detail) or ["This is not JSON."]) from None


def day(label: str, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **{"required": False, **more})


def on_wire(value: Any) -> Any:
    """Forms send the ends of lines as old printers wanted them."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def checked(form: forms.Form, serializer: Serializer[Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What a serializer of the API makes of its data; what it refuses is added to the form.

    names: the form's field for one of the serializer's, where they differ.
    """
    if serializer.is_valid():
        fields: dict[str, Any] = serializer.validated_data
        return fields
    for field, detail in serializer.errors.items():
        own = names.get(str(field), str(field))
        form.add_error(own if own in form.fields else None, texts_of(detail))
    return {}


def texts_of(detail: Any) -> list[str]:
    """Every sentence in errors of any depth."""
    if isinstance(detail, Mapping):
        return [text for inner in detail.values() for text in texts_of(inner)]
    if isinstance(detail, (list, tuple)):
        return [text for inner in detail for text in texts_of(inner)]
    return [str(detail)]
