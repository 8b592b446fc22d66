"""The filters of `/api/v0/tasks`: each that the document lists, by its type."""

import pytest
from django.utils import timezone

from compat.goodday.filters import FILTERS
from planning.models import TimeReport
from projects.models import User
from tasks.models import StatusChange, Task
from tests.compat.goodday_calls import TASKS, assert_refused, items, names, plan
from tests.compat.goodday_samples import listed

BEYOND = [str(2**63), str(-(2**63) - 1), "9" * 400]


@pytest.fixture
def ada(organization):
    user = User.objects.create_user("ada@acme.example")
    organization.memberships.create(user=user, role="owner")
    return user.pk


def set_moments(task, **moments):
    """Moments that no client can set."""
    Task.objects.filter(pk=task["number"]).update(**moments)


def test_every_filter_of_the_document_is_there_with_its_type():
    _, filters = listed()
    assert len(filters) == 22
    # Our ids of theirs are text, as in the document's own samples.
    assert {name: found.kind for name, found in FILTERS.items()} == {**filters, "goodday_id": "string"}


def test_a_list_without_filters_is_in_the_order_of_numbers(api, make_task):
    for name in "cab":
        make_task(name)
    assert names(api) == ["c", "a", "b"]


def test_ids_are_a_list_with_commas(api, make_task):
    tasks = [make_task(name) for name in "abc"]
    numbers = [task["number"] for task in tasks]
    assert names(api, f"?id={numbers[2]},{numbers[0]}") == ["a", "c"]
    assert names(api, f"?id={numbers[1]}") == ["b"]
    assert names(api, f"?id={numbers[1]},{2**63},0,-1") == ["b"]
    assert names(api, f"?id={','.join(map(str, range(numbers[0], numbers[0] + 5000)))}") == ["a", "b", "c"]


@pytest.mark.parametrize("name", ["name", "description"])
def test_a_text_matches_a_part_of_it_and_case_counts(api, make_task, name):
    for text in ("Collect 100% of it", "collect_all", "other"):
        task = make_task(text)
        if name == "description":
            plan(api, task, description=text)
    make_task("unplanned")
    assert names(api, f"?{name}=ollect") == ["Collect 100% of it", "collect_all"]
    assert names(api, f"?{name}=Collect") == ["Collect 100% of it"]
    assert names(api, f"?{name}=0%25 o") == ["Collect 100% of it"]
    assert names(api, f"?{name}=t_a") == ["collect_all"]
    assert names(api, f"?{name}=%27") == []
    assert len(names(api, f"?{name}=")) == 4


def test_by_project(admin, api, make_task, project, other_project):
    make_task("ours")
    admin.post("billing/tasks", {"name": "beside"})
    assert names(admin, f"?project_id={other_project.pk}") == ["beside"]
    assert names(admin, f"?project_id={project.pk}") == ["ours"]


def test_a_goodday_id_is_compared_exactly(api, make_task):
    plan(api, make_task("a"), goodday_id="yAD1kC")
    plan(api, make_task("b"), goodday_id="yad1kc")
    make_task("c")
    assert names(api, "?goodday_id=yAD1kC") == ["a"]
    assert names(api, "?goodday_id=AD1") == []
    assert names(api, "?goodday_id=1") == []
    assert names(api, "?goodday_id=") == ["c"]


def test_by_parent(api, make_task):
    parent = make_task("parent")
    make_task("child", parent=parent["id"])
    assert names(api, f"?parent_id={parent['number']}") == ["child"]
    assert names(api, "?parent_id=0") == []


def test_by_status(api, admin, make_task, other_project):
    review = admin.post("workflow-statuses", {"project": "web", "name": "Review", "status": "processing"}).json()["id"]
    plan(api, make_task("in review"), workflow_status=review)
    was = plan(api, make_task("was in review"), workflow_status=review)
    api.patch(f"tasks/{was['id']}", {"status": "success"})
    make_task("in progress", status="processing")
    admin.post("billing/tasks", {"name": "beside", "status": "processing"})
    assert names(admin, f"?status_id={review}") == ["in review"]
    by_name = {item["name"]: item["status_id"] for item in items(admin)}
    assert len(set(by_name.values())) == 4
    for name, status in by_name.items():
        assert names(admin, f"?status_id={status}") == [name]


