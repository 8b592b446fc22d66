"""JSON bodies, strictly: bounded before they are parsed, and refused by name where a database could not keep them."""

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any, TypeAlias

from django.http import HttpRequest
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import JSONParser

from taskapi.rest import json_scan
from taskapi.rest.json_scan import MalformedError
from taskapi.rest.raw_json import RawJSON

MAX_DEPTH = 100
MAX_RAW_DEPTH = 500
MAX_ITEMS = 1000  # of a list, and members of an object
# Items, members, lists and objects of a whole body. A thousand tasks, each with all its fields and a hundred tags, have
# 125,000; to parse this many and look at each takes a quarter of a second.
MAX_PARTS = 200_000
FEW = 100  # with fewer commas and brackets, a text is neither deep nor wide

WHOLE = "non_field_errors"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
OBJECT = re.compile(rb"[ \t\r\n]*+\{")
DECODER = json.JSONDecoder()  # of texts that are known to be one value, without space around it
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
INT64 = range(-(2**63), 2**63)

# Only a body that holds one of these can hold a surrogate, a NUL, an integer over int64 or a float over its range.
SUSPICIOUS = re.compile(rb"\\u|[0-9]{19}|[eE]\+?[0-9]{3}")
SMALL = 10_000  # bytes: in a longer text this search may take as long as a look at all that is in it
SURROGATE = re.compile("[\ud800-\udfff]")

Path: TypeAlias = "tuple[Path, str] | None"  # the way to a value: its last name, after the way to what holds it


class EncodedBody(APIException):
    """A body is compressed. The header says which encodings are taken: none."""

    status_code = 415
    default_code = "not_acceptable"
    default_detail = "Send the body without a Content-Encoding."
    headers: Mapping[str, str] = {"Accept-Encoding": "identity"}


class StrictJSONParser(JSONParser):
    """Parses a JSON body of any top-level type.

    Raises `ParseError` (400) for malformed JSON, NaN and Infinity included, and for nesting deeper than `MAX_DEPTH`;
    `ValidationError` (400) that names the field for a list or an object of more than `MAX_ITEMS`, a NUL character, a
    lone surrogate, or a number out of range; `EncodedBody` (415).

    kept: names of top-level members that stay `RawJSON`; these limits do not concern them.
    """

    kept: Collection[str] = ()

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = parser_context or {}
        if "request" in context:
            refuse_encoded(context["request"]._request)
        if str(context.get("encoding", "utf-8")).lower() not in UTF_8:
            # Python knows a hundred text encodings, and among them some that take half a minute for a megabyte.
            raise ParseError("JSON parse error - JSON is UTF-8")
        return parsed(stream.read(), self.kept)


def refuse_encoded(request: HttpRequest) -> None:
    """Raises `EncodedBody` for a request with a compressed body."""
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").strip().lower() not in {"", "identity"}:
        raise EncodedBody


def raw(body: bytes) -> RawJSON:
    """Any JSON, kept as it is; raises `ParseError`."""
    body = body.removeprefix(BYTE_ORDER_MARK).strip()
    try:
        json_scan.check(body)
    except MalformedError as error:
        raise ParseError(f"JSON parse error - {error}") from None
    return kept_raw(body, has_few_parts(body))


def parsed(body: bytes, kept: Collection[str] = ()) -> Any:
    """The value of a body; of an object, the members named in `kept` as `RawJSON`. Raises as `StrictJSONParser`."""
    body = body.removeprefix(BYTE_ORDER_MARK)
    is_object, is_small = OBJECT.match(body) is not None, has_few_parts(body)
    try:
        if not is_object:
            json_scan.check(body)
        elif not is_small:
            refuse_many_members(body)
        texts = json_scan.members_of(body) if is_object else {WHOLE: body.strip()}
    except MalformedError as error:
        raise ParseError(f"JSON parse error - {error}") from None
    raws = {name: kept_raw(texts.pop(name), is_small) for name in kept if name in texts}
    if not is_small:
        refuse_deep_or_wide(texts)
    try:
        values = {name: DECODER.raw_decode(text.decode())[0] for name, text in texts.items()}
    except ValueError:  # Python's own limit, and its advice how to lift it
        raise ParseError("JSON parse error - a number has too many digits") from None
    value = values if is_object else values[WHOLE]
    if len(body) > SMALL or SUSPICIOUS.search(body):
        refuse_what_no_database_keeps(value)
    return {**values, **raws} if is_object else value


