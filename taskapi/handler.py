"""From the server's WSGI to the middleware and back, for requests that bring a key.

They are nearly all requests, and Django's own handler does more for each than this server has a use for: it looks for a
prefix of all paths, which `BASE_URL` can't have, remembers for each thread which of several maps of URLs counts, asks
each database whether its views want a transaction and each view whether it is a coroutine, looks every header up by its
name, and gives an answer that is whole to the server as one that may come in pieces.
"""

from collections.abc import Callable
from typing import Any

from django.core import signals
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.template.response import SimpleTemplateResponse
from django.urls import get_resolver
from django.utils.log import log_response

from taskapi.rest.browser import comes_with_key
from taskapi.rest.headers import stored


class Handler(WSGIHandler):
    _middleware_chain: Callable[[WSGIRequest], Any]

    def __init__(self) -> None:
        super().__init__()
        self.resolver = get_resolver()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not comes_with_key(environ):
            return super().__call__(environ, start_response)
        signals.request_started.send(sender=type(self), environ=environ)
        response = self.respond(WSGIRequest(environ))
        response._handler_class = type(self)  # who sends `request_finished` when the answer is closed
        headers = [
            *stored(response).values(),
            *(("Set-Cookie", c.output(header="")) for c in response.cookies.values()),
        ]
        start_response(f"{response.status_code} {response.reason_phrase}", headers)
        if response.streaming or environ["REQUEST_METHOD"] == "HEAD":  # whose connection granian ends after a list
            return response
        # A list is sent at once, any other iterable bit by bit, through more threads. Nobody closes a list: it is done.
        response.close()
        return [response.content]

    def respond(self, request: WSGIRequest) -> Any:
        """`get_response`, without its `set_urlconf`."""
        response = self._middleware_chain(request)
        response._resource_closers.append(request.close)
        if response.status_code >= 400:
            log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request)
        return response

    def _get_response(self, request: WSGIRequest) -> Any:
        """What the middleware leads to: the view, and for REST framework's pages their rendering."""
        if not comes_with_key(request.META):
            return super()._get_response(request)  # type: ignore[misc]
        match = request.resolver_match = self.resolver.resolve(request.path_info)
        response = match.func(request, *match.args, **match.kwargs)
        return response.render() if isinstance(response, SimpleTemplateResponse) else response
