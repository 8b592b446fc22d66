"""Serializer fields that take a value of the documented JSON type alone: no `"5"` for 5, no 5 for `"5"`.

Text, lists and objects are bounded: their size is a part of the document, and is checked before their parts are.
"""

import json
from typing import Any

from django.core.validators import MaxLengthValidator
from rest_framework import serializers

INT64_MAX = 2**63 - 1
SETTINGS_NAMES = 20
SETTINGS_BYTES = 10_000


class Text(serializers.CharField):
    """A JSON string, kept as sent."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class Integer(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, (int, float)) or data != data // 1:
            self.fail("invalid")
        return int(data)


class Boolean(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Choice(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class UUID(serializers.UUIDField):
    """A UUID as text; an integer, which the base class takes too, is refused."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """An ISO 8601 date and time as text; without an offset, it is UTC."""

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            self.fail("invalid", format="YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]")
        return super().to_internal_value(value)


class Items(serializers.ListField):
    """A JSON array of at most `max_length` items, counted before any of them is checked."""

    max_length: int

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class Names(serializers.DictField):
    """A JSON object of at most `max_length` free names, counted before any of its values is checked."""

    default_error_messages = {"max_length": "Ensure this field has no more than {max_length} names."}

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length = max_length
        self.validators.append(MaxLengthValidator(max_length))  # for the document, which says `maxProperties`

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if isinstance(data, dict) and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


class Settings(Names):
    """A small JSON object: at most `SETTINGS_NAMES` names, and `SETTINGS_BYTES` bytes of JSON in all."""

    default_error_messages = {"max_bytes": "Ensure this field has no more than {max_bytes} bytes of JSON."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=SETTINGS_NAMES, **kwargs)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        kept = super().to_internal_value(data)
        if len(json.dumps(kept, ensure_ascii=False).encode(errors="surrogatepass")) > SETTINGS_BYTES:
            raise serializers.ValidationError(
                self.error_messages["max_bytes"].format(max_bytes=SETTINGS_BYTES), "max_length"
            )
        return kept
