"""ProjectBubble v2: complete, resume and delete, in each of the forms that its document has."""

import pytest

from projects.models import User
from tasks.models import StatusChange

NO_DATE = "0000-00-00 00:00:00"


@pytest.fixture(autouse=True)
def owner(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="owner")
    return user


@pytest.fixture
def family(make_task):
    """A parent, a child that is open and one that is done, by name."""
    parent = make_task("parent", value_max=1000)
    open_one = make_task("open", parent=parent["id"], value=3, value_max=7)
    done = make_task("done", parent=parent["id"], status="success", value=50)
    return {"parent": parent, "open": open_one, "done": done}


def shown(api, task):
    return api.get(f"/v2/tasks/{task['number']}").json()["data"]


FORMS = [
    ("PUT", {"completed": 1}),
    ("PUT", {"completed": "1"}),
    ("PUT", {"complete": True}),
    ("POST", {"complete": 1}),
    ("POST", {"completed": "1", "complete": 1}),
    ("PUT", {"completed": 1, "task_name": "", "due_date": "nonsense", "progress": 5, "whatever": 1}),
]


@pytest.mark.parametrize(("method", "body"), FORMS)
def test_a_task_is_completed_with_its_children(api, family, method, body):
    done = shown(api, family["done"])
    answer = api.request(method, f"/v2/tasks/{family['parent']['number']}/", body=body)
    assert answer.status_code == 200
    assert answer.json()["data"]["task_name"] == "parent"
    for name in ("parent", "open"):
        task = shown(api, family[name])
        assert (task["completed"], task["progress"], task["active"]) == ("1", "100", "0")
        assert task["date_completed"] > "2026"
        native = api.get(f"tasks/{family[name]['id']}").json()
        assert (native["status"], native["value"]) == ("success", native["value_max"])
    assert shown(api, family["done"]) == done


@pytest.mark.parametrize(("method", "body"), [("PUT", {"resume": 1}), ("POST", {"resume": "1", "task_name": 5})])
def test_a_task_is_resumed_and_its_children_are_left_alone(api, family, method, body):
    path = f"/v2/tasks/{family['parent']['number']}"
    api.put(path, {"completed": 1})
    child = shown(api, family["open"])
    answer = api.request(method, path, body=body)
    assert answer.status_code == 200
    task = answer.json()["data"]
    expected = {"completed": "0", "progress": "0", "active": "1", "date_completed": NO_DATE}
    assert {name: task[name] for name in expected} == expected
    assert api.get(f"tasks/{family['parent']['id']}").json()["status"] == "pending"
    assert shown(api, family["open"]) == child


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"completed": 0}, ["completed"]),
        ({"completed": "0"}, ["completed"]),
        ({"complete": 0}, ["complete"]),
        ({"resume": 0}, ["resume"]),
        ({"resume": ""}, ["resume"]),
        ({"completed": None}, ["completed"]),
        ({"completed": "yes"}, ["completed"]),
        ({"completed": [1]}, ["completed"]),
        ({"completed": 2, "resume": 0}, ["completed", "resume"]),
        ({"completed": 1, "resume": 1}, ["resume"]),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_to_complete_or_resume_takes_a_1(api, family, method, body, names):
    answer = api.request(method, f"/v2/tasks/{family['parent']['number']}", body=body)
    assert answer.status_code == 400
    assert [part.partition(":")[0] for part in answer.json()["error"].split("; ")] == names
    assert shown(api, family["parent"])["completed"] == "0"


def test_a_post_that_completes_names_a_task_and_any_other_a_project(api, project, make_task):
    task = make_task()
    assert task["number"] != project.number or make_task()
    assert api.post(f"/v2/tasks/{10**9}", {"complete": 1}).json() == {"error": "Task not found."}
    assert api.post(f"/v2/tasks/{10**9}", {"task_name": "x"}).json() == {"error": "Project not found."}


def test_a_recurring_task_gets_its_next_occurrence_when_it_is_completed(api, project, owner):
    body = {"task_name": "report", "due_date": "20330131", "recurring": "M", "users": [owner.pk], "tags": "a"}
    first = api.post(f"/v2/tasks/{project.number}", body).json()["data"]
    days = []
    for _ in range(3):
        (task,) = api.get("/v2/tasks?status=open").json()["data"]
        days.append(task["due_date"][:10])
        assert (task["users"], task["tags"], task["recurring"]) == (first["users"], "a", "M")
        for _ in range(2):
            api.put(f"/v2/tasks/{task['task_id']}", {"completed": 1})
    assert days == ["2033-01-31", "2033-02-28", "2033-03-31"]


def test_a_deleted_task_is_gone_and_cancelled_natively(api, family):
    answer = api.delete(f"/v2/tasks/{family['parent']['number']}")
    assert (answer.status_code, answer.json()) == (200, [])
    assert api.get("/v2/tasks").json()["paging"]["total_records"] == 0
    for task in family.values():
        path = f"/v2/tasks/{task['number']}"
        for method, body in (("GET", None), ("PUT", {"notes": "x"}), ("PUT", {"completed": 1}), ("DELETE", None)):
            again = api.request(method, path, **({"body": body} if body else {}))
            assert (again.status_code, again.json()) == (404, {"error": "Task not found."})
        assert api.get(f"tasks/{task['id']}").json()["status"] == "cancelled"


def test_the_history_names_the_key(api, make_task):
    task = make_task()
    api.put(f"/v2/tasks/{task['number']}", {"completed": 1})
    (change,) = StatusChange.objects.all()
    assert (change.old, change.new, change.key_id is not None) == ("pending", "success", True)
