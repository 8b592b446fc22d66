"""ProjectBubble v2: bodies in every form, and requests that can't be served: always JSON, `{"error": …}`."""

import json
from unittest import mock

import pytest
from django.db import OperationalError

from compat.projectbubble import page
from projects.models import User
from tasks.models import Task
from tests.client import Api

URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "xYzZY"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.fixture(autouse=True)
def user(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="owner", display_name="Ada")
    return user


@pytest.fixture
def post(api, project):
    def post(data, content_type=URLENCODED, method="POST", path=None):
        return api.request(method, path or f"/v2/tasks/{project.number}", data=data, content_type=content_type)

    return post


def failed(response, status):
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/json"
    assert list(response.json()) == ["error"]
    assert response.headers["X-Request-ID"]
    return response.json()["error"]


def multipart(*parts):
    lines = []
    for name, value, *more in parts:
        lines += [f"--{BOUNDARY}", f'Content-Disposition: form-data; name="{name}"{"".join(more)}', "", value]
    return "\r\n".join([*lines, f"--{BOUNDARY}--", ""])


@pytest.mark.parametrize(
    "content_type",
    [URLENCODED, "application/json", "text/plain", "application/xml", "", f"{URLENCODED}; charset=UTF-8", "x"],
)
def test_json_is_json_whatever_it_is_called(post, content_type):
    made = post(b' \n{"task_name": "\xc3\xa4", "users": []}', content_type)
    assert made.status_code == 201, made.content
    assert made.json()["data"]["task_name"] == "ä"


@pytest.mark.parametrize(
    "users",
    [
        "users[]={0}",
        "users[0]={0}",
        "users[0][user_id]={0}",
        "users%5B%5D={0}",
        "users={0}",
        "users[][user_id]={0}",
        "users[7][user_id]={0}&users[7][user_name]=Ada",
        "users={0}&users={0}",
    ],
)
def test_a_form_is_taken_as_well(post, user, users):
    made = post(f"task_name=a+b%C3%A4&due_date=20260131&important=1&price=1.50&{users.format(user.pk)}")
    assert made.status_code == 201, made.content
    task = made.json()["data"]
    assert (task["task_name"], task["due_date"], task["important"]) == ("a bä", "2026-01-31 00:00:00", "1")
    assert task["price"] == "1.5"
    assert task["users"] == [{"user_id": str(user.pk), "user_name": "Ada"}]


def test_lists_of_a_form_keep_their_order(post, user, organization):
    others = []
    for name in ("b", "c"):
        other = User.objects.create_user(f"{name}@acme.example")
        organization.memberships.create(user=other)
        others.append(other.pk)
    b, c = others
    made = post(f"task_name=x&users[2]={b}&users[]={user.pk}&users[1]={c}")
    assert [int(shown["user_id"]) for shown in made.json()["data"]["users"]] == [c, b, user.pk]


def test_a_form_in_parts_is_taken_as_well(post, user):
    made = post(multipart(("task_name", "ä b"), ("users[]", str(user.pk)), ("notes", "two\r\nlines")), MULTIPART)
    assert made.status_code == 201, made.content
    task = made.json()["data"]
    assert (task["task_name"], task["notes"], len(task["users"])) == ("ä b", "two\r\nlines", 1)


def test_a_form_can_empty_and_complete(post, api, make_task):
    number = make_task()["number"]
    path = f"/v2/tasks/{number}"
    post("due_date=20260131&users=&tags=a", method="PUT", path=path)
    cleared = post("due_date=&tags=&users=", method="PUT", path=path).json()["data"]
    assert (cleared["due_date"], cleared["tags"], cleared["users"]) == ("0000-00-00 00:00:00", "", [])
    assert post("completed=1", method="PUT", path=path).json()["data"]["completed"] == "1"
    assert post("resume=1", path=path).json()["data"]["completed"] == "0"


