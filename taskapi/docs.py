"""The OpenAPI document and the two pages that show it: public, and whole without the internet."""

import hashlib
from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from taskapi.rest import document

INLINE_STYLES = {"style-src": ["'unsafe-inline'"]}  # both pages write their styles into the document as they build it
SEARCH_WORKER = {"worker-src": ["blob:"]}  # Redoc's search index is made by a worker that it carries within itself


class Public(APIView):
    """For everyone, whatever the `Accept` header says: its failures alone are negotiated."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    schema = None

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        chosen: tuple[BaseRenderer, str] = super().perform_content_negotiation(request, force=True)
        return chosen


class SchemaView(Public):
    """`/api/schema.json` and `/api/schema.yaml`."""

    def get(self, request: Request, kind: str) -> HttpResponseBase:
        body = document.as_json() if kind == "json" else document.as_yaml()
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        # May be kept, and is asked after each time: the document changes when the server is upgraded.
        headers = {"ETag": etag, "Cache-Control": "no-cache"}
        response = HttpResponse(body, content_type=f"application/{kind}; charset=utf-8", headers=headers)
        return get_conditional_response(request._request, etag=etag, response=response) or response


class Page(Public):
    template_name = ""

    def get(self, request: Request, **kwargs: Any) -> HttpResponse:
        page: HttpRequest = request._request
        return render(page, self.template_name)


@method_decorator(csp_update(INLINE_STYLES), name="dispatch")
class SwaggerView(Page):
    """`/api/docs/`: every operation, to be tried out by who is signed in or has a key."""

    template_name = "taskapi/swagger.html"


@method_decorator(csp_update({**INLINE_STYLES, **SEARCH_WORKER}), name="dispatch")
class RedocView(Page):
    """`/api/redoc/`: the same to read."""

    template_name = "taskapi/redoc.html"
