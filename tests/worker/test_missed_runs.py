"""The sweep that moves monitors whose runs did not come or take too long: `monitors.sweeps`."""

import json
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db import connection

from monitors import checkins
from monitors.models import Monitor, MonitorChange
from monitors.states import Signal
from monitors.sweeps import purge_changes, sweep_monitors
from projects.models import Project
from projects.scopes import Scope
from tests.client import Api

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = 500


def after(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def owner(project, make_key):
    return Api(make_key(project, Scope.ADMIN), base="/api/acme/web")


@pytest.fixture
def make(owner):
    """A monitor that was pinged at noon, of an interval of a minute, late when due, and a grace of ten seconds."""

    def _make(signal=Signal.SUCCESS, base="/api/acme/web", **fields):
        body = {"name": "Backup", "interval": 60, "start_grace": 0, "grace": 10, **fields}
        with time_machine.travel(NOON, tick=False):
            response = owner.post(f"{base}/monitors", body)
        assert response.status_code == 201, response.content
        row = Monitor.objects.get(pk=response.json()["id"])
        if signal is not None:
            checkins.ping(row.pk, signal, NOON)
            MonitorChange.objects.filter(monitor=row).delete()
        return row

    return _make


@pytest.fixture
def shown(owner):
    return lambda row: owner.get(f"monitors/{row.pk}").json()


def changes():
    return [(change.old, change.new, change.at) for change in MonitorChange.objects.order_by("id")]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "up"), (59.999999, "up"), (60, "late"), (69.999999, "late"), (70, "down"), (1e8, "down")],
)
def test_a_run_that_does_not_come_is_late_and_then_missed(make, shown, seconds, expected):
    monitor = make()
    sweep_monitors(after(seconds), LIMIT)
    assert shown(monitor)["status"] == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({}, [("late", 120), ("down", 360)], id="defaults"),
        pytest.param({"grace": 30}, [("down", 90)], id="a grace under the default"),
        pytest.param({"start_grace": 0}, [("late", 60), ("down", 360)], id="late when due"),
        pytest.param({"start_grace": 7, "grace": 8}, [("late", 67), ("down", 68)], id="both named"),
    ],
)
def test_a_monitor_is_late_and_down_so_long_after_a_run_was_due(owner, fields, expected):
    with time_machine.travel(NOON, tick=False):
        made = owner.post("monitors", {"name": "Backup", "interval": 60, **fields}).json()
    checkins.ping(made["id"], Signal.SUCCESS, NOON)
    MonitorChange.objects.all().delete()
    for seconds in range(400):
        sweep_monitors(after(seconds), LIMIT)
    assert [(new, at) for _, new, at in changes()] == [(state, after(seconds)) for state, seconds in expected]


@pytest.mark.parametrize(
    ("max_runtime", "expected"),
    [
        pytest.param(900, [("down", 900)], id="until max_runtime"),
        pytest.param(None, [("late", 60), ("down", 70)], id="until the grace, which is over by then"),
    ],
)
def test_no_run_is_missed_while_one_is_under_way(make, max_runtime, expected):
    make(signal=Signal.START, max_runtime=max_runtime)
    for seconds in range(0, 1000, 10):
        sweep_monitors(after(seconds), LIMIT)
    assert [(new, at) for _, new, at in changes()] == [(state, after(seconds)) for state, seconds in expected]


def test_a_long_run_that_ends_in_time_was_never_missed(make, shown):
    monitor = make(signal=Signal.START, max_runtime=900)
    sweep_monitors(after(899), LIMIT)
    checkins.ping(monitor.pk, Signal.SUCCESS, after(899))
    sweep_monitors(after(958), LIMIT)
    assert (shown(monitor)["status"], shown(monitor)["next_due"], changes()) == ("up", "2026-03-01T12:15:59Z", [])


def test_an_outage_is_told_once_at_each_of_its_steps(make, shown):
    monitor = make()
    for seconds in range(0, 1000, 7):
        sweep_monitors(after(seconds), LIMIT)
    assert changes() == [("up", "late", after(63)), ("late", "down", after(70))]
    checkins.ping(monitor.pk, Signal.START, after(1000))
    sweep_monitors(after(1000), LIMIT)
    assert changes()[2:] == [("down", "up", after(1000))]
    assert shown(monitor)["next_due"] == "2026-03-01T12:17:40Z"


