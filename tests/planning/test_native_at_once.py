"""What several requests at the same moment may not do to a workflow. On PostgreSQL, where rows are locked."""

import threading

import pytest
from django.db import connection

from planning.models import CustomField, WorkflowStatus
from tests.client import Api

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection"),
    pytest.mark.django_db(transaction=True),
]


def at_once(*calls):
    """The sorted statuses of requests that begin together, each on a connection of its own."""
    barrier, statuses = threading.Barrier(len(calls)), []

    def run(call):
        barrier.wait()
        try:
            statuses.append(call().status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


@pytest.fixture
def callers(admin):
    return [Api(admin.key, base="/api/acme") for _ in range(6)]


def test_the_defaults_are_made_once(callers, project, make_task):
    path = f"web/tasks/{make_task()['id']}/plan"
    assert at_once(*(lambda c=c: c.get(path) for c in callers)) == [200] * 6
    assert WorkflowStatus.objects.count() == 8


@pytest.mark.parametrize("method", ["DELETE", "PATCH"])
def test_of_all_that_stand_for_a_status_one_stays(callers, admin, project, method):
    for number in range(5):
        body = {"project": "web", "name": str(number), "status": "pending"}
        assert admin.post("workflow-statuses", body).status_code == 201
    paths = [f"workflow-statuses/{row.pk}" for row in WorkflowStatus.objects.filter(status="pending")]
    statuses = at_once(
        *(lambda c=c, p=p: c.request(method, p, {"status": "error"}) for c, p in zip(callers, paths, strict=True))
    )
    assert statuses == [204 if method == "DELETE" else 200] * 5 + [400]
    assert WorkflowStatus.objects.filter(status="pending").count() == 1


def test_one_of_many_equal_requests_makes_the_row(callers, project):
    review = {"project": "web", "name": "Review", "status": "processing"}
    for path, body in (("workflow-statuses", review), ("custom-fields", {"name": "Risk", "type": "text"})):
        assert at_once(*(lambda c=c, p=path, b=body: c.post(p, b) for c in callers)) == [201] + [400] * 5
    assert CustomField.objects.count() == 1
