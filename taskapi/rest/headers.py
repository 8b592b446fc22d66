"""The content security policy of answers: pages get the settings' own, data gets one that forbids everything."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponseBase

NOTHING = "default-src 'none'; frame-ancestors 'none'"


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Composing a policy takes as long as the rest of the middleware together; for JSON there is nothing to compose."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type") == "application/json":
            response.headers[HEADER] = NOTHING
            return response
        return super().process_response(request, response)
