"""Roll-ups: `?embed=rollup` of a task, and /api/{org}/{project}/rollup."""

import pytest

from planning.models import Plan, TimeReport
from planning.rollups import rollups_of
from projects.models import User
from tasks.models import Task
from tasks.statements import select
from tests.answers import assert_failed

NOTHING = {
    "tracked_minutes": 0,
    "billable_minutes": 0,
    "estimated_minutes": 0,
    "cost": "0.00",
    "price": "0.00",
    "extra_costs": [],
    "people": [],
}


@pytest.fixture
def people(organization):
    named = enumerate(("ada", "ben"), 1)  # in the order of their ids, by which they are shown
    users = [User.objects.create_user(f"{name}@acme.example", pk=pk) for pk, name in named]
    for user in users:
        organization.memberships.create(user=user)
    return [user.pk for user in users]


@pytest.fixture
def report(api, people):
    def _report(task, minutes, person=0, **fields):
        sent = {"user": people[person], "date": "2026-02-03", "minutes": minutes, **fields}
        assert api.post(f"tasks/{task['id']}/time-reports", sent).status_code == 201

    return _report


@pytest.fixture
def plan(api):
    def _plan(task, **fields):
        response = api.patch(f"tasks/{task['id']}/plan", fields)
        assert response.status_code == 200, response.content

    return _plan


@pytest.fixture
def spend(api):
    def _spend(task, amount, currency="EUR"):
        sent = {"name": "x", "amount": amount, "currency": currency, "date": "2026-02-03"}
        assert api.post(f"tasks/{task['id']}/extra-costs", sent).status_code == 201

    return _spend


@pytest.fixture
def rollup(api):
    def _rollup(task):
        return api.get(f"tasks/{task['id']}?embed=rollup").json()["rollup"]

    return _rollup


def test_of_nothing_there_is_nothing(api, make_task, rollup):
    assert api.get("rollup").json() == api.get("rollup/").json() == NOTHING
    assert rollup(make_task()) == {"percent": None, **NOTHING}
    assert api.get("rollup").json() == NOTHING


def test_time_is_added_up_by_person_and_by_what_is_billable(make_task, people, report, rollup):
    task = make_task()
    report(task, 60)
    report(task, 30, billable=False)
    report(task, 15, person=1)
    assert rollup(task) == {
        **NOTHING,
        "percent": None,
        "tracked_minutes": 105,
        "billable_minutes": 75,
        "people": [
            {"user": people[0], "minutes": 90, "billable_minutes": 60},
            {"user": people[1], "minutes": 15, "billable_minutes": 15},
        ],
    }


@pytest.mark.parametrize(
    ("fields", "cost", "price"),
    [
        ({}, "0.00", "0.00"),
        ({"hourly_rate": "90"}, "135.00", "90.00"),
        ({"hourly_rate": "90", "billable": False}, "135.00", "0.00"),
        ({"hourly_rate": "90", "fixed_price": True, "price": "1000"}, "135.00", "1000.00"),
        ({"hourly_rate": "90", "price": "1000"}, "135.00", "90.00"),
        ({"fixed_price": True, "price": "1000", "billable": False}, "0.00", "0.00"),
        ({"hourly_rate": "0.0033"}, "0.00", "0.00"),
        ({"hourly_rate": "0.0034"}, "0.01", "0.00"),
        ({"hourly_rate": "99999999999.9999"}, "149999999999.99985", "99999999999.9999"),
    ],
)
def test_time_costs_what_the_rate_says_and_the_price_is_of_what_is_billable(
    make_task, plan, report, rollup, fields, cost, price
):
    task = make_task()
    plan(task, **fields)
    report(task, 60)
    report(task, 30, billable=False)
    found = rollup(task)
    assert (found["cost"], found["price"]) == (rounded(cost), rounded(price))


def rounded(text):
    """To the cent, up from the half."""
    return {"149999999999.99985": "150000000000.00", "99999999999.9999": "100000000000.00"}.get(text, text)


def test_money_is_added_up_exactly_and_rounded_once(make_task, plan, report, spend, rollup):
    parent = make_task()
    for _ in range(3):
        child = make_task(parent=parent["id"])
        plan(child, hourly_rate="0.1", estimated_minutes=7)
        report(child, 2)  # a third of a cent
        spend(child, "0.1")
    found = rollup(parent)
    assert (found["cost"], found["price"], found["estimated_minutes"]) == ("0.01", "0.01", 21)
    assert found["extra_costs"] == [{"currency": "EUR", "amount": "0.30"}]


