"""What the tests of deliveries share: a receiver that plays every part, messages for it, and a database for threads."""

import threading
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from integrations import transports
from integrations.models import Channel, Delivery
from integrations.outbox import Message, enqueue
from integrations.shares import Destination
from integrations.transports.base import Outcome
from projects.models import Organization, Project

WITHIN = 20  # seconds; far more than it takes, for a machine that is busy
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TAKEN = Outcome(is_delivered=True, status=200, response="ok")
REFUSED = Outcome(is_delivered=False, status=500, response="out of order", error="500 Internal Server Error")


class Receiver:
    """A transport of every kind. `answer(outgoing)` says what becomes of an attempt; whatever arrives is kept."""

    def __init__(self):
        self.answer = lambda _: TAKEN
        self.calls = []
        self.moments = []
        self.deadlines = set()
        self._arrival = threading.Condition()

    def host_of(self, channel):
        return ""

    def send(self, outgoing, *, now, deadline):
        with self._arrival:
            self.calls.append(outgoing)
            self.moments.append(now)
            self.deadlines.add(deadline)
            self._arrival.notify_all()
        return self.answer(outgoing)

    def refuses(self, **fields):
        outcome = Outcome(**{"is_delivered": False, "status": 500, "error": "500 Internal Server Error", **fields})
        self.answer = lambda _: outcome

    def takes(self):
        self.answer = lambda _: TAKEN

    @property
    def integrations(self):
        return [outgoing.integration for outgoing in self.calls]

    @property
    def ids(self):
        return [outgoing.public_id for outgoing in self.calls]

    def wait_for(self, count, seconds=20):
        """Until so many calls have come."""
        with self._arrival:
            assert self._arrival.wait_for(lambda: len(self.calls) >= count, seconds), f"{len(self.calls)} came"


@pytest.fixture
def receiver(monkeypatch):
    receiver = Receiver()
    monkeypatch.setattr(transports, "transport_of", lambda _: receiver, raising=False)
    return receiver


def make_channel(organization, slug="ops", kind="webhook", **fields):
    return Channel.objects.create(
        organization=organization, kind=kind, slug=slug, name=slug, created=NOON, updated=NOON, **fields
    )


def message_for(project, integration="email", **fields):
    return Message(
        **{
            "organization_id": project.organization_id,
            "project_id": project.pk,
            "integration": integration,
            "config": {"to": "ops@acme.example"},
            "point": "success",
            "kind": "task.triggered",
            "data": {"task": {"name": "export"}, "point": "success"},
            "task_id": uuid4(),
            **fields,
        }
    )


def owe_for(project, integration="email", *, count=1, now=NOON, **fields):
    """Owes `count` messages; returns their deliveries."""
    before = set(Delivery.objects.values_list("pk", flat=True))
    with transaction.atomic():
        enqueue([message_for(project, integration, **fields) for _ in range(count)], now)
    return list(Delivery.objects.exclude(pk__in=before).order_by("pk"))


def let_be_prompt(shares, organization, channels=()):
    """Each of the organization's channels, and its mail, has answered at once the last time."""
    for channel in [0, *(channel.pk for channel in channels)]:
        destination = Destination(organization.pk, channel)
        shares.take(destination)
        shares.give_back(destination, is_delivered=True, seconds=0.1)


def until(condition):
    """Waits for what will be true, as another thread makes it."""
    deadline = time.monotonic() + WITHIN
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.05)


@pytest.fixture
def channel(organization):
    return make_channel(organization)


@pytest.fixture
def owe(project):
    """Owes one message of the project, at noon; returns its delivery."""

    def make(integration="email", **fields):
        return owe_for(project, integration, **fields)[0]

    return make


@pytest.fixture
def shared_database(transactional_db, tmp_path, monkeypatch):
    """A database that threads share, each with a connection and transactions of its own: SQLite's is a file here."""
    if connection.vendor != "sqlite":
        yield
        return
    file = str(tmp_path / "shared.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [file])
    in_memory = connections["default"]
    with monkeypatch.context() as patch:
        patch.setitem(connections.settings["default"], "NAME", file)
        del connections["default"]
        connection.ensure_connection()  # alone, it makes the file one that many may write
        yield
        connections["default"].close()
    connections["default"] = in_memory


@pytest.fixture
def shared_project(shared_database):
    """A project in the database that threads share."""
    organization = Organization.objects.create(slug="acme", name="Acme")
    return Project.objects.create(organization=organization, slug="web", name="Web")
