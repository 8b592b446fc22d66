"""JSON bodies, strictly: what one of the databases can't keep, or would keep otherwise, is refused by name."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import JSONParser

MAX_DEPTH = 100
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
INT64 = range(-(2**63), 2**63)

# Only a body that holds one of these can hold a surrogate, a NUL, an integer over int64 or a float over its range.
SUSPICIOUS = re.compile(rb"\\u|[0-9]{19}|[eE]\+?[0-9]{3}")
SURROGATE = re.compile("[\ud800-\udfff]")


class StrictJSONParser(JSONParser):
    """Parses a JSON body of any top-level type.

    Raises `ParseError` (400) for what is no JSON, NaN and Infinity included, or is nested deeper than `MAX_DEPTH`;
    `ValidationError` (400) that names the place of a NUL character, a lone surrogate, or a number out of range.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        if str((parser_context or {}).get("encoding", "utf-8")).lower() not in UTF_8:
            # Python knows a hundred text encodings, and among them some that take half a minute for a megabyte.
            raise ParseError("JSON parse error - JSON is UTF-8")
        body: bytes = stream.read()
        suspicious = body.count(b"[") + body.count(b"{") > MAX_DEPTH or SUSPICIOUS.search(body) is not None
        try:
            value = json.loads(body.decode(), parse_constant=refuse_constant)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deep") from None
        except json.JSONDecodeError as error:
            raise ParseError(f"JSON parse error - {error}") from None
        except UnicodeDecodeError:
            raise ParseError("JSON parse error - JSON is UTF-8") from None
        except ValueError:  # Python's own limit, and its advice how to lift it
            raise ParseError("JSON parse error - a number has too many digits") from None
        if suspicious:
            refuse_what_no_database_keeps(value)
        return value


def refuse_constant(name: str) -> NoReturn:
    raise ParseError(f"JSON parse error - {name} is not JSON")


def refuse_what_no_database_keeps(value: Any) -> None:
    for path, leaf in leaves(value):
        attr = ".".join(path) or "non_field_errors"
        if isinstance(leaf, str):
            if "\x00" in leaf:
                raise refusal(attr, "Null characters are not allowed.", "null_characters_not_allowed")
            if SURROGATE.search(leaf):
                raise refusal(attr, "Lone surrogates are not text.", "surrogate_characters_not_allowed")
        elif isinstance(leaf, float):
            if not math.isfinite(leaf):
                raise refusal(attr, "This number is out of range.", "max_value")
        elif isinstance(leaf, int) and leaf not in INT64:
            raise refusal(attr, "Integers must fit in 64 bits.", "max_value" if leaf > 0 else "min_value")


def refusal(attr: str, detail: str, code: str) -> ValidationError:
    attr = SURROGATE.sub("\ufffd", attr).replace("\x00", "\ufffd")
    return ValidationError({attr: [ErrorDetail(detail, code)]})


def leaves(value: Any) -> Iterator[tuple[list[str], Any]]:
    """Every scalar and every object's name in a JSON value, each with the path that leads to it."""
    todo: list[tuple[list[str], Any]] = [([], value)]
    while todo:
        path, item = todo.pop()
        if isinstance(item, (dict, list)) and len(path) >= MAX_DEPTH:
            raise ParseError("JSON parse error - nested too deep")
        if isinstance(item, dict):
            for name, inner in item.items():
                yield [*path, name], name
                todo.append(([*path, name], inner))
        elif isinstance(item, list):
            todo.extend(([*path, str(index)], inner) for index, inner in enumerate(item))
        else:
            yield path, item
