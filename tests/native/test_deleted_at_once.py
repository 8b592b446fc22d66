"""What is created while its project or organization is being deleted. On PostgreSQL, where rows are locked."""

import datetime
import threading
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone

from projects.deleting import delete_organization, delete_project, purge_deleted
from projects.members import remove_member
from projects.models import ApiKey, Membership, Organization, Project
from projects.principals import Principal
from projects.scopes import Scope
from tasks.models import Task
from tests.client import Api

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection"),
    pytest.mark.django_db(transaction=True),
]

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
EMAIL = {"trigger": "error", "integration": "email", "config": {"to": "a@example.org"}}
OF_PROJECT = [
    pytest.param("keys", {"name": "new", "project": "web"}, 400, id="key"),
    pytest.param("actions", {**EMAIL, "name": "new", "project": "web"}, 400, id="global action"),
    pytest.param("web/monitors", {"name": "new", "interval": 60}, 404, id="monitor"),
    pytest.param("workflow-statuses", {"project": "web", "name": "new", "status": "error"}, 404, id="workflow status"),
]
HOOK = {"kind": "webhook", "slug": "new", "config": {"url": "https://new.example/"}}
OF_ORGANIZATION = [
    pytest.param("keys", {"name": "new"}, id="key"),
    pytest.param("keys", {"name": "new", "project": "web"}, id="key of a project"),
    pytest.param("members", {"email": "new@example.org"}, id="member"),
    pytest.param("teams", {"name": "new"}, id="team"),
    pytest.param("projects", {"slug": "new", "name": "New"}, id="project"),
    pytest.param("integrations", HOOK, id="channel"),
    pytest.param("actions", {**EMAIL, "name": "new"}, id="global action"),
    pytest.param("custom-fields", {"name": "new", "type": "text"}, id="custom field"),
]


@pytest.fixture
def caller(project, join, make_key):
    owner = join(project.organization, "owner@acme.example", "owner")
    api = Api(make_key(project.organization, Scope.ADMIN, creator=owner), base="/api/acme")
    assert api.get("web/tasks").status_code == 200
    return api


def wait_for_lock():
    """Return once another connection waits for a lock of this one, or after five seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    pytest.fail("nothing waits for the deletion")


def send_while(delete, call):
    """The answer to a request that begins after `delete` has written, and before that is committed."""
    answers = []

    def send():
        try:
            answers.append(call())
        finally:
            connection.close()

    sender = threading.Thread(target=send)
    with transaction.atomic():
        delete()
        sender.start()
        wait_for_lock()
    sender.join()
    return answers[0]


def live_keys():
    return ApiKey.objects.live(timezone.now())


@pytest.mark.parametrize(("path", "body", "status"), OF_PROJECT)
def test_nothing_is_created_for_a_project_that_is_being_deleted(caller, project, path, body, status):
    response = send_while(lambda: delete_project(project), lambda: caller.post(path, body))
    assert response.status_code == status, response.content
    assert not live_keys().filter(project=project.pk).exists()
    assert not project.monitors.exists()
    assert not project.workflow_statuses.filter(name="new").exists()


@pytest.mark.parametrize(("path", "body"), OF_ORGANIZATION)
def test_nothing_is_created_for_an_organization_that_is_being_deleted(caller, organization, path, body):
    by = Principal(organization=organization)
    response = send_while(lambda: delete_organization(organization, by=by), lambda: caller.post(path, body))
    assert response.status_code == 404, response.content
    assert not live_keys().exists()
    assert not Membership.objects.exists()


@pytest.mark.parametrize("way", ["key", "browser"])
def test_no_key_outlives_a_removal_that_revokes_keys(organization, caller, join, make_key, way):
    deputy = join(organization, "deputy@acme.example", "admin")
    own = Api(make_key(organization, Scope.ADMIN, creator=deputy) if way == "key" else None, base="/api/acme")
    if way == "browser":
        own.client.force_login(deputy)
    assert own.get("keys").status_code == 200

    def remove():
        membership = Membership.objects.get(user=deputy)
        remove_member(membership, by=Principal(organization=organization), revoke_keys=True)

    assert send_while(remove, lambda: own.post("keys", {"name": "escaped"})).status_code == 403
    assert [key.name for key in live_keys()] == ["test"]


def test_a_task_that_came_before_the_deletion_was_committed_goes_with_the_project(caller, project):
    """Its statement saw the project; the answer waits for the deletion, and the sweep finds the row."""
    response = send_while(lambda: delete_project(project), lambda: caller.post("web/tasks", {"name": "export"}))
    assert response.status_code == 201
    assert Task.objects.count() == 1
    assert caller.post("web/tasks", {"name": "export"}).status_code == 404
    later = timezone.now() + datetime.timedelta(hours=1)
    assert purge_deleted(later, 1000) > 0
    assert not Task.objects.exists()
    assert not Project.objects.exists()
    assert Organization.objects.get().slug == "acme"
