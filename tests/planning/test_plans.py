"""How a plan is made and changed: field by field, all or nothing, and by several at once."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from integrations.models import Delivery
from planning.models import CustomField, Plan, PlanAssignee, PlanTeam, WorkflowStatus
from planning.plans import PLAN_FIELDS, create_planned, update_plan, update_planned
from planning.rows import UNPLANNED, PlanRow
from projects.members import remove_member
from projects.models import ApiKey, Membership, Team, User
from projects.scopes import Role
from tasks import passing
from tasks.changes import update_task
from tasks.models import Task
from tests.planning.conftest import NOON, at_once, history_of, planned_of

LATER = NOON + timedelta(hours=1)
PLAIN = {
    "description": "Äpfel\n" * 100,
    "color": "#ff0000",
    "notes": "n",
    "start_date": date(2026, 1, 31),
    "end_date": date(2026, 2, 28),
    "due_date": date(2026, 3, 1),
    "deadline_date": date(9999, 12, 31),
    "date_completed": datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
    "ongoing": True,
    "activity": "amber",
    "important": True,
    "archived": True,
    "task_order": 2**63 - 1,
    "priority": -7,
    "estimated_minutes": 2**31 - 1,
    "estimated_cost": Decimal("12345678901.2345"),
    "hourly_rate": Decimal("99999999999.9999"),
    "fixed_price": True,
    "price": Decimal("0.0001"),
    "billable": False,
    "billed": True,
    "notifications": False,
    "recurrence": "Q",
    "goodday_id": "abc",
}


@pytest.fixture
def write(project, actor):
    def call(task, now=LATER, **fields):
        update_plan(project, task.public_id, fields, actor=actor, now=now)
        return planned_of(task)

    return call


def errors_of(call, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return {name: [(error.message, error.code) for error in own] for name, own in caught.value.error_dict.items()}


def assignees_of(task):
    return list(PlanAssignee.objects.filter(plan=task.number).values_list("membership__user_id", flat=True))


def test_every_field_is_kept_as_it_was_given(write, make_row, member, project):
    people = [member(name) for name in ("ann", "bob", "cid")]
    creator, responsible, action = (membership.user_id for membership in people)
    status = WorkflowStatus.objects.create(project=project, name="To do", status="pending")
    sent = {**PLAIN, "creator": creator, "responsible": responsible, "action_required": action}
    after = write(make_row(), **sent, workflow_status=status.pk).plan
    stored = {name: getattr(after, name) for name in PLAIN}
    assert stored == PLAIN
    assert {type(value) for value in stored.values()} == {type(value) for value in PLAIN.values()}
    assert (after.creator_id, after.workflow_status_id) == (creator, status.pk)
    assert (after.responsible_id, after.action_required_id) == (people[1].pk, people[2].pk)


def test_all_fields_can_be_written():
    of_row = {name.removesuffix("_id") if name != "goodday_id" else name for name in PlanRow._fields}
    server_made = {"plan_updated", "deleted", "goodday_created_offset"}
    assert of_row - server_made | {"assignees", "teams"} == PLAN_FIELDS


def test_fields_that_are_not_named_keep_their_value(write, make_row):
    task = make_row()
    write(task, **PLAIN)
    after = write(task, notes="new").plan
    assert {name: getattr(after, name) for name in PLAIN} == {**PLAIN, "notes": "new"}


def test_a_first_write_leaves_all_else_at_its_default(write, make_row):
    plan = write(make_row(), notes="n").plan
    assert plan == UNPLANNED._replace(notes="n", plan_updated=LATER)


def test_a_write_of_nothing_makes_no_plan(write, make_row):
    write(make_row())
    assert Plan.objects.count() == 0


def test_the_task_is_left_alone(write, make_row):
    task = make_row(status="processing", stale_timeout=5)
    after = write(task, priority=3)
    assert after.task == task
    assert (after.plan.plan_updated, after.updated) == (LATER, LATER)


def test_a_stale_task_stays_stale_when_its_plan_is_written(write, make_row):
    task = make_row(status="processing", stale_timeout=5)
    passing.pass_time(LATER, 10)
    assert write(task, priority=3).task.status == "stale"


def test_the_moment_of_change_never_goes_back(write, make_row):
    task = make_row()
    write(task, notes="a")
    assert write(task, now=NOON, notes="b").plan.plan_updated == LATER


def test_people_are_named_in_order_and_replaced_as_a_whole(write, make_row, member):
    ann, bob, cid = (member(name).user_id for name in ("ann", "bob", "cid"))
    task = make_row()
    write(task, assignees=[cid, ann, cid])
    assert assignees_of(task) == [cid, ann]
    write(task, notes="n")
    assert assignees_of(task) == [cid, ann]
    write(task, assignees=[bob, cid])
    assert assignees_of(task) == [bob, cid]
    write(task, assignees=[])
    assert assignees_of(task) == []


def test_teams_are_replaced_as_a_whole(write, make_row, organization):
    red, blue = (Team.objects.create(organization=organization, name=name).pk for name in ("Red", "Blue"))
    task = make_row()
    for named, kept in (([blue, red, blue], [blue, red]), ([red], [red]), ([], [])):
        write(task, teams=named)
        assert list(PlanTeam.objects.filter(plan=task.number).values_list("team", flat=True)) == kept


def test_people_can_be_taken_away(write, make_row, member):
    user = member("ann").user_id
    task = make_row()
    write(task, creator=user, responsible=user, action_required=user)
    plan = write(task, creator=None, responsible=None, action_required=None).plan
    assert (plan.creator_id, plan.responsible_id, plan.action_required_id) == (None, None, None)


def test_each_unknown_name_is_told_by_its_field(write, make_row, member, stranger, project, other_project):
    known, theirs = member("ann").user_id, member("zed", of=stranger.organization).user_id
    team = Team.objects.create(organization=stranger.organization, name="Theirs")
    status = WorkflowStatus.objects.create(project=other_project, name="To do", status="pending")
    task = make_row()
    named = {"creator": theirs, "responsible": theirs, "assignees": [known, theirs]}
    for name, value in named.items():
        assert errors_of(write, task, **{name: value}) == {name: [(f"There is no member {theirs}.", "does_not_exist")]}
    errors = errors_of(
        write, task, notes="n", action_required=-1, teams=[team.pk], workflow_status=status.pk, custom_fields={"9": 1}
    )
    assert list(errors) == ["action_required", "teams", "workflow_status", "custom_fields.9"]
    assert errors["workflow_status"] == [(f"There is no workflow status {status.pk}.", "does_not_exist")]
    assert Plan.objects.count() == 0


def test_what_is_wrong_changes_nothing(write, make_row, member):
    user = member("ann").user_id
    task = make_row()
    before = write(task, notes="old", assignees=[user])
    errors_of(write, task, notes="new", assignees=[], responsible=-1)
    assert planned_of(task) == before
    assert assignees_of(task) == [user]


def test_custom_fields_are_merged(write, make_row, organization):
    first, second = (
        CustomField.objects.create(organization=organization, name=name, type="text", created=NOON)
        for name in ("First", "Second")
    )
    task = make_row()
    write(task, custom_fields={str(first.pk): "a"})
    write(task, custom_fields={str(second.pk): "b"})
    assert planned_of(task).plan.custom_fields == f'{{"{first.pk}":"a","{second.pk}":"b"}}'
    write(task, custom_fields={str(first.pk): None})
    assert planned_of(task).plan.custom_fields == f'{{"{second.pk}":"b"}}'


@pytest.mark.parametrize("minutes", [0, 60, 330, -570])
def test_the_offset_of_a_foreign_moment_is_kept(write, make_row, minutes):
    moment = datetime(2022, 11, 23, 16, 6, 56, tzinfo=timezone(timedelta(minutes=minutes)))
    task = make_row()
    plan = write(task, goodday_created_at=moment).plan
    assert (plan.goodday_created_at, plan.goodday_created_offset) == (moment, minutes)
    assert write(task, goodday_created_at=None).plan.goodday_created_at is None


def test_the_first_day_of_the_month_of_each_date_is_remembered(write, make_row):
    task = make_row()
    write(task, start_date=date(2026, 1, 31), due_date=date(2026, 2, 28))
    write(task, notes="n")
    assert Plan.objects.get().month_days == {"start_date": 31, "due_date": 28}
    write(task, due_date=None, end_date=date(2026, 3, 1))
    assert Plan.objects.get().month_days == {"start_date": 31, "end_date": 1}


@pytest.mark.parametrize("fields", [{"notes": "n"}, {}])
def test_a_task_that_is_not_in_the_project_is_not_found(project, other_project, actor, make_row, fields):
    for place, public_id in ((project, uuid4()), (other_project, make_row().public_id)):
        with pytest.raises(Http404):
            update_plan(place, public_id, fields, actor=actor, now=NOON)
    assert Plan.objects.count() == 0


class TestWorkflowStatus:
    @pytest.fixture
    def done(self, project):
        return WorkflowStatus.objects.create(project=project, name="Shipped", status="success")

    def test_it_moves_the_task_to_the_status_that_it_stands_for(self, write, make_row, done, actor):
        action = {"trigger": "success", "integration": "email", "config": {"to": "ops@acme.example"}}
        task = make_row(actions=[action])
        after = write(task, workflow_status=done.pk, notes="n")
        assert (after.task.status, after.task.end_time, after.task.updated) == ("success", LATER, LATER)
        assert (after.plan.workflow_status_id, after.plan.notes) == (done.pk, "n")
        assert history_of(task) == [("pending", "success")]
        assert Delivery.objects.get().point == "success"

    def test_where_the_task_has_that_status_already_it_is_left_alone(self, write, make_row, done):
        task = make_row(status="success")
        assert write(task, workflow_status=done.pk).task == task

    def test_none_takes_the_choice_away_and_moves_nothing(self, write, make_row, done):
        task = make_row()
        write(task, workflow_status=done.pk)
        after = write(task, workflow_status=None)
        assert (after.task.status, after.plan.workflow_status_id) == ("success", None)

    def test_a_task_begins_with_the_status_that_it_stands_for(self, project, actor, done):
        task = create_planned(project, {"name": "x"}, {"workflow_status": done.pk}, actor=actor, now=NOON)
        assert (task.status, history_of(task)) == ("success", [])

    def test_what_can_not_be_written_moves_no_status(self, write, make_row, done):
        task = make_row()
        errors_of(write, task, workflow_status=done.pk, responsible=-1)
        assert planned_of(task).task == task
        assert history_of(task) == []


class TestTogether:
    def test_a_task_is_made_with_its_plan(self, project, actor):
        fields = {"name": "Write it", "tags": {"a": "b"}, "value": 5}
        task = create_planned(project, fields, {"notes": "n"}, actor=actor, now=NOON)
        found = planned_of(task)
        assert found.task.public_id == task.public_id
        assert (found.task.name, found.plan.notes, found.plan.plan_updated) == ("Write it", "n", NOON)

    def test_the_creator_is_who_made_the_key(self, project, actor, member):
        member("owner", Role.OWNER)
        maker = member("ann")
        ApiKey.objects.update(creator=maker.user)
        task = create_planned(project, {"name": "x"}, {}, actor=actor, now=NOON)
        assert planned_of(task).plan.creator_id == maker.user_id

    def test_the_creator_of_a_key_without_maker_is_the_owner(self, project, actor, member):
        member("ann")
        owner = member("owner", Role.OWNER)
        task = create_planned(project, {"name": "x"}, {}, actor=actor, now=NOON)
        assert planned_of(task).plan.creator_id == owner.user_id

    def test_another_creator_can_be_named(self, project, actor, member):
        member("owner", Role.OWNER)
        ann = member("ann").user_id
        task = create_planned(project, {"name": "x"}, {"creator": ann}, actor=actor, now=NOON)
        assert planned_of(task).plan.creator_id == ann

    def test_where_nobody_is_behind_a_key_there_is_no_creator(self, project, actor):
        task = create_planned(project, {"name": "x"}, {}, actor=actor, now=NOON)
        assert planned_of(task).plan.creator_id is None

    def test_a_task_whose_plan_is_wrong_is_not_made(self, project, actor):
        errors_of(create_planned, project, {"name": "x"}, {"assignees": [-1]}, actor=actor, now=NOON)
        assert Task.objects.count() == 0

    def test_a_task_and_its_plan_change_together(self, project, actor, make_row):
        task = make_row(tags={"a": "1"})
        fields = {"tags": {"b": "2"}, "value": 7}
        after = update_planned(project, task.public_id, fields, {"notes": "n"}, merge_tags=True, actor=actor, now=LATER)
        assert planned_of(task).task.updated == after.updated == LATER
        assert (after.value, after.tags.replace(" ", "")) == (7, '{"a":"1","b":"2"}')
        assert planned_of(task).plan.notes == "n"

    def test_a_task_whose_plan_is_wrong_does_not_change(self, project, actor, make_row):
        task = make_row()
        fields = {"status": "success", "value": 7}
        wrong = {"assignees": [-1]}
        errors_of(update_planned, project, task.public_id, fields, wrong, merge_tags=False, actor=actor, now=LATER)
        assert planned_of(task).task == task
        assert history_of(task) == []

    def test_a_plan_does_not_change_where_its_task_can_not(self, project, actor, make_row):
        task = make_row()
        fields = {"parent": uuid4()}
        errors = errors_of(
            update_planned, project, task.public_id, fields, {"notes": "n"}, merge_tags=False, actor=actor, now=LATER
        )
        assert list(errors) == ["parent"]
        assert Plan.objects.count() == 0


class TestAtOnce:
    """Each in transactions of its own: on PostgreSQL rows are locked, on SQLite the database is."""

    def write(self, shared, task, **fields):
        return lambda: update_plan(shared.project, task.public_id, fields, actor=shared.actor, now=LATER)

    @pytest.mark.parametrize("attempt", range(3))
    def test_first_writes_of_different_fields_are_all_kept(self, shared, attempt):
        task = shared.make()
        field = [
            CustomField.objects.create(organization=shared.organization, name=name, type="text", created=NOON)
            for name in ("First", "Second")
        ]
        sent = [
            {"notes": "n"},
            {"priority": 1},
            {"start_date": date(2026, 1, 31)},
            {"due_date": date(2026, 1, 30)},
            {"custom_fields": {str(field[0].pk): "a"}},
            {"custom_fields": {str(field[1].pk): "b"}},
        ]
        assert at_once(*(self.write(shared, task, **fields) for fields in sent)) == [None] * len(sent)
        plan = Plan.objects.get()
        assert (plan.notes, plan.priority, plan.start_date, plan.due_date) == (
            "n",
            1,
            date(2026, 1, 31),
            date(2026, 1, 30),
        )
        assert plan.month_days == {"start_date": 31, "due_date": 30}
        assert plan.custom_fields == f'{{"{field[0].pk}":"a","{field[1].pk}":"b"}}'

    def test_a_job_pings_while_its_plan_is_written(self, shared):
        task = shared.make(status="processing")

        def ping(value):
            fields = {"value": value, "status": "post_processing"} if value == 3 else {"value": value}
            return lambda: update_task(
                shared.project, task.public_id, fields, merge_tags=True, actor=shared.actor, now=LATER
            )

        calls = [call for n in range(4) for call in (ping(n), self.write(shared, task, priority=n))]
        assert [outcome for outcome in at_once(*calls) if isinstance(outcome, Exception)] == []
        assert planned_of(task).task.status == "post_processing"
        assert planned_of(task).plan.priority in range(4)

    def test_people_that_are_named_at_once_are_those_of_one_write(self, shared):
        task = shared.make()
        users = [User.objects.create_user(f"{n}@acme.example") for n in range(6)]
        for user in users:
            Membership.objects.create(organization=shared.organization, user=user)
        pairs = [[user.pk, users[0].pk] for user in users[1:]]
        assert at_once(*(self.write(shared, task, assignees=pair) for pair in pairs)) == [None] * 5
        assert assignees_of(task) in pairs

    @pytest.mark.parametrize("attempt", range(5))
    def test_a_member_who_leaves_is_named_in_no_plan(self, shared, attempt):
        owner = User.objects.create_user("owner@acme.example")
        Membership.objects.create(organization=shared.organization, user=owner, role=Role.OWNER)
        leaver = User.objects.create_user("leaver@acme.example")
        membership = Membership.objects.create(organization=shared.organization, user=leaver)
        tasks = [shared.make() for _ in range(4)]
        self.write(shared, tasks[0], assignees=[leaver.pk], responsible=leaver.pk)()
        writes = [self.write(shared, task, responsible=leaver.pk, assignees=[leaver.pk, owner.pk]) for task in tasks]
        dropping = self.write(shared, tasks[0], assignees=[owner.pk], notes="n")
        left, *written = at_once(lambda: remove_member(membership, by=shared.actor), *writes, dropping)
        assert left is None
        assert [error for error in written if error and not isinstance(error, ValidationError)] == []
        assert Plan.objects.exclude(responsible=None).count() == 0
        assert PlanAssignee.objects.exclude(membership__user=owner).count() == 0
