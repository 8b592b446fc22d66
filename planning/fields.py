"""Serializer fields of planned work: days, money, and moments that keep their offset. Strict: `taskapi.rest.fields`."""

import datetime
import re
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import RegexValidator
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from planning.custom_values import TEXT_MAX
from planning.decimals import PLACES, WHOLE_DIGITS, read_money
from planning.models.custom_field import CHOICE_MAX, CHOICES_MAX
from taskapi.rest.errors import error_details
from taskapi.rest.fields import INT64_MAX, Integer, Moment, Text

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MONEY_TEXT = {
    "type": "string",
    "pattern": rf"^[0-9]{{1,{WHOLE_DIGITS}}}(\.[0-9]{{1,{PLACES}}})?$",
    "examples": ["12.50"],
}
AMOUNT = {"oneOf": [MONEY_TEXT, {"type": "number", "minimum": 0}]}
is_currency = RegexValidator(r"\A[A-Z]{3}\Z", "Give an ISO 4217 code of three capital letters.")


class Day(serializers.DateField):
    """A day as text, `YYYY-MM-DD` alone; one that no calendar has is refused."""

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not DAY.fullmatch(value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


@extend_schema_field(AMOUNT)
class Money(serializers.Field[Any, Any, Any, Any]):
    """An amount of 0 or more, as text or as a JSON number; becomes a `Decimal`."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return read_money(data)
        except DjangoValidationError as error:
            raise serializers.ValidationError(error.message, error.code) from None


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2,4}$"})
class MoneyShown(serializers.CharField):
    """An amount as it is shown: with two places at least. A sum may be of any size."""


@extend_schema_field(
    {
        "anyOf": [
            {"type": "string", "maxLength": TEXT_MAX},
            {"type": ["number", "boolean", "null"]},
            {"type": "array", "maxItems": CHOICES_MAX, "items": {"type": "string", "maxLength": CHOICE_MAX}},
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["amount", "currency"],
                "properties": {"amount": AMOUNT, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
            },
        ]
    }
)
class CustomValue(serializers.Field[Any, Any, Any, Any]):
    """The value of a custom field; whether it is of the field's type is for the verbs to say."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class Currency(Text):
    """A currency's code: its form is checked, not whether there is such a one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[is_currency], **kwargs)


class MomentWithOffset(Moment):
    """A moment that is not brought to UTC: it is to be shown with the offset that it came with."""

    def to_internal_value(self, value: Any) -> Any:
        in_utc = super().to_internal_value(value)
        sent = parse_datetime(value)
        offset = sent.utcoffset() if sent else None
        if sent is None or offset is None:
            return in_utc
        if offset % datetime.timedelta(minutes=1):
            self.fail("invalid", format="YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]")
        return sent


class Id(Integer):
    """The number of a row; whether there is such a one is for the verbs to say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=INT64_MAX, **kwargs)


class NamingAll(serializers.Serializer[Any]):
    """Names what the database refuses along with what is malformed, not only once the rest is right."""

    def unknown(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Errors by field, of fields that are well-formed, as they were sent."""
        raise NotImplementedError

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        try:
            fields: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(data, dict) or not isinstance(error.detail, dict):
                raise
            good = {name: data[name] for name in self.fields.keys() & data.keys() - error.detail.keys()}
            raise serializers.ValidationError({**self.unknown(good), **error.detail}) from None
        return fields

    def whole(self, error: DjangoValidationError, fields: dict[str, Any]) -> serializers.ValidationError:
        """What a verb has refused, which stops at the first, with all else that it would have."""
        return serializers.ValidationError({**error_details(error), **self.unknown(fields)})
