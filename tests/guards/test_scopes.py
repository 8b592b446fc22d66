"""What each scope and each role lets its holder do: every operation, without the right to it and with it alone."""

import pytest
from django.db import transaction

from projects import keyring
from projects.models import ApiKey, User
from projects.scopes import TASK_SCOPES, Scope
from tests.answers import errors_of
from tests.client import Api
from tests.routes import call, fill, operations

ACME = {"org": "acme", "project": "web"}
# What a caller may read of the place where he is, whatever his scopes: its names.
OPEN = {
    "/api",
    "/api/organizations",
    "/api/organizations/{org}",
    "/api/{org}/projects",
    "/api/{org}/projects/{project}",
}
DIALECTS = ("/v2/", "/api/v0/")
# What belongs to tasks, and may be read by whoever may read these.
READ_WITH_TASKS = {"monitors", "workflow-statuses", "custom-fields", "rollup"}
ROLES = {
    "viewer": {Scope.ACCESS_TASKS, Scope.READ_TASKS},
    "member": set(TASK_SCOPES),
    "admin": set(Scope),
    "owner": set(Scope),
}


def needed(method, template):
    """The scope that an operation asks for; None where it asks for none."""
    reads = method in {"GET", "HEAD"}
    if reads and template in OPEN:
        return None
    if template.startswith(DIALECTS):
        return needed_in_a_dialect(method, template)
    if reads and READ_WITH_TASKS & set(template.split("/")):
        return Scope.READ_TASKS
    _, is_task, below = template.partition("/{project}/tasks")
    if not is_task:
        return Scope.ADMIN
    if below == "/events":
        return Scope.ACCESS_TASKS
    if below == "":
        return Scope.ACCESS_TASKS if reads else Scope.CREATE_TASKS
    if below == "/{id}" and method == "DELETE":
        return Scope.CANCEL_TASKS
    return Scope.READ_TASKS if reads else Scope.UPDATE_TASKS


def needed_in_a_dialect(method, template):
    """The body that is sent completes nothing."""
    if method in {"GET", "HEAD"}:
        return Scope.ACCESS_TASKS if template.endswith("/tasks") else Scope.READ_TASKS
    return {"POST": Scope.CREATE_TASKS, "DELETE": Scope.CANCEL_TASKS}.get(method, Scope.UPDATE_TASKS)


def is_forbidden(template, response):
    """ProjectBubble's document has one status for whoever may not."""
    return response.status_code == (401 if template.startswith("/v2/") else 403)


def outcomes(api, admin):
    """The answer to each operation, each as if it were the only one."""
    for method, template in operations():
        if method == "OPTIONS":
            continue  # says what a path takes, to whoever may see it
        path = fill(template, ACME, admin)
        with transaction.atomic():
            response = call(api, method, path)
            transaction.set_rollback(True)
        keyring.forget()
        yield method, template, response


def seen(method, template, response):
    return f"{method} {template}: {response.status_code} {response.content[:200]!r}, needs {needed(method, template)}"


def assert_may(api, admin, allowed):
    wrong = []
    for method, template, response in outcomes(api, admin):
        scope = needed(method, template)
        may = scope is None or scope in allowed
        is_missing = response.status_code in {401, 404} and not template.startswith("/v2/")
        if is_forbidden(template, response) == may or is_missing or response.status_code >= 500:
            wrong.append(seen(method, template, response))
        elif response.status_code == 403 and method != "HEAD" and not template.startswith(DIALECTS):
            assert [error["code"] for error in errors_of(response)] == ["permission_denied"]
    assert wrong == []


@pytest.mark.parametrize("scope", Scope, ids=str)
def test_a_key_with_one_scope_may_do_what_it_says_and_no_more(populated, organization, owner, make_key, scope):
    api = Api(make_key(organization, scope, creator=owner))
    assert_may(api, populated, set(Scope) if scope is Scope.ADMIN else {scope})


@pytest.mark.parametrize("scope", sorted(TASK_SCOPES), ids=str)
def test_a_key_that_lacks_one_scope_may_do_all_of_the_others(populated, organization, make_key, scope):
    assert_may(Api(make_key(organization, *TASK_SCOPES - {scope})), populated, TASK_SCOPES - {scope})


@pytest.mark.parametrize("role", ROLES)
def test_a_person_may_do_what_his_role_says(populated, organization, role):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role=role)
    api, wrong = Api(None), []
    api.client.force_login(user)
    for method, template, response in outcomes(api, populated):
        if (method, template) == ("POST", "/api/organizations"):
            continue  # founding one concerns no organization that there is
        if template.startswith(DIALECTS):
            continue  # for keys alone
        scope = needed(method, template)
        may = scope is None or scope in ROLES[role]
        # An administrator makes nobody an owner, himself neither, gives out no owner's key, and closes no organization.
        is_for_owners = role == "admin" and ({"members", "keys"} & set(template.split("/")) or method == "DELETE")
        if response.status_code >= 500 or ((response.status_code == 403) == may and not is_for_owners):
            wrong.append(seen(method, template, response))
    assert wrong == []


@pytest.mark.parametrize("scope", sorted(TASK_SCOPES), ids=str)
def test_a_project_key_has_its_scopes_in_its_project(populated, project, make_key, scope):
    wrong = []
    for method, template, response in outcomes(Api(make_key(project, scope)), populated):
        is_dialect = template.startswith(DIALECTS)
        if "/{project}/tasks" not in template and not is_dialect:
            continue
        may = needed(method, template) == scope
        if is_forbidden(template, response) == may or (response.status_code in {401, 404} and not is_dialect):
            wrong.append(seen(method, template, response))
    assert wrong == []


def test_what_a_path_takes_is_told_to_whoever_may_see_it(populated, organization, make_key):
    api, wrong = Api(make_key(organization, Scope.READ_TASKS)), []
    for method, template in operations():
        if method == "OPTIONS":
            response = call(api, method, fill(template, ACME, populated))
            if response.status_code != 200:
                wrong.append(seen(method, template, response))
    assert wrong == []


def test_a_key_that_names_no_scopes_has_the_five_for_tasks(project):
    key, text = ApiKey.objects.issue(project.organization, project)
    assert set(key.scopes) == {"access:tasks", "read:tasks", "create:tasks", "update:tasks", "cancel:tasks"}
    api = Api(text, base="/api/acme/web")
    task = api.post("tasks", {"name": "export"})
    path = f"tasks/{task.json()['id']}"
    assert (task.status_code, api.delete(path).status_code) == (201, 204)
    assert [api.get("tasks").status_code, api.get(path).status_code, api.patch(path, {}).status_code] == [200] * 3
