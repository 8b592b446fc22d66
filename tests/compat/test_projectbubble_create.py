"""ProjectBubble v2: `POST /v2/tasks/{project_id}` and what its parameters become."""

import pytest

from planning.models import Plan, TimeReport
from projects.models import Team, User
from projects.scopes import TASK_SCOPES
from tasks.models import Task
from tests.client import Api


@pytest.fixture
def people(organization):
    """Members by name; Ada owns the organization."""
    found = {}
    for name in ("ada", "ben", "cleo"):
        found[name] = User.objects.create_user(f"{name}@acme.example")
        role = "owner" if name == "ada" else "member"
        organization.memberships.create(user=found[name], role=role, display_name=name.capitalize())
    return found


@pytest.fixture
def create(api, project, people):
    def create(path=None, **body):
        response = api.post(path or f"/v2/tasks/{project.number}", {"task_name": "spec", **body})
        assert response.status_code == 201, response.content
        return response.json()["data"]

    return create


def refused(response):
    assert response.status_code == 400, response.content
    assert list(response.json()) == ["error"]
    return response.json()["error"]


def test_a_task_that_is_made_here_looks_right_natively(api, create):
    number = int(create(tags="urgent, env:prod", description="What")["task_id"])
    (task,) = api.get("tasks?embed=plan").json()["results"]
    expected = {
        "number": number,
        "name": "spec",
        "status": "pending",
        "value": None,
        "value_max": 100,
        "data": None,
        "tags": {"urgent": "urgent", "env": "prod"},
        "project": "web",
        "parent": None,
        "start_time": None,
    }
    assert {name: task[name] for name in expected} == expected
    assert task["plan"]["description"] == "What"


def test_the_answer_is_the_task_as_it_is_then_read(api, create):
    made = create(notes="x", due_date="20260131")
    assert api.get(f"/v2/tasks/{made['task_id']}").json()["data"] == made


def test_every_parameter_of_the_document_is_kept(create, people):
    ben, cleo = people["ben"].pk, people["cleo"].pk
    made = create(
        description="What",
        tags="a,b:c",
        notes="Why",
        start_date="20260901",
        due_date="20260915",
        estimated_hours="1.5",
        estimated_cost="12.50",
        hourly_rate=80,
        fixed_price="1",
        price=99.99,
        task_order="7",
        active="2",
        important=1,
        billed="1",
        notifications="0",
        recurring="S",
        archived="1",
        user_id=str(ben),
        users=[str(cleo), ben],
        teams=[],
    )
    expected = {
        "task_name": "spec",
        "description": "What",
        "tags": "a,b:c",
        "notes": "Why",
        "start_date": "2026-09-01 00:00:00",
        "due_date": "2026-09-15 00:00:00",
        "estimated_hours": "1.5",
        "estimated_cost": "12.5",
        "hourly_rate": "80",
        "fixed_price": "1",
        "price": "99.99",
        "task_order": "7",
        "active": "2",
        "important": "1",
        "billed": 1,
        "notifications": "0",
        "recurring": "S",
        "archived": "1",
        "user_id": str(ben),
        "users": [{"user_id": str(cleo), "user_name": "Cleo"}, {"user_id": str(ben), "user_name": "Ben"}],
    }
    assert {name: made[name] for name in expected} == expected


def test_what_a_put_takes_is_taken_at_once(create):
    made = create(color="#fff", ongoing=1, progress="40", minutes=90, date_completed="20260131")
    assert [made[name] for name in ("color", "ongoing", "progress", "tracked_seconds", "date_completed")] == [
        *("#fff", "1", "40", 5400, "2026-01-31 00:00:00")
    ]
    assert made["completed"] == "0"


def test_the_project_may_be_named_in_the_body(create, project):
    assert create("/v2/tasks", project_id=str(project.number))["project_id"] == str(project.number)
    assert create("/v2/tasks/", project_id=project.number)["project_id"] == str(project.number)
    assert create(project_id=str(project.number))["project_id"] == str(project.number)


def test_the_creator_is_who_made_the_key_or_else_the_owner(create, project, people, make_key):
    assert create()["user_id"] == str(people["ada"].pk)
    api = Api(make_key(project, *TASK_SCOPES, creator=people["ben"]))
    made = api.post(f"/v2/tasks/{project.number}", {"task_name": "x"}).json()["data"]
    assert made["user_id"] == str(people["ben"].pk)
    assert Plan.objects.get(pk=made["task_id"]).creator == people["ben"]


def test_ids_come_in_many_forms(create, people):
    ben, cleo = people["ben"].pk, people["cleo"].pk
    for users in (
        [str(ben), str(cleo)],
        [ben, cleo],
        [{"user_id": str(ben)}, {"user_id": cleo}],
        [{"user_id": ben, "user_name": "shown"}, str(cleo)],
        f"{ben},{cleo}",
        f"{ben}, {cleo},",
        [ben, cleo, ben],
    ):
        assert [user["user_id"] for user in create(users=users)["users"]] == [str(ben), str(cleo)], users
    for users in ([], None, ""):
        assert create(users=users)["users"] == []
    for users in (ben, {"user_id": ben}, str(ben)):
        assert [user["user_id"] for user in create(users=users)["users"]] == [str(ben)]


def test_teams_are_kept_and_not_listed_as_people(create, organization):
    team = Team.objects.create(organization=organization, name="Night shift")
    team.memberships.set(organization.memberships.all())
    for teams in ([str(team.pk)], [{"team_id": team.pk}], str(team.pk)):
        made = create(teams=teams)
        assert made["users"] == []
        assert [row.team for row in Plan.objects.get(pk=made["task_id"]).teams.all()] == [team]


