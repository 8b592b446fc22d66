"""A value of a custom field as it is sent, checked by the field's type and brought into the form that is stored."""

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from planning.amounts import money, short
from planning.decimals import read_money
from planning.models import CustomField
from planning.models.custom_field import FieldType

TEXT_MAX = 10_000
DIGITS_MAX = 15  # all that a float, which JSON numbers with a fraction are read as, keeps
INT64 = range(-(2**63), 2**63)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CURRENCY = re.compile(r"[A-Z]{3}")
NO_CURRENCY = "Give an ISO 4217 code of three capital letters."


def read_value(definition: CustomField, sent: Any) -> Any:
    """What is stored: JSON, but that a number with a fraction is a `Decimal`. Raises `ValidationError`."""
    return READERS[FieldType(definition.type)](definition, sent)


def text(definition: CustomField, sent: Any) -> str:
    if not isinstance(sent, str):
        raise ValidationError("This is not text.", "invalid")
    if len(sent) > TEXT_MAX:
        raise ValidationError(f"This is longer than {TEXT_MAX} characters.", "max_length")
    return sent


def number(definition: CustomField, sent: Any) -> int | Decimal:
    if isinstance(sent, bool) or not isinstance(sent, (int, float, Decimal)):
        raise ValidationError("This is not a number.", "invalid")
    if isinstance(sent, int):
        if sent not in INT64:
            raise ValidationError("Integers must fit in 64 bits.", "max_value")
        return sent
    exact = Decimal(repr(sent)) if isinstance(sent, float) else sent
    if not exact.is_finite() or abs(exact.adjusted()) > DIGITS_MAX or digits(exact) > DIGITS_MAX:
        raise ValidationError(f"A number with a fraction has at most {DIGITS_MAX} digits.", "max_digits")
    return int(exact) if exact == exact.to_integral_value() else exact


def digits(exact: Decimal) -> int:
    return len(short(exact).lstrip("-").replace(".", ""))


def date(definition: CustomField, sent: Any) -> str:
    if not isinstance(sent, str) or not DAY.fullmatch(sent):
        raise ValidationError("Give a day as YYYY-MM-DD.", "invalid")
    try:
        datetime.date.fromisoformat(sent)
    except ValueError:
        raise ValidationError("There is no such day.", "invalid") from None
    return sent


def boolean(definition: CustomField, sent: Any) -> bool:
    if not isinstance(sent, bool):
        raise ValidationError("This is neither true nor false.", "invalid")
    return sent


def choice(definition: CustomField, sent: Any) -> str:
    if not isinstance(sent, str) or sent not in definition.choices:
        raise ValidationError("This is none of the choices.", "invalid_choice")
    return sent


def choices(definition: CustomField, sent: Any) -> list[str]:
    if not isinstance(sent, list):
        raise ValidationError("Give a list of choices.", "not_a_list")
    if len(sent) > len(definition.choices):
        raise ValidationError(f"There are {len(definition.choices)} choices, each may be given once.", "max_length")
    chosen = [choice(definition, each) for each in sent]
    if len(set(chosen)) < len(chosen):
        raise ValidationError("Each choice may be given once.", "repeated")
    return chosen


def person(definition: CustomField, sent: Any) -> int:
    """Whether he is a member is asked for all persons at once."""
    if isinstance(sent, bool) or not isinstance(sent, int):
        raise ValidationError("Give the id of a member's user.", "invalid")
    if sent not in INT64:
        raise ValidationError(f"There is no member {sent}.", "does_not_exist")
    return sent


def currency(definition: CustomField, sent: Any) -> dict[str, str]:
    if not isinstance(sent, dict) or set(sent) != {"amount", "currency"}:
        raise ValidationError('Give {"amount": "12.50", "currency": "EUR"}.', "invalid")
    if not isinstance(sent["currency"], str) or not CURRENCY.fullmatch(sent["currency"]):
        raise ValidationError(NO_CURRENCY, "invalid")
    return {"amount": money(read_money(sent["amount"])), "currency": sent["currency"]}


READERS: Mapping[FieldType, Callable[[CustomField, Any], Any]] = {
    FieldType.TEXT: text,
    FieldType.NUMBER: number,
    FieldType.DATE: date,
    FieldType.BOOLEAN: boolean,
    FieldType.CHOICE: choice,
    FieldType.MULTI_CHOICE: choices,
    FieldType.PERSON: person,
    FieldType.CURRENCY: currency,
}
