"""What the tests of single transports need: a receiver, and messages that are on their way."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.models import Channel
from integrations.sealing import seal
from integrations.transports.base import Outgoing
from tests.receivers import receiver  # noqa: F401 - a fixture

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TASK = {
    "id": "0195b0a0-0000-7000-8000-000000000001",
    "organization": "acme",
    "project": "web",
    "name": "account.export",
    "status": "processing",
    "value": 95,
    "value_max": 100,
    "value_percent": 95,
    "queue": "",
    "external_id": "job-7",
    "url": "http://testserver/a/acme/tasks/0195b0a0-0000-7000-8000-000000000001/",
}


@pytest.fixture
def message() -> Callable[..., str]:
    """The text of a message about a task; what is named of the task is changed."""

    def make(kind: str = "task.triggered", point: str = "95%", **task: Any) -> str:
        data = {"task": {**TASK, **task}, "point": point, "action": 1, "action_type": "task", "integration": "email"}
        return json.dumps({"type": kind, "timestamp": "2026-03-01T12:00:00Z", "data": data}, ensure_ascii=False)

    return make


@pytest.fixture
def outgoing(message: Callable[..., str]) -> Callable[..., Outgoing]:
    """A message on its way to a channel of which kind, config and secret are named."""

    def make(
        kind: str = "",
        channel: dict[str, Any] | None = None,
        secret: str = "",
        config: dict[str, Any] | None = None,
        body: str | None = None,
        **fields: Any,
    ) -> Outgoing:
        place = Channel(kind=kind, slug="ops", config=channel or {}, sealed=secret and seal(secret)) if kind else None
        for name, value in fields.items():
            setattr(place, name, value)
        return Outgoing(
            public_id=uuid.UUID("0195b0a0-0000-7000-8000-000000000002"),
            integration=place.integration if place else "email",
            config=config or {},
            channel=place,
            body=message() if body is None else body,
            point="95%",
            created=NOON,
        )

    return make
