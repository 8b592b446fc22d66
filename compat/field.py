"""One field of a dialect: what the answers are built from, and the field map of the documentation is written from."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Field(NamedTuple):
    """name: on the dialect's wire. lives: where in the native API. converts: how, in a few words, "" where it is as is.

    use: of an answer's field, what makes it of a row; of a request's, what reads it.
    """

    name: str
    lives: str
    converts: str
    use: Callable[..., Any]
