"""No caller reads, changes or learns of what is not his: every operation, with every kind of stranger."""

import pytest

from planning.models import CustomField
from projects.models import Organization, User
from projects.scopes import Scope
from tests.answers import errors_of
from tests.client import Api
from tests.routes import MARK, call, fill, operations, rows_of

ACME = {"org": "acme", "project": "web"}


@pytest.fixture
def foreign(stranger, make_key):
    """Callers of another organization, with all the rights that one can have there."""
    user = User.objects.create_user("owner@globex.example")
    stranger.organization.memberships.create(user=user, role="owner")
    browser = Api(None)
    browser.client.force_login(user)
    return {
        "key of a project": Api(make_key(stranger)),
        "admin key of a project": Api(make_key(stranger, Scope.ADMIN)),
        "admin key of an organization": Api(make_key(stranger.organization, Scope.ADMIN, creator=user)),
        "owner in a browser": browser,
    }


@pytest.fixture
def sibling(other_project, make_key):
    """Callers of another project of the same organization."""
    return {"key": Api(make_key(other_project)), "admin key": Api(make_key(other_project, Scope.ADMIN))}


def leaks(response):
    return MARK in f"{dict(response.headers)} {response.content.decode()}".lower()


def seen(method, path, response):
    return f"{method} {path}: {response.status_code} {response.content[:300]!r}"


@pytest.mark.parametrize(
    "who", ["key of a project", "admin key of a project", "admin key of an organization", "owner in a browser"]
)
def test_another_organization_does_not_exist(populated, organization, foreign, who):
    api, before, wrong = foreign[who], rows_of(organization), []
    for method, template in operations():
        path = fill(template, ACME, populated)
        response = call(api, method, path)
        is_hidden = response.status_code == 404 if "{org}" in template else response.status_code < 500
        if not is_hidden or leaks(response):
            wrong.append(seen(method, path, response))
        elif "{org}" in template:
            # Not even that there is such an organization: nothing tells it from one that there is not.
            missing = call(api, method, path.replace("/acme", "/nowhere", 1))
            if (missing.status_code, missing.content) != (response.status_code, response.content):
                wrong.append(seen(method, path, response) + seen("but where there is none", "", missing))
    assert wrong == []
    assert rows_of(organization) == before


@pytest.mark.parametrize("who", ["admin key of a project", "admin key of an organization", "owner in a browser"])
def test_an_id_of_another_organization_leads_nowhere(populated, organization, foreign, who):
    """The path is the caller's own, the id in it is not."""
    api, before, wrong = foreign[who], rows_of(organization), []
    for method, template in operations():
        if not template.replace("{org}", "").replace("{project}", "").count("{"):
            continue
        if (method, template) == ("POST", "/v2/tasks/{id}"):
            continue  # by that body, the number is a project's, and may be the caller's own
        path = fill(template, ACME, populated).replace("/acme", "/globex", 1)
        response = call(api, method, path)
        is_refused = response.status_code == 404 or (who == "admin key of a project" and response.status_code == 403)
        if who == "owner in a browser" and template.startswith(("/v2/", "/api/v0/")):
            is_refused = response.status_code == 401  # for keys alone
        # What OPTIONS says of a path is the same for every id.
        if not (is_refused or method == "OPTIONS") or leaks(response):
            wrong.append(seen(method, path, response))
    assert wrong == []
    assert rows_of(organization) == before


@pytest.mark.parametrize("who", ["key", "admin key"])
def test_another_project_does_not_exist(populated, organization, other_project, sibling, who):
    # These are the caller's as well, and may be named to it.
    Organization.objects.update(name="Acme")
    CustomField.objects.update(name="Cost centre")
    api, before, wrong = sibling[who], rows_of(organization, but=other_project), []
    for method, template in operations():
        path = fill(template, ACME, populated)
        response = call(api, method, path)
        is_hidden = response.status_code == 404 if "{project}" in template else response.status_code < 500
        if not is_hidden or leaks(response):
            wrong.append(seen(method, path, response))
    assert wrong == []
    assert rows_of(organization, but=other_project) == before


def test_an_id_of_another_project_leads_nowhere(populated, organization, other_project, sibling):
    api, before, wrong = sibling["admin key"], rows_of(organization, but=other_project), []
    for method, template in operations():
        if "{project}/" not in template or template.count("{") == 2:
            continue
        path = fill(template, ACME, populated).replace("/acme/web/", "/acme/billing/")
        response = call(api, method, path)
        if not (response.status_code == 404 or method == "OPTIONS") or leaks(response):
            wrong.append(seen(method, path, response))
    assert wrong == []
    assert rows_of(organization, but=other_project) == before


@pytest.mark.parametrize("header", [None, "Bearer nonsense"], ids=["no key", "a wrong key"])
def test_without_a_key_there_is_a_401(populated, organization, header):
    api, before, wrong = Api(None), rows_of(organization), []
    for method, template in operations():
        if template == "/api":  # the way in, for everybody
            continue
        path = fill(template, ACME, populated)
        response = api.request(method, path, headers={"Authorization": header} if header else {})
        scheme = "Key" if template.startswith("/v2/") else "Bearer"
        if response.status_code != 401 or response.headers.get("WWW-Authenticate") != scheme or leaks(response):
            wrong.append(seen(method, path, response))
        elif method != "HEAD" and not template.startswith(("/v2/", "/api/v0/")):
            errors_of(response)
    assert wrong == []
    assert rows_of(organization) == before


@pytest.mark.parametrize("reason", ["revoked", "expires"])
def test_a_key_that_is_no_longer_live_is_no_key(populated, organization, make_key, reason):
    api = Api(make_key(organization, Scope.ADMIN, **{reason: "2001-01-01T00:00:00Z"}))
    before, wrong = rows_of(organization), []
    for method, template in operations():
        response = call(api, method, fill(template, ACME, populated))
        if template != "/api" and response.status_code != 401:
            wrong.append(seen(method, template, response))
    assert wrong == []
    assert rows_of(organization) == before


@pytest.mark.parametrize(("fate", "status"), [("left", 404), ("was disabled", 401)])
def test_a_person_who_is_gone_sees_nothing_more(populated, organization, fate, status):
    user = User.objects.create_user("ada@acme.example")
    membership = organization.memberships.create(user=user, role="owner")
    api, wrong = Api(None), []
    api.client.force_login(user)
    assert api.get("/api/acme/web/tasks").status_code == 200
    if fate == "left":
        membership.delete()
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
    before = rows_of(organization)
    for method, template in operations():
        response = call(api, method, fill(template, ACME, populated))
        if "{org}" in template and (response.status_code != status or leaks(response)):
            wrong.append(seen(method, template, response))
    assert wrong == []
    assert rows_of(organization) == before
