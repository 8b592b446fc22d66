"""Money as it is sent: decimal text `"12.50"`, or a JSON number. Never negative, and never rounded."""

import re
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

PLACES = 4
WHOLE_DIGITS = 11
WRITTEN = re.compile(r"[0-9]{1,64}(\.[0-9]{1,64})?")


def read_money(sent: Any) -> Decimal:
    """Raises `ValidationError` for what is no number, is negative, or has more digits than are kept."""
    if isinstance(sent, bool) or not isinstance(sent, (str, int, float, Decimal)):
        raise ValidationError("Give an amount as text: “12.50”.", "invalid")
    amount = read(sent)
    if amount < 0:
        raise ValidationError("An amount is 0 or more.", "min_value")
    if amount >= 10**WHOLE_DIGITS:
        raise ValidationError(f"An amount has at most {WHOLE_DIGITS} digits before its point.", "max_whole_digits")
    kept = amount.quantize(Decimal(1).scaleb(-PLACES))
    if kept != amount:
        raise ValidationError(f"An amount has at most {PLACES} digits after its point.", "max_decimal_places")
    return abs(kept)  # there is a -0


def read(sent: str | float | Decimal) -> Decimal:
    """A number as JSON has it; a float, by the shortest text that means it: what was sent, of up to 15 digits."""
    text = repr(sent) if isinstance(sent, float) else str(sent)
    if isinstance(sent, str) and not WRITTEN.fullmatch(text.removeprefix("-")):
        raise ValidationError("Give an amount as text: “12.50”.", "invalid")
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValidationError("Give an amount as text: “12.50”.", "invalid")
    return amount
