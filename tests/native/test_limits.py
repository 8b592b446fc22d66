"""Lists and objects of a body: as many parts as the document says are taken, and one more is refused by name."""

import json
import time

import pytest
from django.utils import timezone

from integrations.models import Channel
from planning.models import CustomField
from projects.capacity import ROWS_MAX
from projects.models import ApiKey, Membership, Organization, Project, Team, User
from projects.scopes import Role
from taskapi.rest.errors import FAULTS_MAX
from tasks.models import Action, Task
from tests.answers import assert_refused, errors_of

EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}


def tags(count):
    return {f"t{n}": "x" for n in range(count)}


def config(size):
    """A config whose JSON has so many bytes."""
    whole = {"to": "a@example.org", "note": ""}
    return {**whole, "note": "x" * (size - len(json.dumps(whole)))}


def action(**fields):
    return {**EMAIL, **fields}


def rule(**fields):
    return {"name": "r", **EMAIL, **fields}


# -- Bodies of tasks and actions --------------------------------------------------------------------------------------

TASKS = [
    pytest.param("tags", tags(100), tags(101), "tags", id="tags"),
    pytest.param("actions", [EMAIL] * 50, [EMAIL] * 51, "actions", id="actions"),
    pytest.param("actions", [EMAIL], [{}] * 3000, "actions", id="empty actions"),
    pytest.param(
        "actions",
        [action(config=config(10_000))],
        [EMAIL, action(config=config(10_001))],
        "actions.1.config",
        id="bytes of a config",
    ),
    pytest.param(
        "actions",
        [action(config={"to": "a@example.org", **tags(19)})],
        [action(config={"to": "a@example.org", **tags(20)})],
        "actions.0.config",
        id="names in a config",
    ),
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "POST as PATCH"])
@pytest.mark.parametrize(("field", "at_limit", "beyond", "attr"), TASKS)
def test_a_task_takes_as_many_as_the_limit_and_no_more(api, make_task, method, field, at_limit, beyond, attr):
    path = "tasks" if method == "POST" else f"tasks/{make_task()['id']}"
    count = Task.objects.count()

    def send(value):
        return api.request(method.partition(" ")[0], path, {"name": "export", field: value})

    response = send(beyond)
    assert_refused(response, attr)
    assert errors_of(response)[0]["code"] == "max_length"
    assert (Task.objects.count(), Action.objects.count()) == (count, 0)
    assert send(at_limit).status_code in {200, 201}


@pytest.mark.parametrize(
    ("at_limit", "beyond", "attr"),
    [
        pytest.param(config(10_000), config(10_001), "config", id="bytes"),
        pytest.param({"to": "a@example.org", **tags(19)}, {"to": "a@example.org", **tags(20)}, "config", id="names"),
    ],
)
@pytest.mark.parametrize("place", ["task", "organization"])
def test_the_config_of_an_action_is_bounded(api, admin, make_task, place, at_limit, beyond, attr):
    caller, path = (api, f"tasks/{make_task()['id']}/actions") if place == "task" else (admin, "actions")
    assert_refused(caller.post(path, rule(config=beyond)), attr)
    made = caller.post(path, rule(config=at_limit))
    assert made.status_code == 201
    for verb in (caller.put, caller.patch):
        assert_refused(verb(f"{path}/{made.json()['id']}", rule(config=beyond)), attr)


def test_letters_beyond_ascii_count_with_their_bytes(api):
    note = "é" * 5000
    body = {"name": "export", "actions": [action(config={"to": "a@example.org", "note": note})]}
    assert_refused(api.post("tasks", body), "actions.0.config")


# -- Active actions of a task -----------------------------------------------------------------------------------------

ADD = [
    pytest.param("PUT", "", lambda count: {"name": "export", "actions": [EMAIL] * count}, id="PUT"),
    pytest.param("PATCH", "", lambda count: {"actions": [EMAIL] * count}, id="PATCH"),
    pytest.param("POST", "", lambda count: {"actions": [EMAIL] * count}, id="POST as PATCH"),
]


@pytest.mark.parametrize(("method", "end", "body"), ADD)
def test_a_task_has_fifty_active_actions_at_most(api, make_task, method, end, body):
    path = f"tasks/{make_task(actions=[EMAIL] * 48)['id']}"
    response = api.request(method, path, {**body(3), "value": 5})
    assert_refused(response, "actions")
    assert errors_of(response)[0]["code"] == "max_length"
    assert api.get(path).json()["value"] is None
    assert api.request(method, path, body(2)).status_code == 200
    assert_refused(api.request(method, path, body(1)), "actions")
    assert api.request(method, path, {**body(0), "value": 5}).status_code == 200


def test_a_cancelled_action_makes_room_for_another(api, make_task):
    path = f"tasks/{make_task(actions=[EMAIL] * 50)['id']}/actions"
    response = api.post(path, EMAIL)
    assert_refused(response, "actions")
    assert errors_of(response)[0]["code"] == "max_length"
    api.delete(f"{path}/{api.get(path).json()[0]['id']}")
    assert api.post(path, EMAIL).status_code == 201
    assert_refused(api.post(path, EMAIL), "actions")
    assert Action.objects.filter(status="active").count() == 50


