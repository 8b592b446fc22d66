"""The server's entry without a socket: requests as ASGI messages, and what is sent back."""

import asyncio
from collections.abc import Iterator
from typing import Any

from taskapi.server.application import Application


def scope(method: str = "GET", path: str = "/", **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"testserver"), *named],
        "client": ("192.0.2.7", 1234),
        "server": ("127.0.0.1", 8000),
        "scheme": "http",
    }


class Sent:
    def __await__(self) -> Iterator[None]:
        yield from ()


class Client:
    """One request. parts: of its body. is_short: more was announced than comes. reads: whether it reads its answer."""

    def __init__(self, *parts: bytes, is_short: bool = True, reads: bool = True) -> None:
        self.parts, self.is_short = list(parts), is_short
        self.reads = reads
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if not self.parts:
            await asyncio.get_running_loop().create_future()
        part = self.parts.pop(0)
        return {"type": "http.request", "body": part, "more_body": self.is_short or bool(self.parts)}

    def send(self, message: dict[str, Any]) -> Any:
        """As granian's: it sends when called, from any thread, and what it returns waits for room."""
        if message["type"] == "http.response.body" and message.get("more_body") and not self.reads:
            return asyncio.get_running_loop().create_future()
        self.sent.append(message)
        return Sent()

    @property
    def status(self) -> int:
        return self.sent[0]["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode().lower(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.sent[1:])

    @property
    def is_whole(self) -> bool:
        return bool(self.sent) and not self.sent[-1].get("more_body") and len(self.sent) > 1


async def ask(application: Application, client: Client, **request: Any) -> Client:
    await application(scope(**request), client.receive, client.send)
    return client
