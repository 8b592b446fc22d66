"""The headers that guard answers: their content security policy, and those of Django's own middleware."""

from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

JSON = "application/json"
NOTHING = "default-src 'none'; frame-ancestors 'none'"


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Pages get the settings' own policy, data one that forbids everything.

    Composing a policy takes as long as the rest of the middleware together; for JSON there is nothing to compose.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type") == JSON:
            response.headers[HEADER] = NOTHING
            return response
        return super().process_response(request, response)


class Guards:
    """What the three middleware that guard answers do, for answers that do not pass through them.

    What they add to JSON is always the same: they are asked for it once, when the server starts.
    """

    def __init__(self) -> None:
        self.security = SecurityMiddleware(not_asked)
        self.middleware: list[Any] = [
            XFrameOptionsMiddleware(not_asked),
            ContentSecurityPolicyMiddleware(not_asked),
            self.security,
        ]
        self.of_json = {is_secure: self.added_to_json(is_secure) for is_secure in (False, True)}

    def added_to_json(self, is_secure: bool) -> dict[str, tuple[str, str]]:
        request, response = HttpRequest(), HttpResponse(content_type=JSON)
        request.is_secure = lambda: is_secure  # type: ignore[method-assign]
        self.add_one_by_one(request, response)
        del response.headers["Content-Type"]
        return stored(response)

    def redirects(self, request: HttpRequest) -> bool:
        """To https, where the settings ask for it."""
        return self.security.process_request(request) is not None

    def add(self, request: HttpRequest, response: HttpResponseBase) -> None:
        headers = stored(response)
        if headers.get("content-type") == ("Content-Type", JSON):
            headers.update({**self.of_json[request.is_secure()], **headers})
        else:
            self.add_one_by_one(request, response)

    def add_one_by_one(self, request: HttpRequest, response: HttpResponseBase) -> None:
        for middleware in self.middleware:
            middleware.process_response(request, response)


def stored(response: HttpResponseBase) -> dict[str, tuple[str, str]]:
    """An answer's headers as Django keeps them, by their names in small letters.

    It looks at every letter of what is set; what it has looked at once may be copied, for a tenth of the time.
    """
    headers: dict[str, tuple[str, str]] = response.headers._store
    return headers


def not_asked(request: HttpRequest) -> HttpResponse:
    raise NotImplementedError
