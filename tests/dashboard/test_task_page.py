"""One task as its readers see it: how it goes, how long that usually takes, its history, its parts, its messages."""

import datetime
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.usual import Usual, usual_of
from integrations.models import Attempt, Delivery
from planning.plans import update_plan
from planning.work import add_cost, add_report
from projects.principals import Principal
from tasks.changes import create_task, update_task
from tasks.lifecycle import sweep_tasks
from tests.browsers import browser_of


@pytest.fixture
def viewer(organization):
    return browser_of(organization, "viewer", display_name="The viewer")


@pytest.fixture
def owner(organization):
    return browser_of(organization, "owner", display_name="The owner")


def page(client, task, query="", status=200):
    response = client.get(urlsplit(task["url"]).path + query)
    assert response.status_code == status
    return response.content.decode()


def test_progress_and_times_are_shown(make_task, viewer):
    task = make_task("export", status="processing", value=30, value_max=120, stale_timeout=600, queue="mail")
    text = page(viewer, task)
    assert "<b>25 %</b>" in text
    assert "30 of 120" in text
    assert "10 min without an update" in text
    assert "so far" in text
    assert "?project=web&amp;queue=mail" in text
    assert "not yet" in text


def test_a_run_is_held_against_the_usual(project, make_task, viewer):
    now = timezone.now()
    for seconds in (60, 60, 60, 300):
        start = now - datetime.timedelta(seconds=seconds)
        create_task(project, run("export", "success", start, now), now=now)
    create_task(project, run("export", "error", now - datetime.timedelta(days=1), now), now=now)
    slow = create_task(project, run("export", "success", now - datetime.timedelta(seconds=900), now), now=now)
    text = page(viewer, {"url": f"/a/acme/tasks/{slow.public_id}/"})
    assert "1 min (median), 95 % within 5 min" in text
    assert "the newest 4 runs" in text
    assert "<b>longer than 95 % of them</b>" in text
    assert 'role="img"' in text
    assert "Usual for" not in page(viewer, make_task("import"))


def run(name, status, start, end):
    return {"name": name, "status": status, "start_time": start, "end_time": end}


def test_the_usual_is_one_statement(project, django_assert_num_queries):
    task = create_task(project, {"name": "export"}, now=timezone.now())
    with django_assert_num_queries(1):
        assert usual_of(task) is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(1, "no longer than most"), (11, "longer than most"), (21, "longer than 95 % of them")]
)
def test_a_verdict_is_in_words(seconds, words):
    assert Usual(100, 10, 20).verdict(seconds) == words


def test_runs_that_took_no_time_have_a_picture():
    picture = Usual(5, 0, 0).picture(0)
    assert picture.run == 0
    assert picture.range_width > 0


def test_the_history_says_who_it_was(project, api, make_task, owner, viewer):
    task = make_task("export", stale_timeout=60)
    api.patch(f"tasks/{task['id']}", {"status": "processing"})
    actor = Principal(organization=project.organization, user_id=owner.user.pk)
    update_task(project, UUID(task["id"]), {"status": "error"}, merge_tags=True, actor=actor, now=timezone.now())
    text = page(viewer, task)
    assert "Created as pending" in text
    assert "pending → processing" in text
    assert "by the key “test”" in text
    assert "processing → error" in text
    assert "by The owner" in text


def test_the_history_of_a_stale_task_names_the_server(project, make_task, viewer):
    task = make_task("export", stale_timeout=60)
    sweep_tasks(timezone.now() + datetime.timedelta(hours=2), 10)
    assert "by the server, for want of news" in page(viewer, task)


def test_data_is_readable_and_harmless(make_task, viewer):
    task = make_task("export", data={"<script>": ["<b>", 1.5, None], "url": "javascript:alert(1)"})
    text = page(viewer, task)
    assert "&lt;script&gt;" in text
    assert '<span class="number">1.5</span>' in text
    assert "<script>" not in text.replace('<script src="', "")
    assert 'href="javascript' not in text


@pytest.mark.parametrize("data", [["x" * 100] * 2000, list(range(10)) * 1100])
def test_very_much_data_is_cut(make_task, viewer, data):
    task = make_task("export", data=data)
    text = page(viewer, task)
    assert len(text) < 60_000
    assert "the API</a> has it whole" in text


def test_hostile_names_and_tags_are_only_text(make_task, viewer):
    task = make_task('"><script>alert(1)</script>', tags={"<i>": "&a=b#c"}, queue="<u>", external_id="'\"")
    text = page(viewer, task)
    assert "<script>alert" not in text
    assert "<i>" not in text
    assert "<u>" not in text
    assert "?tag=%3Ci%3E:%26a%3Db%23c" in text