def test_recurring_takes_every_letter(create):
    for letter in ("D", "W", "M", "Q", "S", "Y", ""):
        assert create(recurring=letter)["recurring"] == letter
    assert create(recurring=None)["recurring"] == ""


def test_a_parameter_that_is_only_ever_shown_is_passed_over(create):
    shown = {"task_id": "9", "project_name": "x", "billable_hours": 3, "tracked_seconds": None, "date_created": "x"}
    made = create(**shown, date_modified="x")
    assert (made["project_name"], made["billable_hours"], made["tracked_seconds"]) == ("Web", 0, None)


BAD = [
    ("task_name", ""),
    ("task_name", "  "),
    ("task_name", "x" * 256),
    ("task_name", ["x"]),
    ("task_name", None),
    ("task_name", True),
    ("description", {"a": 1}),
    ("tags", "a:"),
    ("tags", ":b"),
    ("tags", "x" * 256),
    ("tags", ["a"]),
    ("color", "x" * 33),
    ("start_date", "tomorrow"),
    ("start_date", "20260230"),
    ("due_date", "2026-1-1"),
    ("due_date", "2026-0101"),
    ("due_date", 2026),
    ("due_date", True),
    ("due_date", ["20260101"]),
    ("date_completed", "2026-01-01 25:00:00"),
    ("due_date", "00000101"),
    ("estimated_hours", "-1"),
    ("estimated_hours", "much"),
    ("estimated_hours", ""),
    ("estimated_hours", None),
    ("estimated_hours", 10**9),
    ("estimated_hours", True),
    ("estimated_cost", "1,50"),
    ("estimated_cost", "1e3"),
    ("hourly_rate", -1),
    ("hourly_rate", "0.00001"),
    ("price", 10**11),
    ("price", [1]),
    ("fixed_price", "yes"),
    ("important", 2),
    ("important", ""),
    ("important", None),
    ("billed", "-1"),
    ("notifications", [1]),
    ("archived", {}),
    ("task_order", "first"),
    ("task_order", 2**63 - 1.5),
    ("task_order", "9" * 19),
    ("active", "3"),
    ("active", None),
    ("active", "active"),
    ("recurring", "X"),
    ("recurring", "d"),
    ("recurring", 0),
    ("progress", 101),
    ("progress", -1),
    ("progress", 1.5),
    ("progress", "50%"),
    ("minutes", -1),
    ("minutes", 2**31),
    ("hours", "two"),
    ("days", 10**8),
    ("sharing", "all"),
    ("user_id", "x"),
    ("user_id", 0),
    ("user_id", None),
    ("users", ["x"]),
    ("users", [[1]]),
    ("users", [{"id": 1}]),
    ("users", [{"user_id": 1, "role": "x"}]),
    ("users", [{"user_id": [1]}]),
    ("users", [None]),
    ("users", True),
    ("users", list(range(1, 1002))),
    ("teams", [{"user_id": 1}]),
    ("project_id", "x"),
    ("project_id", "999999"),
    ("name", "x"),
    ("status", "pending"),
    ("assignees", [1]),
    ("", "x"),
]


@pytest.mark.parametrize(("name", "value"), BAD, ids=[f"{name}-{str(value)[:20]}" for name, value in BAD])
def test_nonsense_is_refused_by_name(api, project, people, name, value):
    error = refused(api.post(f"/v2/tasks/{project.number}", {"task_name": "spec", name: value}))
    assert error.startswith(f"{name}: "), error
    assert not Task.objects.exists()


@pytest.mark.parametrize("name", ["user_id", "users", "teams"])
def test_who_is_not_of_the_organization_is_refused(api, project, people, stranger, name):
    user = User.objects.create_user("eve@globex.example")
    stranger.organization.memberships.create(user=user)
    team = Team.objects.create(organization=stranger.organization, name="Theirs")
    number = team.pk if name == "teams" else user.pk
    value = number if name == "user_id" else [number]
    error = refused(api.post(f"/v2/tasks/{project.number}", {"task_name": "spec", name: value}))
    assert error.startswith(f"{name}: "), error
    assert not Task.objects.exists()


def test_every_bad_parameter_is_named(api, project, people):
    body = {"due_date": "x", "progress": 101, "price": "-1", "users": ["x"], "nonsense": 1, "project_id": 2**40}
    error = refused(api.post(f"/v2/tasks/{project.number}", body))
    assert sorted(part.partition(":")[0] for part in error.split("; ")) == sorted([*body, "task_name"])
    error = refused(api.post(f"/v2/tasks/{project.number}", {"task_name": "x", "users": [10**6], "teams": [10**6]}))
    assert sorted(part.partition(":")[0] for part in error.split("; ")) == ["teams", "users"]


def test_the_name_and_the_project_are_required(api, project):
    assert refused(api.post(f"/v2/tasks/{project.number}", {})) == "task_name: This parameter is required."
    assert refused(api.post(f"/v2/tasks/{project.number}")) == "task_name: This parameter is required."
    assert "project_id: This parameter is required." in refused(api.post("/v2/tasks", {"task_name": "x"}))


def test_only_one_total_can_be_set(api, project, people, create):
    error = refused(api.post(f"/v2/tasks/{project.number}", {"task_name": "x", "minutes": 30, "hours": 1}))
    assert error.startswith("hours: ")
    assert create(minutes=0, hours="1.5", days=0)["tracked_seconds"] == 5400
    assert TimeReport.objects.get().user == people["ada"]


def test_a_project_that_there_is_not_is_a_404(api, project):
    for number in (project.number + 1, 0, 2**63, "web", "9" * 30):
        response = api.post(f"/v2/tasks/{number}", {"task_name": "x"})
        assert (response.status_code, response.json()) == (404, {"error": "Project not found."})
