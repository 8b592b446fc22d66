"""Django's SQLite backend with one function that its SQL lacks: arithmetic beyond 64 bits."""

from typing import Any

from django.db.backends.sqlite3 import base

DIGITS = 24  # of a percentage: 100 times the greatest integer, and some


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: Any) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.create_function("taskapi_percent", 2, percent, deterministic=True)
        return connection


def percent(value: int | None, value_max: int | None) -> str | None:
    """Whole percent, rounded down, as text of `DIGITS` digits, which sorts as its number; None where there is none."""
    return None if value is None or not value_max else f"{100 * value // value_max:0{DIGITS}}"
