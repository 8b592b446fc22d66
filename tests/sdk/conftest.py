"""The official client, unmodified, pointed at a live server; and the server's own word on what it then holds."""

from base64 import b64encode
from datetime import datetime
from types import SimpleNamespace
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import taskbadger
import taskbadger.sdk
from taskbadger.mug import Badger


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    """No setting of the machine reaches the client: neither its own variables nor a proxy."""
    for name in ("API_KEY", "HOST", "HTTP_TIMEOUT", "ORG", "PROJECT"):
        monkeypatch.delenv(f"TASKBADGER_{name}", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def configure(server):
    """Configure the SDK as `taskbadger.init()` does, but with our host; undone after the test."""

    def _configure(token=server.key, **options):
        taskbadger.sdk._init(host=server.url, token=token, **options)

    yield _configure
    Badger.current.bind(None)


@pytest.fixture
def sdk(configure):
    """The `taskbadger` package, configured."""
    configure()
    return taskbadger


@pytest.fixture
def refused_key(server):
    """A key of the right form that the server does not know."""
    return b64encode(f"{server.organization}/{server.project}/no-such-secret".encode()).decode()


@pytest.fixture
def unique():
    """A name that no other test uses."""
    return f"sdk.{uuid4().hex}"


@pytest.fixture
def native(server):
    """What the server holds, as its native API shows it: read past the SDK."""
    base = f"/api/{server.organization}/{server.project}/tasks/"

    def get(path, status=200):
        answer = server.request("GET", path)
        assert answer.status == status, answer.body
        return answer.json()

    def task(task_id):
        return get(f"{base}{task_id}/")

    def listed(**filters):
        """Every task that matches, oldest first."""
        return get(f"{base}?{urlencode(filters | {'page_size': 100})}")["results"][::-1]

    def actions(task_id):
        return get(f"{base}{task_id}/actions/")

    def patch(task_id, **fields):
        answer = server.request("PATCH", f"{base}{task_id}/", json=fields)
        assert answer.status == 200, answer.body
        return answer.json()

    return SimpleNamespace(task=task, listed=listed, actions=actions, patch=patch)


@pytest.fixture
def moment():
    return datetime.fromisoformat
