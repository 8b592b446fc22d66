"""Every sample answer of the GoodDay documentation, from a world that is as the samples are."""

import datetime

import pytest
from django.utils import timezone

from planning.models import Plan, TimeReport, WorkflowStatus
from projects.models import Organization, Project, User
from tasks.models import Task
from tests.client import Api
from tests.compat.goodday_calls import assert_failed, assert_refused
from tests.compat.goodday_samples import in_utc, samples

MADE = datetime.datetime(2022, 11, 23, 15, 6, 56, 123456, datetime.UTC)
CHANGED = datetime.datetime(2022, 11, 25, 11, 40, 9, tzinfo=datetime.UTC)
THERE = datetime.datetime(2021, 7, 8, 8, 40, 3, tzinfo=datetime.UTC)


@pytest.fixture
def goodday(db, make_key):
    """The task of the samples, in project 2, with status 18; the key of its organization."""
    organization = Organization.objects.create(slug="acme", name="Acme")
    project = Project.objects.create(pk=2, organization=organization, slug="web", name="Web")
    users = [User.objects.create_user(f"user{pk}@acme.example", pk=pk) for pk in (1, 2, 3)]
    member = organization.memberships.create(user=users[0], role="owner")
    status = WorkflowStatus.objects.create(pk=18, project=project, name="To do", status="pending")
    task = Task.objects.create(
        pk=1, project=project, name="Collect client requirements zmena", created=MADE, updated=MADE
    )
    Plan.objects.create(
        task=task,
        goodday_id="yAD1kC",
        creator=users[0],
        action_required=member,
        start_date="2021-07-08",
        end_date="2021-07-09",
        workflow_status=status,
        goodday_created_at=THERE,
        goodday_created_offset=120,
        plan_updated=MADE,
    )
    for user, minutes in ((users[1], 60), (users[2], 300), (users[2], 60)):
        TimeReport.objects.create(task=task, user=user, date="2021-07-08", minutes=minutes, created=MADE)
    return Api(make_key(organization))


def assert_alike(shown, sample):
    """The same keys in the same order, and the same values."""
    assert list(shown) == list(sample)
    assert shown == sample


def test_the_list(goodday):
    response = goodday.get("/api/v0/tasks")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    sample = samples()["list"]
    assert list(response.json()) == list(sample)
    for shown, expected in zip(response.json()["items"], sample["items"], strict=True):
        assert_alike(shown, in_utc(expected))


def test_one_task(goodday):
    response = goodday.get("/api/v0/tasks/1")
    assert response.status_code == 200
    assert_alike(response.json(), in_utc(samples()["detail"]))


def test_the_work_times(goodday):
    response = goodday.get("/api/v0/tasks/1/user-work-times")
    assert response.status_code == 200
    assert_alike(response.json(), samples()["work_times"])


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_an_update(goodday, monkeypatch, method):
    Task.objects.update(name="1")  # as the answer to the PATCH has it
    Plan.objects.update(billable=False)
    monkeypatch.setattr(timezone, "now", lambda: CHANGED)
    response = goodday.request(method, "/api/v0/tasks/1", samples()["patch_body"])
    assert response.status_code == 200
    assert_alike(response.json(), in_utc(samples()["patch"]))
    assert response.json() == goodday.get("/api/v0/tasks/1").json()


@pytest.mark.parametrize(
    ("sample", "method", "path"),
    [
        ("detail_404", "GET", "/api/v0/tasks/2"),
        ("work_times_404", "GET", "/api/v0/tasks/2/user-work-times"),
        ("patch_404", "PATCH", "/api/v0/tasks/2"),
    ],
)
def test_a_task_that_is_not_there(goodday, sample, method, path):
    body = {"body": {"billable": True}} if method == "PATCH" else {}
    shown = assert_failed(goodday.request(method, path, **body), 404, "NotFound")
    assert_alike(shown, {**samples()[sample], "id": shown["id"]})


def test_a_body_that_is_refused(goodday):
    """The document's sample is about `name`, which no operation takes; the form is what counts."""
    response = goodday.put("/api/v0/tasks/1", {})
    assert assert_refused(response, "billable") == ["The billable field is required."]
    sample, shown = samples()["put_422"], response.json()
    refusal = {"field": "billable", "message": sample["errors"][0]["message"].replace("name", "billable")}
    assert_alike(shown, {**sample, "id": shown["id"], "errors": [refusal]})
