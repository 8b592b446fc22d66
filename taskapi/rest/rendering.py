"""What an answer is written in: JSON for programs, the browsable API for people, and who gets which."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework import renderers
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
INDENT = re.compile(r"indent=\d")


def dumps(value: Any) -> bytes:
    return orjson.dumps(value, option=OPTIONS)


class JSONRenderer(renderers.BaseRenderer):
    """JSON by orjson: datetimes as ISO 8601 with `Z`, UUIDs as text; indented where `Accept` asks for it."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        wants_indent = (renderer_context or {}).get("indent") or INDENT.search(accepted_media_type or "")
        return orjson.dumps(data, option=OPTIONS | orjson.OPT_INDENT_2 if wants_indent else OPTIONS)


class ContentNegotiation(DefaultContentNegotiation):
    """Django REST Framework's rules, with the two common cases first: nothing asked, or JSON asked."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        meta = request._request.META  # what `request.META` finds after having looked elsewhere
        accept = meta.get("HTTP_ACCEPT") or "*/*"  # an empty header is as none
        if accept in {"*/*", "application/json"} and "format=" not in meta.get("QUERY_STRING", ""):
            first = next(iter(renderers))
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)  # type: ignore[no-any-return]

    def get_accept_list(self, request: Request) -> list[str]:
        return super().get_accept_list(request) if request.META.get("HTTP_ACCEPT", "").strip() else ["*/*"]

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        try:
            return super().filter_renderers(renderers, format)
        except Http404:
            raise NotAcceptable from None


def answer(
    request: Request, body: Any, status_code: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponseBase:
    """An answer with a body: written at once where the caller takes JSON, a template's work where it is a page."""
    if isinstance(request.accepted_renderer, JSONRenderer):
        content = request.accepted_renderer.render(body, request.accepted_media_type)
        return HttpResponse(content, status=status_code, content_type=JSONRenderer.media_type, headers=headers)
    return Response(body, status=status_code, headers=headers)
