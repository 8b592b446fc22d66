"""JSON that is kept and not understood: text on its whole way from a request to the database and back."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RawJSON:
    """Well-formed JSON as it was sent. `taskapi.rest.parsing` makes it of bodies, `of` of Python's values.

    The text is valid UTF-8 and holds no NUL, so both databases keep it: in JSON these are escapes, `\\u0000` and
    `\\ud800`, and stay escapes until somebody parses it.
    """

    text: str

    @classmethod
    def of(cls, value: Any) -> "RawJSON":
        """The JSON of a value, which may be one already."""
        return value if isinstance(value, cls) else cls(json.dumps(value, allow_nan=False, separators=(",", ":")))

    def is_longer_than(self, limit: int) -> bool:
        """Whether it has more bytes, in UTF-8, than `limit`."""
        return len(self.text) * 4 > limit and len(self.text.encode()) > limit