def test_a_status_that_nobody_has_asked_for_before_is_found(api, make_task):
    """The defaults of a project are made before they are looked for."""
    make_task("export")
    (first,) = items(api, "?sort=status_id,is_done,status_order")
    assert names(api, f"?status_id={first['status_id']}") == ["export"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("created_by_employee_id", "creator"),
        ("action_required_by_employee_id", "action_required"),
        ("responsible_person_id", "responsible"),
    ],
)
def test_by_person(api, make_task, ada, name, field):
    plan(api, make_task("hers"), **{field: ada})
    make_task("nobody's")
    assert names(api, f"?{name}={ada}") == ["hers"]
    assert names(api, f"?{name}={ada + 1}") == []


@pytest.mark.parametrize("name", ["start_date", "end_date", "deadline_date"])
def test_a_date_is_a_day_or_a_range_with_both_ends(api, make_task, name):
    for day in ("2026-01-01", "2026-01-15", "2026-01-31"):
        plan(api, make_task(day), **{name: day})
    make_task("none")
    assert names(api, f"?{name}=2026-01-15") == ["2026-01-15"]
    assert names(api, f"?{name}=2026-01-01..2026-01-15") == ["2026-01-01", "2026-01-15"]
    assert names(api, f"?{name}=2026-01-15..") == ["2026-01-15", "2026-01-31"]
    assert names(api, f"?{name}=..2026-01-15") == ["2026-01-01", "2026-01-15"]
    assert names(api, f"?{name}=2026-01-15..2026-01-01") == []
    assert names(api, f"?{name}=0001-01-01..9999-12-31") == ["2026-01-01", "2026-01-15", "2026-01-31"]


def test_billable_is_true_unless_told_otherwise(api, make_task):
    plan(api, make_task("not"), billable=False)
    plan(api, make_task("planned"), billable=True)
    make_task("unplanned")
    for text in ("true", "1"):
        assert names(api, f"?billable={text}") == ["planned", "unplanned"]
    for text in ("false", "0"):
        assert names(api, f"?billable={text}") == ["not"]


def test_by_priority_and_estimate(api, make_task):
    plan(api, make_task("urgent"), priority=-1, estimated_minutes=0)
    make_task("default")
    assert names(api, "?priority=-1") == ["urgent"]
    assert names(api, "?priority=5") == ["default"]
    assert names(api, "?estimate=0") == ["urgent"]
    assert names(api, "?estimate=60") == []


def test_by_progress(api, make_task):
    parent = make_task("parent")
    make_task("child", parent=parent["id"], value=33)
    make_task("none")
    make_task("huge", value=2**63 - 1, value_max=1)
    assert names(api, "?progress=33") == ["parent", "child"]
    assert names(api, "?progress=0") == []
    assert names(api, "?progress=-1") == []
    assert names(api, f"?progress={100 * (2**63 - 1)}") == ["huge"]


@pytest.mark.parametrize(("name", "column"), [("created_at", "created"), ("updated_at", "updated")])
def test_a_moment_is_found_by_its_day_in_utc(api, make_task, name, column):
    for moment in (
        "2026-01-30T23:59:59.999999Z",
        "2026-01-31T00:00:00Z",
        "2026-01-31T23:59:59.999999Z",
        "2026-02-01T00:00:00Z",
    ):
        set_moments(make_task(moment), **{column: moment})
    assert names(api, f"?{name}=2026-01-31") == ["2026-01-31T00:00:00Z", "2026-01-31T23:59:59.999999Z"]
    assert len(names(api, f"?{name}=2026-01-30..2026-01-31")) == 3
    assert len(names(api, f"?{name}=..2026-01-30")) == 1
    assert len(names(api, f"?{name}=2026-02-01..9999-12-31")) == 1


def test_a_change_of_the_plan_counts_as_an_update(api, make_task):
    task = plan(api, make_task(), description="planned")
    set_moments(task, updated="2001-01-01T00:00:00Z")
    assert names(api, "?updated_at=2001-01-01") == []
    assert names(api, f"?updated_at={timezone.now():%Y-%m-%d}..") == ["export"]


def test_closed_at_is_when_the_task_came_to_its_end(api, make_task):
    make_task("closed", status="success", end_time="2026-01-31T23:30:00-01:00")
    make_task("open")
    assert names(api, "?closed_at=2026-02-01") == ["closed"]
    assert names(api, "?closed_at=2026-01-31") == []


def test_goodday_created_at_is_found_by_its_day_in_utc_whatever_its_offset(api, make_task):
    plan(api, make_task("a"), goodday_created_at="2026-01-31T23:30:00-01:00")
    make_task("b")
    assert names(api, "?goodday_created_at=2026-02-01") == ["a"]
    assert names(api, "?goodday_created_at=..2026-01-31") == []


