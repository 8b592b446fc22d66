"""What /api/{org}/{project}/tasks/{id}/plan refuses, and by which name."""

import pytest
from django.utils import timezone

from planning.models import CustomField, Plan
from projects.models import Team, User
from tests.answers import assert_refused, attrs_of


@pytest.fixture
def path(make_task):
    return f"tasks/{make_task()['id']}/plan"


DATES = [
    "2026-02-30",
    "2026-13-01",
    "2026-1-1",
    "20260101",
    "2026-01-01T00:00:00Z",
    "",
    " 2026-01-01",
    5,
    True,
    [],
    "0000-00-00",
]
AMOUNTS = ["-1", -1, -0.01, "12.50 EUR", "1e3", "NaN", "Infinity", "", "12,50", True, None, [], "1.00001", 0.1 + 0.2]
AMOUNTS += ["100000000000", 1e11, 10**18, "9" * 1000, "٣"]
BAD = {
    **dict.fromkeys(["start_date", "end_date", "due_date", "deadline_date"], DATES),
    **dict.fromkeys(["estimated_cost", "hourly_rate", "price"], AMOUNTS),
    **dict.fromkeys(
        ["ongoing", "important", "archived", "fixed_price", "billable", "billed", "notifications"],
        ("true", 1, None, "", []),
    ),
    **dict.fromkeys(["description", "notes"], (None, 5, [], {}, True)),
    "color": [None, 5, "x" * 33],
    "goodday_id": [None, 5, "x" * 256],
    "date_completed": ["yesterday", "2026-02-30T00:00:00Z", 5, "0001-01-01T00:00:00+14:00", ""],
    "goodday_created_at": ["yesterday", 5, "2026-01-01T00:00:00+01:00:30", "9999-12-31T23:59:59-14:00", ""],
    "activity": ["busy", None, 1, ""],
    "recurrence": ["d", "X", None, 1, "DW"],
    "task_order": ["5", 1.5, 2**63, -(2**63) - 1, True, []],
    "priority": ["5", 1.5, 2**31, -(2**31), None, 2**63],
    "estimated_minutes": ["5", 1.5, -1, 2**31, 2**63],
    **dict.fromkeys(["creator", "responsible", "action_required"], ("5", 1.5, 0, -1, 2**63, 2**63 - 1, 4711, [], True)),
    "workflow_status": ["5", 0, -1, 2**63, 2**63 - 1, []],
    "assignees": [None, 5, "5", {}, [4711], [2**63 - 1]],
    "teams": [None, 5, [4711], [2**63 - 1]],
    "custom_fields": [None, 5, "x", []],
}


@pytest.mark.parametrize(
    ("name", "value"),
    [pytest.param(name, value, id=f"{name}-{str(value)[:20]}") for name, values in BAD.items() for value in values],
)
def test_a_bad_value_is_refused_by_its_name(api, path, name, value):
    before = api.get(path).json()
    assert_refused(api.patch(path, {name: value}), name)
    assert api.get(path).json() == before


@pytest.mark.parametrize("value", ["5", 0, None, 1.5, 2**63])
@pytest.mark.parametrize("name", ["assignees", "teams"])
def test_a_bad_entry_is_refused_by_its_place(api, path, name, value):
    (attr,) = attrs_of(api.patch(path, {name: [value]}))
    assert attr == f"{name}.0"


def test_every_bad_field_is_named_at_once(api, path):
    malformed = {"start_date": "2026-02-30", "price": "-1", "billable": "yes", "description": "right"}
    unknown = {"responsible": 4711, "assignees": [4712], "teams": [4713], "workflow_status": 4714}
    everything = {**malformed, **unknown, "custom_fields": {"4715": 1}}
    named = ["assignees", "billable", "custom_fields.4715", "price", "responsible", "start_date", "teams"]
    assert_refused(api.patch(path, everything), *named, "workflow_status")


def test_all_that_is_unknown_is_named_at_once(api, path):
    unknown = {"creator": 4710, "responsible": 4711, "assignees": [4712], "teams": [4713], "workflow_status": 4714}
    response = api.patch(path, {**unknown, "custom_fields": {"4715": 1}, "notes": "lost"})
    assert_refused(response, *unknown, "custom_fields.4715")
    assert {error["code"] for error in response.json()["errors"]} == {"does_not_exist", "unknown"}
    assert not Plan.objects.exists()


def test_what_is_of_another_organization_or_project_is_unknown(api, admin, path, stranger, other_project):
    eve = User.objects.create_user("eve@globex.example")
    stranger.organization.memberships.create(user=eve)
    theirs = Team.objects.create(organization=stranger.organization, name="Theirs")
    field = CustomField.objects.create(
        organization=stranger.organization, name="Theirs", type="text", created=timezone.now()
    )
    statuses = admin.get("workflow-statuses").json()
    ours = next(row["id"] for row in statuses if row["project"] == "billing")
    sent = {"assignees": [eve.pk], "teams": [theirs.pk], "workflow_status": ours}
    assert_refused(api.patch(path, {**sent, "custom_fields": {str(field.pk): "x"}}), *sent, f"custom_fields.{field.pk}")


@pytest.mark.parametrize("body", [[], "x", 5, None, [{"notes": "x"}]])
def test_a_body_that_is_no_object_is_refused(api, path, body):
    response = api.patch(path, body)
    assert response.status_code == 400
    assert response.json()["type"] == "validation_error"
