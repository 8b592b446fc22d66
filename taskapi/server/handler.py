"""Django's request handler without what this server has no use for, for requests that bring a key.

They are nearly all requests. Django's own handler remembers for each thread which of several maps of URLs counts, asks
each database whether its views want a transaction and each view whether it is a coroutine, and calls the middleware of
pages once more for each view: 25 of 150 microseconds.
"""

from collections.abc import Callable
from typing import Any

from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.template.response import SimpleTemplateResponse
from django.urls import get_resolver
from django.utils.log import log_response

from taskapi.rest.browser import comes_with_key


class Handler(BaseHandler):
    _middleware_chain: Callable[[HttpRequest], Any]

    def __init__(self) -> None:
        super().__init__()
        self.load_middleware()
        self.resolver = get_resolver()

    def get_response(self, request: HttpRequest) -> Any:
        """As Django's, without its `set_urlconf`."""
        response = self._middleware_chain(request)
        if response.streaming:  # perhaps for hours: without the body
            request.close()
        else:
            response._resource_closers.append(request.close)
        if response.status_code >= 400:
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response

    def _get_response(self, request: HttpRequest) -> Any:
        """What the middleware leads to: the view, and for REST framework's pages their rendering."""
        if not comes_with_key(request.META):
            return super()._get_response(request)  # type: ignore[misc]
        match = request.resolver_match = self.resolver.resolve(request.path_info)
        response = match.func(request, *match.args, **match.kwargs)
        return response.render() if isinstance(response, SimpleTemplateResponse) else response
