"""Parameters as they are sent: JSON, whatever the content type says (curl's `-d` calls it a form), or form fields."""

import re
from collections import defaultdict
from collections.abc import Iterable
from io import BytesIO
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from rest_framework.exceptions import ParseError

from taskapi.rest.parsing import BYTE_ORDER_MARK, UTF_8, parsed, refuse_encoded, refuse_what_no_database_keeps

FORMS = frozenset({"", "application/x-www-form-urlencoded"})
LISTS = frozenset({"users", "teams"})
MAX_ESCAPES = 500_000  # each takes Python as long as a hundred other bytes
# `users[]`, `users[0]`, `users[0][user_id]`
ITEM = re.compile(r"(users|teams)\[([0-9]{0,9})\](?:\[(\w+)\])?", re.ASCII)
Pairs = Iterable[tuple[str, str]]


def parameters_in(request: HttpRequest) -> dict[str, Any]:
    """By name, the values as they came: of a form all are text. An empty body has none.

    Raises `ParseError` or `ValidationError` (400), `RequestDataTooBig` (413) and `EncodedBody` (415).
    """
    body = request.body.removeprefix(BYTE_ORDER_MARK)
    begin = body.lstrip()[:1]
    if not begin:
        return {}
    refuse_encoded(request)
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.lower() not in UTF_8:
        raise ParseError("The body must be UTF-8.")
    if request.content_type == "multipart/form-data":
        return of_form(multipart(request, body))
    if request.content_type in FORMS and begin not in b"{[":
        return of_form(urlencoded(body))
    sent = parsed(body)
    if not isinstance(sent, dict):
        raise ParseError("The body must be a JSON object, or a form.")
    return sent


def urlencoded(body: bytes) -> Pairs:
    limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    if body.count(b"%") > MAX_ESCAPES:
        raise ParseError(f"A form has at most {MAX_ESCAPES} escaped bytes. Send a longer text as JSON.")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=limit)
    except UnicodeDecodeError:
        raise ParseError("The body must be UTF-8.") from None
    except ValueError:
        raise ParseError(f"A form has at most {limit} fields.") from None


def multipart(request: HttpRequest, body: bytes) -> Pairs:
    try:
        body.decode()  # Django would put up with what is none
    except UnicodeDecodeError:
        raise ParseError("The body must be UTF-8.") from None
    fields, _ = MultiPartParser(request.META, BytesIO(body), [NoFiles()], "utf-8").parse()
    return [(name, value) for name, values in fields.lists() for value in values]


class NoFiles(FileUploadHandler):
    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> NoReturn:
        raise ValidationError({field_name: ValidationError("Files are not taken.", "invalid")})

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def of_form(pairs: Pairs) -> dict[str, Any]:
    """Fields as JSON would have them: lists of people and teams put together."""
    pairs = list(pairs)
    for name, value in pairs:
        refuse_what_no_database_keeps({name: value})
    sent: dict[str, Any] = {}
    items: dict[str, dict[tuple[int, int], Any]] = defaultdict(dict)
    for position, (name, value) in enumerate(pairs):
        if item := ITEM.fullmatch(name):
            parameter, index, key = item.groups()
            # Those without an index come in the order in which they are sent, after the others.
            place = (0, int(index)) if index else (1, position)
            put(items[parameter], place, key, value)
        elif name in LISTS:
            items[name] |= {(1, position): value} if value else {}
        elif name in sent:
            raise ValidationError({name: ValidationError("This parameter can't be repeated.", "invalid")})
        else:
            sent[name] = value
    return sent | {name: [found[place] for place in sorted(found)] for name, found in items.items()}


def put(items: dict[tuple[int, int], Any], place: tuple[int, int], key: str | None, value: str) -> None:
    """One id, or one part of an object with it."""
    there = items.get(place)
    if key is None:
        items[place] = value
    else:
        items[place] = {**(there if isinstance(there, dict) else {}), key: value}
