"""/api/{org}/deliveries: what was sent and what is owed, and how it is delivered again."""

import datetime
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid_utils.compat import uuid7

from integrations.filters import FILTERS, REPEATABLE
from integrations.models import Attempt, Channel, Delivery
from projects.scopes import Scope
from taskapi.rest.document import operation_at
from taskapi.rest.params import PAGE_PARAMETERS
from tests.answers import assert_failed, assert_refused
from tests.client import Api

FIELDS = {
    *("id", "integration", "task", "monitor", "project", "point", "status", "attempts", "next_attempt", "created"),
}
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
NOON = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)


@pytest.fixture
def owe(project):
    """A delivery as the outbox writes it, of which only what matters is named."""

    def make(point="success", **fields):
        now = fields.pop("created", timezone.now())
        place = fields.pop("project", project)
        values = {"integration": "email", "body": '{"type": "task.triggered"}', "due_at": now, "created": now, **fields}
        return Delivery.objects.create(organization=place.organization, project=place, point=point, **values)

    return make


@pytest.fixture
def project_admin(project, make_key):
    """A key of one project, with the admin scope."""
    return Api(make_key(project, Scope.ADMIN), base="/api/acme")


def points(caller, query=""):
    """The points of the deliveries that a list holds, in its order."""
    response = caller.get(f"deliveries{query}")
    assert response.status_code == 200, response.content
    return [delivery["point"] for delivery in response.json()["results"]]


# -- One -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_delivery_is_shown_with_its_attempts_oldest_first(admin, owe, slash):
    task = uuid7()
    delivery = owe("95%", integration="webhook:ops", task_id=task, created=NOON, due_at=NOON, attempt_count=2)
    for number, status in enumerate((500, None)):
        at = NOON + datetime.timedelta(seconds=number * 5)
        Attempt.objects.create(delivery=delivery, at=at, status=status, duration_ms=number, response="x", error="y")
    shown = {
        "id": str(delivery.public_id),
        "integration": "webhook:ops",
        "task": str(task),
        "monitor": None,
        "project": "web",
        "point": "95%",
        "status": "pending",
        "attempts": [
            {"at": "2026-01-31T12:00:00Z", "status": 500, "duration_ms": 0, "response": "x", "error": "y"},
            {"at": "2026-01-31T12:00:05Z", "status": None, "duration_ms": 1, "response": "x", "error": "y"},
        ],
        "next_attempt": "2026-01-31T12:00:00Z",
        "created": "2026-01-31T12:00:00Z",
    }
    assert admin.get(f"deliveries/{delivery.public_id}{slash}").json() == shown
    assert admin.get(f"deliveries{slash}").json() == {"next": None, "previous": None, "results": [shown]}


def test_a_delivery_about_a_monitor_names_it(admin, owe):
    monitor = uuid7()
    shown = admin.get(f"deliveries/{owe('monitor_down', monitor_id=monitor).public_id}").json()
    assert (shown["task"], shown["monitor"]) == (None, str(monitor))


@pytest.mark.parametrize("status", ["delivered", "failed"])
def test_what_is_over_has_no_next_attempt(admin, owe, status):
    shown = admin.get(f"deliveries/{owe(status=status, finished=NOON).public_id}").json()
    assert set(shown) == FIELDS
    assert (shown["status"], shown["next_attempt"]) == (status, None)


@pytest.mark.parametrize("unknown", ["x", "5", str(ONE), f"{ONE}x"])
def test_an_id_of_nothing_is_not_found(admin, owe, unknown):
    owe()
    assert_failed(admin.get(f"deliveries/{unknown}"), 404, "not_found")
    assert_failed(admin.post(f"deliveries/{unknown}/redeliver"), 404, "not_found")


# -- Lists -----------------------------------------------------------------------------------------------------------


def test_there_is_nothing_at_first(admin, project):
    assert admin.get("deliveries").json() == {"next": None, "previous": None, "results": []}


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_lead_to_the_end_and_back_newest_first(admin, owe, size):
    for point in "abcde":
        owe(point)
    seen, link = [], f"/api/acme/deliveries?page_size={size}"
    while link:
        page = admin.get(link.removeprefix("http://testserver")).json()
        seen.append([delivery["point"] for delivery in page["results"]])
        link, previous = page["next"], page["previous"]
    assert [point for results in seen for point in results] == list("edcba")
    back = [seen[-1]]
    while previous:
        page = admin.get(previous.removeprefix("http://testserver")).json()
        back.append([delivery["point"] for delivery in page["results"]])
        previous = page["previous"]
    assert back[::-1] == seen


