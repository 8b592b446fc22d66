"""What the edge answers by itself, where there is nobody to ask: few things, in the API's own form."""

import json
from dataclasses import dataclass

from taskapi.rest import request_id


@dataclass(frozen=True)
class Refusal:
    status: str
    code: str
    detail: str
    retry_after: int = 0  # seconds

    def as_bytes(self) -> bytes:
        """The answer; the connection ends with it."""
        kind = "server_error" if self.status >= "5" else "client_error"
        errors = [{"code": self.code, "detail": self.detail, "attr": None}]
        body = json.dumps({"type": kind, "errors": errors}).encode()
        lines = [
            f"HTTP/1.1 {self.status}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"X-Request-ID: {request_id.given_or_new('')}",
            *([f"Retry-After: {self.retry_after}"] if self.retry_after else []),
            "Connection: close",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body


AWAY = Refusal("503 Service Unavailable", "service_unavailable", "The server is starting or busy. Try again.", 1)
DIED = Refusal("502 Bad Gateway", "error", "The server ended before it answered. It may have done what you asked.")
BROKEN = Refusal("500 Internal Server Error", "error", "A server error occurred.")
HEAD_TOO_LARGE = Refusal("431 Request Header Fields Too Large", "bad_request", "The request's headers are too large.")
NO_REQUEST = Refusal("400 Bad Request", "bad_request", "The request could not be understood.")
NOT_HERE = Refusal("404 Not Found", "not_found", "Not found.")
