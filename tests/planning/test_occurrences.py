"""What recurs comes again, once, with what belongs to it; whoever said that it was done."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from planning import completion, occurrences
from planning.models import CustomField, Plan, PlanAssignee, PlanTeam, WorkflowStatus
from planning.occurrences import sweep_occurrences
from planning.plans import update_plan
from projects.deleting import delete_project
from projects.members import remove_member
from projects.models import Membership, Team, User
from projects.scopes import Role
from tasks.changes import update_task
from tasks.models import Task
from tests.planning.conftest import NOON, at_once, planned_of

LATER = NOON + timedelta(hours=1)
LIMIT = 500


@pytest.fixture(autouse=True)
def _first_call(monkeypatch):
    monkeypatch.setattr(occurrences, "_position", None)


@pytest.fixture
def plan(project, actor):
    def write(task, now=NOON, **fields):
        update_plan(project, task.public_id, fields, actor=actor, now=now)

    return write


@pytest.fixture
def recurring(make_row, plan):
    def make(recurrence="M", status="pending", dates=(), **task):
        row = make_row(**task)
        plan(row, recurrence=recurrence, **dict(dates))
        return row if status == "pending" else reach(row, status)

    def reach(row, status):
        Task.objects.filter(number=row.number).update(status=status)
        return row._replace(status=status)

    return make


@pytest.fixture
def complete(project, actor):
    def call(task, now=LATER):
        completion.complete(project, task.public_id, actor=actor, now=now)

    return call


@pytest.fixture
def succeed(project, actor):
    """As a job does, which knows nothing of plans."""

    def call(task, now=LATER):
        update_task(project, task.public_id, {"status": "success"}, merge_tags=True, actor=actor, now=now)

    return call


def next_of(task):
    """The next occurrence, with its plan; None where there is none."""
    number = Plan.objects.filter(predecessor=task.number).values_list("pk", flat=True).first()
    return number and planned_of(number)


def dates_of(planned):
    return [planned.plan.start_date, planned.plan.end_date, planned.plan.due_date, planned.plan.deadline_date]


def test_completing_what_recurs_makes_its_next_occurrence(recurring, complete):
    dates = {
        "start_date": date(2033, 1, 31),
        "end_date": date(2033, 1, 30),
        "due_date": date(2033, 1, 28),
        "deadline_date": date(2033, 12, 31),
    }
    task = recurring("M", dates=dates, name="Pay", tags={"a": "b"}, queue="q", value=3, value_max=12)
    complete(task)
    after = next_of(task)
    assert (after.task.name, after.task.tags, after.task.queue) == ("Pay", planned_of(task).task.tags, "q")
    assert (after.task.status, after.task.value, after.task.value_max) == ("pending", None, 12)
    assert dates_of(after) == [date(2033, 2, 28), date(2033, 2, 28), date(2033, 2, 28), date(2034, 1, 31)]
    assert (after.plan.recurrence, after.task.created, after.plan.plan_updated) == ("M", LATER, LATER)
    assert Task.objects.count() == 2


def test_what_belongs_to_the_one_occurrence_stays_with_it(make_row, plan, complete, project):
    task = make_row(data={"a": 1}, external_id="x", stale_timeout=5, actions=[
        {"trigger": "success", "integration": "email", "config": {"to": "ops@acme.example"}}
    ])  # fmt: skip
    status = WorkflowStatus.objects.create(project=project, name="Doing", status="pending")
    plan(
        task,
        recurrence="W",
        date_completed=NOON,
        billed=True,
        goodday_id="g",
        goodday_created_at=datetime(2026, 1, 1, tzinfo=UTC),
        task_order=7,
        archived=True,
        workflow_status=status.pk,
    )
    complete(task)
    after = next_of(task)
    assert (after.task.data, after.task.external_id, after.task.has_actions) == ("null", "", False)
    assert (after.plan.date_completed, after.plan.billed, after.plan.archived) == (None, False, False)
    assert (after.plan.goodday_id, after.plan.goodday_created_at, after.plan.task_order) == ("", None, None)
    assert after.plan.workflow_status_id is None


def test_all_else_that_was_planned_comes_again(make_row, plan, complete, organization, member):
    people = [member(name) for name in ("ann", "bob", "cid")]
    ann, bob, cid = (membership.user_id for membership in people)
    teams = [Team.objects.create(organization=organization, name=name).pk for name in ("Red", "Blue")]
    field = CustomField.objects.create(organization=organization, name="F", type="text", created=NOON)
    kept = {
        "description": "d",
        "color": "red",
        "notes": "n",
        "ongoing": True,
        "activity": "amber",
        "important": True,
        "priority": 2,
        "estimated_minutes": 90,
        "estimated_cost": Decimal("1.5"),
        "hourly_rate": Decimal("2.25"),
        "fixed_price": True,
        "price": Decimal(3),
        "billable": False,
        "notifications": False,
        "recurrence": "D",
    }
    task = make_row()
    plan(
        task,
        **kept,
        creator=ann,
        responsible=bob,
        action_required=cid,
        assignees=[cid, ann],
        teams=teams[::-1],
        custom_fields={str(field.pk): "x"},
    )
    complete(task)
    after = next_of(task)
    assert {name: getattr(after.plan, name) for name in kept} == kept
    assert (after.plan.creator_id, after.plan.responsible_id, after.plan.action_required_id) == (
        ann,
        people[1].pk,
        people[2].pk,
    )
    assert after.plan.custom_fields == f'{{"{field.pk}":"x"}}'
    assigned = PlanAssignee.objects.filter(plan=after.task.number)
    assert list(assigned.values_list("membership__user_id", flat=True)) == [cid, ann]
    assert list(PlanTeam.objects.filter(plan=after.task.number).values_list("team", flat=True)) == teams[::-1]


def test_a_month_end_comes_back_over_the_occurrences(recurring, complete):
    task, seen = recurring("M", dates={"due_date": date(2026, 1, 31)}), []
    for _ in range(4):
        complete(task)
        following = next_of(task)
        seen.append(following.plan.due_date)
        task = following.task
    assert seen == [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)]


def test_a_date_that_is_set_anew_begins_a_new_series(recurring, complete, plan):
    task = recurring("M", dates={"due_date": date(2026, 1, 31)})
    complete(task)
    plan(next_of(task).task, due_date=date(2026, 2, 28))
    complete(next_of(task).task)
    assert next_of(next_of(task).task).plan.due_date == date(2026, 3, 28)


def test_after_the_end_of_the_calendar_there_is_no_date(recurring, complete):
    task = recurring("Y", dates={"due_date": date(9999, 6, 1), "start_date": date(2026, 6, 1)})
    complete(task)
    assert dates_of(next_of(task)) == [date(2027, 6, 1), None, None, None]


def test_what_does_not_recur_comes_no_more(make_row, plan, complete):
    task, planned = make_row(), make_row()
    plan(planned, notes="n", recurrence="")
    complete(task)
    complete(planned)
    assert sweep_occurrences(LATER, LIMIT) == 0
    assert Task.objects.count() == 2


def test_what_is_done_twice_comes_once(recurring, complete, succeed, project, actor):
    task = recurring()
    complete(task)
    complete(task)
    completion.resume(project, task.public_id, actor=actor, now=LATER)
    complete(task)
    completion.resume(project, task.public_id, actor=actor, now=LATER)
    succeed(task)
    assert sweep_occurrences(LATER, LIMIT) == 0
    assert Task.objects.count() == 2


def test_a_part_comes_again_as_part_of_the_same_whole(make_row, recurring, complete):
    whole = make_row()
    part = recurring(parent=whole.public_id)
    complete(part)
    assert next_of(part).task.parent_id == whole.public_id


def test_parts_of_what_recurs_are_not_copied_but_recur_by_themselves(recurring, make_row, complete):
    whole = recurring(name="whole")
    make_row("part", parent=whole.public_id)
    recurring(name="recurring part", parent=whole.public_id)
    complete(whole)
    # What comes next of a part is open under the whole that is done, and done with it when that is completed again.
    made = Task.objects.filter(created=LATER).order_by("number")
    assert [(task.name, task.parent_id) for task in made] == [("whole", None), ("recurring part", whole.public_id)]


class TestSweep:
    def test_success_that_nobody_told_planning_of_is_found(self, recurring, succeed):
        task = recurring("W", dates={"due_date": date(2026, 3, 1)})
        succeed(task)
        assert next_of(task) is None
        assert sweep_occurrences(LATER, LIMIT) == 1
        assert next_of(task).plan.due_date == date(2026, 3, 8)
        assert sweep_occurrences(LATER, LIMIT) == 0

    @pytest.mark.parametrize(
        "status", ["pending", "pre_processing", "processing", "post_processing", "error", "cancelled", "stale"]
    )
    def test_what_has_not_succeeded_does_not_come_again(self, recurring, status):
        recurring(status=status)
        assert sweep_occurrences(LATER, LIMIT) == 0

    def test_recurrence_that_is_set_afterwards_counts(self, make_row, plan):
        task = make_row(status="success")
        plan(task, recurrence="D")
        assert sweep_occurrences(LATER, LIMIT) == 1

    def test_what_was_deleted_does_not_come_again(self, recurring, project, actor, succeed):
        task = recurring()
        completion.delete(project, task.public_id, actor=actor, now=NOON)
        succeed(task)  # natively it is still there
        assert sweep_occurrences(LATER, LIMIT) == 0

    def test_what_waits_to_be_deleted_is_left_in_peace(self, recurring, project):
        recurring(status="success")
        delete_project(project)
        assert sweep_occurrences(LATER, LIMIT) == 0

    def test_it_makes_no_more_than_it_is_told_and_goes_on_where_it_stopped(self, recurring):
        tasks = [recurring(status="success") for _ in range(5)]
        assert [sweep_occurrences(LATER, 2) for _ in range(4)] == [2, 2, 1, 0]
        assert all(map(next_of, tasks))

    def test_a_new_worker_looks_at_all_and_then_takes_turns(self, recurring, succeed, monkeypatch):
        monkeypatch.setattr(occurrences, "WINDOW", 3)
        tasks = [recurring() for _ in range(8)]
        succeed(tasks[-1])
        assert sweep_occurrences(LATER, LIMIT) == 1
        for index in (0, 3, 6):
            succeed(tasks[index])
        assert [sweep_occurrences(LATER, LIMIT) for _ in range(4)] == [1, 1, 1, 0]
        assert all(next_of(tasks[index]) for index in (0, 3, 6, 7))

    def test_it_reads_a_window_of_the_index_alone(self, recurring, project, django_assert_num_queries):
        recurring()
        plain = Task.objects.bulk_create(
            [Task(project=project, name="x", status="success", created=NOON, updated=NOON) for _ in range(2000)]
        )
        Plan.objects.bulk_create([Plan(pk=task.number, plan_updated=NOON) for task in plain])
        sweep_occurrences(LATER, LIMIT)
        with django_assert_num_queries(2) as queries:
            assert sweep_occurrences(LATER, LIMIT) == 0
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE planning_plan")
            for query in queries.captured_queries:
                cursor.execute(f"{explain} {query['sql']}")
                assert "plan_recurs" in str(cursor.fetchall())


class TestAtOnce:
    """Each in transactions of its own: on PostgreSQL rows are locked, on SQLite the database is."""

    def recurring(self, shared, **fields):
        task = shared.make(**fields)
        sent = {"recurrence": "M", "due_date": date(2026, 1, 31)}
        update_plan(shared.project, task.public_id, sent, actor=shared.actor, now=NOON)
        return task

    def completing(self, shared, task):
        return lambda: completion.complete(shared.project, task.public_id, actor=shared.actor, now=LATER)

    @pytest.mark.parametrize("attempt", range(3))
    def test_what_several_complete_while_it_is_swept_comes_once(self, shared, attempt):
        whole = shared.make()
        tasks = [self.recurring(shared), self.recurring(shared, parent=whole.public_id)]
        fields = {"status": "success"}
        update_task(shared.project, tasks[0].public_id, fields, merge_tags=False, actor=shared.actor, now=NOON)
        calls = [self.completing(shared, task) for task in tasks * 2]
        outcomes = at_once(*calls, *[lambda: sweep_occurrences(LATER, LIMIT)] * 3)
        assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
        continued = Plan.objects.exclude(predecessor=None).order_by("predecessor")
        assert list(continued.values_list("predecessor", flat=True)) == [task.number for task in tasks]
        assert Task.objects.count() == 5

    @pytest.mark.parametrize("attempt", range(5))
    def test_a_member_who_leaves_meanwhile_comes_not_again(self, shared, attempt):
        owner = User.objects.create_user("owner@acme.example")
        Membership.objects.create(organization=shared.organization, user=owner, role=Role.OWNER)
        leaver = User.objects.create_user("leaver@acme.example")
        membership = Membership.objects.create(organization=shared.organization, user=leaver)
        tasks = [self.recurring(shared) for _ in range(3)]
        for task in tasks:
            fields = {"responsible": leaver.pk, "assignees": [leaver.pk]}
            update_plan(shared.project, task.public_id, fields, actor=shared.actor, now=NOON)
        calls = [self.completing(shared, task) for task in tasks]
        outcomes = at_once(lambda: remove_member(membership, by=shared.actor), *calls)
        assert outcomes == [None] * 4
        assert Plan.objects.count() == 6
        assert not Plan.objects.exclude(responsible=None).exists()
        assert not PlanAssignee.objects.exists()
