"""Keyset pages, newest first: a page costs the same at any depth, and rows that arrive meanwhile shift nothing."""

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.views import APIView

from taskapi.rest.rendering import answer

DEFAULT_SIZE = 50
MAX_SIZE = 1000
MAX_BYTES = 4 * 1024 * 1024  # of what a page shows: with the row that goes beyond, it ends


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the rows after it are older than `position`; `backward` asks for the newer ones."""

    position: int
    backward: bool = False

    def encode(self) -> str:
        text = f"{'-' if self.backward else '+'}{self.position}".encode()
        return base64.urlsafe_b64encode(signature(text) + text).rstrip(b"=").decode()

    @classmethod
    def decode(cls, token: str) -> "Cursor":
        """The cursor that `encode` wrote; raises `NotFound` for anything else."""
        try:
            raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (ValueError, binascii.Error):
            raise NotFound("Invalid cursor.") from None
        mark, text = raw[:8], raw[8:]
        if not hmac.compare_digest(mark, signature(text)):
            raise NotFound("Invalid cursor.")
        return cls(position=int(text[1:]), backward=text[:1] == b"-")


def signature(text: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"cursor" + text, "sha256")[:8]


class Rows(Protocol):
    """What has pages: rows with a `number`, in its order."""

    def newest(self, limit: int, before: int | None = None) -> list[Any]:
        """The `limit` newest, or the newest of those older than number `before`, newest first."""

    def next_newer(self, limit: int, after: int) -> list[Any]:
        """The `limit` oldest of those newer than number `after`, newest first."""


class Fitted(NamedTuple):
    """What fits a page. taken: the rows that it takes, of which some may be gone. results: what is shown of them."""

    taken: int
    results: list[Any]


def every_row(rows: Sequence[Any]) -> Fitted:
    return Fitted(len(rows), list(rows))


class KeysetPagination(BasePagination):
    """`{"next", "previous", "results"}` and a `Link` header; `page_size` may change from page to page.

    One statement a page: it asks for one row more than the page holds, to know whether there is a next one.
    """

    def page_of(self, rows: Rows, request: Request, fit: Callable[[Sequence[Any]], Fitted] = every_row) -> list[Any]:
        """What is shown on the page that the request asks for.

        fit: is given the rows, the nearest to the cursor first, and takes as many as a page holds.
        Raises `NotFound` for a forged cursor, `ValidationError` for the page's size.
        """
        self.request = request
        self.next: Cursor | None = None
        self.previous: Cursor | None = None
        size = page_size(request.query_params.get("page_size"))
        token = request.query_params.get("cursor")
        cursor = Cursor.decode(token) if token is not None else None
        if cursor and cursor.backward:
            found = rows.next_newer(size + 1, after=cursor.position)[::-1]
            taken, results = fit(found[:size])
            self.next = Cursor(found[0].number if found else cursor.position + 1)
            self.previous = Cursor(found[taken - 1].number, backward=True) if len(found) > taken else None
            return results[::-1]
        found = rows.newest(size + 1, before=cursor.position if cursor else None)
        taken, results = fit(found[:size])
        if len(found) > taken:
            self.next = Cursor(found[taken - 1].number)
        if cursor:
            self.previous = Cursor(found[0].number if found else cursor.position - 1, backward=True)
        return results

    def link(self, cursor: Cursor | None) -> str | None:
        if cursor is None:
            return None
        params = [(name, value) for name, values in self.request.query_params.lists() for value in values]
        kept = [pair for pair in params if pair[0] != "cursor"]
        return f"{settings.BASE_URL}{self.request.path}?{urlencode([*kept, ('cursor', cursor.encode())])}"

    def answer(self, results: Sequence[Any]) -> HttpResponseBase:
        next_link, previous_link = self.link(self.next), self.link(self.previous)
        links = [f'<{url}>; rel="{rel}"' for rel, url in (("next", next_link), ("prev", previous_link)) if url]
        body = {"next": next_link, "previous": previous_link, "results": results}
        return answer(self.request, body, headers={"Link": ", ".join(links)} if links else None)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        following = {**link, "example": "https://tasks.example.org/api/acme/web/tasks?cursor=GkJx0V4mS2QrMTIwNw"}
        previous = {**link, "example": None}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": following, "previous": previous, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "default": DEFAULT_SIZE}
        about_size = (
            f"Rows on the page; more than {MAX_SIZE} is held at {MAX_SIZE}. A page of large tasks has fewer: it ends "
            f"once it holds {MAX_BYTES // 2**20} MB, and `next` leads on."
        )
        about_cursor = "Where the page begins: taken from `next` or `previous` of another page."
        return [
            {"name": "page_size", "in": "query", "schema": size, "description": about_size},
            {"name": "cursor", "in": "query", "schema": {"type": "string"}, "description": about_cursor},
        ]

    def to_html(self) -> str:
        return ""  # the page's own links are in the answer, and the browsable API makes them clickable


def page_size(text: str | None) -> int:
    """The rows of a page that `?page_size=` asks for; raises `ValidationError` for what is no number above zero."""
    if text is None:
        return DEFAULT_SIZE
    if not (text.isascii() and text.isdigit() and int(text[:9])):
        raise ValidationError({"page_size": [ErrorDetail("A whole number from 1 upward is expected.", "invalid")]})
    return min(int(text[:9]), MAX_SIZE)
