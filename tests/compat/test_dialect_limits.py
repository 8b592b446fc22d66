"""How much the dialects take: as much as their documents say, and one more is refused in their own words."""

import pytest

from projects.models import User
from tests.client import Api

USERS = [str(n) for n in range(1, 1001)]


@pytest.fixture(autouse=True)
def user(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="owner", display_name="Ada")
    return user


def tags(count):
    return ",".join(f"t{n}" for n in range(count))


PARAMETERS = [
    pytest.param("task_name", "x" * 255, "x" * 256, id="name"),
    pytest.param("description", "x" * 65_536, "x" * 65_537, id="description"),
    pytest.param("notes", "x" * 500_000, "x" * 500_001, id="notes"),
    pytest.param("color", "x" * 32, "x" * 33, id="color"),
    pytest.param("tags", tags(100), tags(101), id="tags"),
    pytest.param("tags", ",".join(["t:x"] * 12_000), ",".join(["t:x"] * 13_000), id="text of tags"),
    pytest.param("hours", "1", " " * 255 + "1", id="text of a number"),
    pytest.param("start_date", " " * 247 + "20260101", " " * 248 + "20260101", id="text of a day"),
    pytest.param("archived", "1", "1" + " " * 255, id="text of a flag"),
    pytest.param("users", [], ["1" + " " * 255], id="text of an id"),
    pytest.param("users", [], [*USERS, "1"], id="users"),
    pytest.param("teams", [], [*USERS, "1"], id="teams"),
]


@pytest.mark.parametrize(("name", "at_limit", "beyond"), PARAMETERS)
def test_a_parameter_of_projectbubble_is_bounded(api, project, name, at_limit, beyond):
    path = f"/v2/tasks/{project.number}"
    response = api.post(path, {"task_name": "x", name: beyond})
    assert response.status_code == 400
    assert response.json()["error"].startswith(f"{name}: ")
    assert api.post(path, {"task_name": "x", name: at_limit}).status_code == 201


def test_a_form_of_projectbubble_is_bounded_alike(api, project):
    form = {"content_type": "application/x-www-form-urlencoded"}
    path = f"/v2/tasks/{project.number}"
    response = api.request("POST", path, data="task_name=x&" + "&".join(["users[]=x"] * 500), **form)
    assert response.status_code == 400
    assert api.request("POST", path, data="task_name=x&tags=" + tags(100), **form).status_code == 201
    assert api.request("POST", path, data="task_name=x&tags=" + tags(101), **form).status_code == 400


PATHS = "/api/v0/tasks"
LISTS = [
    pytest.param("id", ",".join(map(str, range(10_000))), ",".join(map(str, range(10_001))), id="ids"),
    pytest.param("id", "1,2", ",".join(map(str, range(70_000))), id="more ids than a statement has parameters"),
    pytest.param("embed", ",".join(["status"] * 100), ",".join(["status"] * 101), id="embeds"),
    pytest.param("sort", "name,-id", ",".join(["name"] * 101), id="sortings"),
]


@pytest.mark.parametrize(("name", "at_limit", "beyond"), LISTS)
def test_a_list_of_goodday_is_bounded(admin, name, at_limit, beyond):
    response = admin.get(f"{PATHS}?{name}={beyond}")
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [name]
    assert admin.get(f"{PATHS}?{name}={at_limit}").status_code == 200


@pytest.mark.parametrize("path", [PATHS, "/v2/tasks"])
def test_at_most_a_hundred_faults_are_named(admin, api, path):
    caller: Api = admin if path == PATHS else api
    response = caller.get(f"{path}?{'&'.join(f'x{n}=1' for n in range(150))}")
    if path == PATHS:
        assert [error["field"] for error in response.json()["errors"]] == [f"x{n}" for n in range(100)]
    else:
        assert response.json()["error"].count(";") == 99
