"""manage.py createapikey."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from projects.models import ApiKey, Membership, Organization, Project
from projects.scopes import TASK_SCOPES, Role, Scope
from tests.client import Api


def createapikey(*arguments):
    """The key, which is all that the command prints."""
    out = StringIO()
    call_command("createapikey", *arguments, stdout=out)
    (key,) = out.getvalue().splitlines()
    return key


def test_it_prints_a_key_of_a_project_that_works(project, other_project):
    key = Api(createapikey("acme/web"))
    assert key.post("/api/acme/web/tasks", {"name": "export"}).status_code == 201
    assert key.get("/api/acme/billing/tasks").status_code == 404
    row = ApiKey.objects.get()
    assert (row.name, set(row.scopes), row.expires) == ("command line", TASK_SCOPES, None)


def test_without_a_project_it_is_of_the_organization(project):
    key = Api(createapikey("acme"))
    assert key.get("/api/acme/web/tasks").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "scopes"),
    [
        pytest.param(["--admin"], ["admin"], id="admin"),
        pytest.param(["--scopes", "read:tasks, access:tasks"], ["read:tasks", "access:tasks"], id="scopes"),
        pytest.param(["--scopes", "read:tasks", "--admin"], ["read:tasks", "admin"], id="both"),
        pytest.param(["--scopes=admin", "--admin"], ["admin"], id="the same twice"),
    ],
)
def test_scopes_can_be_named(organization, arguments, scopes):
    createapikey("acme", *arguments)
    assert ApiKey.objects.get().scopes == scopes


def test_a_name_and_an_expiry_can_be_given(organization):
    createapikey("acme", "--name", "nightly", "--expires", "30")
    row = ApiKey.objects.get()
    assert row.name == "nightly"
    assert abs(row.expires - timezone.now() - datetime.timedelta(days=30)) < datetime.timedelta(minutes=1)


def test_what_is_missing_is_made_when_asked_for(db):
    key = Api(createapikey("new_one/web", "--create", "--admin"))
    assert key.get("/api/new_one/projects/web").json()["name"] == "web"
    membership = Membership.objects.get(organization__slug="new_one")
    assert (membership.role, membership.name, membership.email) == (Role.OWNER, "owner", "new_one@owner.invalid")
    assert not membership.user.has_usable_password()


def test_what_is_there_is_not_made_again(project):
    createapikey("acme/web", "--create")
    createapikey("acme/other", "--create")
    createapikey("acme/other", "--create")
    assert Organization.objects.count() == 1
    assert Project.objects.count() == 2
    assert ApiKey.objects.count() == 3


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        pytest.param(["none"], "no organization", id="no organization"),
        pytest.param(["none/web"], "no organization", id="no organization of the project"),
        pytest.param(["acme/none"], "no project", id="no project"),
        pytest.param(["acme/"], "after the slash", id="slash without a project"),
        pytest.param(["", "--create"], "slug", id="empty"),
        pytest.param(["Big One", "--create"], "slug", id="no slug"),
        pytest.param(["docs", "--create"], "path of the API", id="a path of the API"),
        pytest.param(["acme/a/b", "--create"], "slug", id="two slashes"),
        pytest.param(["acme/keys", "--create"], "path of the API", id="a path of the organization"),
        pytest.param(["acme", "--scopes", "root"], "no scope “root”", id="unknown scope"),
        pytest.param(["acme", "--scopes", ""], "no scope", id="empty scope"),
        pytest.param(["acme", "--expires", "0"], "from 1", id="no days"),
        pytest.param(["acme", "--expires", "-3"], "from 1", id="days ago"),
        pytest.param(["acme", "--expires", "999999999"], "calendar", id="too many days"),
        pytest.param(["acme", "--expires", "soon"], "int", id="no number of days"),
        pytest.param(["acme", "--name", ""], "name", id="empty name"),
        pytest.param(["acme", "--name", "x" * 256], "name", id="long name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(project, arguments, text):
    with pytest.raises(CommandError, match=text):
        createapikey(*arguments)
    assert (Organization.objects.count(), Project.objects.count(), ApiKey.objects.count()) == (1, 1, 0)


def test_a_new_organization_goes_again_with_a_bad_project(db):
    with pytest.raises(CommandError, match="path of the API"):
        createapikey("new/keys", "--create")
    assert not Organization.objects.exists()


def test_the_scope_of_an_admin_key_is_known_to_the_server(organization):
    assert Api(createapikey("acme", "--admin")).get("/api/acme/keys").status_code == 200
    assert Scope.ADMIN in ApiKey.objects.get().scopes