BAD = [
    (b'{"task_name": "x"', URLENCODED, "JSON"),
    (b"[1, 2]", URLENCODED, "JSON object"),
    (b'"x"', "application/json", "JSON object"),
    (b"null", "application/json", "JSON object"),
    (b"<task/>", "application/xml", "JSON"),
    (b'{"price": NaN}', URLENCODED, "JSON parse error"),
    (b'{"price": 1e999}', URLENCODED, "price"),
    (b'{"task_order": 9223372036854775808}', URLENCODED, "task_order"),
    (b'{"task_name": "a\\u0000b"}', URLENCODED, "task_name"),
    (b'{"users": [{"user_id": "\\ud800"}]}', URLENCODED, "users.0.user_id"),
    (b'{"a\\u0000": 1}', URLENCODED, "a"),
    (b'{"task_name": "\xff"}', URLENCODED, "UTF-8"),
    (b'{"a": ' + b"[" * 500 + b"]" * 500 + b"}", URLENCODED, "nested too deep"),
    (b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", URLENCODED, "nested too deep"),
    (b'{"a": ' + b"9" * 5000 + b"}", URLENCODED, "digits"),
    (b"task_name=\xff", URLENCODED, "UTF-8"),
    (b"task_name=%FF", URLENCODED, "UTF-8"),
    (b"task_name=%ED%A0%80", URLENCODED, "UTF-8"),
    (b"task_name=a%00b", URLENCODED, ""),
    (b"task_name=a&task_name=b", URLENCODED, "task_name"),
    (b"task_name=a&users[x]=1", URLENCODED, "users[x]"),
    (b"task_name=a&users[0][a][b]=1", URLENCODED, "users[0][a][b]"),
    (b"task_name=a&users[0]=1&users[0][user_id]=x", URLENCODED, "users"),
    (b"task_name[]=a", URLENCODED, "task_name[]"),
    (b"&".join(b"a%d=1" % n for n in range(2000)), URLENCODED, "fields"),
    (b"task_name=x", f"{URLENCODED}; charset=utf-16", "UTF-8"),
    (b'{"task_name": "x"}', "application/json; charset=utf-7", "UTF-8"),
    (multipart(("task_name", "a\x00b")).encode(), MULTIPART, ""),
    (multipart(("task_name", "x", '; filename="x.txt"')).encode(), MULTIPART, "task_name"),
    (multipart(("task_name", "\udcff")).encode(errors="surrogateescape"), MULTIPART, "UTF-8"),
    (b"task_name=x", "multipart/form-data", ""),
    (multipart(*((f"a{n}", "1") for n in range(2000))).encode(), MULTIPART, ""),
]


@pytest.mark.parametrize(("data", "content_type", "word"), BAD, ids=[str(number) for number in range(len(BAD))])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_body_that_can_not_be_read_is_refused(post, make_task, method, data, content_type, word):
    number = make_task()["number"]
    path = f"/v2/tasks/{number}" if method == "PUT" else None
    before = list(Task.objects.values())
    assert word in failed(post(data, content_type, method, path), 400)
    assert list(Task.objects.values()) == before


def test_a_body_that_is_too_large_is_a_413(post, settings):
    body = json.dumps({"task_name": "x", "notes": "n" * settings.TASKAPI_MAX_BODY})
    assert "too large" in failed(post(body), 413)
    assert "too large" in failed(post("task_name=x&notes=" + "n" * settings.TASKAPI_MAX_BODY), 413)
    assert "too large" in failed(post(multipart(("notes", "n" * settings.TASKAPI_MAX_BODY)), MULTIPART), 413)


def test_long_texts_are_kept(post):
    notes = "n" * 500_000
    assert post(json.dumps({"task_name": "x", "notes": notes})).json()["data"]["notes"] == notes


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v2/tasks/1", {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"}),
        ("PUT", "/v2/tasks", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("DELETE", "/v2/tasks/", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("TRACE", "/v2/tasks", {"GET", "POST", "HEAD", "OPTIONS"}),
        ("BREW", "/v2/tasks", {"GET", "POST", "HEAD", "OPTIONS"}),
    ],
)
def test_a_method_that_a_path_does_not_know_is_a_405(api, method, path, allowed):
    response = api.request(method, path)
    assert failed(response, 405)
    assert set(response.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("path", ["/v2/", "/v2/projects", "/v2/tasks/1/2", "/v2/tasks//", "/v2/x.html"])
def test_an_unknown_path_is_a_404(api, path):
    for caller in (api, Api(None)):
        for method in ("GET", "POST", "PUT"):
            assert failed(caller.request(method, path), 404) == "Not found."


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/xml", "nonsense", "application/json; indent=4"])
def test_the_answer_is_json_whatever_is_accepted(api, accept):
    response = api.get("/v2/tasks", headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert set(response.json()) == {"paging", "data"}
    assert failed(api.get("/v2/tasks/0", headers={"Accept": accept}), 404)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_only_the_list_takes_parameters_in_its_query(api, make_task, method):
    number = make_task()["number"]
    assert failed(api.request(method, f"/v2/tasks/{number}?notes=x"), 400) == "notes: There is no such parameter."


def test_a_fault_of_the_server_tells_nothing(api, make_task):
    number = make_task()["number"]
    with mock.patch.object(page, "people_of", side_effect=RuntimeError("secret")):
        assert failed(api.get(f"/v2/tasks/{number}"), 500) == "A server error occurred."


def test_a_database_that_is_away_is_a_503(api, make_task):
    number = make_task()["number"]
    with mock.patch.object(page, "people_of", side_effect=OperationalError("secret")):
        response = api.get(f"/v2/tasks/{number}")
    assert "secret" not in failed(response, 503)
    assert response.headers["Retry-After"]
