"""Time reports, extra costs, and totals that are set as such."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from planning import work
from planning.models import ExtraCost, TimeReport
from projects.models import User
from tests.planning.conftest import NOON, at_once, planned_of

DAY = date(2026, 3, 1)
HUGE = 2**31 - 1


@pytest.fixture
def ann(member):
    return member("ann").user


@pytest.fixture
def report(organization, ann):
    def add(task, minutes, **fields):
        sent = {"user": ann.pk, "date": DAY, "minutes": minutes, **fields}
        return work.add_report(task.number, sent, organization_id=organization.pk, now=NOON)

    return add


def refused(call, *args, **kwargs):
    with pytest.raises(ValidationError) as caught:
        call(*args, **kwargs)
    return {name: [error.code for error in own] for name, own in caught.value.error_dict.items()}


def test_a_report_is_kept_as_it_was_sent(report, make_row, ann):
    task = make_row()
    row = report(task, 90, billable=False, note="n")
    stored = TimeReport.objects.get()
    assert stored == row
    assert (stored.task_id, stored.user, stored.date, stored.minutes) == (task.number, ann, DAY, 90)
    assert (stored.billable, stored.note, stored.created) == (False, "n", NOON)


def test_neither_task_nor_plan_changes_with_a_report(report, make_row):
    task = make_row()
    before = planned_of(task)
    report(task, 90)
    assert planned_of(task) == before


def test_a_report_is_billable_and_without_a_note_unless_told_otherwise(report, make_row):
    row = report(make_row(), 1)
    assert (row.billable, row.note) == (True, "")


def test_only_members_report(report, make_row, member, stranger, organization):
    theirs = member("zed", of=stranger.organization).user_id
    task = make_row()
    for unknown in (theirs, -1):
        assert refused(report, task, 1, user=unknown) == {"user": ["does_not_exist"]}
    row = report(task, 1)
    assert refused(work.change_report, row, {"user": theirs}, organization_id=organization.pk) == {
        "user": ["does_not_exist"]
    }
    assert TimeReport.objects.get().user_id == row.user_id


def test_a_report_is_changed_by_the_fields_that_are_named(report, make_row, member, organization):
    row = report(make_row(), 90, note="n")
    bob = member("bob").user_id
    after = work.change_report(row, {"minutes": 30, "user": bob}, organization_id=organization.pk)
    assert after == TimeReport.objects.get()
    stored = TimeReport.objects.get()
    assert (stored.minutes, stored.user_id, stored.note, stored.date) == (30, bob, "n", DAY)
    work.change_report(row, {}, organization_id=organization.pk)


def test_what_is_gone_is_not_found(report, make_row, organization, ann):
    task = make_row()
    row = report(task, 90)
    cost = work.add_cost(task.number, COST, now=NOON)
    work.delete_report(row)
    work.delete_cost(cost)
    row.pk, cost.pk = row.pk or 1, cost.pk or 1
    missing = task._replace(number=0)
    calls = [
        lambda: work.delete_report(row),
        lambda: work.change_report(row, {"minutes": 1}, organization_id=organization.pk),
        lambda: work.delete_cost(cost),
        lambda: work.change_cost(cost, {"name": "x"}),
        lambda: report(missing, 1),
        lambda: work.add_cost(0, COST, now=NOON),
        lambda: work.set_total(0, 1, user=ann, billable=True, now=NOON),
    ]
    for call in calls:
        with pytest.raises(Http404):
            call()
    assert (TimeReport.objects.count(), ExtraCost.objects.count()) == (0, 0)


COST = {"name": "Ticket", "amount": Decimal("12.5"), "currency": "EUR", "date": DAY}


def test_a_cost_is_kept_and_changed_by_the_fields_that_are_named(make_row):
    task = make_row()
    cost = work.add_cost(task.number, {**COST, "amount": Decimal("12345678901.2345")}, now=NOON)
    after = work.change_cost(cost, {"currency": "CHF"})
    stored = ExtraCost.objects.get()
    assert after == stored
    assert (stored.task_id, stored.name, stored.date, stored.created) == (task.number, "Ticket", DAY, NOON)
    assert (stored.amount, stored.currency) == (Decimal("12345678901.2345"), "CHF")


def test_totals_are_told_for_all_tasks_in_one_statement(report, make_row, django_assert_num_queries):
    first, second, third, fourth = (make_row() for _ in range(4))
    for task, minutes, billable in [
        (first, 60, True),
        (first, 30, False),
        (first, -10, True),
        (second, HUGE, False),
        (second, HUGE, False),
        (second, HUGE, False),
        (fourth, 1, True),
    ]:
        report(task, minutes, billable=billable)
    with django_assert_num_queries(1):
        totals = work.totals([first.number, second.number, third.number])
    assert totals == {first.number: (80, 50), second.number: (3 * HUGE, 0)}
    with django_assert_num_queries(0):
        assert work.totals([]) == {}


@pytest.mark.parametrize(
    ("before", "total", "added"),
    [([], 0, []), ([], 90, [90]), ([60, 30], 90, []), ([60, 30], 100, [10]), ([60], 0, [-60]), ([-5], 5, [10])],
)
def test_a_total_is_set_by_a_report_of_the_difference(report, make_row, ann, before, total, added):
    task, other = make_row(), make_row()
    report(other, 7)
    for minutes in before:
        report(task, minutes)
    now = datetime(2026, 3, 2, 1, tzinfo=timezone(timedelta(hours=2)))
    work.set_total(task.number, total, user=ann, billable=False, now=now)
    new = TimeReport.objects.filter(created=now)
    assert [row.minutes for row in new] == added
    assert {(row.user, row.date, row.billable, row.task_id) for row in new} <= {(ann, DAY, False, task.number)}
    assert work.totals([task.number]).get(task.number, (0, 0))[0] == total


def test_a_total_that_no_report_can_bring_about_is_refused(report, make_row, ann):
    task = make_row()
    work.set_total(task.number, HUGE, user=ann, billable=True, now=NOON)
    assert refused(work.set_total, task.number, 2 * HUGE + 1, user=ann, billable=True, now=NOON) == {
        "minutes": ["max_value"]
    }
    work.set_total(task.number, 2 * HUGE, user=ann, billable=True, now=NOON)
    assert refused(work.set_total, task.number, 0, user=ann, billable=True, now=NOON) == {"minutes": ["max_value"]}


def test_where_there_is_nobody_whose_time_it_is_no_total_is_set(make_row):
    task = make_row()
    work.set_total(task.number, 0, user=None, billable=True, now=NOON)  # nothing to report
    assert refused(work.set_total, task.number, 1, user=None, billable=True, now=NOON) == {"minutes": ["no_user"]}


def test_totals_that_are_set_at_once_are_set_one_after_the_other(shared):
    task, user = shared.make(), User.objects.create_user("ann@acme.example")

    def setting(minutes):
        return lambda: work.set_total(task.number, minutes, user=user, billable=True, now=NOON)

    assert at_once(*(setting(60) for _ in range(6))) == [None] * 6
    assert [row.minutes for row in TimeReport.objects.all()] == [60]
    assert at_once(*(setting(minutes) for minutes in (10, 20, 30))) == [None] * 3
    assert work.totals([task.number])[task.number][0] in {10, 20, 30}
