"""Custom fields: what an organization adds to its plans, by type; and the values of one plan as JSON text.

The text is `{"<id>": value}` in the order of ids. No number in it was ever a float that differs from what was sent.
"""

import datetime
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from orjson import Fragment

from planning.amounts import short
from planning.custom_values import read_value
from planning.models import CustomField
from planning.models.custom_field import FieldType
from projects.capacity import refuse_beyond
from projects.locks import locked, locked_organization
from projects.models import Membership, Organization
from projects.tenants import keep

FIELDS_MAX = 200  # of one organization: every plan is shown with all of them
WITH_CHOICES = frozenset({FieldType.CHOICE, FieldType.MULTI_CHOICE})


def create_field(organization: Organization, fields: Mapping[str, Any], *, now: datetime.datetime) -> CustomField:
    """A new one of `name`, `type` and, for the types that have them, `choices`.

    Raises `ValidationError` on `name` for one that is taken, on `choices` where they don't fit the type.
    """
    with transaction.atomic():
        organization = locked_organization(organization)
        refuse_beyond(CustomField.objects.filter(organization=organization), "name", FIELDS_MAX)
        row = CustomField(organization=organization, created=now, **fields)
        check_choices(row)
        save(row)
    return row


def change_field(row: CustomField, fields: Mapping[str, Any]) -> CustomField:
    """Changes `name` and `choices`; raises as `create_field` does, and on `type` when another is sent."""
    with transaction.atomic():
        locked_organization(row.organization)
        row = locked(row)
        keep("type", row.type, fields)  # there may be values of it
        row.name = fields.get("name", row.name)
        row.choices = fields.get("choices", row.choices)
        check_choices(row)
        save(row)
    return row


def delete_field(row: CustomField) -> None:
    """Its values are shown no more, and go when their plan is next written."""
    row.delete()


def check_choices(row: CustomField) -> None:
    if row.type in WITH_CHOICES and not row.choices:
        text = f"A field of type “{row.type}” has one choice at least."
        raise ValidationError({"choices": ValidationError(text, "required")})
    if row.type not in WITH_CHOICES and row.choices:
        raise ValidationError({"choices": ValidationError(f"A field of type “{row.type}” has none.", "invalid")})


def save(row: CustomField) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        text = f"The organization has a custom field “{row.name}” already."
        raise ValidationError({"name": ValidationError(text, "unique")}) from None


def definitions_of(organization: Organization | int) -> list[CustomField]:
    """One statement: all custom fields of an organization, the oldest first."""
    return list(CustomField.objects.filter(organization=organization).order_by("pk"))


def shown(stored: str, definitions: Sequence[CustomField]) -> list[tuple[CustomField, Any]]:
    """Each definition with its value as JSON shows it, or None. Asks the database for nothing."""
    if stored == "{}":
        return [(definition, None) for definition in definitions]
    values = json.loads(stored, parse_float=Fragment)
    return [(definition, values.get(str(definition.pk))) for definition in definitions]


def checked_values(organization_id: int, values: Mapping[str, Any], stored: str) -> str:
    """The stored text with `values` laid over it, by id as text; null removes one.

    Values whose definition is gone are dropped; one that is sent as it is stays, also where it would be refused by
    now: a choice that there is no more, a person who has left. Raises `ValidationError` on `custom_fields.<id>` for
    each that is unknown or not of its type. Two statements at most.
    """
    definitions = {str(row.pk): row for row in definitions_of(organization_id)}
    merged = {name: value for name, value in json.loads(stored, parse_float=Decimal).items() if name in definitions}
    known = json.loads(stored)
    errors: dict[str, ValidationError] = {}
    people: dict[str, int] = {}
    for name, sent in values.items():
        definition = definitions.get(name)
        if name in merged and known[name] == sent and type(known[name]) is type(sent):
            continue
        try:
            if definition is None:
                raise ValidationError("There is no such custom field.", "unknown")
            merged[name] = None if sent is None else read_value(definition, sent)
        except ValidationError as error:
            errors[f"custom_fields.{name}"] = error
        else:
            if definition.type == FieldType.PERSON and sent is not None:
                people[name] = merged[name]
    errors |= strangers(organization_id, people)
    if errors:
        raise ValidationError(errors)
    return written({int(name): value for name, value in merged.items() if value is not None})


def strangers(organization_id: int, people: Mapping[str, int]) -> dict[str, ValidationError]:
    """An error for each who is no member."""
    if not people:
        return {}
    found = Membership.objects.filter(organization=organization_id, user__in=set(people.values()))
    members = set(found.values_list("user_id", flat=True))
    return {
        f"custom_fields.{name}": ValidationError(f"There is no member {user_id}.", "does_not_exist")
        for name, user_id in people.items()
        if user_id not in members
    }


def written(values: Mapping[int, Any]) -> str:
    parts = {
        str(number): Fragment(short(values[number])) if isinstance(values[number], Decimal) else values[number]
        for number in sorted(values)
    }
    return orjson.dumps(parts).decode()