def test_a_task_is_summed_up_with_its_children_each_at_its_own_rate(make_task, plan, report, spend, rollup, people):
    parent = make_task()
    first, second, other = make_task(parent=parent["id"]), make_task(parent=parent["id"]), make_task()
    for task, rate in ((parent, "10"), (first, "20"), (other, "1000")):
        plan(task, hourly_rate=rate, estimated_minutes=100)
        report(task, 60)
    report(second, 6, person=1)
    spend(parent, "12.5")
    spend(first, "1")
    spend(second, "3.1", "CHF")
    spend(other, "7")
    assert rollup(parent) == {
        "percent": 0,
        "tracked_minutes": 126,
        "billable_minutes": 126,
        "estimated_minutes": 200,
        "cost": "30.00",
        "price": "30.00",
        "extra_costs": [{"currency": "CHF", "amount": "3.10"}, {"currency": "EUR", "amount": "13.50"}],
        "people": [
            {"user": people[0], "minutes": 120, "billable_minutes": 120},
            {"user": people[1], "minutes": 6, "billable_minutes": 6},
        ],
    }
    assert rollup(first)["cost"] == "20.00"
    assert rollup(second)["tracked_minutes"] == 6


def test_each_task_of_a_list_has_its_own(api, make_task, report, rollup):
    parent = make_task()
    tasks = [parent, make_task(parent=parent["id"]), make_task(parent=parent["id"]), make_task()]
    for number, task in enumerate(tasks):
        report(task, 10**number)
    listed = {task["id"]: task["rollup"] for task in api.get("tasks?embed=rollup").json()["results"]}
    assert [listed[task["id"]]["tracked_minutes"] for task in tasks] == [111, 10, 100, 1000]
    assert listed == {task["id"]: rollup(task) for task in tasks}


def test_a_project_is_summed_up_over_all_its_tasks(admin, api, make_task, plan, report, spend, other_project, people):
    theirs = admin.post("billing/tasks", {"name": "x"}).json()
    body = {"user": people[0], "date": "2026-02-03", "minutes": 999}
    admin.post(f"billing/tasks/{theirs['id']}/time-reports", body)
    parent = make_task()
    child, other = make_task(parent=parent["id"]), make_task()
    plan(parent, hourly_rate="10", estimated_minutes=50)
    plan(other, fixed_price=True, price="100.1", estimated_minutes=5)
    report(parent, 60)
    report(child, 60, person=1)
    report(other, 60, billable=False)
    spend(child, "1")
    assert api.get("rollup").json() == {
        "tracked_minutes": 180,
        "billable_minutes": 120,
        "estimated_minutes": 55,
        "cost": "10.00",
        "price": "110.10",
        "extra_costs": [{"currency": "EUR", "amount": "1.00"}],
        "people": [
            {"user": people[0], "minutes": 120, "billable_minutes": 60},
            {"user": people[1], "minutes": 60, "billable_minutes": 60},
        ],
    }
    assert admin.get("billing/rollup").json()["tracked_minutes"] == 999


def test_what_was_deleted_does_not_count(api, make_task, plan, report, rollup):
    parent = make_task()
    child = make_task(parent=parent["id"])
    for task in (parent, child):
        plan(task, hourly_rate="60", estimated_minutes=5)
        report(task, 10)
    Plan.objects.filter(task__public_id=child["id"]).update(deleted="2026-03-01T00:00:00Z")
    found = rollup(parent)
    assert (found["tracked_minutes"], found["estimated_minutes"], found["cost"]) == (10, 5, "10.00")
    assert rollup(child)["tracked_minutes"] == 10
    assert api.get("rollup").json() == {name: found[name] for name in NOTHING}


@pytest.mark.parametrize(
    ("own", "children", "percent"),
    [
        ({}, [], None),
        ({"value": 30}, [], 30),
        ({"value": 300}, [], 300),
        ({"value": 5, "value_max": 0}, [], None),
        ({"value": 30}, [{"value": 100}], 30),
        ({}, [{"value": 100}, {}], 50),
        ({}, [{"value": 50}, {"status": "success"}, {"status": "cancelled"}], 75),
        ({"value": 2**63 - 1, "value_max": 1}, [], 100 * (2**63 - 1)),
    ],
)
def test_the_percent_is_the_tasks_own_or_its_childrens(make_task, rollup, own, children, percent):
    parent = make_task(**own)
    for child in children:
        make_task(parent=parent["id"], **child)
    assert rollup(parent)["percent"] == percent


def test_sums_may_be_larger_than_what_one_row_holds(project, make_task, people, rollup):
    task = make_task()
    row = Task.objects.get(public_id=task["id"])
    for user in people:
        TimeReport.objects.bulk_create(
            TimeReport(task=row, user_id=user, date="2026-01-01", minutes=2**31 - 1, created=row.created)
            for _ in range(3)
        )
    assert rollup(task)["tracked_minutes"] == 6 * (2**31 - 1)


@pytest.mark.parametrize("count", [1, 30])
def test_it_costs_the_same_however_many_there_are(project, make_task, report, django_assert_num_queries, count):
    for _ in range(count):
        report(make_task(), 5)
    rows = select([], "1 = 1 ORDER BY number")
    assert len(rows) == count
    with django_assert_num_queries(4):
        rollups_of(rows)


def test_the_sums_of_a_project_out_of_reach_are_not_there(api, stranger, other_project):
    for path in ("/api/globex/web/rollup", "/api/acme/billing/rollup", "/api/acme/nowhere/rollup"):
        assert_failed(api.get(path), 404, "not_found")
    assert_failed(api.post("rollup", {}), 405, "method_not_allowed")
