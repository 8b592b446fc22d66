"""/api/{org}/{project}/tasks/{id}/time-reports and .../extra-costs."""

from datetime import UTC, datetime

import pytest
import time_machine

from planning.models import ExtraCost, TimeReport
from projects.models import User
from tests.answers import assert_failed, assert_refused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CREATED = "2026-03-01T12:00:00Z"
COST = {"name": "Certificate", "amount": "12.50", "currency": "EUR", "date": "2026-02-03"}
KINDS = ["time-reports", "extra-costs"]


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def ada(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user)
    return user.pk


@pytest.fixture
def report(ada):
    return {"user": ada, "date": "2026-02-03", "minutes": 90}


@pytest.fixture
def bodies(report):
    return {"time-reports": report, "extra-costs": COST}


@pytest.fixture
def task(make_task):
    return make_task()


def test_a_time_report_is_made_with_what_is_needed(api, task, report):
    response = api.post(f"tasks/{task['id']}/time-reports", report)
    assert response.status_code == 201
    made = response.json()
    assert made == {"id": made["id"], "task": task["id"], **report, "billable": True, "note": "", "created": CREATED}


def test_a_time_report_keeps_all_that_is_sent(api, task, report):
    sent = {**report, "billable": False, "note": "x" * 10_000, "minutes": 10_000_000}
    made = api.post(f"tasks/{task['id']}/time-reports", sent).json()
    assert {name: made[name] for name in sent} == sent


def test_an_extra_cost_is_made(api, task):
    response = api.post(f"tasks/{task['id']}/extra-costs", {**COST, "amount": 12.5})
    assert response.status_code == 201
    made = response.json()
    assert made == {"id": made["id"], "task": task["id"], **COST, "created": CREATED}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_made_is_listed_and_shown(api, task, bodies, kind):
    path = f"tasks/{task['id']}/{kind}"
    assert api.get(path).json() == []
    first, second = (api.post(path, bodies[kind]).json() for _ in range(2))
    assert api.get(path).json() == api.get(f"{path}/").json() == [first, second]
    assert api.get(f"{path}/{second['id']}").json() == api.get(f"{path}/{second['id']}/").json() == second


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("time-reports", {"minutes": 5}),
        ("time-reports", {"billable": False}),
        ("time-reports", {"note": "x"}),
        ("time-reports", {"date": "2024-02-29"}),
        ("time-reports", {}),
        ("extra-costs", {"amount": "0.0001"}),
        ("extra-costs", {"name": "Ticket", "currency": "CHF"}),
    ],
)
def test_a_patch_changes_what_is_sent(api, task, bodies, kind, sent):
    path = f"tasks/{task['id']}/{kind}"
    made = api.post(path, bodies[kind]).json()
    response = api.patch(f"{path}/{made['id']}", sent)
    assert response.status_code == 200
    assert response.json() == api.get(f"{path}/{made['id']}").json() == {**made, **sent}


def test_a_put_requires_what_a_post_does_and_leaves_the_rest(api, task, bodies, report):
    path = f"tasks/{task['id']}/time-reports"
    made = api.post(path, {**report, "billable": False, "note": "x"}).json()
    assert api.put(f"{path}/{made['id']}", {**report, "minutes": 1}).json() == {**made, "minutes": 1}
    assert_refused(api.put(f"{path}/{made['id']}", {"note": "y"}), "user", "date", "minutes")
    path = f"tasks/{task['id']}/extra-costs"
    made = api.post(path, COST).json()
    assert api.put(f"{path}/{made['id']}", {**COST, "amount": "1"}).json() == {**made, "amount": "1.00"}
    assert_refused(api.put(f"{path}/{made['id']}", {}), *COST)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_deleted_is_gone(api, task, bodies, kind):
    path = f"tasks/{task['id']}/{kind}"
    made, other = (api.post(path, bodies[kind]).json() for _ in range(2))
    response = api.delete(f"{path}/{made['id']}")
    assert (response.status_code, response.content) == (204, b"")
    assert_failed(api.delete(f"{path}/{made['id']}"), 404, "not_found")
    assert api.get(path).json() == [other]


