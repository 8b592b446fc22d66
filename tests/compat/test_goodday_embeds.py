"""`?embed=` of `/api/v0`: each embeddable field of the document, on a list, a task and an update."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compat.goodday.embeds import EMBEDS
from projects.models import User
from tasks.models import StatusChange
from tests.client import Api
from tests.compat.goodday_calls import TASKS, assert_refused, items, path, plan
from tests.compat.goodday_samples import embeddable

EMPTY = {
    "time_reports": [],
    "custom_fields": [],
    "status_history": [],
    "extra_cost": [],
    "report_ids": [],
    "activity_reports": [],
    "last_activity_report": None,
}


@pytest.fixture
def people(organization):
    named = enumerate(("ada", "bob"), 1)  # in the order of their ids, by which they are shown
    users = [User.objects.create_user(f"{name}@acme.example", pk=pk) for pk, name in named]
    for user in users:
        organization.memberships.create(user=user, role="owner")
    return [user.pk for user in users]


def embedded(api, task, name):
    response = api.get(f"{path(task)}?embed={name}")
    assert response.status_code == 200, response.content
    return response.json()[name]


def report(api, task, user, date, minutes, **fields):
    sent = {"user": user, "date": date, "minutes": minutes, **fields}
    response = api.post(f"tasks/{task['id']}/time-reports", sent)
    assert response.status_code == 201, response.content
    return response.json()["id"]


@pytest.fixture
def reports(api, make_task, people):
    """A task, and the ids of its reports."""
    ada, bob = people
    task, other = make_task("reported"), make_task("other")
    report(api, other, ada, "2026-02-28", 1000)
    return task, [
        report(api, task, bob, "2026-01-02", 10, note="later"),
        report(api, task, ada, "2026-01-01", 20, billable=False),
        report(api, task, ada, "2026-01-01", 30),
        report(api, task, ada, "2026-01-02", 40),
    ]


def test_every_embeddable_field_of_the_document_is_there():
    assert len(embeddable()) == 8
    assert list(EMBEDS) == embeddable()


def test_embeds_follow_the_fields_of_the_task_in_the_order_in_which_they_are_asked_for(api, make_task):
    task = make_task()
    plain = api.get(path(task)).json()
    shown = api.get(f"{path(task)}?embed=report_ids, status,report_ids").json()
    assert list(shown) == [*plain, "report_ids", "status"]
    assert {name: shown[name] for name in plain} == plain


def test_what_there_is_none_of_is_empty(api, make_task):
    task = make_task()
    assert {name: embedded(api, task, name) for name in EMPTY} == EMPTY


def test_a_list_an_update_and_one_task_embed_alike(api, reports):
    query = f"?embed={','.join(EMBEDS)}"
    shown = [api.get(path({"number": item["id"]}) + query).json() for item in items(api)]
    assert items(api, query) == shown
    updated = api.patch(path(reports[0]) + query, {"billable": True}).json()
    assert {**updated, "updated_at": None} == {**shown[0], "updated_at": None}


def test_time_reports(api, reports, people):
    task, ids = reports
    later, unpaid, *_ = embedded(api, task, "time_reports")
    assert later == {
        "id": ids[0],
        "user_id": people[1],
        "date": "2026-01-02",
        "time": 10,
        "billable": True,
        "note": "later",
    }
    assert list(later) == ["id", "user_id", "date", "time", "billable", "note"]
    assert (unpaid["id"], unpaid["billable"], unpaid["note"]) == (ids[1], False, "")
    assert embedded(api, task, "report_ids") == ids


def test_activity_is_by_day_and_user(api, reports, people):
    task, (later, unpaid, paid, last) = reports
    ada, bob = people
    days = [
        {"date": "2026-01-01", "user_id": ada, "time": 50, "billable_time": 30, "report_ids": [unpaid, paid]},
        {"date": "2026-01-02", "user_id": ada, "time": 40, "billable_time": 40, "report_ids": [last]},
        {"date": "2026-01-02", "user_id": bob, "time": 10, "billable_time": 10, "report_ids": [later]},
    ]
    assert embedded(api, task, "activity_reports") == days
    assert embedded(api, task, "last_activity_report") == days[1]  # reported last, of the latest day


def test_custom_fields(api, admin, make_task):
    ids = {}
    for name, kind in (("budget", "currency"), ("size", "number"), ("client", "text")):
        response = admin.post("custom-fields", {"name": name, "type": kind})
        assert response.status_code == 201, response.content
        ids[name] = response.json()["id"]
    values = {str(ids["budget"]): {"amount": "12.5", "currency": "EUR"}, str(ids["size"]): 1.25}
    task = plan(api, make_task(), custom_fields=values)
    shown = embedded(api, task, "custom_fields")
    assert shown == [
        {"id": ids["budget"], "name": "budget", "type": "currency", "value": {"amount": "12.50", "currency": "EUR"}},
        {"id": ids["size"], "name": "size", "type": "number", "value": 1.25},
        {"id": ids["client"], "name": "client", "type": "text", "value": None},
    ]
    unplanned = embedded(api, make_task(), "custom_fields")
    assert [(field["id"], field["value"]) for field in unplanned] == [(number, None) for number in ids.values()]


def test_the_status_is_that_of_its_id(api, make_task):
    task = make_task(status="success")
    shown = api.get(f"{path(task)}?embed=status").json()
    assert shown["status"] == {"id": shown["status_id"], "name": "Done", "order": 5, "is_done": True}
    assert list(shown["status"]) == ["id", "name", "order", "is_done"]
    assert embedded(api, make_task(), "status")["is_done"] is False


def test_the_history_tells_who_it_was(api, project, make_key, make_task, people):
    task = make_task()
    ada, bob = User.objects.filter(pk__in=people).order_by("pk")
    browser = Api(None)
    browser.client.force_login(bob)
    callers = {
        "processing": api,  # by a key that nobody made
        "success": Api(make_key(project, creator=ada)),
        "error": browser,
    }
    for status, caller in callers.items():
        assert caller.patch(f"/api/acme/web/tasks/{task['id']}", {"status": status}).status_code == 200
    StatusChange.objects.create(task_id=task["number"], old="error", new="stale", at="2026-01-31T12:00:00.5Z")
    shown = embedded(api, task, "status_history")
    assert [(entry["from"], entry["to"], entry["changed_by_employee_id"]) for entry in shown] == [
        ("pending", "processing", None),
        ("processing", "success", ada.pk),
        ("success", "error", bob.pk),
        ("error", "stale", None),
    ]
    assert shown[3]["changed_at"] == "2026-01-31T12:00:00+0000"
    assert list(shown[0]) == ["from", "to", "changed_at", "changed_by_employee_id"]


def test_extra_costs(api, make_task):
    task = make_task()
    sent = {"name": "Licence", "amount": "12.5", "currency": "EUR", "date": "2026-01-31"}
    number = api.post(f"tasks/{task['id']}/extra-costs", sent).json()["id"]
    (shown,) = embedded(api, task, "extra_cost")
    assert shown == {"id": number, **sent, "amount": "12.50"}
    assert list(shown) == ["id", "name", "amount", "currency", "date"]


@pytest.mark.parametrize("text", ["", "nothing", "status,", "status,nothing", "actions", "%00"])
def test_what_can_not_be_embedded_is_refused(api, make_task, text):
    task = make_task()
    for address in (TASKS, path(task)):
        assert_refused(api.get(f"{address}?embed={text}"), "embed")
    assert_refused(api.patch(f"{path(task)}?embed={text}", {"billable": True}), "embed")


def statements(api, address):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert api.get(address).status_code == 200
    return len(queries)


def test_a_list_takes_the_same_number_of_statements_however_long_it_is(api, make_task, people):
    query = f"{TASKS}?embed={','.join(EMBEDS)}"
    plan(api, make_task(), assignees=people)
    api.get(query)  # makes the workflow statuses
    before = statements(api, TASKS), statements(api, query)
    for _ in range(5):
        task = plan(api, make_task(), assignees=people, description="planned")
        report(api, task, people[0], "2026-01-31", 5)
    assert (statements(api, TASKS), statements(api, query)) == before
    if connection.vendor == "sqlite":
        assert before[0] == 5  # members, workflow statuses, numbers, tasks, assignees; PostgreSQL's transaction on top
    assert before[1] - before[0] == 4  # reports, fields, history, costs


def test_one_task_takes_few_statements(api, make_task, people):
    task = plan(api, make_task(), assignees=people)
    api.get(path(task))
    assert statements(api, path(task)) == 4
    assert statements(api, f"{path(task)}?embed={','.join(EMBEDS)}") == 8
