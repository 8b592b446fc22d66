"""Pages of large tasks end early, embedded lists have an end, and whatever is left out can be had."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from planning.models import TimeReport
from projects.models import User
from taskapi.rest.pages import MAX_BYTES
from tasks.embeds import ALONE, IN_LISTS
from tasks.models import Action, StatusChange, Task

MB = 1_000_000
EMAIL = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}


def make(project, sizes, **fields):
    """Tasks with so many bytes of data, by name in the order of their making."""
    now = timezone.now()
    rows = [
        Task(project=project, name=f"t{n}", data=json.dumps("x" * (size - 2)), created=now, updated=now, **fields)
        for n, size in enumerate(sizes)
    ]
    return Task.objects.bulk_create(rows)


def pages_from(api, path, direction):
    """The names on each page, and how many bytes it has."""
    found = []
    while path:
        response = api.get(path.removeprefix("http://testserver"))
        body = response.json()
        found.append(([task["name"] for task in body["results"]], len(response.content)))
        path = body[direction]
    return found


def named(numbers):
    return [f"t{n}" for n in numbers]


SIZES = [
    pytest.param([MB] * 10, [[9, 8, 7, 6, 5], [4, 3, 2, 1, 0]], id="all of 1 MB"),
    pytest.param([10] * 5 + [MB] * 5 + [10], [[10, 9, 8, 7, 6, 5], [4, 3, 2, 1, 0]], id="small ones around"),
    pytest.param([400_000] * 12, [list(range(11, 0, -1)), [0]], id="of 400 kB"),
    pytest.param([MB] * 4, [[3, 2, 1, 0]], id="just below"),
    pytest.param([10] * 30, [list(range(29, -1, -1))], id="small"),
]


@pytest.mark.parametrize(("sizes", "expected"), SIZES)
def test_a_page_ends_with_the_task_that_goes_beyond(api, project, sizes, expected):
    make(project, sizes)
    pages = pages_from(api, "tasks", "next")
    assert [names for names, _ in pages] == [named(numbers) for numbers in expected]
    assert all(size < MAX_BYTES + 1.1 * MB for _, size in pages)


@pytest.mark.parametrize("page_size", [3, 50, 1000])
@pytest.mark.parametrize(
    "sizes", [[MB] * 9, [MB, 10, 10] * 4, [600_000] * 14, [10] * 9], ids=["1 MB", "some", "600 kB", "10 B"]
)
def test_no_task_is_lost_or_doubled_in_either_direction(api, project, sizes, page_size):
    make(project, sizes)
    everything = named(range(len(sizes) - 1, -1, -1))
    forward = pages_from(api, f"tasks?page_size={page_size}", "next")
    assert [name for names, _ in forward for name in names] == everything
    path, last = f"tasks?page_size={page_size}", None
    while path:
        last, path = path, api.get(path.removeprefix("http://testserver")).json()["next"]
    backward = pages_from(api, last, "previous")
    assert [name for names, _ in reversed(backward) for name in names] == everything
    assert all(size < MAX_BYTES + 1.1 * MB for _, size in [*forward, *backward])


def test_a_filter_holds_on_pages_that_end_early(api, project):
    make(project, [MB] * 6)
    Task.objects.filter(name__in=named([1, 4])).update(status="error")
    assert [names for names, _ in pages_from(api, "tasks?status=error", "next")] == [named([4, 1])]


def test_a_page_of_large_tasks_costs_two_more_statements(api, project):
    make(project, [50_000] * 6)
    api.get("tasks")
    for query, count in (("", 1), ("?page_size=1000", 3)):
        with CaptureQueriesContext(connection) as asked:
            assert len(api.get(f"tasks{query}").json()["results"]) == 6
        assert len(asked) == count, query


def test_large_data_comes_as_it_was_sent(api, project, make_task):
    data = {"text": "é\n" * 10_000, "list": [1.5, None, {"a": []}]}
    task = make_task(data=data, tags={f"n{n}": "v" * 255 for n in range(100)})
    assert api.get("tasks?page_size=1000").json()["results"] == [task]


# -- Embeds -----------------------------------------------------------------------------------------------------------


def add_actions(task, count):
    now = timezone.now()
    rows = [Action(task=task, status="cancelled", created=now, updated=now, **EMAIL) for _ in range(count)]
    return [row.pk for row in Action.objects.bulk_create(rows)]


def add_changes(task, count):
    now = timezone.now()
    moments = [now + timedelta(seconds=n) for n in range(count)]
    StatusChange.objects.bulk_create(StatusChange(task=task, old="pending", new="error", at=at) for at in moments)
    return [at.isoformat().replace("+00:00", "Z") for at in moments]


def add_children(task, count):
    rows = make(task.project, [10] * count, parent=task)
    return [str(row.public_id) for row in reversed(rows)]


def add_reports(task, count):
    user = User.objects.get_or_create(email="ada@acme.example")[0]
    now = timezone.now()
    rows = [TimeReport(task=task, user=user, date=now.date(), minutes=1, created=now) for _ in range(count)]
    return [row.pk for row in TimeReport.objects.bulk_create(rows)]


EMBEDS = [
    pytest.param("actions", add_actions, lambda row: row["id"], False, id="actions"),
    pytest.param("status_history", add_changes, lambda row: row["at"], False, id="status_history"),
    pytest.param("children", add_children, lambda row: row["id"], True, id="children"),
    pytest.param("time_reports", add_reports, lambda row: row["id"], False, id="time_reports"),
]


@pytest.mark.parametrize("beyond", [0, 1], ids=["at the limit", "beyond"])
@pytest.mark.parametrize(("name", "add", "key", "is_newest_first"), EMBEDS)
def test_the_newest_of_an_embedded_list_are_shown(api, project, name, add, key, is_newest_first, beyond):
    alone, first, second = make(project, [10] * 3)
    for task in (alone, first, second):
        task.project = project
    in_list = {first: add(first, IN_LISTS + beyond), second: add(second, 3)}
    in_one = add(alone, ALONE + beyond)

    def newest(keys, most):
        return keys[:most] if is_newest_first else keys[-most:]

    body = api.get(f"tasks/{alone.public_id}?embed={name}").json()
    assert list(map(key, body[name])) == newest(in_one, ALONE)
    assert body.get(f"{name}_truncated") is (True if beyond else None)
    listed = {task["id"]: task for task in api.get(f"tasks?parent=none&embed={name}").json()["results"]}
    for task, keys in in_list.items():
        body = listed[str(task.public_id)]
        assert list(map(key, body[name])) == newest(keys, IN_LISTS)
        assert body.get(f"{name}_truncated") is (True if beyond and task is first else None)
    assert len(listed[str(alone.public_id)][name]) == IN_LISTS


def test_large_children_are_as_many_as_a_page_holds(api, project):
    parent, other = make(project, [10] * 2)
    make(project, [MB] * 6, parent=parent)
    make(project, [10] * 2, parent=other)
    response = api.get(f"tasks/{parent.public_id}?embed=children")
    body = response.json()
    assert [child["name"] for child in body["children"]] == named([5, 4, 3, 2])
    assert body["children_truncated"] is True
    assert len(response.content) < MAX_BYTES + MB
    listed = {task["name"]: task for task in api.get("tasks?parent=none&embed=children").json()["results"]}
    assert [child["name"] for child in listed["t1"]["children"]] == named([1, 0])
    assert "children_truncated" not in listed["t1"]


def test_a_page_with_embeds_ends_early(api, project):
    parents = make(project, [10] * 12)
    for parent in parents:
        make(project, [MB], parent=parent)
    pages = pages_from(api, "tasks?parent=none&embed=children", "next")
    assert [name for names, _ in pages for name in names] == named(range(11, -1, -1))
    assert len(pages) > 1
    assert all(size < MAX_BYTES + 1.1 * MB for _, size in pages)


@pytest.mark.parametrize("name", ["actions", "children", "status_history", "time_reports"])
def test_embeds_of_a_long_page_cost_the_same_however_many_rows_there_are(api, project, name):
    tasks = make(project, [10] * 150)
    path = f"tasks?parent=none&page_size=1000&embed={name}"
    api.get(path)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            assert api.get(path).status_code == 200
        return len(asked)

    few = cost()
    for task in tasks[:50]:
        task.project = project
        {"actions": add_actions, "children": add_children, "status_history": add_changes, "time_reports": add_reports}[
            name
        ](task, 5)
    assert cost() == few <= 3
