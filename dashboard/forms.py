"""Forms call the verbs that the API calls, and show what these refuse beside the field that it is about."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError


def carried_out(
    form: forms.Form, verb: Callable[[dict[str, Any]], Any], names: Mapping[str, str] | None = None
) -> bool:
    """Whether the form was right and the verb did what it says; else the form holds the errors.

    names: the form's field for a verb's field, where they differ. `config.url` is the form's `url`, where it has one.
    """
    if not form.is_valid():
        return False
    try:
        verb(form.cleaned_data)
    except ValidationError as error:
        for field, errors in as_dict(error).items():
            own = (names or {}).get(field, field)
            if own not in form.fields:
                own = own.rpartition(".")[2]
            form.add_error(own if own in form.fields else None, errors)
        return False
    return True


def as_dict(error: ValidationError) -> dict[str, Any]:
    return dict(error.error_dict) if hasattr(error, "error_dict") else {"": error.error_list}
