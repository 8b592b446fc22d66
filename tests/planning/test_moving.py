"""Tasks that go to another project, with what belongs to them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from planning import completion, moving
from planning.models import Plan, WorkflowStatus
from planning.plans import update_plan
from projects.deleting import delete_project
from projects.models import Project
from tasks.changes import create_task, update_task
from tasks.models import Action, Task
from tests.planning.conftest import NOON, at_once, history_of, make_principal, planned_of

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def move(project, other_project, actor):
    def call(task, to=other_project, by=actor, now=LATER):
        moving.move(task.public_id, project, to, actor=by, now=now)
        return planned_of(task)

    return call


def refused(call, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return {name: [error.code for error in own] for name, own in caught.value.error_dict.items()}


def test_a_task_goes_with_all_that_it_is(move, make_row, other_project):
    task = make_row(value=3, tags={"a": "b"}, status="processing", stale_timeout=9)
    before = planned_of(task)
    after = move(task)
    assert after.task == before.task._replace(project_id=other_project.pk, updated=LATER)
    assert history_of(task) == []


def test_its_parts_go_along_and_nobody_else(move, make_row, other_project):
    whole, other = make_row(), make_row()
    parts = [make_row(parent=whole.public_id) for _ in range(3)]
    move(whole)
    assert {planned_of(part).task.project_id for part in parts} == {other_project.pk}
    assert {planned_of(part).task.updated for part in parts} == {LATER}
    assert planned_of(other).task == other


def test_a_part_does_not_leave_the_whole(move, make_row):
    whole = make_row()
    part = make_row(parent=whole.public_id)
    assert refused(move, part) == {"project": ["has_parent"]}
    assert planned_of(part).task == part


def test_the_choice_of_a_status_of_the_old_project_is_dropped(move, make_row, project, actor):
    status = WorkflowStatus.objects.create(project=project, name="Doing", status="pending")
    whole = make_row()
    part = make_row(parent=whole.public_id)
    for task in (whole, part):
        fields = {"workflow_status": status.pk, "notes": "n"}
        update_plan(project, task.public_id, fields, actor=actor, now=NOON)
    after = [move(whole).plan, planned_of(part).plan]
    assert [(plan.workflow_status_id, plan.notes) for plan in after] == [(None, "n")] * 2


def test_where_it_is_already_it_stays_as_it_is(move, make_row, project, actor):
    status = WorkflowStatus.objects.create(project=project, name="Doing", status="pending")
    task = make_row()
    update_plan(project, task.public_id, {"workflow_status": status.pk}, actor=actor, now=NOON)
    before = planned_of(task)
    assert move(task, to=project) == before


def test_its_actions_hear_of_it_in_the_new_project(move, make_row, other_project, actor):
    action = {"trigger": "success", "integration": "email", "config": {"to": "ops@acme.example"}}
    task = make_row(actions=[action])
    move(task)
    fields = {"status": "success"}
    update_task(other_project, task.public_id, fields, merge_tags=False, actor=actor, now=LATER)
    assert Action.objects.get().task_id == task.number
    assert history_of(task) == [("pending", "success")]


def test_it_is_not_found_in_the_old_project_any_more(move, make_row, project, actor):
    task = make_row()
    move(task)
    with pytest.raises(Http404):
        move(task)
    with pytest.raises(Http404):
        update_task(project, task.public_id, {}, merge_tags=False, actor=actor, now=LATER)


@pytest.mark.parametrize("where", ["stranger", "gone", "deleted", "out of reach"])
def test_a_project_that_is_not_there_for_the_caller_is_refused(
    move, make_row, project, other_project, organization, stranger, actor, where
):
    to, by = other_project, actor
    if where == "stranger":
        to = stranger
    elif where == "gone":
        to = Project(number=0, organization=organization)
    elif where == "deleted":
        delete_project(Project.objects.get(pk=other_project.pk))
    else:
        by = make_principal(organization, project, b"own")
    task = make_row()
    assert refused(move, task, to=to, by=by) == {"project": ["does_not_exist"]}
    assert planned_of(task).task == task


def test_what_is_not_there_or_was_deleted_is_not_found(move, make_row, project, other_project, actor):
    task = make_row()
    completion.delete(project, task.public_id, actor=actor, now=NOON)
    with pytest.raises(Http404):
        move(task)
    with pytest.raises(Http404):
        moving.move(uuid4(), project, other_project, actor=actor, now=NOON)


@pytest.mark.parametrize("attempt", range(3))
def test_a_part_that_is_made_while_the_whole_moves_is_where_the_whole_is(shared, attempt):
    to = Project.objects.create(organization=shared.organization, slug="billing", name="Billing")
    orphan, whole = shared.make(), shared.make()

    def bear():
        create_task(shared.project, {"name": "part", "parent": whole.public_id}, now=LATER)

    def adopt():
        fields = {"parent": whole.public_id}
        update_task(shared.project, orphan.public_id, fields, merge_tags=False, actor=shared.actor, now=LATER)

    def away():
        moving.move(whole.public_id, shared.project, to, actor=shared.actor, now=LATER)

    def back():
        moving.move(whole.public_id, to, shared.project, actor=shared.actor, now=LATER)

    outcomes = at_once(bear, away, adopt, bear, back, bear)
    allowed = (type(None), ValidationError, Http404)
    assert [outcome for outcome in outcomes if not isinstance(outcome, allowed)] == []
    place = planned_of(whole).task.project_id
    assert set(Task.objects.filter(parent=whole.public_id).values_list("project", flat=True)) <= {place}
    assert Plan.objects.count() == 0
