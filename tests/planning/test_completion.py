"""Done, begun again, thrown away: what becomes of a task and its parts, and what is told of it."""

from datetime import timedelta
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.http import Http404

from integrations.models import Delivery
from planning import completion
from planning.completion import progress_of
from planning.models import Plan
from planning.plans import update_plan
from planning.rows import UNPLANNED
from tasks import passing
from tasks.changes import create_task, update_task
from tasks.global_actions import create_global_action
from tasks.models import StatusChange, Task
from tests.planning.conftest import NOON, at_once, history_of, planned_of

LATER = NOON + timedelta(hours=1)
VERBS = [completion.complete, completion.resume, completion.delete]
STATUSES = ["pending", "pre_processing", "processing", "post_processing", "success", "error", "cancelled", "stale"]


@pytest.fixture
def act(project, actor):
    """Calls a verb of completion for a task; what has become of that."""

    def call(verb, task, now=LATER):
        verb(project, task.public_id, actor=actor, now=now)
        return planned_of(task)

    return call


@pytest.fixture
def plan(project, actor):
    def write(task, **fields):
        update_plan(project, task.public_id, fields, actor=actor, now=NOON)

    return write


@pytest.mark.parametrize(
    ("percent", "value_max", "value"),
    [
        (0, 100, 0),
        (55, 100, 55),
        (100, 100, 100),
        (1, 3, 1),
        (33, 3, 1),
        (34, 3, 2),
        (50, 7, 4),
        (1, 1, 1),
        (99, 2**63 - 1, 9131138316486228049),
        (100, 2**63 - 1, 2**63 - 1),
    ],
)
def test_a_percentage_is_the_least_value_that_reaches_it(percent, value_max, value):
    assert progress_of(percent, value_max) == {"value": value}


@pytest.mark.parametrize("value_max", [1, 2, 3, 7, 99, 100, 101, 1000, 2**63 - 1])
def test_where_there_are_enough_values_the_percentage_comes_back_as_it_was_set(value_max):
    for percent in range(101):
        value = progress_of(percent, value_max)["value"]
        assert 0 <= value <= value_max
        assert 100 * value // value_max == percent or value_max < 100


def test_a_task_that_counts_nothing_counts_to_100(act, make_row):
    assert progress_of(40, 0) == {"value": 40, "value_max": 100}
    task = act(completion.complete, make_row(value_max=0, value=7)).task
    assert (task.value, task.value_max) == (100, 100)


@pytest.mark.parametrize("status", STATUSES)
def test_a_task_is_completed_whatever_it_was(act, make_row, plan, status):
    task = make_row(status=status, value=3, value_max=30)
    plan(task, date_completed=NOON - timedelta(days=9), activity="amber", notes="n")
    after = act(completion.complete, task)
    assert (after.task.status, after.task.value, after.percent) == ("success", 30, 100)
    assert after.task.updated == after.plan.plan_updated == LATER
    assert (after.plan.activity, after.plan.date_completed, after.plan.notes) == ("inactive", None, "n")
    assert after.task.end_time == (NOON if status == "success" else LATER)
    assert history_of(task) == ([] if status == "success" else [(status, "success")])


def test_a_task_without_a_plan_is_completed(act, make_row):
    assert act(completion.complete, make_row()).plan == UNPLANNED._replace(activity="inactive", plan_updated=LATER)


def test_who_completed_it_stands_in_the_history(act, make_row, actor):
    act(completion.complete, make_row())
    change = StatusChange.objects.get()
    assert (change.key_id, change.at) == (actor.key_id, LATER)


def test_unfinished_parts_are_completed_with_the_whole(act, make_row, plan):
    whole = make_row()
    parts = {status: make_row(status, status=status, value=1, parent=whole.public_id) for status in STATUSES}
    other = make_row("other")
    plan(parts["pending"], activity="amber", date_completed=NOON)
    act(completion.complete, whole)
    for status, part in parts.items():
        after = planned_of(part)
        if status in {"success", "cancelled"}:
            assert after.task == part
            assert after.plan == UNPLANNED
        else:
            assert (after.task.status, after.percent, after.task.end_time) == ("success", 100, LATER)
            assert (after.plan.activity, after.plan.date_completed) == ("inactive", None)
    assert planned_of(other).task == other


def test_a_part_is_completed_alone(act, make_row):
    whole = make_row()
    part, sibling = (make_row(parent=whole.public_id) for _ in range(2))
    act(completion.complete, part)
    assert planned_of(part).task.status == "success"
    assert planned_of(whole).task == whole
    assert planned_of(sibling).task == sibling


