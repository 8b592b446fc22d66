"""ProjectBubble's document, `documents/projectbubble.txt`: its samples and its curl lines, as they stand in it."""

import datetime
import re

import pytest

from compat.projectbubble.filters import FILTERS
from compat.projectbubble.inputs import FINISHING, INPUTS
from planning.models import Plan, PlanAssignee
from projects.models import Membership, Project, User
from projects.scopes import TASK_SCOPES
from tasks.models import Task
from tests.client import Api
from tests.compat.projectbubble_samples import TEXT, calls, parameters, samples, shape

CREATED = datetime.datetime(2014, 11, 13, 15, 50, 55, 123456, datetime.UTC)
MODIFIED = datetime.datetime(2014, 11, 13, 16, 54, 1, tzinfo=datetime.UTC)
NAMES = {1234: "John Doe", 1235: "Jane Doe", 1236: "John Ross"}
(ONE,) = samples("Create Task")


@pytest.fixture
def task(organization):
    """The task of the samples, in its project."""
    project = Project.objects.create(number=35, organization=organization, slug="first", name="My first project")
    task = Task.objects.create(
        number=1, project=project, name="Create project specification", created=CREATED, updated=CREATED
    )
    plan = Plan.objects.create(
        task=task,
        description="My very first task",
        start_date=datetime.date(2014, 9, 1),
        due_date=datetime.date(2014, 9, 15),
        creator=User.objects.create(pk=1234, email="1234@example.org"),
        plan_updated=MODIFIED,
    )
    User.objects.bulk_create(User(pk=pk, email=f"{pk}@example.org") for pk in (1235, 1236))
    for pk, name in NAMES.items():
        role = "owner" if pk == 1234 else "member"
        member = Membership.objects.create(organization=organization, user_id=pk, display_name=name, role=role)
        PlanAssignee.objects.create(plan=plan, membership=member)
    return task


@pytest.fixture
def caller(task, organization, make_key):
    """Sends a call of the document as curl does, with another host and key."""
    api = Api(None)
    organization.slug = "example"
    organization.save()
    key = make_key(organization, *TASK_SCOPES, creator=User.objects.get(pk=1234))

    def send(call):
        sent = {"data": call.body, "content_type": "application/x-www-form-urlencoded"} if call.body else {}
        headers = {"domain": call.domain, "key": key, "Accept": "*/*"}
        return api.request(call.method, call.path, headers=headers, **sent)

    return send


def call_of(heading, path=None):
    (call,) = [call for call in calls() if call.heading == heading and path in {None, call.path}]
    return call


def test_all_of_the_document_is_read():
    assert len(calls()) == TEXT.count("curl ") == 8
    assert sum(bool(call.body) for call in calls()) == len(re.findall(r"^-d '", TEXT, re.M)) == 4
    assert [len(samples(heading)) for heading in ("Get Tasks", "Create Task", "Delete Task")] == [2, 1, 1]


def test_the_single_task_of_the_document_is_answered_to_the_letter(caller):
    answer = caller(call_of("Get Tasks", "/v2/tasks/1"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == samples("Get Tasks")[0]
    assert shape(answer.json()) == shape(samples("Get Tasks")[0])


@pytest.mark.parametrize("path", ["/v2/tasks", "/v2/tasks?limit=10&order=duedate"])
def test_the_lists_of_the_document_have_the_shape_of_its_sample(caller, path):
    answer = caller(call_of("Get Tasks", path))
    sample = samples("Get Tasks")[1]
    assert answer.status_code == 200
    assert shape(answer.json()) == shape(sample)
    assert answer.json()["data"] == sample["data"][:1]
    limit = 10 if "limit" in path else 1000
    assert answer.json()["paging"] == {"offset": 0, "limit": limit, "total_records": 1}


def test_the_create_of_the_document_makes_its_task(caller):
    answer = caller(call_of("Create Task"))
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert shape(answer.json()) == shape(ONE)
    own = {"task_id", "start_date", "due_date", "task_order", "date_created", "date_modified"}
    assert {name: made[name] for name in made.keys() - own} == {
        name: ONE["data"][name] for name in ONE["data"].keys() - own
    }


def test_the_update_of_the_document_changes_what_it_names(caller):
    answer = caller(call_of("Update Task"))
    assert answer.status_code == 200
    (sample,) = samples("Update Task")
    assert shape(answer.json()) == shape(sample)
    assert {**answer.json()["data"], "date_modified": ""} == {**sample["data"], "date_modified": ""}


def test_the_complete_of_the_document_completes_its_task(caller, task):
    answer = caller(call_of("Complete Task"))
    assert answer.status_code == 200
    (sample,) = samples("Complete Task")
    assert shape(answer.json()) == shape(sample)
    done = answer.json()["data"]
    # The sample forgets the day: the parameters say that there is one.
    own = {"description", "date_completed", "date_modified"}
    assert {**done, **dict.fromkeys(own)} == {**sample["data"], **dict.fromkeys(own)}
    assert done["date_completed"] > "2026"


def test_the_resume_of_the_document_resumes_its_task(caller, task):
    caller(call_of("Complete Task"))
    answer = caller(call_of("Resume Task"))
    assert answer.status_code == 200
    (sample,) = samples("Resume Task")
    assert shape(answer.json()) == shape(sample)
    own = {"description", "date_modified"}
    assert {**answer.json()["data"], **dict.fromkeys(own)} == {**sample["data"], **dict.fromkeys(own)}


def test_the_delete_of_the_document_answers_its_sample(caller):
    answer = caller(call_of("Delete Task"))
    assert (answer.status_code, answer.json()) == (200, samples("Delete Task")[0])
    assert caller(call_of("Get Tasks", "/v2/tasks/1")).status_code == 404


def test_the_key_of_the_document_is_nobodys(caller):
    answer = Api(None).get("/v2/tasks", headers={"domain": "example.projectbubble.com", "key": "27838413e610417b"})
    assert answer.status_code == 401


def test_every_parameter_of_the_document_is_known():
    listed = set(parameters("Get Tasks")) - {"task_id"}  # which is the path's
    assert listed <= FILTERS.keys() | {"order", "limit", "offset"}
    written = {field.name for field in [*INPUTS, *FINISHING]}
    assert set(parameters("Create Task") + parameters("Update Task")) <= written
    assert len(listed) == 11
    assert len(parameters("Update Task")) == 30
