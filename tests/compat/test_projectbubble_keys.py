"""ProjectBubble v2: who may call. Follows "Response Codes" of its document: whoever may not gets a 401."""

import json

import pytest

from projects import keyring, last_used
from projects.keys import decode
from projects.models import ApiKey
from projects.scopes import TASK_SCOPES, Scope
from taskapi.rest import limits
from tests.client import Api


def refused(response):
    assert response.status_code == 401, response.content
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["WWW-Authenticate"] == "Key"
    assert list(response.json()) == ["error"]
    return response.json()["error"]


def ask(domain=None, key=None, path="/v2/tasks", **kwargs):
    headers = {name: value for name, value in {"domain": domain, "key": key}.items() if value is not None}
    return Api(None).get(path, headers=headers, **kwargs)


@pytest.mark.parametrize(
    "domain", ["acme", "acme.projectbubble.com", "ACME.ProjectBubble.com", " acme ", "acme.x.y:8000", "acme."]
)
def test_the_organization_is_the_first_part_of_the_domain(project, make_key, domain):
    assert ask(domain, make_key(project)).status_code == 200


def test_a_key_is_taken_whole_and_bare(project, make_key):
    key = make_key(project)
    assert ask("acme", key).status_code == ask("acme", decode(key)).status_code == 200


def test_without_a_key_there_is_a_401(project):
    assert "key" in refused(ask("acme"))
    assert "key" in refused(ask("acme", ""))


@pytest.mark.parametrize("domain", [None, "", "globex", "acme2.projectbubble.com", "projectbubble.acme", ".acme"])
def test_a_key_opens_its_own_organization_alone(project, stranger, make_key, domain):
    refused(ask(domain, make_key(project)))
    refused(ask(domain, make_key(project.organization)))


@pytest.mark.parametrize("key", ["nonsense", "27838413e610417bd866352767fe322ca97d94c8", "tak_", "Bearer x", "ü"])
def test_a_key_that_is_none_is_refused(project, key):
    refused(ask("acme", key))


@pytest.mark.parametrize("fate", ["revoked", "expires"])
def test_a_key_that_is_no_longer_live_is_refused(project, make_key, fate):
    refused(ask("acme", make_key(project, **{fate: "2001-01-01T00:00:00Z"})))


def test_the_native_header_is_no_key_here(api, project, make_key):
    refused(Api(None).get("/v2/tasks", headers={"Authorization": f"Bearer {make_key(project)}", "domain": "acme"}))


def test_addresses_that_fail_too_often_wait(project, make_key, settings):
    settings.TASKAPI_FAILED_KEYS_PER_MINUTE = 3
    limits.forget()
    assert [ask("acme", "nonsense").status_code for _ in range(3)] == [401] * 3
    answer = ask("acme", "nonsense")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert list(answer.json()) == ["error"]
    assert ask("acme", make_key(project)).status_code == 200


def test_the_last_use_of_a_key_is_noted(api):
    assert api.get("/v2/tasks").status_code == 200
    last_used.flush()
    assert ApiKey.objects.get().last_used is not None


CALLS = [
    ("GET", "/v2/tasks", None, {Scope.ACCESS_TASKS}),
    ("GET", "/v2/tasks/{task}", None, {Scope.READ_TASKS}),
    ("POST", "/v2/tasks", {"project_id": "{project}", "task_name": "x"}, {Scope.CREATE_TASKS}),
    ("POST", "/v2/tasks/{project}", {"task_name": "x"}, {Scope.CREATE_TASKS}),
    ("POST", "/v2/tasks/{task}", {"complete": 1}, {Scope.UPDATE_TASKS}),
    ("POST", "/v2/tasks/{task}", {"resume": 1}, {Scope.UPDATE_TASKS}),
    ("PUT", "/v2/tasks/{task}", {"completed": 1}, {Scope.UPDATE_TASKS}),
    ("PUT", "/v2/tasks/{task}", {"task_name": "x"}, {Scope.UPDATE_TASKS}),
    ("DELETE", "/v2/tasks/{task}", None, {Scope.CANCEL_TASKS}),
]


@pytest.mark.parametrize(("method", "path", "body", "needed"), CALLS)
def test_each_call_needs_its_scope_and_no_other(project, make_task, make_key, method, path, body, needed):
    ids = {"task": make_task()["number"], "project": project.number}
    sent = {"body": json.loads(json.dumps(body).replace("{project}", str(project.number)))} if body else {}
    for scope in sorted(TASK_SCOPES - needed):
        before = rows(project)
        error = refused(Api(make_key(project, scope)).request(method, path.format(**ids), **sent))
        assert error == ("Permission error. Your user account (API Key) does not have permission to access tasks."), (
            scope
        )
        assert rows(project) == before
    for scope in [*needed, Scope.ADMIN]:
        ids["task"] = make_task()["number"]
        assert Api(make_key(project, scope)).request(method, path.format(**ids), **sent).status_code < 300


def rows(project):
    return list(project.tasks.order_by("pk").values())


def test_a_project_key_reaches_its_project_alone(api, admin, other_project):
    there = admin.post(f"/v2/tasks/{other_project.number}", {"task_name": "theirs"}).json()["data"]
    number = there["task_id"]
    assert api.get("/v2/tasks").json()["data"] == []
    assert api.get(f"/v2/tasks?project_id={other_project.number}").json()["paging"]["total_records"] == 0
    for method, body in (("GET", None), ("PUT", {"task_name": "ours"}), ("PUT", {"completed": 1}), ("DELETE", None)):
        answer = api.request(method, f"/v2/tasks/{number}", **({"body": body} if body else {}))
        assert (answer.status_code, answer.json()) == (404, {"error": "Task not found."})
    assert api.post(f"/v2/tasks/{other_project.number}", {"task_name": "x"}).status_code == 404
    assert api.post("/v2/tasks", {"task_name": "x", "project_id": other_project.number}).status_code == 400
    assert admin.get(f"/v2/tasks/{number}").json()["data"] == there


def test_an_organization_key_reaches_all_of_its_projects_and_no_others(
    admin, project, other_project, stranger, make_key
):
    numbers = [
        admin.post(f"/v2/tasks/{place.number}", {"task_name": place.slug}).json()["data"]["task_id"]
        for place in (project, other_project)
    ]
    other = Api(make_key(stranger.organization, Scope.ADMIN))
    assert {task["task_id"] for task in admin.get("/v2/tasks").json()["data"]} == set(numbers)
    assert other.get("/v2/tasks").json()["data"] == []
    for number in numbers:
        assert admin.get(f"/v2/tasks/{number}").status_code == 200
        for method in ("GET", "PUT", "DELETE"):
            assert other.request(method, f"/v2/tasks/{number}").status_code == 404
    assert other.post(f"/v2/tasks/{project.number}", {"task_name": "x"}).status_code == 404


def test_a_renamed_project_is_shown_by_its_new_name_at_once(api, admin, make_task):
    number = make_task()["number"]
    assert api.get(f"/v2/tasks/{number}").json()["data"]["project_name"] == "Web"
    assert admin.patch("projects/web", {"name": "Shop"}).status_code == 200
    assert api.get(f"/v2/tasks/{number}").json()["data"]["project_name"] == "Shop"


def test_a_key_is_looked_up_once_and_then_remembered(api, django_assert_num_queries):
    keyring.forget()
    api.get("/v2/tasks")
    with django_assert_num_queries(1):
        api.get("/v2/tasks")