@pytest.fixture
def active(api, make_task, ada):
    """Tasks by what was last done with them, each on a day of its own; all else was done on the first."""
    for name, day in (("update", 2), ("plan", 3), ("status", 4), ("report", 5)):
        task = make_task(name)
        then, at = "2026-01-01T12:00:00Z", f"2026-01-0{day}T12:00:00.5Z"
        plan(api, task, description="planned")
        TimeReport.objects.create(
            task_id=task["number"], user_id=ada, date="2020-01-01", minutes=5, created=at if name == "report" else then
        )
        change = {"old": "pending", "new": "error"}
        StatusChange.objects.create(task_id=task["number"], at=at if name == "status" else then, **change)
        set_moments(task, created=then, updated=at if name == "update" else then)
        rows = Task.objects.get(pk=task["number"]).plan
        rows.plan_updated = at if name == "plan" else then
        rows.save()
    set_moments(make_task("bare"), created="2025-12-31T00:00:00Z", updated="2025-12-31T00:00:00Z")


def test_last_activity_is_the_latest_of_update_status_change_and_report(api, active):
    for name, day in (("update", 2), ("plan", 3), ("status", 4), ("report", 5)):
        assert names(api, f"?last_activity=2026-01-0{day}") == [name]
    assert names(api, "?last_activity=2025-12-31") == ["bare"]
    assert names(api, "?sort=-last_activity") == ["report", "status", "plan", "update", "bare"]


def test_last_activity_takes_instants_and_ranges_too(api, active):
    assert names(api, "?last_activity=2026-01-03T12:00:00Z") == ["plan"]
    assert names(api, "?last_activity=2026-01-03T13:00:00%2B0100") == ["plan"]
    assert names(api, "?last_activity=2026-01-03T13:00:00+0100") == ["plan"]
    assert names(api, "?last_activity=2026-01-03T12:00:01Z") == []
    assert names(api, "?last_activity=2026-01-03..2026-01-04T12:00:00Z") == ["plan", "status"]
    assert names(api, "?last_activity=2026-01-04T12:00:01Z..") == ["report"]
    assert names(api, "?last_activity=..2026-01-02") == ["update", "bare"]


def test_filters_are_combined(api, make_task):
    plan(api, make_task("a"), priority=1, billable=False)
    plan(api, make_task("b"), priority=1)
    assert names(api, "?priority=1&billable=true&name=b&progress=0") == []
    assert names(api, "?priority=1&billable=true&name=b") == ["b"]


def test_every_filter_may_be_given_at_once(api, make_task):
    make_task()
    examples = {
        "enum": "1",
        "string": "x",
        "int": "1",
        "bool": "true",
        "date": "2026-01-01..",
        "dateTime": "..2026-01-01",
    }
    query = "&".join(f"{name}={examples[found.kind]}" for name, found in FILTERS.items())
    assert names(api, f"?{query}&sort=-progress&page=1") == []


# -- What is refused -------------------------------------------------------------------------------------------------

BAD = {
    "enum": ["", "x", "1,x", "1;2", "1.5"],
    "int": ["", "x", "1,2", "1.5", "true", "null", "+1"],
    "bool": ["", "yes", "TRUE", "2"],
    "date": ["", "..", "today", "2026-02-30", "20260131", "2026-01-31T00:00:00Z", "2026-01-01..x"],
    "dateTime": ["", "..", "now", "2026-02-30", "2026-01-31T25:00:00Z"],
    "string": [],
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_value_of_another_type_is_refused_by_name(api, make_task, name):
    make_task()
    for text in [*BAD[FILTERS[name].kind], "1%00", "%00"]:
        assert_refused(api.get(f"{TASKS}?{name}={text}"), name)


@pytest.mark.parametrize("name", [name for name, found in FILTERS.items() if found.kind in {"int", "enum"}])
@pytest.mark.parametrize("number", BEYOND)
def test_a_number_that_no_column_holds_matches_nothing(api, make_task, name, number):
    make_task()
    assert names(api, f"?{name}={number}") == []


def test_everything_that_is_wrong_is_told_at_once(api):
    query = "?id=x&priority=y&sort=nothing&embed=nothing&page=0&per_page=-1&unknown=1&billable=true&billable=true"
    assert_refused(api.get(TASKS + query), "id", "priority", "sort", "embed", "page", "per_page", "unknown", "billable")


@pytest.mark.parametrize(
    "name", ["assigned_to_employee_id", "custom_fields", "is_done", "page_size", "cursor", "status"]
)
def test_what_the_document_does_not_list_is_refused(api, name):
    assert_refused(api.get(f"{TASKS}?{name}=1"), name)
