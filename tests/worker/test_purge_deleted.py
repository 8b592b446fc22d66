"""The sweep that deletes the rows of deleted projects and organizations."""

import datetime

import pytest
from django.utils import timezone

from projects.deleting import GRACE, purge_deleted
from projects.models import ApiKey, Membership, Organization, Project, User
from projects.scopes import Role
from tasks.models import Action, StatusChange, Task

LATER = GRACE + datetime.timedelta(seconds=1)


def purge(limit=500):
    return purge_deleted(timezone.now() + LATER, limit)


@pytest.fixture
def full_project(api, make_task):
    """A project whose task has a child, an action and a history."""
    task = make_task(actions=[{"trigger": "success", "integration": "email", "config": {"to": "a@acme.example"}}])
    make_task(parent=task["id"])
    api.patch(f"tasks/{task['id']}", {"status": "success"})
    return task


def test_it_leaves_alone_what_is_not_deleted(full_project, admin):
    assert purge() == 0
    assert Task.objects.count() == 2


def test_a_deleted_project_goes_with_all_that_hangs_on_it(full_project, admin, other_project, make_key):
    make_key(other_project)
    admin.delete("projects/web")
    assert Task.objects.count() == 2
    assert purge() > 0
    assert purge() == 0
    for model in (Task, Action, StatusChange):
        assert not model.objects.exists()
    assert [project.slug for project in Project.objects.all()] == ["billing"]
    assert [organization.slug for organization in Organization.objects.all()] == ["acme"]
    assert ApiKey.objects.count() == 2


def test_a_deleted_organization_goes_whole_and_its_people_stay(full_project, admin, other_project, stranger):
    owner = User.objects.create_user("olivia@acme.example")
    Membership.objects.create(organization=other_project.organization, user=owner, role=Role.OWNER)
    admin.post("teams", {"name": "Night shift", "members": [owner.pk]})
    admin.delete("/api/organizations/acme")
    assert purge() > 0
    assert [organization.slug for organization in Organization.objects.all()] == ["globex"]
    assert [project.slug for project in Project.objects.all()] == [stranger.slug]
    assert not Task.objects.exists()
    assert not ApiKey.objects.exists()
    assert User.objects.get() == owner


def test_it_waits_until_no_request_can_be_under_way(full_project, admin):
    admin.delete("projects/web")
    assert purge_deleted(timezone.now(), 500) == 0
    assert Task.objects.count() == 2


def test_it_does_no_more_than_its_limit_at_a_time(api, admin, make_task):
    parent = make_task()
    for _ in range(5):
        make_task(parent=parent["id"])
    admin.delete("projects/web")
    left = []
    while purge(limit=2):
        left.append(Task.objects.count())
    assert sorted(left, reverse=True) == left
    assert all(before - after <= 2 for before, after in zip([6, *left], left, strict=False))
    assert not Organization.objects.exclude(slug="acme").exists()
