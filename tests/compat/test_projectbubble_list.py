"""ProjectBubble v2: `GET /v2/tasks` with every filter, order and page of its document."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from planning.models import Plan, PlanAssignee, TimeReport
from projects.models import Project, User
from tasks.models import Task

DAY = datetime.date(2026, 3, 10)
NOON = datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC)


@pytest.fixture
def add(project):
    """A task with, where a field of one is named, a plan."""

    def add(name, place=project, plan=None, **fields):
        created = fields.pop("created", NOON)
        task = Task.objects.create(
            project=place, name=name, public_id=uuid.uuid4(), created=created, updated=created, **fields
        )
        if plan is not None:
            Plan.objects.create(task=task, **{"plan_updated": created, **plan})
        return task

    return add


def listed(api, query=""):
    response = api.get(f"/v2/tasks{query}")
    assert response.status_code == 200, response.content
    return [task["task_name"] for task in response.json()["data"]]


def error_of(response):
    assert response.status_code == 400, response.content
    assert list(response.json()) == ["error"]
    return response.json()["error"]


def test_no_match_is_an_empty_list(api):
    response = api.get("/v2/tasks?status=completed")
    assert response.status_code == 200
    assert response.json() == {"paging": {"offset": 0, "limit": 1000, "total_records": 0}, "data": []}


def test_the_newest_come_first(api, make_task):
    for name in "abc":
        make_task(name)
    assert listed(api) == listed(api, "?order=latest") == ["c", "b", "a"]


def test_tasks_without_a_date_come_last_by_due_date(api, add):
    for name, day in (("b", 2), ("none", None), ("a", 1), ("bb", 2)):
        add(name, plan={"due_date": day and datetime.date(2026, 1, day)})
    add("unplanned")
    assert listed(api, "?order=duedate") == ["a", "b", "bb", "none", "unplanned"]


def test_names_are_sorted_by_their_letters(api, add):
    for name in ("b", "a", "B", "ä", "a b"):
        add(name)
    assert listed(api, "?order=taskname") == ["B", "a", "a b", "b", "ä"]


def test_progress_ascends_and_none_is_nothing(api, add):
    for name, value, value_max in (
        ("half", 1, 2),
        ("none", None, 100),
        ("huge half", 2**62, 2**63 - 1),
        ("over", 9, 3),
    ):
        add(name, value=value, value_max=value_max)
    add("some", value=5)
    assert listed(api, "?order=progress") == ["none", "some", "half", "huge half", "over"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("due_from=20260310", ["late", "on"]),
        ("due_to=20260310", ["on", "early"]),
        ("due_from=20260310&due_to=20260310", ["on"]),
        ("due_from=2026-03-10&due_to=2026-03-10", ["on"]),
        ("due_from=20260312", []),
    ],
)
def test_due_dates_are_filtered_with_both_ends(api, add, query, names):
    for name, days in (("early", -1), ("on", 0), ("late", 1)):
        add(name, plan={"due_date": DAY + datetime.timedelta(days)})
    add("none", plan={})
    add("unplanned")
    assert listed(api, f"?{query}") == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("{0}_from=20260310", ["after", "last", "first"]),
        ("{0}_to=20260310", ["last", "first", "before"]),
        ("{0}_from=20260310&{0}_to=20260310", ["last", "first"]),
        ("{0}_to=00010101", []),
        ("{0}_from=99991231", []),
        ("{0}_to=99991231", ["after", "last", "first", "before"]),
    ],
)
@pytest.mark.parametrize("field", ["created", "completed", "completed by hand"])
def test_moments_are_filtered_by_their_day(api, add, field, query, names):
    first = datetime.datetime(2026, 3, 10, tzinfo=datetime.UTC)
    last = datetime.datetime(2026, 3, 10, 23, 59, 59, 999999, datetime.UTC)
    tick = datetime.timedelta(microseconds=1)
    for name, moment in (("before", first - tick), ("first", first), ("last", last), ("after", last + tick)):
        if field == "created":
            add(name, created=moment)
        elif field == "completed":
            add(name, status="success", end_time=moment)
        else:
            add(name, plan={"date_completed": moment})
    add("failed", status="error", end_time=first, created=datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC))
    found = listed(api, f"?{query.format(field.split()[0])}")
    assert [name for name in found if name != "failed"] == names
    assert field == "created" or "failed" not in found


def test_a_date_set_by_hand_counts_before_the_end_of_the_run(api, add):
    add("task", status="success", end_time=NOON, plan={"date_completed": NOON - datetime.timedelta(30)})
    assert listed(api, "?completed_from=20260310") == []
    assert listed(api, "?completed_to=20260301") == ["task"]
    assert api.get("/v2/tasks").json()["data"][0]["date_completed"] == "2026-02-08 12:00:00"


def test_a_tag_matches_as_it_is_shown(api, add):
    add("plain", tags={"urgent": "urgent"})
    add("pair", tags={"env": "prod", "x": "y"})
    add("colon", tags={"a:b": "a:b"})
    add("none")
    assert listed(api, "?tag=urgent") == listed(api, "?tag=urgent:urgent") == ["plain"]
    assert listed(api, "?tag=env:prod") == ["pair"]
    assert listed(api, "?tag=a:b") == ["colon"]
    add("long name", tags={"x" * 9: "v", "a:" * 30: "b"})
    assert listed(api, f"?tag={'a:' * 30}:b") == ["long name"]
    add("two colons", tags={"c:d": "e"})
    add("two more", tags={"c": "d:e"})
    assert sorted(listed(api, "?tag=c:d:e")) == ["two colons", "two more"]
    assert listed(api, "?tag=env") == listed(api, "?tag=prod") == listed(api, "?tag=urgent:x") == []


@pytest.fixture
def statuses(add):
    for name, status in (("pending", "pending"), ("done", "success"), ("failed", "error")):
        add(name, status=status)
    for name in ("inactive", "active", "amber"):
        add(f"is {name}", plan={"activity": name})
    add("old", plan={"archived": True})
    add("old done", status="success", plan={"archived": True, "activity": "inactive"})
    add("deleted", status="cancelled", plan={"deleted": NOON})
    add("deleted and archived", plan={"deleted": NOON, "archived": True})


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("", ["is amber", "is active", "is inactive", "failed", "done", "pending"]),
        ("?status=open", ["is amber", "is active", "is inactive", "failed", "pending"]),
        ("?status=completed", ["done"]),
        ("?status=active", ["is active", "failed", "done", "pending"]),
        ("?status=inactive", ["is inactive"]),
        ("?status=onhold", ["is amber"]),
        ("?status=archived", ["old done", "old"]),
    ],
)
def test_each_status_lists_its_tasks(api, statuses, status, names):
    assert listed(api, status) == names


def test_a_project_lists_its_own(admin, api, add, other_project, project, stranger):
    add("ours")
    add("theirs", other_project)
    add("a stranger's", stranger)
    assert listed(admin) == ["theirs", "ours"]
    assert listed(api) == ["ours"]
    assert listed(admin, f"?project_id={project.number}") == ["ours"]
    assert listed(api, f"?project_id={other_project.number}") == []
    assert listed(admin, f"?project_id={stranger.number}") == []
    assert listed(admin, f"?project_id={2**63 - 1}") == []


def test_filters_are_combined(api, add, project):
    wanted = {"due_date": DAY, "activity": "amber"}
    add("all", tags={"a": "a"}, plan=wanted)
    add("no tag", plan=wanted)
    add("other day", tags={"a": "a"}, plan={**wanted, "due_date": DAY + datetime.timedelta(1)})
    add("active", tags={"a": "a"}, plan={"due_date": DAY})
    add("earlier", tags={"a": "a"}, plan=wanted, created=NOON - datetime.timedelta(1))
    query = f"project_id={project.number}&due_to=20260310&created_from=20260310&tag=a&status=onhold&order=duedate"
    assert listed(api, f"?{query}&limit=5&offset=0") == ["all"]


def test_pages_count_all_that_match(api, add):
    for number in range(5):
        add(str(number))
    add("archived", plan={"archived": True})
    for query, names, offset, limit in (
        ("limit=2", ["4", "3"], 0, 2),
        ("limit=2&offset=2", ["2", "1"], 2, 2),
        ("limit=2&offset=4", ["0"], 4, 2),
        ("offset=3", ["1", "0"], 3, 1000),
        ("limit=5", ["4", "3", "2", "1", "0"], 0, 5),
        ("offset=5", [], 5, 1000),
        ("offset=50&limit=5", [], 50, 5),
        (f"offset={2**63 - 1}", [], 2**63 - 1, 1000),
        ("limit=5000", ["4", "3", "2", "1", "0"], 0, 1000),
        (f"limit={10**30}", ["4", "3", "2", "1", "0"], 0, 1000),
    ):
        body = api.get(f"/v2/tasks?{query}").json()
        assert [task["task_name"] for task in body["data"]] == names, query
        assert body["paging"] == {"offset": offset, "limit": limit, "total_records": 5}, query


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=1.5", "limit"),
        ("limit=١", "limit"),
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        (f"offset={2**63}", "offset"),
        ("order=name", "order"),
        ("order=", "order"),
        ("status=done", "status"),
        ("status=", "status"),
        ("status=Open", "status"),
        ("project_id=web", "project_id"),
        ("project_id=0", "project_id"),
        (f"project_id={2**63}", "project_id"),
        ("due_from=20260230", "due_from"),
        ("due_to=10.03.2026", "due_to"),
        ("created_from=", "created_from"),
        ("created_to=202603100", "created_to"),
        ("completed_from=0000-00-00", "completed_from"),
        ("completed_to=2026-03", "completed_to"),
        ("tag=", "tag"),
        ("tag=a%00b", "tag"),
        ("limit=1&limit=2", "limit"),
        ("status=open&status=active", "status"),
        ("assignee=5", "assignee"),
        ("task_id=1", "task_id"),
        ("format=json", "format"),
        ("a%00=1", "a"),
    ],
)
def test_a_parameter_that_can_not_be_taken_is_named(api, query, name):
    assert error_of(api.get(f"/v2/tasks?{query}")).startswith(name)


def test_all_bad_parameters_are_named_at_once(api):
    error = error_of(api.get("/v2/tasks?due_from=x&limit=0&status=x&foo=1&order=x&tag=a"))
    assert sorted(part.partition(":")[0] for part in error.split("; ")) == [
        "due_from",
        "foo",
        "limit",
        "order",
        "status",
    ]


@pytest.fixture
def many(organization, project, add):
    """Tasks with people and time, in two projects, some without a plan."""
    members = [
        organization.memberships.create(user=User.objects.create_user(f"{n}@acme.example"), display_name=str(n))
        for n in range(3)
    ]
    other = Project.objects.create(organization=organization, slug="other", name="Other")
    for number in range(30):
        task = add(str(number), other if number % 3 == 0 else project, plan={} if number % 2 else None)
        if number % 2:
            for member in members:
                PlanAssignee.objects.create(plan_id=task.pk, membership=member)
            TimeReport.objects.create(task=task, user=members[0].user, date=DAY, minutes=90, created=NOON)


def test_a_page_costs_the_same_however_many_tasks_it_has(admin, many):
    admin.get("/v2/tasks")
    costs = {}
    for limit in (1, 10, 30, 1000):
        with CaptureQueriesContext(connection) as asked:
            body = admin.get(f"/v2/tasks?limit={limit}&order=progress&status=open").json()
        assert len(body["data"]) == min(limit, 30)
        costs[limit] = len(asked)
    assert set(costs.values()) <= {5, 6}, costs  # all that match are counted only where the page does not tell


def test_people_and_time_are_those_of_each_task(admin, many):
    for task in admin.get("/v2/tasks").json()["data"]:
        is_planned = int(task["task_name"]) % 2 == 1
        assert [user["user_name"] for user in task["users"]] == (["0", "1", "2"] if is_planned else [])
        assert task["tracked_seconds"] == (5400 if is_planned else None)
        assert task["billable_hours"] == (1.5 if is_planned else 0)
        assert task["project_name"] == ("Other" if int(task["task_name"]) % 3 == 0 else "Web")
