"""What an answer is written in: JSON for programs, the browsable API for people, and who gets which."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.http import Http404
from rest_framework import renderers
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
INDENT = re.compile(r"indent=\d")


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
        return orjson.dumps(data, default=str, option=OPTIONS | orjson.OPT_INDENT_2 if wants_indent else OPTIONS)


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """The browsable API: forms hold JSON alone, since JSON is all that the parsers take."""

    def get_default_renderer(self, view: Any) -> BaseRenderer:
        return JSONRenderer()


class ContentNegotiation(DefaultContentNegotiation):
    """Django REST Framework's rules, with the two common cases first: nothing asked, or JSON asked."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        accept = request.META.get("HTTP_ACCEPT", "*/*")
        if accept in {"*/*", "application/json"} and "format=" not in request.META.get("QUERY_STRING", ""):
            first = next(iter(renderers))
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)  # type: ignore[no-any-return]

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        try:
            return super().filter_renderers(renderers, format)
        except Http404:
            raise NotAcceptable from None
