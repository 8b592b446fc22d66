"""How it goes: the overview of a project, of all projects, and where a person begins."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from monitors import checkins
from monitors.changes import create_monitor
from monitors.models import Monitor
from monitors.states import Signal
from projects.models import Membership, Project, User
from tasks import changes
from tasks.ends import NAMES_MAX, SETTLED, count_ends, purge_end_counts
from tasks.models import EndCount, EndsCounted, Task

NOON = datetime.datetime(2026, 3, 12, 12, 30, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def member(organization):
    return person(organization, "ada@acme.example", "viewer")


def person(organization, email, role):
    user = User.objects.create_user(email)
    Membership.objects.create(organization=organization, user=user, role=role)
    return user


def browser(user=None):
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.fixture
def run(project):
    """One task that ended so long ago, after so many seconds."""

    def make(name="export", status="success", ago=MINUTE * 30, seconds=10, place=project, **fields):
        end = NOON - ago
        task = changes.create_task(
            place, {"name": name, "status": "processing", **fields}, now=end - datetime.timedelta(seconds=seconds)
        )
        changes.update_task(place, task.public_id, {"status": status}, merge_tags=True, actor=None, now=end)
        return task

    return make


def count(now=NOON):
    while count_ends(now, 500):
        pass


def shown(user, path="/a/acme/?project=web"):
    response = browser(user).get(path)
    assert response.status_code == 200, response.content
    return response.content.decode()


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# -- What is counted ---------------------------------------------------------------------------------------------------


def test_what_ended_is_counted_by_hour_and_by_day(run, project):
    run(seconds=8)
    run(seconds=9, ago=MINUTE * 31)
    run(status="error", ago=MINUTE * 90)
    run("import", status="cancelled", ago=datetime.timedelta(days=2))
    count()
    rows = EndCount.objects.order_by("hours", "since", "name")
    assert [(row.hours, row.since, row.name, row.succeeded, row.failed, row.cancelled) for row in rows] == [
        (1, datetime.datetime(2026, 3, 10, 12, tzinfo=datetime.UTC), "import", 0, 0, 1),
        (1, datetime.datetime(2026, 3, 12, 11, tzinfo=datetime.UTC), "export", 1, 1, 0),
        (1, datetime.datetime(2026, 3, 12, 12, tzinfo=datetime.UTC), "export", 1, 0, 0),
        (24, datetime.datetime(2026, 3, 10, tzinfo=datetime.UTC), "import", 0, 0, 1),
        (24, datetime.datetime(2026, 3, 12, tzinfo=datetime.UTC), "export", 2, 1, 0),
    ]


def test_nothing_is_counted_twice_nor_before_it_has_settled(run):
    run(ago=datetime.timedelta(seconds=10))
    run(ago=MINUTE)
    assert count_ends(NOON, 500) == 1
    assert count_ends(NOON, 500) == 0
    assert count_ends(NOON + SETTLED, 500) == 1
    assert sum(EndCount.objects.filter(hours=24).values_list("succeeded", flat=True)) == 2


def test_counting_goes_on_in_batches_also_through_ends_at_one_moment(run):
    for index in range(7):
        run(ago=MINUTE * (10 if index < 4 else 8 + index))
    taken = []
    while found := count_ends(NOON, 2):
        taken.append(found)
    assert sum(taken) == 7
    assert max(taken) == 4  # those of one moment
    assert sum(EndCount.objects.filter(hours=24).values_list("succeeded", flat=True)) == 7


def test_a_task_that_is_retried_ends_twice(run, project):
    task = run(status="error", ago=MINUTE * 20)
    count()
    for minutes, status in ((10, "processing"), (5, "success")):
        moment = NOON - MINUTE * minutes
        changes.update_task(project, task.public_id, {"status": status}, merge_tags=True, actor=None, now=moment)
    assert EndsCounted.objects.get().until == NOON - SETTLED
    later = NOON + MINUTE * 5
    changes.update_task(project, task.public_id, {"status": "processing"}, merge_tags=True, actor=None, now=NOON)
    changes.update_task(project, task.public_id, {"status": "success"}, merge_tags=True, actor=None, now=NOON + MINUTE)
    count(later)
    (day,) = EndCount.objects.filter(hours=24)
    assert (day.succeeded, day.failed) == (1, 1)


def test_an_end_time_of_a_task_that_still_runs_counts_for_nothing(make_task, api):
    task = make_task(status="processing")
    api.patch(f"tasks/{task['id']}", {"end_time": "2026-03-12T12:00:00Z"})
    count()
    assert not EndCount.objects.exists()


def test_names_without_end_do_not_make_rows_without_end(run):
    for index in range(NAMES_MAX + 20):
        run(f"export-{index}", ago=MINUTE * 15)
    count()
    rows = EndCount.objects.filter(hours=24)
    assert rows.count() == NAMES_MAX + 1
    assert rows.get(name="").succeeded == 20


def test_counts_that_no_page_shows_are_deleted(run):
    run()
    count()
    assert purge_end_counts(NOON, 500) == 0
    assert purge_end_counts(NOON + datetime.timedelta(days=40), 1) == 1
    assert purge_end_counts(NOON + datetime.timedelta(days=40), 500) == 1
    assert not EndCount.objects.exists()


def test_counts_go_with_their_project(run, project):
    run()
    count()
    project.delete()
    assert not EndCount.objects.exists()


# -- One project -------------------------------------------------------------------------------------------------------


def test_a_project_shows_what_ended_how_much_failed_and_how_long_it_took(run, member):
    for seconds in (10, 10, 10, 200):
        run(seconds=seconds)
    run(status="error")
    run("import", seconds=3600, ago=datetime.timedelta(hours=20))
    count()
    text = text_of(shown(member))
    assert "6 ended" in text
    assert "17% failed: 1 of 6 that succeeded or failed" in text
    assert re.search(r"export 5 20% (9\.\d|10) s 3 min \d+ s", text)
    assert re.search(r"import 1 0% (59 min|1 h)", text)
    assert "Tasks that ended since Wed 11 Mar, 12:00 UTC, counted until 12:29:30 UTC" in text


@pytest.mark.parametrize(
    ("span", "total"), [("", 1), ("24h", 1), ("7d", 2), ("30d", 3), ("nonsense", 1)], ids=lambda value: str(value)
)
def test_a_span_shows_what_is_of_it(run, member, span, total):
    for days in (0, 3, 20, 40):
        run(ago=datetime.timedelta(days=days, minutes=20))
    count()
    page = shown(member, f"/a/acme/?project=web&span={span}")
    assert f"{total} ended" in text_of(page)
    assert page.count('aria-current="true"') >= 2


def test_charts_are_svg_with_numbers_and_words(run, member):
    for _ in range(3):
        run()
    run(status="error")
    count()
    page = shown(member)
    charts = re.findall(r'<svg class="chart.*?</svg>', page, re.DOTALL)
    assert len(charts) == 4  # throughput and failures, for a desk and for a phone
    for chart in charts:
        assert 'role="img"' in chart
        assert re.search(r"<title id=\"[a-z-]+\">", chart)
    assert '<text class="number"' in charts[0]
    assert ">4</text>" in charts[0]
    assert "In the last 24 hours, 4 tasks ended: 3 succeeded, 1 failed, 0 were cancelled." in charts[0]
    assert ">25%</text>" in charts[2]
    assert "style=" not in page
    assert "Thu 12 Mar, 12:00 to 13:00" in page  # and as a table


def test_what_is_under_way_shows_by_status_and_queue(make_task, member):
    make_task(status="processing", queue="mails")
    make_task(status="post_processing", queue="mails")
    make_task(queue="mails")
    make_task(queue="")
    make_task(status="stale", queue="other")
    text = text_of(shown(member))
    assert "2 running" in text
    assert "2 waiting to begin" in text
    assert "1 stale: gone silent" in text
    assert "mails 1 2" in text
    assert "no queue 1 0" in text
    assert "other" not in text


def test_what_was_not_counted_to_its_end_says_so(make_task, member, monkeypatch):
    monkeypatch.setattr("tasks.statistics.ACTIVE_MAX", 2)
    for _ in range(4):
        make_task(queue="mails")
    text = text_of(shown(member))
    assert "2+ waiting to begin" in text
    assert "Of the newest 2 tasks of each status." in text


def test_monitors_that_are_late_or_down_are_named(project, other_project, member):
    late = create_monitor(project, {"name": "Backup", "interval": 60}, now=NOON)
    checkins.ping(late.pk, Signal.FAILURE, NOON - MINUTE * 90)
    create_monitor(project, {"name": "Healthy", "interval": 60}, now=NOON)
    off = create_monitor(project, {"name": "Switched off", "interval": 60}, now=NOON)
    Monitor.objects.filter(pk=off.pk).update(status="down", enabled=False)
    other = create_monitor(other_project, {"name": "Elsewhere", "interval": 60}, now=NOON)
    checkins.ping(other.pk, Signal.FAILURE, NOON)
    text = text_of(shown(member))
    assert "1 of 2 monitors late or down" in text
    assert "Backup down last heard of" in text
    assert "Healthy" not in text
    assert "Switched off" not in text
    assert "Elsewhere" not in text


def test_where_there_is_nothing_it_says_what_to_do_next(project, member):
    count()
    text = text_of(shown(member))
    assert "Nothing has ended in this time." in text
    assert "Tasks show up here once programs report them" in text
    assert "Nothing waits, and nothing runs." in text
    assert "No monitor yet." in text


def test_who_does_not_count_says_so(run, member):
    run()
    for path in ("/a/acme/?project=web", "/a/acme/"):
        assert "Nothing is counted yet: the worker does it, and has not run." in text_of(shown(member, path))
    count()
    with time_machine.travel(NOON + datetime.timedelta(hours=2), tick=False):
        assert "The worker that counts is behind" in text_of(shown(member))


def test_parts_of_the_page_can_be_had_alone(run, member):
    run()
    count()
    now = shown(member, "/a/acme/?project=web&part=now")
    past = shown(member, "/a/acme/?project=web&part=past&span=7d")
    assert "<html" not in now + past
    assert "running" in now
    assert "Throughput" not in now
    assert "The last 7 days" in past
    assert "Queues" not in past
    whole = shown(member, "/a/acme/?project=web&span=7d")
    assert 'hx-get="/a/acme?project=web&amp;span=7d&amp;part=now"' in whole


def test_hostile_names_are_text(run, make_task, member):
    hostile = "<script>alert(1)</script>&\"'"
    run(hostile)
    make_task(hostile, queue=hostile)
    count()
    for path in ("/a/acme/?project=web", "/a/acme/"):
        page = shown(member, path)
        assert "<script>alert" not in page
    page = shown(member)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "name=%3Cscript%3Ealert%281%29%3C%2Fscript%3E%26%22%27" in page


def test_the_cost_does_not_grow_with_what_there_is(run, make_task, project, member):
    def asked(path):
        client = browser(member)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    count()
    paths = ["/a/acme/?project=web", "/a/acme/?project=web&span=30d", "/a/acme/"]
    few = [asked(path) for path in paths]
    for index in range(6):
        run(f"job-{index}", ago=datetime.timedelta(hours=index + 1))
        make_task(queue=f"queue-{index}")
        Project.objects.create(organization=project.organization, slug=f"more-{index}", name=f"More {index}")
    count()
    assert [asked(path) for path in paths] == few
    assert max(few) <= 12


# -- All projects ------------------------------------------------------------------------------------------------------


def test_without_a_project_all_of_them_show_as_cards(run, make_task, project, other_project, member):
    run()
    run(status="error")
    run("invoice", place=other_project)
    make_task(status="processing")
    count()
    text = text_of(shown(member, "/a/acme/"))
    assert re.search(r"Billing 1 ended|Billing ended 1", text)
    assert re.search(r"Web (ended )?2", text)
    assert "50%" in text
    page = shown(member, "/a/acme/")
    assert 'href="/a/acme?project=web&amp;span=24h"' in page
    assert page.count('<svg class="chart small"') == 2


def test_an_organization_without_a_project_says_what_to_do(organization, member):
    assert "An administrator can make the first one." in text_of(shown(member, "/a/acme/"))
    admin = person(organization, "boss@acme.example", "admin")
    assert "Make the first one" in text_of(shown(admin, "/a/acme/"))


# -- Who may see it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["viewer", "member", "admin", "owner"])
def test_every_member_may_see_it(organization, project, role):
    user = person(organization, f"{role}@acme.example", role)
    assert shown(user)
    assert shown(user, "/a/acme/")


def test_who_is_not_signed_in_is_asked_to(project):
    for path in ("/a/", "/a/acme/", "/a/acme/?project=web"):
        response = browser().get(path)
        assert response.status_code == 302
        assert response.url.startswith("/api/auth/login?next=/a/")


def test_others_find_nothing(project, stranger, run, member):
    outsider = person(stranger.organization, "eve@globex.example", "owner")
    run("secret-import")
    count()
    assert browser(outsider).get("/a/acme/").status_code == 404
    assert browser(outsider).get("/a/acme/?project=web").status_code == 404
    for path in ("/a/globex/", "/a/globex/?project=web"):
        page = shown(outsider, path)
        assert "secret-import" not in page
        assert "Acme" not in page
    assert browser(member).get("/a/acme/?project=nowhere").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_it_is_only_looked_at(project, member, method):
    for path in ("/a/", "/a/acme/"):
        assert getattr(browser(member), method)(path).status_code == 405


# -- Where a person begins ---------------------------------------------------------------------------------------------


def test_home_leads_to_the_first_organization(organization, stranger, member):
    response = browser(member).get("/a/")
    assert (response.status_code, response.url) == (302, "/a/acme")
    Membership.objects.create(organization=stranger.organization, user=member, role="viewer")
    assert browser(member).get("/a").url == "/a/acme"


def test_who_is_in_no_organization_reads_so(db):
    user = User.objects.create_user("new@nowhere.example")
    response = browser(user).get("/a/")
    assert response.status_code == 200
    assert "no organization has you as a member" in text_of(response.content.decode())
    assert "new@nowhere.example" in response.content.decode()


def test_an_organization_that_is_deleted_is_none(organization, member):
    organization.deleted = NOON
    organization.save()
    assert browser(member).get("/a/").status_code == 200
    assert not Task.objects.exists()