def test_a_part_that_was_deleted_stays_deleted(act, make_row):
    whole = make_row()
    part = make_row(parent=whole.public_id)
    deleted = act(completion.delete, part)
    act(completion.complete, whole)
    assert planned_of(part) == deleted


def test_actions_of_the_task_and_of_its_parts_hear_of_it(act, make_row):
    action = {"trigger": "50%,success", "integration": "email", "config": {"to": "ops@acme.example"}}
    whole = make_row("whole", actions=[action])
    make_row("part", parent=whole.public_id, actions=[action])
    act(completion.complete, whole)
    told = [(row.payload_name, row.point) for row in names_of(Delivery.objects.order_by("pk"))]
    assert sorted(told) == [("part", "success"), ("whole", "success")]
    act(completion.complete, whole)  # nothing is entered again
    assert Delivery.objects.count() == 2


def names_of(deliveries):
    for row in deliveries:
        row.payload_name = Task.objects.get(public_id=row.task_id).name
        yield row


@pytest.mark.parametrize("status", STATUSES)
def test_a_task_begins_again(act, make_row, plan, status):
    task = make_row(status=status, value=30, value_max=30)
    plan(task, date_completed=NOON, activity="inactive", notes="n")
    after = act(completion.resume, task)
    assert (after.task.status, after.task.value, after.task.value_max, after.task.end_time) == ("pending", 0, 30, None)
    assert (after.plan.activity, after.plan.date_completed, after.plan.notes) == ("active", None, "n")
    assert history_of(task) == ([] if status == "pending" else [(status, "pending")])


def test_parts_stay_done_when_the_whole_begins_again(act, make_row):
    whole = make_row()
    part = make_row(parent=whole.public_id)
    act(completion.complete, whole)
    done = planned_of(part)
    act(completion.resume, whole, now=LATER + timedelta(hours=1))
    assert planned_of(part) == done


@pytest.mark.parametrize("status", STATUSES)
def test_what_is_deleted_is_cancelled_whatever_it_was(act, make_row, plan, status):
    task = make_row(status=status, value=3)
    plan(task, notes="n")
    after = act(completion.delete, task)
    assert (after.task.status, after.task.value, after.plan.notes) == ("cancelled", 3, "n")
    assert (after.plan.deleted, after.plan.plan_updated) == (LATER, LATER)
    assert history_of(task) == ([] if status == "cancelled" else [(status, "cancelled")])


def test_parts_are_deleted_with_the_whole(act, make_row):
    whole = make_row()
    first, second, third = (
        make_row(status=status, parent=whole.public_id) for status in ("success", "error", "pending")
    )
    act(completion.delete, third, now=NOON)
    act(completion.delete, whole)
    assert {planned_of(task).task.status for task in (whole, first, second, third)} == {"cancelled"}
    assert [planned_of(task).plan.deleted for task in (whole, first, second, third)] == [LATER, LATER, LATER, NOON]


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_not_there_is_not_found(project, other_project, actor, make_row, verb):
    for place, public_id in ((project, uuid4()), (other_project, make_row().public_id)):
        with pytest.raises(Http404):
            verb(place, public_id, actor=actor, now=NOON)


@pytest.mark.parametrize("verb", VERBS)
def test_what_was_deleted_is_not_found(act, make_row, verb):
    task = make_row()
    deleted = act(completion.delete, task)
    with pytest.raises(Http404):
        act(verb, task)
    assert planned_of(task) == deleted


def test_what_fails_half_way_leaves_all_as_it_was(act, make_row, monkeypatch):
    def fail(*_):
        raise RuntimeError

    whole = make_row()
    part = make_row(parent=whole.public_id)
    monkeypatch.setattr(completion, "mark", fail)
    for verb in VERBS:
        with pytest.raises(RuntimeError):
            act(verb, whole)
    assert [planned_of(task).task for task in (whole, part)] == [whole, part]
    assert (StatusChange.objects.count(), Plan.objects.count()) == (0, 0)


def test_a_clock_that_was_read_before_the_lock_moves_nothing_back(act, make_row, actor, project):
    task = make_row()
    update_task(project, task.public_id, {"value": 1}, merge_tags=False, actor=actor, now=LATER)
    after = act(completion.complete, task, now=NOON)
    assert (after.task.updated, after.task.end_time) == (LATER, LATER)


