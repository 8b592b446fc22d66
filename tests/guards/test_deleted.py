"""Nothing is created for what is deleted, and no key of it opens anything: every operation that creates rows."""

import pytest

from planning.models import Plan
from projects import keyring
from projects.deleting import delete_organization, delete_project
from projects.models import ApiKey, Project
from projects.principals import Principal
from projects.scopes import Scope
from tests.client import Api
from tests.routes import call, fill, operations, own_models, rows_of, way_to

ACME = {"org": "acme", "project": "web"}
EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
DAY = "2026-02-03"
TASK = "/api/{org}/{project}/tasks/{id}"
# What each operation creates, of the project `web` where it can be of one.
CREATING = {
    ("POST", "/api/{org}/{project}/tasks"): {"name": "new", "actions": [EMAIL]},
    ("POST", TASK): {"actions": [EMAIL]},
    ("PUT", TASK): {"name": "new", "actions": [EMAIL]},
    ("PATCH", TASK): {"status": "error"},
    ("POST", f"{TASK}/actions"): EMAIL,
    ("POST", f"{TASK}/extra-costs"): {"name": "new", "amount": "1", "currency": "EUR", "date": DAY},
    ("POST", f"{TASK}/time-reports"): {"user": None, "date": DAY, "minutes": 5},
    ("PATCH", f"{TASK}/plan"): {"description": "new"},
    ("POST", "/api/{org}/{project}/monitors"): {"name": "new", "interval": 60},
    ("POST", "/api/{org}/actions"): {**EMAIL, "name": "new", "project": "web"},
    ("POST", "/api/{org}/custom-fields"): {"name": "new", "type": "text"},
    ("POST", "/api/{org}/integrations"): {"kind": "webhook", "slug": "new", "config": {"url": "https://new.example/"}},
    ("POST", "/api/{org}/keys"): {"name": "new", "project": "web"},
    ("POST", "/api/{org}/members"): {"email": "new@example.org"},
    ("POST", "/api/{org}/projects"): {"slug": "new", "name": "New"},
    ("POST", "/api/{org}/teams"): {"name": "new"},
    ("POST", "/api/{org}/workflow-statuses"): {"project": "web", "name": "new", "status": "pending"},
    ("PUT", "/api/v0/tasks/{task_id}"): {"billable": True},
    ("PATCH", "/api/v0/tasks/{task_id}"): {"billable": True},
    ("POST", "/v2/tasks"): {"task_name": "new", "project_id": None},
    ("PUT", "/v2/tasks/{id}"): {"description": "new", "minutes": 90},
}
# These create nothing that belongs to an organization that is there, or send what is there already.
OTHERS = {
    ("POST", "/api/organizations"),
    ("POST", "/api/{org}/deliveries/{id}/redeliver"),
    ("POST", "/api/{org}/integrations/{id}/rotate-secret"),
    ("POST", "/api/{org}/integrations/{id}/test"),
    ("POST", "/v2/tasks/{id}"),
}


def test_every_operation_that_creates_is_here():
    assert {(method, path) for method, path in operations() if method == "POST"} <= CREATING.keys() | OTHERS


@pytest.fixture
def requests(populated, owner, project):
    """Method, path and body of each operation that creates rows."""
    known = {"user": owner.pk, "project_id": project.pk}
    Plan.objects.all().delete()  # made by whatever writes one first
    return [
        (method, fill(template, ACME, populated), {**body, **{n: known[n] for n in known if n in body}})
        for (method, template), body in CREATING.items()
    ]


@pytest.fixture
def callers(populated, project, owner, make_key, settings):
    """Callers whose keys this process remembers, as a request knows its key that has begun before a deletion."""
    settings.TASKAPI_KEY_CACHE_SECONDS = 600
    mine = [populated, Api(make_key(project, Scope.ADMIN, creator=owner))]
    keyring.forget()
    for api in mine:
        for path in ("/api/acme/web/tasks", "/v2/tasks", "/api/v0/tasks", "/api/acme/keys"):
            assert api.get(path).status_code in {200, 403}
    return mine


def rows_below(target):
    """The keys of all rows that hang on a project or an organization, by model."""
    ways = {model: way_to(type(target), model) for model in own_models()}
    return {
        model.__name__: set(model._default_manager.filter(**{way: target.pk}).values_list("pk", flat=True))
        for model, way in ways.items()
        if way is not None
    }


def created(before, after):
    return {name: keys - before[name] for name, keys in after.items() if keys - before[name]}


def test_each_of_them_creates_something(callers, requests, project):
    """Else the tests below would show nothing."""
    for method, path, body in requests:
        Plan.objects.all().delete()
        before = rows_below(project.organization), rows_below(project)
        assert callers[0].request(method, path, body).status_code in {200, 201}, (method, path)
        after = rows_below(project.organization), rows_below(project)
        assert any(created(*pair) for pair in zip(before, after, strict=True)), (method, path)


@pytest.mark.parametrize("who", [0, 1], ids=["organization key", "project key"])
def test_what_is_under_way_creates_nothing_for_a_deleted_project(callers, requests, project, who):
    delete_project(Project.objects.get(pk=project.pk))
    before, wrong = rows_below(project), []
    for method, path, body in requests:
        response = callers[who].request(method, path, body)
        # The organization stays, and whatever else belongs to it can be created.
        is_of_project = "/web/" in path or "web" in body.values() or path.startswith(("/v2/", "/api/v0/"))
        if new := created(before, rows_below(project)):
            wrong.append((method, path, response.status_code, new))
        if is_of_project and response.status_code not in {400, 403, 404, 422}:
            wrong.append((method, path, response.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", [0, 1], ids=["organization key", "project key"])
def test_what_is_under_way_creates_nothing_for_a_deleted_organization(callers, requests, organization, owner, who):
    delete_organization(organization, by=Principal(organization=organization, user_id=owner.pk))
    before, wrong = rows_below(organization), []
    for method, path, body in requests:
        response = callers[who].request(method, path, body)
        if response.status_code not in {400, 401, 403, 404, 422}:
            wrong.append((method, path, response.status_code, response.content))
        if new := created(before, rows_below(organization)):
            wrong.append((method, path, response.status_code, new))
    assert wrong == []


@pytest.mark.parametrize("is_revoked", [True, False], ids=["revoked with it", "created beside its deletion"])
@pytest.mark.parametrize("fate", ["project", "organization"])
def test_a_key_of_what_is_deleted_opens_nothing(populated, organization, project, make_key, fate, is_revoked):
    paths = {template: fill(template, ACME, populated) for _, template in operations()}
    api = Api(make_key(project, Scope.ADMIN))
    assert api.get("/api/acme/web/tasks").status_code == 200
    if fate == "project":
        delete_project(Project.objects.get(pk=project.pk))
    else:
        delete_organization(organization, by=Principal(organization=organization))
    if not is_revoked:
        key = ApiKey.objects.filter(project=project).latest("pk")
        ApiKey.objects.filter(pk=key.pk).update(revoked=None, organization=organization)
    keyring.forget()
    before, wrong = rows_of(organization), []
    for method, template in operations():
        response = call(api, method, paths[template])
        if template != "/api" and response.status_code != 401:
            wrong.append((method, template, response.status_code))
    assert wrong == []
    assert rows_of(organization) == before