def has_few_parts(text: bytes) -> bool:
    return text.count(b",") + text.count(b"[") + text.count(b"{") < FEW


def kept_raw(text: bytes, is_small: bool) -> RawJSON:
    if not is_small and json_scan.depth_of(json_scan.separators(text)) > MAX_RAW_DEPTH:
        raise ParseError("JSON parse error - nested too deep")
    return RawJSON(text.decode())


def refuse_many_members(body: bytes) -> None:
    """Raises `ValidationError` for an object with too many members, before there is a Python object for each."""
    json_scan.check(body)
    if json_scan.top_width_of(json_scan.separators(body)) > MAX_ITEMS:
        raise too_many(WHOLE)


def refuse_deep_or_wide(values: Mapping[str, bytes]) -> None:
    """Counts what is in each member of a body before it is parsed; raises `ParseError` or `ValidationError`."""
    parts = 0
    for name, text in values.items():
        found = json_scan.separators(text)
        if json_scan.depth_of(found) > (MAX_DEPTH if name == WHOLE else MAX_DEPTH - 1):
            raise ParseError("JSON parse error - nested too deep")
        parts += 1 + len(found) - found.count(b"]") - found.count(b"}")
        if parts > MAX_PARTS or json_scan.width_of(found) > MAX_ITEMS:
            raise too_many(name)


def too_many(attr: str) -> ValidationError:
    return refusal(attr, f"A list or an object has at most {MAX_ITEMS} parts, a whole body {MAX_PARTS}.", "max_length")


def refuse_what_no_database_keeps(value: Any) -> None:
    """Raises `ValidationError` for text and numbers that one of the databases can't keep, or would change."""
    for path, leaf in leaves(value):
        if isinstance(leaf, str):
            if "\x00" in leaf:
                raise refusal(attr_of(path), "Null characters are not allowed.", "null_characters_not_allowed")
            if SURROGATE.search(leaf):
                raise refusal(attr_of(path), "Lone surrogates are not text.", "surrogate_characters_not_allowed")
        elif isinstance(leaf, float):
            if not math.isfinite(leaf):
                raise refusal(attr_of(path), "This number is out of range.", "max_value")
        elif isinstance(leaf, int) and leaf not in INT64:
            code = "max_value" if leaf > 0 else "min_value"
            raise refusal(attr_of(path), "Integers must fit in 64 bits.", code)


def refusal(attr: str, detail: str, code: str) -> ValidationError:
    attr = SURROGATE.sub("\ufffd", attr).replace("\x00", "\ufffd")
    return ValidationError({attr: [ErrorDetail(detail, code)]})


def leaves(value: Any) -> Iterator[tuple[Path, Any]]:
    """Every scalar and every object's name in a JSON value, each with the way that leads to it."""
    todo: list[tuple[Path, Any]] = [(None, value)]
    while todo:
        path, item = todo.pop()
        if isinstance(item, dict):
            for name, inner in item.items():
                way = (path, name)
                yield way, name
                todo.append((way, inner))
        elif isinstance(item, list):
            todo.extend(((path, str(index)), inner) for index, inner in enumerate(item))
        else:
            yield path, item


def attr_of(path: Path) -> str:
    """The names on a way, with dots between them."""
    names: list[str] = []
    while path is not None:
        path, name = path
        names.append(name)
    return ".".join(names[::-1]) or WHOLE
