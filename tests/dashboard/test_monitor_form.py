"""The form of a monitor: what it takes, what it refuses, and what it says before anything is saved."""

import datetime
import re

import pytest
import time_machine

from dashboard.monitor_runs import next_runs
from monitors.models import Monitor
from tests.dashboard.monitor_pages import FIELDS, NEW, NOON, page_of, text_of


def test_a_monitor_is_made(admin_browser, project):
    response = admin_browser.post(NEW, FIELDS, follow=True)
    assert "waits for its first ping" in response.content.decode()
    monitor = Monitor.objects.get()
    assert (monitor.project, monitor.cron, monitor.interval) == (project, "30 2 * * 1-5", None)
    assert (monitor.timezone, monitor.start_grace, monitor.grace) == ("Europe/Berlin", 60, 600)
    assert monitor.max_runtime is None


def test_only_the_schedule_that_is_meant_counts(admin_browser):
    fields = {**FIELDS, "kind": "interval", "interval": "1 h 30 min", "timezone": "", "max_runtime": "20 min"}
    assert admin_browser.post(NEW, fields).status_code == 302
    monitor = Monitor.objects.get()
    assert (monitor.interval, monitor.cron, monitor.timezone, monitor.max_runtime) == (5400, "", "UTC", 1200)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        pytest.param({"name": ""}, "This field is required", id="no name"),
        pytest.param({"project": "nowhere"}, "is not one of the available", id="no project"),
        pytest.param({"kind": "sometimes"}, "is not one of the available", id="no kind"),
        pytest.param({"cron": ""}, "This field is required", id="no cron"),
        pytest.param({"cron": "30 2 * *"}, "Five fields are needed", id="four fields"),
        pytest.param({"cron": "99 2 * * *"}, "Bad minute", id="bad minute"),
        pytest.param({"cron": "0 0 30 2 *"}, "Bad day-of-month", id="never"),
        pytest.param({"timezone": "Mars/Olympus"}, "There is no such time zone", id="no zone"),
        pytest.param({"timezone": "../../etc/passwd"}, "There is no such time zone", id="a path"),
        pytest.param({"kind": "interval"}, "This field is required", id="no interval"),
        pytest.param({"kind": "interval", "interval": "15"}, "Write a number and its unit", id="no unit"),
        pytest.param({"kind": "interval", "interval": "0 s"}, "At least 1 second", id="nothing"),
        pytest.param({"kind": "interval", "interval": "99999 weeks"}, "At most", id="too long"),
        pytest.param({"grace": ""}, "This field is required", id="no grace"),
        pytest.param({"start_grace": ""}, "This field is required", id="no start grace"),
        pytest.param({"start_grace": "11 min"}, "At most the grace", id="start grace over the grace"),
        pytest.param({"max_runtime": "long"}, "Write a number and its unit", id="no span"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(admin_browser, fields, said):
    response = admin_browser.post(NEW, {**FIELDS, "name": "kept-name", **fields})
    assert response.status_code == 422
    page = response.content.decode()
    assert said in page
    assert "name" in fields or "kept-name" in page
    assert not Monitor.objects.exists()


def test_what_a_schedule_means_is_shown_before_it_is_saved(admin_browser, make_monitor):
    for path in (NEW, page_of(make_monitor())):
        sent = {**FIELDS, "name": "", "do": "runs"}
        with time_machine.travel(NOON, tick=False):
            said = text_of(admin_browser.post(path, sent, headers={"hx-request": "true"}))
            assert "Runs at 02:30 on weekdays, Europe/Berlin." in said
            assert "Tue 03 Mar 2026, 02:30" in said
            whole = admin_browser.post(path, sent)
        assert whole.status_code == 200
        assert "Runs at 02:30 on weekdays" in text_of(whole)
        assert "This field is required" not in text_of(whole)
        said = text_of(admin_browser.post(path, {**sent, "cron": "x"}, headers={"hx-request": "true"}))
        assert "This is no schedule yet." in said
    assert Monitor.objects.get().interval == 3600


def test_what_is_saved_as_it_is_shown_changes_nothing(admin_browser, make_monitor):
    monitor = make_monitor(interval=5400, start_grace=75, grace=90, max_runtime=3661)
    page = admin_browser.get(page_of(monitor)).content.decode()
    names = ("interval", "start_grace", "grace", "max_runtime")
    values = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in names}
    assert admin_browser.post(page_of(monitor), {**FIELDS, "kind": "interval", **values}).status_code == 302
    monitor.refresh_from_db()
    assert [getattr(monitor, name) for name in names] == [5400, 75, 90, 3661]


def test_the_next_runs_of_an_interval_begin_with_the_one_that_is_due():
    due = NOON + datetime.timedelta(minutes=5)
    runs = next_runs(3600, "", "UTC", NOON, due)
    assert [run.at for run in runs] == [due + datetime.timedelta(hours=number) for number in range(5)]
    assert runs[0].here == "Mon 02 Mar 2026, 12:05:00"
    assert next_runs(3600, "", "UTC", NOON, NOON)[0].at == NOON + datetime.timedelta(hours=1)