def test_a_list_costs_two_queries_beside_the_key_however_long(admin, owe, django_assert_num_queries):
    for _ in range(5):
        Attempt.objects.create(delivery=owe(), at=NOON, duration_ms=1)
    admin.get("deliveries")
    with django_assert_num_queries(2):
        assert len(admin.get("deliveries?status=pending").json()["results"]) == 5


def test_a_project_to_filter_by_costs_one_more(admin, owe, django_assert_num_queries):
    owe()
    admin.get("deliveries")
    with django_assert_num_queries(3):
        assert points(admin, "?project=web") == ["success"]
    with django_assert_num_queries(1):
        assert points(admin, "?project=nowhere") == []


@pytest.mark.parametrize("query", ["?cursor=x", "?cursor=" + "A" * 30])
def test_a_forged_cursor_is_not_found(admin, owe, query):
    assert_failed(admin.get(f"deliveries{query}"), 404, "not_found")


# -- Filters ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def various(owe, other_project):
    owe("a", integration="email", task_id=ONE, created=NOON)
    owe("b", integration="webhook:ops", task_id=TWO, status="delivered", finished=NOON, created=NOON)
    owe("c", integration="webhook:ops", monitor_id=ONE, status="failed", finished=NOON)
    owe("d", integration="email", project=other_project, task_id=ONE)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("", "dcba", id="all"),
        pytest.param("status=pending", "da", id="one status"),
        pytest.param("status=failed&status=delivered", "cb", id="any of the statuses"),
        pytest.param("integration=webhook:ops", "cb", id="integration"),
        pytest.param("integration=webhook:op", "", id="a part of it"),
        pytest.param("integration=webhook:gone", "", id="no such channel"),
        pytest.param(f"task={ONE}", "da", id="task"),
        pytest.param(f"monitor={ONE}", "c", id="monitor"),
        pytest.param(f"task={TWO}&monitor={ONE}", "", id="none has both"),
        pytest.param("point=b", "b", id="point"),
        pytest.param("project=billing", "d", id="project"),
        pytest.param("project=nowhere", "", id="no such project"),
        pytest.param("created_before=2026-01-31", "ba", id="before the end of a day"),
        pytest.param("created_before=2026-01-31T11:59:59Z", "", id="before noon"),
        pytest.param("created_before=2026-01-31T13:00:00%2B01:00&created_after=2026-01-31T12:00", "ba", id="at noon"),
        pytest.param("created_before=2026-01-31T13:00:00+01:00", "ba", id="a plus sign that was not encoded"),
        pytest.param("created_after=2026-02-01", "dc", id="after a day"),
        pytest.param("status=pending&project=web&integration=email&format=json", "a", id="all must hold"),
    ],
)
def test_a_list_is_filtered(admin, various, query, found):
    assert "".join(points(admin, f"?{query}")) == found


@pytest.mark.parametrize(
    ("query", "attrs"),
    [
        pytest.param("status=running", ["status"], id="no such status"),
        pytest.param("status=", ["status"], id="empty status"),
        pytest.param("status=failed&status=x", ["status"], id="one of two"),
        pytest.param("task=5", ["task"], id="no task id"),
        pytest.param("monitor=", ["monitor"], id="no monitor id"),
        pytest.param("created_after=yesterday&created_before=2026-13-01", ["created_after", "created_before"], id="1"),
        pytest.param("created_after=0001-01-01T00:00:00%2B14:00", ["created_after"], id="before all years"),
        pytest.param("point=a&point=b", ["point"], id="twice"),
        pytest.param("integration=%00", ["integration"], id="null character"),
        pytest.param("name=x&task=y", ["name", "task"], id="unknown"),
        pytest.param("page_size=0", ["page_size"], id="no page"),
    ],
)
def test_what_is_no_filter_is_refused_by_name(admin, project, query, attrs):
    assert_refused(admin.get(f"deliveries?{query}"), *attrs)


def test_the_document_shows_the_parameters_that_the_list_knows():
    shown = {p["name"]: p for p in operation_at("/api/{org}/deliveries", "GET")["parameters"] if p.get("in") == "query"}
    assert shown.keys() == (FILTERS.keys() | {"project"} | PAGE_PARAMETERS) - {"format"}  # that one is in all of them
    assert {name for name, p in shown.items() if p["schema"].get("type") == "array"} == REPEATABLE


