"""The text of a message, put together from what its deliveries share and what each of them has of its own.

No part of it is ever parsed: what tasks carry in `data` goes out as it came in.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from integrations.models import Delivery

DATA = '"data":{'  # stands in a delivery's own part once before its `data`: a type and a timestamp can't contain it


def text_of(value: Mapping[str, Any]) -> str:
    """A JSON object as text. value: may contain `orjson.Fragment`."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z).decode()


def joined(own: str, shared: str) -> str:
    """The whole message. own: all but the members that `shared`, an object with one at least, puts into its `data`."""
    head, data, rest = own.partition(DATA)
    return "".join((head, data, shared[1:-1], "" if rest.startswith("}") else ",", rest))


def body_of(delivery: Delivery) -> str:
    """The message of a delivery that came with its `shared_body`: the same bytes at each attempt."""
    return joined(delivery.body, delivery.shared_body.text) if delivery.shared_body else delivery.body
