"""An HTTP client for tests, in the process: sends JSON with a key, holds each answer against the OpenAPI document."""

import json
from base64 import b64decode
from typing import Any

from django.test import Client

from tests.openapi import check_answer

UNSET: Any = object()


def credentials(url: str, key: str) -> dict[str, str]:
    """The headers that show a key: ProjectBubble has its own, and names the organization, which the key names too."""
    if not url.startswith("/v2/"):
        return {"Authorization": f"Bearer {key}"}
    return {"domain": b64decode(key).decode().partition("/")[0], "key": key}


class Api:
    """Calls the server as one caller. `key` None: without credentials. Paths that begin with no `/` are of `base`."""

    def __init__(self, key: str | None, base: str = "") -> None:
        self.key = key
        self.base = base
        self.client = Client(raise_request_exception=False)

    def request(
        self, method: str, path: str, body: Any = UNSET, headers: dict[str, str] | None = None, **raw: Any
    ) -> Any:
        """`body` is sent as JSON; `data` and `content_type` in `raw` send bytes as they are."""
        url = path if path.startswith("/") else f"{self.base}/{path}".rstrip("/")
        sent = credentials(url, self.key) if self.key else {}
        if body is not UNSET:
            raw = {"data": json.dumps(body), "content_type": "application/json", **raw}
        response = self.client.generic(method, url, headers={**sent, **(headers or {})}, **raw)
        check_answer(method, url, response)
        return response

    def get(self, path: str = "", **kwargs: Any) -> Any:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, body: Any = UNSET, **kwargs: Any) -> Any:
        return self.request("POST", path, body, **kwargs)

    def put(self, path: str, body: Any = UNSET, **kwargs: Any) -> Any:
        return self.request("PUT", path, body, **kwargs)

    def patch(self, path: str, body: Any = UNSET, **kwargs: Any) -> Any:
        return self.request("PATCH", path, body, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> Any:
        return self.request("DELETE", path, **kwargs)
