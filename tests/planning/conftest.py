"""Callers of the verbs of planning: who acts, members to name, and a database that threads share."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from planning import rows
from projects.models import ApiKey, Membership, Organization, Project, User
from projects.principals import Principal
from projects.scopes import TASK_SCOPES, Role
from tasks import statements
from tasks.changes import create_task
from tasks.models import StatusChange
from tests.worker.conftest import shared_database  # noqa: F401 - a fixture

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def planned_of(task):
    """A task (a row, or one by its number) with its plan, as it is stored."""
    number = task if isinstance(task, int) else task.number
    return rows.find([statements.is_one_of("number", [number])])


def history_of(task):
    changes = StatusChange.objects.filter(task=task.number).order_by("pk")
    return [(change.old, change.new) for change in changes]


def at_once(*calls):
    """What the calls return or raise, begun together, each on a thread with a connection of its own."""
    gate, outcomes = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index, call):
        gate.wait()
        try:
            outcomes[index] = call()
        except Exception as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def make_principal(organization, project=None, digest=b"key"):
    key = ApiKey.objects.create(organization=organization, project=project, name="k", prefix="k", digest=digest)
    return Principal(organization=organization, only_project=project, key_id=key.pk, scopes=TASK_SCOPES)


@pytest.fixture
def actor(organization):
    return make_principal(organization)


@pytest.fixture
def member(organization):
    def make(name, role=Role.MEMBER, of=organization):
        user = User.objects.create_user(f"{name}@acme.example")
        return Membership.objects.create(organization=of, user=user, role=role)

    return make


@pytest.fixture
def make_row(project):
    """A task made by the door itself, as the worker that the tests' clock is set by would see it."""

    def make(name="export", now=NOON, of=project, **fields):
        return create_task(of, {"name": name, **fields}, now=now)

    return make


class Shared:
    """A project in the database that threads share, who acts in it, and its tasks."""

    def __init__(self):
        self.organization = Organization.objects.create(slug="acme", name="Acme")
        self.project = Project.objects.create(organization=self.organization, slug="web", name="Web")
        self.actor = make_principal(self.organization)

    def make(self, name="export", **fields):
        return create_task(self.project, {"name": name, **fields}, now=NOON)


@pytest.fixture
def shared(shared_database):  # noqa: F811
    return Shared()