def test_the_number_of_statements_does_not_grow_with_finished_parts(act, make_row, django_assert_max_num_queries):
    whole = make_row()
    for _ in range(20):
        make_row(status="success", parent=whole.public_id)
    with django_assert_max_num_queries(14):
        act(completion.complete, whole)


def closing(call):
    def run():
        try:
            call()
        finally:
            connection.close()

    return run


class TestAtOnce:
    """Each in transactions of its own: on PostgreSQL rows are locked, on SQLite the database is."""

    def verb(self, shared, verb, task):
        return lambda: verb(shared.project, task.public_id, actor=shared.actor, now=LATER)

    @pytest.mark.parametrize("attempt", range(3))
    def test_a_task_that_several_complete_is_completed_once(self, shared, attempt):
        whole = shared.make()
        part = shared.make(parent=whole.public_id)
        calls = [self.verb(shared, completion.complete, task) for task in (whole, part) * 3]
        assert at_once(*calls) == [None] * 6
        assert history_of(whole) == history_of(part) == [("pending", "success")]

    @pytest.mark.parametrize("attempt", range(5))
    def test_parts_that_are_made_and_adopted_meanwhile_are_waited_for_in_no_ring(self, shared, attempt):
        orphan, whole = shared.make("orphan"), shared.make("whole")

        def adopt():
            """Holds the part and the whole, in the order of their numbers."""
            fields = {"parent": whole.public_id, "value": 1}
            update_task(shared.project, orphan.public_id, fields, merge_tags=False, actor=shared.actor, now=LATER)

        def bear():
            create_task(shared.project, {"name": "born", "parent": whole.public_id}, now=LATER)

        done = self.verb(shared, completion.complete, whole)
        assert at_once(adopt, bear, done, adopt, done, adopt) == [None] * 6
        assert planned_of(whole).task.status == "success"

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one transaction at a time")
    def test_a_part_that_is_adopted_while_the_whole_is_waited_for_is_completed_too(self, shared):
        orphan, whole = shared.make("orphan"), shared.make("whole")
        completing = Thread(target=closing(self.verb(shared, completion.complete, whole)))
        with transaction.atomic():
            fields = {"parent": whole.public_id}
            update_task(shared.project, orphan.public_id, fields, merge_tags=False, actor=shared.actor, now=LATER)
            completing.start()
            with connection.cursor() as cursor:
                waiting = 0
                while not waiting:
                    cursor.execute("SELECT count(*), pg_sleep(0.01) FROM pg_locks WHERE NOT granted")
                    waiting = cursor.fetchone()[0]
        completing.join()
        assert planned_of(orphan).task.status == "success"

    @pytest.mark.parametrize("attempt", range(3))
    def test_of_completing_and_deleting_one_comes_last(self, shared, attempt):
        whole = shared.make()
        parts = [shared.make(parent=whole.public_id) for _ in range(4)]
        family = [whole, *parts]
        verbs = [self.verb(shared, verb, task) for verb in VERBS for task in (whole, parts[0])]
        outcomes = at_once(*verbs)
        assert [error for error in outcomes if error and not isinstance(error, Http404)] == []
        after = [planned_of(task) for task in family]
        assert {found.task.status for found in after} == {"cancelled"}
        assert all(found.plan.deleted for found in after)

    @pytest.mark.parametrize("attempt", range(5))
    def test_monitors_and_rows_of_failures_are_waited_for_in_no_ring(self, shared, attempt):
        rule = {
            "name": "r",
            "trigger": "success",
            "integration": "email",
            "config": {"to": "ops@acme.example"},
            "failures_in_row": 2,
        }
        create_global_action(shared.organization, rule, now=NOON)
        wholes = [shared.make(f"whole {number}") for number in range(4)]
        for index, whole in enumerate(wholes):
            for name in "abcdefgh"[:: 1 if index % 2 else -1]:
                shared.make(name, parent=whole.public_id)
        calls = [self.verb(shared, completion.complete, whole) for whole in wholes]
        assert at_once(*calls) == [None] * 4
        assert not Task.objects.exclude(status="success").exists()


def test_a_task_that_went_stale_is_completed_from_there(act, make_row):
    task = make_row(status="processing", stale_timeout=5)
    passing.pass_time(LATER, 10)
    act(completion.complete, task)
    assert history_of(task) == [("processing", "stale"), ("stale", "success")]
    assert Task.objects.get().wake_at is None