def test_a_change_shows_the_monitor_as_it_was_then(make, shown):
    monitor = make()
    sweep_monitors(after(60), LIMIT)
    late = shown(monitor)
    sweep_monitors(after(70), LIMIT)
    told = [json.loads(change.shown) for change in MonitorChange.objects.order_by("id")]
    assert [{**one, "ping_url": late["ping_url"]} for one in told] == [late, shown(monitor)]
    assert [change.reason for change in MonitorChange.objects.order_by("id")] == [
        "No run came when it was due.",
        "No run came within the grace.",
    ]


def test_of_a_monitor_that_was_never_heard_of_nothing_is_missed(make, shown):
    monitor = make(signal=None)
    assert sweep_monitors(after(1e8), LIMIT) == 0
    assert shown(monitor)["status"] == "new"


def test_a_disabled_monitor_misses_nothing(make, owner, shown):
    monitor = make()
    owner.patch(f"monitors/{monitor.pk}", {"enabled": False})
    assert sweep_monitors(after(1e8), LIMIT) == 0
    assert shown(monitor)["status"] == "up"


def test_a_cron_is_missed_by_the_clock_of_its_zone(make, shown):
    """From one summer night to the next in Berlin: the clocks skip an hour between."""
    with time_machine.travel(datetime(2026, 3, 28, 2, tzinfo=UTC), tick=False):
        monitor = make(signal=None, interval=None, cron="30 2 * * *", timezone="Europe/Berlin")
        checkins.ping(monitor.pk, Signal.SUCCESS, datetime(2026, 3, 28, 1, 30, 5, tzinfo=UTC))
    due = datetime(2026, 3, 29, 1, tzinfo=UTC)  # three o'clock, the first hour after the one that is skipped
    assert sweep_monitors(due - timedelta(seconds=1), LIMIT) == 0
    assert sweep_monitors(due, LIMIT) == 1
    assert shown(monitor)["status"] == "late"


def test_a_run_that_takes_too_long_has_failed(make, shown):
    monitor = make(signal=Signal.START, max_runtime=20)
    assert sweep_monitors(after(19.999999), LIMIT) == 0
    assert sweep_monitors(after(20), LIMIT) == 1
    assert shown(monitor)["status"] == "down"
    checkins.ping(monitor.pk, Signal.START, after(30))
    assert shown(monitor)["status"] == "down"
    checkins.ping(monitor.pk, Signal.SUCCESS, after(40))
    assert changes() == [("up", "down", after(20)), ("down", "up", after(40))]


def test_a_run_that_ends_in_time_has_not_failed(make, shown):
    monitor = make(signal=Signal.START, max_runtime=20)
    checkins.ping(monitor.pk, Signal.SUCCESS, after(19))
    assert sweep_monitors(after(78), LIMIT) == 0
    assert shown(monitor)["status"] == "up"


def test_a_ping_puts_it_off(make, shown):
    monitor = make()
    checkins.ping(monitor.pk, Signal.SUCCESS, after(59))
    assert sweep_monitors(after(118), LIMIT) == 0
    assert sweep_monitors(after(119), LIMIT) == 1
    assert shown(monitor)["status"] == "late"


def test_a_round_does_no_more_than_its_limit_and_the_next_goes_on(make):
    for _ in range(5):
        make()
    assert [sweep_monitors(after(60), 2) for _ in range(4)] == [2, 2, 1, 0]
    assert MonitorChange.objects.count() == 5


def test_many_monitors_are_swept_in_batches(make, monkeypatch):
    monkeypatch.setattr("monitors.sweeps.BATCH", 3)
    for _ in range(8):
        make()
    assert sweep_monitors(after(60), 7) == 7
    assert sweep_monitors(after(60), LIMIT) == 1
    assert set(Monitor.objects.values_list("status", flat=True)) == {"late"}


def test_a_batch_costs_as_much_as_one(make, django_assert_num_queries):
    for _ in range(10):
        make()
    with django_assert_num_queries(5):
        sweep_monitors(after(60), LIMIT)
    with django_assert_num_queries(3):
        sweep_monitors(after(60), LIMIT)