def test_the_list_of_actions_has_the_newest_thousand(api, make_task, project):
    task = make_task(actions=[EMAIL])
    number, now = task["number"], timezone.now()
    more = [Action(task_id=number, created=now, updated=now, status="cancelled", **EMAIL) for _ in range(1005)]
    Action.objects.bulk_create(more)
    found = api.get(f"tasks/{task['id']}/actions").json()
    newest = sorted(Action.objects.values_list("pk", flat=True))[-1000:]
    assert [row["id"] for row in found] == newest


# -- Tags of a task ---------------------------------------------------------------------------------------------------


def test_tags_are_counted_after_they_were_merged(api, make_task):
    path = f"tasks/{make_task(tags=tags(99))['id']}"
    assert api.patch(path, {"tags": {"a": "b"}}).status_code == 200
    response = api.patch(path, {"tags": {"c": "d"}})
    assert_refused(response, "tags")
    assert errors_of(response)[0]["code"] == "max_length"
    assert api.patch(path, {"tags": {"c": "d", "a": None}}).status_code == 200
    assert len(api.get(path).json()["tags"]) == 100


def test_a_task_with_more_tags_than_a_task_can_have_takes_changes_that_add_none(api, make_task):
    task = make_task()
    Task.objects.update(tags=tags(150))
    path = f"tasks/{task['id']}"
    assert api.patch(path, {"tags": {"t0": "y", "t1": None}}).status_code == 200
    assert_refused(api.patch(path, {"tags": {"a": "b", "c": "d"}}), "tags")
    assert len(api.get(path).json()["tags"]) == 149


# -- What lists without pages have ------------------------------------------------------------------------------------


def fill_projects(organization, count):
    Project.objects.bulk_create(Project(organization=organization, slug=f"p{n}", name="P") for n in range(count))


def fill_teams(organization, count):
    Team.objects.bulk_create(Team(organization=organization, name=f"t{n}") for n in range(count))


def fill_members(organization, count):
    users = User.objects.bulk_create(User(email=f"u{n}@example.org") for n in range(count))
    Membership.objects.bulk_create(Membership(organization=organization, user=user, role="member") for user in users)


def fill_keys(organization, count):
    ApiKey.objects.bulk_create(
        ApiKey(organization=organization, name="k", prefix="k", digest=b"%d" % n) for n in range(count)
    )


def fill_channels(organization, count):
    now = timezone.now()
    rows = [
        Channel(organization=organization, kind="email", slug=f"c{n}", name="c", created=now, updated=now)
        for n in range(count)
    ]
    Channel.objects.bulk_create(rows)


def fill_custom_fields(organization, count):
    now = timezone.now()
    CustomField.objects.bulk_create(
        CustomField(organization=organization, name=f"f{n}", type="text", created=now) for n in range(count)
    )


PLAIN = [
    pytest.param("projects", fill_projects, {"slug": "new", "name": "N"}, "slug", ROWS_MAX, id="projects"),
    pytest.param("teams", fill_teams, {"name": "new"}, "name", ROWS_MAX, id="teams"),
    pytest.param("members", fill_members, {"email": "new@example.org"}, "email", ROWS_MAX, id="members"),
    pytest.param("keys", fill_keys, {"name": "new"}, "name", ROWS_MAX, id="keys"),
    pytest.param(
        "integrations",
        fill_channels,
        {"kind": "email", "slug": "new", "config": {"to": "a@example.org"}},
        "slug",
        ROWS_MAX,
        id="channels",
    ),
    pytest.param("custom-fields", fill_custom_fields, {"name": "new", "type": "text"}, "name", 200, id="custom fields"),
]


@pytest.mark.parametrize(("path", "fill", "body", "attr", "most"), PLAIN)
def test_a_list_without_pages_has_so_many_and_no_more(admin, organization, path, fill, body, attr, most):
    there = len(admin.get(path).json())
    fill(organization, most - there - 1)
    assert admin.post(path, body).status_code == 201
    other = {
        name: value.replace("new", "newer") if name != "type" else value
        for name, value in body.items()
        if name != "config"
    }
    response = admin.post(path, {**body, **other})
    assert_refused(response, attr)
    assert errors_of(response)[0]["code"] == "max_length"
    assert len(admin.get(path).json()) == most


def test_a_person_owns_so_many_organizations_and_no_more(organization, owner, sign_in):
    browser = sign_in(owner)
    rows = Organization.objects.bulk_create(Organization(slug=f"o{n}", name="O") for n in range(ROWS_MAX - 2))
    Membership.objects.bulk_create(Membership(organization=row, user=owner, role=Role.OWNER) for row in rows)
    assert browser.post("/api/organizations", {"slug": "last", "name": "L"}).status_code == 201
    response = browser.post("/api/organizations", {"slug": "beyond", "name": "B"})
    assert_refused(response, "slug")
    assert len(browser.get("/api/organizations").json()) == ROWS_MAX


