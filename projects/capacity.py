"""How many rows there may be of what is listed without pages."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Manager, QuerySet

ROWS_MAX = 1000


def refuse_beyond(rows: QuerySet[Any] | Manager[Any], field: str, most: int = ROWS_MAX) -> None:
    """Raises `ValidationError` on `field` if no row may be added to these.

    The caller holds a lock on what the rows belong to, so that two additions at once can't both be the last.
    """
    if rows.count() >= most:
        raise ValidationError({field: ValidationError(f"There may be at most {most}.", "max_length")})