def test_monitors_of_every_tenant_are_swept_and_those_of_a_deleted_one_left_in_peace(make, admin, stranger, make_key):
    monitor = make()
    theirs = Api(make_key(stranger, Scope.ADMIN), base="/api/globex/web")
    with time_machine.travel(NOON, tick=False):
        other = theirs.post("monitors", {"name": "Backup", "interval": 60}).json()
    checkins.ping(other["id"], Signal.SUCCESS, NOON)
    assert admin.delete("/api/organizations/acme").status_code == 204
    assert sweep_monitors(after(1e6), LIMIT) == 1
    assert Monitor.objects.get(pk=other["id"]).status == "down"
    assert Monitor.objects.get(pk=monitor.pk).status == "up"


def test_monitors_of_a_deleted_project_are_left_in_peace(make, admin):
    make()
    assert admin.delete("/api/acme/projects/web").status_code == 204
    assert sweep_monitors(after(1e6), LIMIT) == 0
    assert Monitor.objects.get().status == "up"


# -- The server's own absence ----------------------------------------------------------------------------------------


def test_a_run_that_came_while_the_server_was_away_is_not_missed_at_once(make, shown):
    monitor = make()
    assert sweep_monitors(after(1000), LIMIT, after(1000)) == 1
    assert shown(monitor)["status"] == "up"
    # Looked at once, not in every round; and again when the grace has passed.
    assert sweep_monitors(after(1009), LIMIT, after(1000)) == 0
    assert sweep_monitors(after(1010), LIMIT, after(1000)) == 1
    assert changes() == [("up", "down", after(1010))]


def test_whoever_calls_again_when_the_server_is_back_is_never_blamed(make, shown):
    monitor = make(signal=Signal.START, max_runtime=20)
    sweep_monitors(after(1000), LIMIT, after(1000))
    checkins.ping(monitor.pk, Signal.SUCCESS, after(1005))
    for seconds in range(1005, 1065):
        sweep_monitors(after(seconds), LIMIT, after(1000))
    assert changes() == []
    sweep_monitors(after(1065), LIMIT, after(1000))
    assert shown(monitor)["status"] == "late"


# -- Several workers -------------------------------------------------------------------------------------------------


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_several_workers_change_each_monitor_once(make, monkeypatch):
    monkeypatch.setattr("monitors.sweeps.BATCH", 4)
    for _ in range(40):
        make()
    barrier, done, failures = threading.Barrier(4), [], []

    def sweep():
        try:
            barrier.wait()
            for _ in range(20):
                done.append(sweep_monitors(after(60), LIMIT))
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sum(done) == 40
    assert changes() == [("up", "late", after(60))] * 40


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite in memory has one connection")
@pytest.mark.django_db(transaction=True)
def test_pings_and_sweeps_at_once_make_a_history_without_a_gap(make):
    """Each change begins where the one before it ended, and the last is what the monitor is."""
    monitors = [make() for _ in range(3)]
    barrier, failures = threading.Barrier(6), []

    def work(index):
        try:
            barrier.wait()
            for turn in range(30):
                if index < 3:
                    checkins.ping(monitors[index].pk, Signal.SUCCESS, after(turn))
                else:
                    sweep_monitors(after(1000), LIMIT)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for monitor in monitors:
        steps = [(change.old, change.new) for change in monitor.changes.all()]
        assert [old for old, _ in steps] == ["up", *[new for _, new in steps]][: len(steps)]
        assert all(before[1] == following[0] for before, following in pairwise(steps))
        monitor.refresh_from_db()
        assert not steps or steps[-1][1] == monitor.status


# -- What was told ---------------------------------------------------------------------------------------------------


def test_changes_that_were_told_long_ago_are_deleted(make, settings):
    monitor = make()
    days = [
        MonitorChange(monitor=monitor, old="up", new="late", at=after(-86400 * day), shown="{}", announced=told)
        for day, told in ((31, True), (31, False), (29, True), (40, True), (41, True))
    ]
    MonitorChange.objects.bulk_create(days)
    assert [purge_changes(NOON, 2) for _ in range(3)] == [2, 1, 0]
    left = MonitorChange.objects.order_by("id").values_list("at", "announced")
    assert list(left) == [(after(-86400 * 31), False), (after(-86400 * 29), True)]


def test_monitors_go_with_their_project(make, admin):
    monitor = make()
    checkins.ping(monitor.pk, Signal.FAILURE, NOON)
    Project.objects.all().delete()
    assert not Monitor.objects.exists()
    assert not MonitorChange.objects.exists()
