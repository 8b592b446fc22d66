"""`ALLOWED_HOSTS`, enforced on every path: a page that has another name resolve to us must not read our answers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

ASKED_BY_ADDRESS = ("/healthz", "/readyz")  # by load balancers, which know no name


class HostMiddleware:
    """Refuses other names with 400. Those that passed are remembered, for the check costs as much as a cursor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.passed: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "")
        if host not in self.passed and not request.path_info.startswith(ASKED_BY_ADDRESS):
            request.get_host()  # raises DisallowedHost
            if host and len(self.passed) < 100:
                self.passed.add(host)
        return self.get_response(request)
