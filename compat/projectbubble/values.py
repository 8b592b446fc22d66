"""One value of a parameter, as text of a form or as JSON, read strictly: `"1"` and `1` alike, nonsense refused.

Each reader raises Django's `ValidationError` with a text that says what is expected.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from planning import decimals
from planning.amounts import whole_minutes
from tasks.models.task import TEXT_MAX

INT32_MAX = 2**31 - 1
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
MAX_IDS = 1000
WHOLE = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
DAY = re.compile(r"([0-9]{4})(-?)([0-9]{2})\2([0-9]{2})(?: ([0-9]{2}):([0-9]{2}):([0-9]{2}))?", re.ASCII)
NO_DATES = frozenset({"", "0000-00-00 00:00:00", "0000-00-00", "00000000"})
Reader = Callable[[Any], Any]


def refused(text: str) -> ValidationError:
    return ValidationError(text, "invalid")


def text(longest: int | None = None, *, blank: bool = True) -> Reader:
    """Text as it is sent; a number is taken for its digits, null for none."""

    def read(value: Any) -> str:
        if value is None:
            value = ""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise refused("A text is expected.")
        if not (blank or value.strip()):
            raise refused("This may not be blank.")
        if longest is not None and len(value) > longest:
            raise refused(f"At most {longest} characters are kept.")
        return value

    return read


def whole(least: int = INT64_MIN, most: int = INT64_MAX) -> Reader:
    def read(value: Any) -> int:
        is_text = isinstance(value, str) and len(value) <= TEXT_MAX and WHOLE.fullmatch(value.strip())
        if is_text or (isinstance(value, float) and value.is_integer()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise refused(f"A whole number from {least} to {most} is expected.")
        return value

    return read


def flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if (value if isinstance(value, int) else str(value).strip()) in {0, 1, "0", "1"}:
        return bool(int(value))
    raise refused("0 or 1 is expected.")


def one(value: Any) -> bool:
    """Of what can only be done, not undone."""
    try:
        if flag(value):
            return True
    except ValidationError:
        pass
    raise refused("1 is expected.")


def choice(words: Mapping[str, str]) -> Reader:
    """The native word for one of the dialect's, which may be numbers."""

    def read(value: Any) -> str:
        is_word = isinstance(value, (str, int)) and not isinstance(value, bool)
        word = str(value).strip()
        if not is_word or word not in words:
            raise refused(f"One of {', '.join(filter(None, words))} is expected.")
        return words[word]

    return read


def nothing_or(read: Reader) -> Reader:
    """Null means none, as the empty text does."""
    return lambda value: read("" if value is None else value)


def money(value: Any) -> Decimal:
    return decimals.read_money(value.strip() if isinstance(value, str) else value)


def minutes_of(unit: int) -> Reader:
    """So many of a unit of time, as whole minutes."""

    def read(value: Any) -> int:
        if isinstance(value, str):
            value = value.strip()
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise refused("A number is expected.")
        try:
            amount = decimals.read(value)
        except ValidationError:
            raise refused("A number is expected.") from None
        if not 0 <= amount <= INT32_MAX // unit:
            raise refused(f"A number from 0 to {INT32_MAX // unit} is expected.")
        return whole_minutes(amount, unit)

    return read


def moment(value: Any) -> datetime.datetime | None:
    """`yyyymmdd`, or a date as the answers show it; None where it is to be cleared. Days are UTC."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or (isinstance(value, str) and value.strip() in NO_DATES):
        return None
    found = DAY.fullmatch(value.strip()) if isinstance(value, str) else None
    if found:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.group(1, 3, 4, 5, 6, 7))
        try:
            return datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.UTC)
        except ValueError:
            pass
    raise refused("A date is expected: yyyymmdd.")


def date(value: Any) -> datetime.date | None:
    found = moment(value)
    return found.date() if found else None


def ids(key: str) -> Reader:
    """A list of ids, each by itself or in an object under `key`, as the answers show them; also `1,2` as text."""
    number = whole(1)
    shown = {key, key.replace("_id", "_name")}

    def item(value: Any) -> int:
        if isinstance(value, dict):
            if key not in value or not value.keys() <= shown:
                raise refused(f"An id is expected, or an object with {key}.")
            value = value[key]
        try:
            return int(number(value))
        except ValidationError:
            raise refused(f"An id is expected, or an object with {key}.") from None

    def read(value: Any) -> list[int]:
        if value is None:
            return []
        if isinstance(value, str):
            value = [part for part in value.split(",") if part.strip()]
        if not isinstance(value, list):
            value = [value]
        if len(value) > MAX_IDS:
            raise refused(f"At most {MAX_IDS} ids are taken.")
        return list(dict.fromkeys(map(item, value)))

    return read