def test_parts_are_rolled_up(make_task, viewer):
    parent = make_task("import")
    make_task("import.part", parent=parent["id"], status="success", value=100)
    part = make_task("import.part", parent=parent["id"], status="processing", value=50)
    text = page(viewer, parent)
    assert "1 of 2 over" in text
    assert "75 % in all" in text
    assert "by its parts" in text
    assert '<span class="badge success">1 success</span>' in text
    assert f'href="/a/acme/tasks/{parent["id"]}"' in page(viewer, part)


def test_the_planned_side_is_shown(project, make_task, owner, viewer):
    task = make_task("export")
    now = timezone.now()
    fields = {
        "description": "Ask <b>first</b>",
        "due_date": datetime.date(2026, 5, 1),
        "assignees": [owner.user.pk],
        "estimated_minutes": 90,
    }
    actor = Principal(organization=project.organization, user_id=owner.user.pk)
    update_plan(project, UUID(task["id"]), fields, actor=actor, now=now)
    report = {"user": viewer.user.pk, "date": now.date(), "minutes": 45, "note": "Mapping"}
    add_report(task["number"], report, organization_id=project.organization_id, now=now)
    add_cost(task["number"], {"name": "Licence", "amount": "12.50", "currency": "EUR", "date": now.date()}, now=now)
    text = page(viewer, task)
    assert "Ask &lt;b&gt;first&lt;/b&gt;" in text
    assert "<dd>The owner</dd>" in text
    assert "2026-05-01" in text
    assert "1 h 30 min" in text
    assert "Mapping" in text
    assert "12.50 EUR" in text


def test_a_task_that_was_never_planned_has_no_planned_side(make_task, viewer):
    assert "Plan and time" not in page(viewer, make_task())


@pytest.fixture
def told(make_task, project):
    """A task with an action, one delivery of which has failed."""
    task = make_task(
        "export", actions=[{"trigger": "95%", "integration": "email", "config": {"to": "ops@acme.example"}}]
    )
    now = timezone.now()
    delivery = Delivery.objects.create(
        organization=project.organization,
        project=project,
        integration="email",
        config={"to": "ops@acme.example"},
        task_id=UUID(task["id"]),
        point="95%",
        body="{}",
        status="failed",
        due_at=now,
        created=now,
        finished=now,
        attempt_count=1,
    )
    Attempt.objects.create(delivery=delivery, at=now, status=550, duration_ms=12, error="<b>refused</b>")
    return task


def test_administrators_see_deliveries_with_every_attempt(told, owner, viewer):
    text = page(owner, told)
    assert "&lt;b&gt;refused&lt;/b&gt;" in text
    assert "550" in text
    assert "Send it again" in text
    seen = page(viewer, told)
    assert "refused" not in seen
    assert "<code>95%</code>" in seen


def test_the_part_that_moves_is_a_part_of_the_page(told, owner):
    text = page(owner, told, "?part=live")
    assert "<html" not in text
    assert "refused" in text
    assert "Add an action" not in text  # what somebody types there is left alone


def test_what_one_may_not_do_is_not_offered(told, viewer, owner):
    seen, all_of_it = page(viewer, told), page(owner, told)
    for words in ("Cancel the task", "/edit", "Take the link back", "Add an action", "Send it again"):
        assert words not in seen
        assert words in all_of_it
    assert told["public_url"].rstrip("/") in seen


def test_a_task_of_another_organization_is_not_there(told, stranger):
    other = browser_of(stranger.organization, "owner", display_name="The owner")
    path = urlsplit(told["url"]).path
    for wrong in (path, path.replace("acme", "globex"), f"{path}edit/", path.replace("acme", "globex") + "edit/"):
        assert other.get(wrong).status_code == 404
        assert other.post(wrong, {"do": "cancel"}).status_code == 404


@pytest.mark.parametrize("id", ["1", "x", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_task_is_not_there(organization, viewer, id):
    assert viewer.get(f"/a/acme/tasks/{id}/").status_code == 404


def test_the_number_of_statements_does_not_grow(told, make_task, api, owner):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            page(owner, told)
        return len(queries)

    for status in ("processing", "error"):
        api.patch(f"tasks/{told['id']}", {"status": status})
    make_task("part", parent=told["id"])
    few = asked()
    for status in ("processing", "error", "processing"):
        api.patch(f"tasks/{told['id']}", {"status": status})
    for _ in range(5):
        make_task("part", parent=told["id"])
    assert asked() == few <= 26
