"""By what right somebody listens: what ends it, while the stream is open."""

import datetime

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from events.grants import grant_of, lapsed
from projects.deleting import delete_organization, delete_project
from projects.keyring import as_principal
from projects.models import ApiKey, User
from projects.principals import Principal
from projects.scopes import Role, Scope


@pytest.fixture(params=["project", "organization"])
def key(request, organization, project):
    row, _ = ApiKey.objects.issue(organization, project if request.param == "project" else None)
    return row


@pytest.fixture
def member(organization):
    user = User.objects.create_user("ada@acme.example", "a password of hers")
    return organization.memberships.create(user=user, role="viewer")


@pytest.fixture
def session():
    store = SessionStore()
    store.create()
    return store


def by_key(key, project):
    return grant_of(as_principal(key), project, None, "")


def by_session(member, project, session):
    principal = Principal(organization=project.organization, user_id=member.user_id, role=Role.VIEWER)
    return grant_of(principal, project, member.user, session.session_key)


def test_who_may_listen_goes_on_listening(key, member, session, project):
    assert lapsed({by_key(key, project), by_session(member, project, session)}) == set()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"revoked": timezone.now()}, id="revoked"),
        pytest.param({"expires": timezone.now() - datetime.timedelta(seconds=1)}, id="expired"),
        pytest.param({"scopes": [Scope.READ_TASKS.value]}, id="without the scope"),
    ],
)
def test_a_key_that_may_no_more(key, member, session, project, change):
    grant, other = by_key(key, project), by_session(member, project, session)
    ApiKey.objects.filter(pk=key.pk).update(**change)
    assert lapsed({grant, other}) == {grant}


def test_a_key_of_another_project_is_none_here(organization, other_project, project):
    row, _ = ApiKey.objects.issue(organization, other_project)
    assert lapsed({by_key(row, project)}) == {by_key(row, project)}


@pytest.mark.parametrize("fate", ["left", "disabled", "signed out", "session expired", "other password"])
def test_a_member_who_may_no_more(key, member, session, project, fate):
    grant, other = by_session(member, project, session), by_key(key, project)
    if fate == "left":
        member.delete()
    elif fate == "disabled":
        User.objects.filter(pk=member.user_id).update(is_active=False)
    elif fate == "signed out":
        session.flush()
    elif fate == "session expired":
        session.model.objects.update(expire_date=timezone.now() - datetime.timedelta(seconds=1))
    else:
        member.user.set_password("another password")
        member.user.save()
    assert lapsed({grant, other}) == {grant}


@pytest.mark.parametrize("what", ["project", "organization"])
def test_nobody_listens_to_what_is_deleted(key, member, session, project, what):
    grants = {by_key(key, project), by_session(member, project, session)}
    if what == "project":
        delete_project(project)
    else:
        delete_organization(project.organization, by=Principal(organization=project.organization, role=Role.OWNER))
    assert lapsed(grants) == grants


def test_a_project_that_moved_is_another(key, project):
    grant = by_key(key, project)
    project.slug = "renamed"
    project.save()
    assert lapsed({grant}) == {grant}
