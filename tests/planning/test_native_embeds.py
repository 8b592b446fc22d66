"""`?embed=plan,time_reports,rollup` of a task and of a list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planning.embeds import EMBEDS
from projects.models import Team, User
from projects.scopes import Scope
from tests.answers import TASK_FIELDS, assert_failed, assert_refused
from tests.client import Api

ALL = "embed=plan,time_reports,rollup"


@pytest.fixture
def ada(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user)
    return user.pk


@pytest.fixture
def planned(api, admin, organization, make_task, ada):
    """Makes tasks with everything."""
    team = Team.objects.create(organization=organization, name="Day").pk
    field = admin.post("custom-fields", {"name": "x", "type": "text"}).json()["id"]

    def _planned(count):
        made = [make_task() for _ in range(count)]
        for task in made:
            path = f"tasks/{task['id']}"
            people = {"assignees": [ada], "teams": [team], "responsible": ada}
            api.patch(f"{path}/plan", {**people, "notes": task["id"], "custom_fields": {str(field): "x"}})
            api.post(f"{path}/time-reports", {"user": ada, "date": "2026-02-03", "minutes": 5})
        return made

    return _planned


def test_nothing_is_embedded_unless_asked(api, planned):
    (task,) = planned(1)
    assert set(api.get(f"tasks/{task['id']}").json()) == TASK_FIELDS


def test_each_is_what_its_own_path_shows(api, planned):
    for task in planned(2):
        path = f"tasks/{task['id']}"
        body = api.get(f"{path}?{ALL}").json()
        assert body == {
            **task,
            "plan": api.get(f"{path}/plan").json(),
            "time_reports": api.get(f"{path}/time-reports").json(),
            "rollup": body["rollup"],
        }
        assert len(body["time_reports"]) == 1
        assert body["plan"]["notes"] == task["id"]
        assert body["rollup"]["tracked_minutes"] == 5


def test_in_a_list_each_task_has_its_own(api, planned, make_task):
    made = [*planned(3), make_task()]
    listed = api.get(f"tasks?{ALL}").json()["results"]
    assert len(listed) == 4
    assert {task["id"]: task for task in listed} == {
        task["id"]: api.get(f"tasks/{task['id']}?{ALL}").json() for task in made
    }


def test_a_task_that_was_never_planned_shows_the_defaults(api, make_task):
    task = make_task()
    body = api.get(f"tasks/{task['id']}?{ALL}").json()
    assert body["plan"] == api.get(f"tasks/{task['id']}/plan").json()
    assert body["time_reports"] == []
    assert body["rollup"]["cost"] == "0.00"


def test_an_empty_list_has_nothing_to_show(api):
    assert api.get(f"tasks?{ALL}").json()["results"] == []


def test_a_change_answers_with_what_it_embeds(api, planned):
    (task,) = planned(1)
    body = api.patch(f"tasks/{task['id']}?embed=rollup", {"value": 40}).json()
    assert body["rollup"]["percent"] == 40


@pytest.mark.parametrize("name", EMBEDS)
def test_an_embed_costs_the_same_however_many_tasks_there_are(api, planned, settings, name):
    settings.TASKAPI_KEY_CACHE_SECONDS = 3600  # the key is read once, however long this takes
    planned(1)
    path = f"tasks?page_size=100&embed={name}"
    assert api.get(path).status_code == 200  # the workflow is there from now on
    counts = []
    for more in (0, 20):
        planned(more)
        with CaptureQueriesContext(connection) as found:
            assert api.get(path).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
    assert counts[0] <= 1 + {"plan": 6, "time_reports": 1, "rollup": 4}[name]


def test_what_is_unknown_is_refused(api):
    assert_refused(api.get("tasks?embed=plans"), "embed")


def test_what_is_embedded_needs_the_scope_to_read(project, make_key, make_task):
    make_task()
    listing = Api(make_key(project, Scope.ACCESS_TASKS), base="/api/acme/web")
    for name in EMBEDS:
        assert_failed(listing.get(f"tasks?embed={name}"), 403, "permission_denied")
