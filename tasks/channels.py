"""Which channels an action may name, and what each asks of the action's `config`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

MAX_RECIPIENTS = 5


def check_config(integration: str, config: Any) -> None:
    """Raises `ValidationError` on `integration` for an unknown channel, on `config` for what the channel can't use."""
    if integration != "email":
        raise ValidationError({"integration": ValidationError(f"There is no channel “{integration}”.", "unknown")})
    to = config.get("to") if isinstance(config, dict) else None
    if not isinstance(to, str):
        raise refused('An e-mail needs recipients: {"to": "a@example.org, b@example.org"}.')
    addresses = [address.strip() for address in to.split(",")]
    if len(addresses) > MAX_RECIPIENTS:
        raise refused(f"At most {MAX_RECIPIENTS} recipients are allowed.")
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError:
            raise refused(f"“{address}” is no e-mail address.") from None


def refused(text: str) -> ValidationError:
    return ValidationError({"config": ValidationError(text, "invalid")})