def test_revoked_keys_take_no_room_and_the_oldest_of_them_are_left_out(admin, organization):
    fill_keys(organization, ROWS_MAX + 10)
    ApiKey.objects.filter(name="k").update(revoked=timezone.now())
    assert admin.post("keys", {"name": "new"}).status_code == 201
    found = admin.get("keys").json()
    assert len(found) == ROWS_MAX
    assert sum(key["revoked"] is None for key in found) == 2
    revoked = [key["id"] for key in found if key["revoked"]]
    assert revoked == sorted(ApiKey.objects.exclude(revoked=None).values_list("pk", flat=True))[-len(revoked) :]


# -- Other bodies -----------------------------------------------------------------------------------------------------

OTHERS = [
    pytest.param("keys", {"name": "k", "scopes": ["read:tasks"] * 50}, {"scopes": ["x"] * 51}, "scopes", id="scopes"),
    pytest.param("teams", {"name": "t", "members": []}, {"members": [0] * 1001}, "members", id="members of a team"),
    pytest.param(
        "custom-fields",
        {"name": "f", "type": "choice", "choices": [str(n) for n in range(200)]},
        {"choices": [5] * 201},
        "choices",
        id="choices",
    ),
    pytest.param(
        "integrations",
        {"kind": "email", "slug": "mail", "config": {"to": "a@example.org"}},
        {"config": tags(21)},
        "config",
        id="config of a channel",
    ),
]


@pytest.mark.parametrize(("path", "good", "beyond", "attr"), OTHERS)
def test_lists_of_other_bodies_are_counted_before_their_items_are_checked(admin, path, good, beyond, attr):
    response = admin.post(path, {**good, **beyond})
    assert_refused(response, attr)
    assert errors_of(response)[0]["code"] == "max_length"
    assert admin.post(path, good).status_code == 201


PLANS = [
    pytest.param({"assignees": [0] * 1001}, "assignees", id="assignees"),
    pytest.param({"teams": [0] * 1001}, "teams", id="teams"),
    pytest.param({"custom_fields": dict.fromkeys(map(str, range(201)), 1)}, "custom_fields", id="custom fields"),
    pytest.param({"description": "x" * 65_537}, "description", id="description"),
    pytest.param({"notes": "x" * 500_001}, "notes", id="notes"),
]


@pytest.mark.parametrize(("body", "attr"), PLANS)
def test_a_plan_is_bounded(api, make_task, body, attr):
    response = api.patch(f"tasks/{make_task()['id']}/plan", body)
    assert_refused(response, attr)
    assert errors_of(response)[0]["code"] == "max_length"


def test_a_plan_takes_as_much_as_the_limits(api, make_task):
    body = {"description": "x" * 65_536, "notes": "x" * 500_000}
    assert api.patch(f"tasks/{make_task()['id']}/plan", body).status_code == 200


def test_a_value_of_many_choices_is_counted_first(api, admin, make_task):
    body = {"name": "f", "type": "multi-choice", "choices": ["a", "b"]}
    field = str(admin.post("custom-fields", body).json()["id"])
    path = f"tasks/{make_task()['id']}/plan"
    assert api.patch(path, {"custom_fields": {field: ["a", "b"]}}).status_code == 200
    response = api.patch(path, {"custom_fields": {field: ["a"] * 3}})
    assert_refused(response, f"custom_fields.{field}")
    assert errors_of(response)[0]["code"] == "max_length"


# -- Faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [FAULTS_MAX - 1, FAULTS_MAX, FAULTS_MAX + 1, 1000])
def test_the_first_hundred_faults_are_named(admin, count):
    errors = errors_of(admin.post("teams", {"name": "t", "members": ["x"] * count}))
    assert [error["attr"] for error in errors] == [f"members.{n}" for n in range(min(count, FAULTS_MAX))]


@pytest.mark.parametrize("count", [3000, 19_000])
def test_a_body_of_many_empty_actions_costs_little(api, count):
    body = {"name": "export", "actions": [{}] * count}
    api.get("tasks")
    begin = time.process_time()
    assert_refused(api.post("tasks", body), "actions")
    assert time.process_time() - begin < 0.5


# -- Parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "name", "status"),
    [
        pytest.param("&".join(["status=error"] * 100), "status", 200, id="statuses"),
        pytest.param("&".join(["status=error"] * 101), "status", 400, id="statuses beyond"),
        pytest.param("&".join(["tag=a:b"] * 50), "tag", 200, id="tags"),
        pytest.param("&".join(["tag=a:b"] * 51), "tag", 400, id="tags beyond"),
        pytest.param("embed=" + ",".join(["actions"] * 100), "embed", 200, id="embeds"),
        pytest.param("embed=" + ",".join(["actions"] * 101), "embed", 400, id="embeds beyond"),
    ],
)
def test_values_of_a_parameter_are_counted(api, query, name, status):
    response = api.get(f"tasks?{query}")
    assert response.status_code == status
    if status == 400:
        assert_refused(response, name)
