"""The made-up company: its history, its work step by step, and what it leaves alone."""

import datetime
import io
import random
from itertools import pairwise

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client

from dashboard.demo import factory, past
from dashboard.demo.factory import Factory
from dashboard.demo.founding import found
from dashboard.demo.kinds import KINDS, PROJECTS
from dashboard.demo.rhythm import EVEN, OFFICE, SHOP, moments, times
from dashboard.management.commands import demo
from monitors.models import Monitor
from planning.models import Plan, TimeReport
from projects.models import Membership, Organization, User
from tasks.ends import count_ends
from tasks.models import EndCount, GlobalAction, StatusChange, Task
from tasks.statuses import TERMINAL, Status

NOON = datetime.datetime(2026, 3, 12, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _noon(settings, monkeypatch):
    settings.BASE_URL = "http://127.0.0.1:8000"
    monkeypatch.setattr(past, "DAYS", 3)
    with time_machine.travel(NOON, tick=False):
        yield


def run(*arguments):
    said = io.StringIO()
    call_command("demo", "--seed", "1", *arguments, stdout=said, stderr=said)
    return said.getvalue()


# -- History -----------------------------------------------------------------------------------------------------------


def test_the_history_is_of_all_kinds_and_over(db):
    said = run("--once")
    assert "password" in said
    company = Organization.objects.get(slug="demo-factory")
    tasks = Task.objects.filter(project__organization=company)
    assert set(company.projects.values_list("slug", flat=True)) == set(PROJECTS)
    assert {kind.name for kind in KINDS} <= set(tasks.values_list("name", flat=True))
    watched = tasks.exclude(project__slug="launch")
    assert set(watched.values_list("status", flat=True)) <= {*TERMINAL, Status.STALE}
    assert watched.filter(status=Status.ERROR).exists()
    assert watched.filter(parent__isnull=False).exists()
    assert not watched.filter(created__gt=NOON).exists()
    assert not watched.filter(end_time__gt=NOON).exists()
    assert watched.order_by("number").first().created >= NOON - datetime.timedelta(days=3, hours=1)


def test_the_history_of_each_task_is_whole(db):
    run("--once")
    tasks = Task.objects.exclude(project__slug="launch").prefetch_related("status_changes").order_by("number")
    for task in tasks.filter(status__in=[Status.ERROR, Status.STALE, Status.CANCELLED]):
        changes = list(task.status_changes.all())
        assert changes[0].old == Status.PENDING
        assert changes[-1].new == task.status
        assert all(before.new == after.old and before.at <= after.at for before, after in pairwise(changes))
        assert task.created <= task.start_time <= task.updated
        assert (task.end_time is None) == (task.status == Status.STALE)
        assert all((change.key_id is None) == (change.new == Status.STALE) for change in changes)
    for part in tasks.filter(parent__isnull=False)[:50]:
        assert part.number > part.parent.number
        assert part.created >= part.parent.created


@pytest.mark.parametrize("is_counted_before", [True, False])
def test_the_history_counts(db, is_counted_before):
    if is_counted_before:
        count_ends(NOON, 500)
    run("--once")
    while count_ends(NOON, 5000):
        pass
    rows = EndCount.objects.filter(hours=1).exclude(project__slug="launch")
    counted = sum(row.succeeded + row.failed + row.cancelled for row in rows)
    ended = Task.objects.filter(end_time__lt=NOON - datetime.timedelta(seconds=30)).exclude(project__slug="launch")
    assert counted == ended.count() > 1000


def test_nobody_hears_of_what_is_past(db):
    run("--once")
    assert mail.outbox == []
    assert not any(action.pk for action in Task.objects.get(name="Go live").actions.all())
    assert GlobalAction.objects.count() == 1


def test_there_are_plans_time_reports_and_monitors_one_of_them_late(db):
    run("--once")
    assert Plan.objects.count() >= 10
    assert TimeReport.objects.exists()
    assert set(Monitor.objects.values_list("status", flat=True)) == {"up", "late", "down"}
    assert Monitor.objects.get(name="Price list of Casa Verde").status == "late"


def test_it_can_be_made_again_and_adds_nothing(db):
    run("--once")
    before = [model.objects.count() for model in (Task, StatusChange, Monitor, Plan, GlobalAction, Membership)]
    said = run("--once")
    assert "password" not in said
    assert before == [model.objects.count() for model in (Task, StatusChange, Monitor, Plan, GlobalAction, Membership)]


# -- Whose it is -------------------------------------------------------------------------------------------------------


def test_its_owner_can_sign_in_with_what_is_printed(db):
    said = run("--once", "--organization", "my-demo")
    password = said.split("password")[1].split()[0]
    client = Client()
    assert client.login(username="owner@my-demo.localhost", password=password)
    user = User.objects.get(email="owner@my-demo.localhost")
    assert not user.is_staff
    assert not user.is_superuser
    assert [membership.role for membership in user.memberships.all()] == ["owner"]


def test_an_organization_of_others_is_left_alone(organization, project, make_task):
    make_task()
    with pytest.raises(CommandError, match="not one that this command made"):
        run("--once", "--organization", "acme")
    assert Task.objects.count() == 1
    run("--once")
    assert Task.objects.filter(project=project).count() == 1


@pytest.mark.parametrize("slug", ["Not A Slug", "auth", "", "x" * 64])
def test_a_bad_slug_is_refused(db, slug):
    with pytest.raises(CommandError):
        run("--once", "--organization", slug)
    assert not Organization.objects.exists()
    assert not User.objects.exists()


def test_elsewhere_than_on_ones_own_machine_it_wants_to_be_told(db, settings):
    settings.BASE_URL = "https://tasks.example.org"
    with pytest.raises(CommandError, match="--yes"):
        run("--once")
    assert not Organization.objects.exists()
    assert "password" in run("--once", "--yes")


@pytest.mark.parametrize("pace", ["0", "-1", "1000"])
def test_a_pace_is_within_reason(db, pace):
    with pytest.raises(CommandError, match="--pace"):
        run("--once", "--pace", pace)


# -- At work -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def works(db):
    return Factory(found("demo-factory"), random.Random(7), pace=20)


def steps(works, seconds, since=NOON, by=1):
    for second in range(0, seconds, by):
        moment = since + SECOND * second
        with time_machine.travel(moment, tick=False):
            works.step(moment)
    return since + SECOND * seconds


def test_at_once_there_is_something_to_watch(works):
    steps(works, 10)
    running = Task.objects.filter(status=Status.PROCESSING)
    assert running.count() >= 8
    assert running.filter(value__gt=0).exists()


def test_tasks_come_move_on_and_end(works):
    steps(works, 900, by=3)
    statuses = set(Task.objects.values_list("status", flat=True))
    assert {Status.SUCCESS, Status.PROCESSING} <= statuses
    assert Task.objects.count() > factory.AT_FIRST + 50
    ended = Task.objects.filter(status=Status.SUCCESS, parent=None).exclude(value_max=0)
    assert all(task.value == task.value_max for task in ended)
    assert Task.objects.filter(parent__isnull=False).exists()
    assert Task.objects.filter(actions__isnull=False).exists()
    assert all(change.key_id for change in StatusChange.objects.all())


def test_values_never_go_back(works):
    seen = {}
    now = NOON
    for _ in range(40):
        now = steps(works, 3, since=now)
        for number, value in Task.objects.values_list("number", "value"):
            assert value >= seen.get(number, 0)
            seen[number] = value


def test_what_an_earlier_run_left_is_cleared_away(works):
    now = steps(works, 20)
    left = set(Task.objects.filter(status__in=factory.ACTIVE).values_list("number", flat=True))
    assert left
    Factory(works.company, random.Random(8)).step(now)
    assert set(Task.objects.filter(number__in=left).values_list("status", flat=True)) == {Status.CANCELLED}


def test_ctrl_c_ends_it(db, monkeypatch):
    monkeypatch.setattr(demo, "lives", lambda *_: [])
    slept = []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(demo.time, "sleep", sleep)
    assert "Stopped." in run()
    assert slept == [demo.STEP] * 3
    assert Task.objects.filter(status__in=factory.ACTIVE).exists()


# -- When work comes ---------------------------------------------------------------------------------------------------


def test_work_comes_as_often_as_it_should():
    chance = random.Random(3)
    week = list(moments(SHOP, 200, NOON, NOON + datetime.timedelta(days=28), chance))
    assert len(week) == pytest.approx(200 * 28, rel=0.05)
    assert all(NOON <= moment < NOON + datetime.timedelta(days=28) for moment in week)


def test_an_office_rests_at_night_and_on_sundays():
    chance = random.Random(3)
    found = list(moments(OFFICE, 400, NOON, NOON + datetime.timedelta(days=28), chance))
    night = sum(moment.hour < 5 for moment in found)
    sunday = sum(moment.weekday() == 6 for moment in found)
    tuesday = sum(moment.weekday() == 1 for moment in found)
    assert night < len(found) / 20
    assert sunday < tuesday / 5


def test_chance_keeps_to_what_is_expected():
    chance = random.Random(3)
    assert sum(times(0.3, chance) for _ in range(5000)) == pytest.approx(1500, rel=0.1)
    assert times(0, chance) == 0
    assert sum(EVEN.share(NOON.replace(hour=hour)) for hour in range(24)) == pytest.approx(1)