# -- Again -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["delivered", "failed", "pending"])
def test_a_delivery_is_delivered_again_as_it_was(admin, owe, status):
    finished = None if status == "pending" else NOON
    delivery = owe(status=status, finished=finished, attempt_count=3, created=NOON, due_at=NOON)
    Attempt.objects.create(delivery=delivery, at=NOON, duration_ms=1, error="refused")
    with time_machine.travel("2026-02-01T00:00:00Z", tick=False):
        response = admin.post(f"deliveries/{delivery.public_id}/redeliver")
    assert response.status_code == 200, response.content
    shown = response.json()
    assert (shown["id"], shown["status"]) == (str(delivery.public_id), "pending")
    assert shown["next_attempt"] == "2026-02-01T00:00:00Z"
    assert [attempt["error"] for attempt in shown["attempts"]] == ["refused"]
    assert admin.get(f"deliveries/{delivery.public_id}").json() == shown
    assert Delivery.objects.get().body == delivery.body


def test_it_is_posted_alone_and_takes_no_body(admin, owe):
    path = f"deliveries/{owe(status='failed', finished=NOON).public_id}/redeliver"
    assert admin.get(path).status_code == 405
    assert admin.post(path, "nonsense, which nobody reads").status_code == 200


# -- Who may ---------------------------------------------------------------------------------------------------------


def test_a_key_of_a_project_sees_what_is_of_that_project(project_admin, owe, other_project):
    mine, theirs = owe("mine"), owe("theirs", project=other_project)
    assert points(project_admin) == ["mine"]
    assert points(project_admin, "?project=billing") == []
    assert project_admin.get(f"deliveries/{mine.public_id}").status_code == 200
    assert_failed(project_admin.get(f"deliveries/{theirs.public_id}"), 404, "not_found")
    assert_failed(project_admin.post(f"deliveries/{theirs.public_id}/redeliver"), 404, "not_found")
    assert project_admin.post(f"deliveries/{mine.public_id}/redeliver").status_code == 200


def test_deliveries_of_another_organization_are_not_found(owe, stranger, make_key):
    delivery = owe("mine", status="failed", finished=NOON)
    other = Api(make_key(stranger.organization, Scope.ADMIN), base="/api/globex")
    owe("theirs", project=stranger)
    assert points(other) == ["theirs"]
    assert points(other, f"?project={delivery.project.slug}") == ["theirs"]
    assert_failed(other.get(f"deliveries/{delivery.public_id}"), 404, "not_found")
    assert_failed(other.post(f"deliveries/{delivery.public_id}/redeliver"), 404, "not_found")
    assert_failed(other.get("/api/acme/deliveries"), 404, "not_found")
    assert Delivery.objects.get(pk=delivery.pk).status == "failed"


def test_those_of_a_deleted_project_are_gone_with_it(admin, owe):
    delivery = owe()
    assert admin.delete("projects/web").status_code == 204
    assert points(admin) == []
    assert_failed(admin.get(f"deliveries/{delivery.public_id}"), 404, "not_found")
    assert_failed(admin.post(f"deliveries/{delivery.public_id}/redeliver"), 404, "not_found")


def test_those_of_a_deleted_channel_stay_to_be_seen(admin, owe, organization):
    channel = Channel.objects.create(
        organization=organization, kind="email", slug="ops", name="Ops", created=NOON, updated=NOON
    )
    delivery = owe(channel=channel, integration="email:ops", status="delivered", finished=NOON)
    with CaptureQueriesContext(connection) as asked:
        assert admin.delete(f"integrations/{channel.pk}").status_code == 204
    # There may be millions of them.
    assert not [query["sql"] for query in asked if "integrations_delivery" in query["sql"]]
    assert admin.get(f"deliveries/{delivery.public_id}").json()["integration"] == "email:ops"
    assert admin.post(f"deliveries/{delivery.public_id}/redeliver").json()["status"] == "pending"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/{id}"), ("POST", "/{id}/redeliver")])
def test_deliveries_need_the_admin_scope(project, owe, make_key, method, path):
    path = f"/api/acme/deliveries{path.format(id=owe().public_id)}"
    for key in (make_key(project), make_key(project.organization)):
        assert_failed(Api(key).request(method, path), 403, "permission_denied")