@pytest.mark.parametrize("kind", KINDS)
def test_a_path_to_nothing_is_a_404(admin, make_task, task, other_project, bodies, kind):
    path = f"web/tasks/{task['id']}/{kind}"
    made = admin.post(path, bodies[kind]).json()
    another = make_task()["id"]
    for wrong in ("0", "-1", "x", "9" * 18, "9" * 30, "1.5", "²"):
        assert_failed(admin.get(f"{path}/{wrong}"), 404, "not_found")
    for task_path in (f"web/tasks/{another}", f"billing/tasks/{task['id']}", "web/tasks/7"):
        one = f"{task_path}/{kind}/{made['id']}"
        assert_failed(admin.get(one), 404, "not_found")
        assert_failed(admin.patch(one, {}), 404, "not_found")
        assert_failed(admin.put(one, bodies[kind]), 404, "not_found")
        assert_failed(admin.delete(one), 404, "not_found")
    for missing in ("billing/tasks/" + task["id"], "web/tasks/7", "web/tasks/0198d1a2-5f00-7a3b-9c4d-2f6e8b1a0c3d"):
        assert_failed(admin.get(f"{missing}/{kind}"), 404, "not_found")
        assert_failed(admin.post(f"{missing}/{kind}", bodies[kind]), 404, "not_found")
    assert admin.get(f"{path}/{made['id']}").json() == made


def test_the_task_itself_stays_as_it_is(api, task, bodies):
    for kind, body in bodies.items():
        api.post(f"tasks/{task['id']}/{kind}", body)
    assert api.get(f"tasks/{task['id']}").json() == task


def test_a_report_stays_when_its_person_leaves_and_can_be_corrected(api, organization, task, report):
    path = f"tasks/{task['id']}/time-reports"
    made = api.post(path, report).json()
    organization.memberships.get(user=report["user"]).delete()
    assert api.get(path).json() == [made]
    assert api.patch(f"{path}/{made['id']}", {"minutes": 1}).json() == {**made, "minutes": 1}
    assert_refused(api.patch(f"{path}/{made['id']}", {"user": report["user"]}), "user")


# -- Bad input -------------------------------------------------------------------------------------------------------

BAD = {
    "time-reports": {
        "user": [None, "1", 0, -1, 1.5, True, 4711, 2**63 - 1, 2**63],
        "date": [None, "2026-02-30", "2026-13-01", "1.2.2026", 5, "", "2026-01-01T00:00:00Z"],
        "minutes": [None, "5", 0, -1, 1.5, True, 10_000_001, 2**63],
        "billable": [None, "true", 1],
        "note": [None, 5, "x" * 10_001],
    },
    "extra-costs": {
        "name": [None, "", 5, "x" * 256],
        "amount": [None, "", "-1", -1, "x", "1.00001", "100000000000", 2**63 - 1, True, {}],
        "currency": [None, "", "eur", "EURO", "EU", "€", 978, "EUR\n", "ÄÖÜ"],
        "date": [None, "2026-02-30", 5, ""],
    },
}
CASES = [
    pytest.param(kind, name, value, id=f"{kind}-{name}-{str(value)[:12]!r}")
    for kind, fields in BAD.items()
    for name, values in fields.items()
    for value in values
]


@pytest.mark.parametrize(("kind", "name", "value"), CASES)
def test_a_bad_value_is_refused_by_its_name(api, task, bodies, kind, name, value):
    path = f"tasks/{task['id']}/{kind}"
    assert_refused(api.post(path, {**bodies[kind], name: value}), name)
    made = api.post(path, bodies[kind]).json()
    assert_refused(api.patch(f"{path}/{made['id']}", {name: value}), name)
    assert api.get(path).json() == [made]


def test_every_bad_field_is_named_at_once(api, task):
    bad = {"user": 4711, "date": "2026-02-30", "minutes": 0, "billable": 1, "note": 5}
    assert_refused(api.post(f"tasks/{task['id']}/time-reports", bad), *bad)
    bad = {"name": "", "amount": "-1", "currency": "eur", "date": "2026-02-30"}
    assert_refused(api.post(f"tasks/{task['id']}/extra-costs", bad), *bad)
    assert_refused(api.post(f"tasks/{task['id']}/time-reports", {}), "user", "date", "minutes")
    assert_refused(api.post(f"tasks/{task['id']}/extra-costs", {}), *COST)
    assert not TimeReport.objects.exists()
    assert not ExtraCost.objects.exists()


def test_who_is_of_another_organization_is_unknown(api, task, report, stranger):
    user = User.objects.create_user("eve@globex.example")
    stranger.organization.memberships.create(user=user)
    assert_refused(api.post(f"tasks/{task['id']}/time-reports", {**report, "user": user.pk}), "user")
