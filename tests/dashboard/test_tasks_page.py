"""The list of tasks, as its readers see it."""

import datetime
import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard import task_list
from dashboard.views.tasks import MOST_SHOWN
from projects.models import Membership, Organization, User
from tasks.changes import create_task
from tasks.models import Task


def member_of(organization, email, role):
    user = User.objects.create_user(email)
    Membership.objects.create(organization=organization, user=user, role=role, display_name=role.title())
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def viewer(organization):
    return member_of(organization, "viewer@acme.example", "viewer")


@pytest.fixture
def member(organization):
    return member_of(organization, "member@acme.example", "member")


@pytest.fixture
def outsider(stranger):
    return member_of(stranger.organization, "eve@globex.example", "owner")


def page(client, query="", status=200, **headers):
    response = client.get(f"/a/acme/tasks/{query}", headers=headers)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def names(text):
    return re.findall(r'<td class="what"><a href="[^"]*">([^<]*)</a>', text)


def counts(text):
    tabs = re.findall(r"<li><a[^>]*>([a-z_ ]+) <span class=\"count\">([^<]*)</span>", text)
    return dict(tabs)


def link(text, label):
    found = re.search(rf'<a [^>]*href="([^"]*)"[^>]*>{label}</a>', text)
    return unescape(found[1]) if found else None


def test_the_newest_task_stands_first(make_task, viewer):
    for name in ("one", "two", "three"):
        make_task(name)
    assert names(page(viewer)) == ["three", "two", "one"]


def test_a_row_says_how_far_a_task_is(make_task, viewer):
    task = make_task("export", status="processing", value=30, value_max=120, tags={"env": "prod"})
    text = page(viewer)
    assert f'href="/a/acme/tasks/{task["id"]}"' in text
    assert '<progress value="25" max="100"' in text
    assert "25 %" in text
    assert '<span class="badge processing">processing</span>' in text
    assert "env:prod" in text


def test_a_task_beyond_its_end_fills_its_bar(make_task, viewer):
    make_task("export", status="processing", value=2**63 - 1, value_max=1)
    assert '<progress value="100" max="100"' in page(viewer)


def test_a_task_without_an_end_shows_its_value(make_task, viewer):
    make_task("export", value=7, value_max=0)
    text = page(viewer)
    assert '<span class="percent">7</span>' in text
    assert "<progress" not in text


def test_names_and_tags_are_only_text(make_task, viewer):
    make_task("<img src=x onerror=alert(1)>", tags={"<b>": '"><script>alert(2)</script>'})
    text = page(viewer)
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "&lt;img src=x" in text


def test_all_projects_are_shown_unless_one_is_named(project, other_project, make_task, viewer):
    make_task("in.web")
    create_task(other_project, {"name": "in.billing"}, now=timezone.now())
    text = page(viewer)
    assert names(text) == ["in.billing", "in.web"]
    assert '<td class="project">Billing</td>' in text
    one = page(viewer, "?project=billing")
    assert names(one) == ["in.billing"]
    assert "<td>Billing</td>" not in one
    assert 'data-events="/api/acme/billing/tasks/events"' in one
    assert page(viewer, "?project=nowhere", status=404)


def test_who_is_not_signed_in_is_asked_to(make_task):
    response = Client().get("/a/acme/tasks/?status=error")
    assert response.status_code == 302
    assert parse_qs(urlsplit(response.url).query)["next"] == ["/a/acme/tasks/?status=error"]


def test_nothing_of_another_organization_is_seen(make_task, outsider, stranger):
    make_task("secret.export")
    assert outsider.get("/a/acme/tasks/").status_code == 404
    text = outsider.get("/a/globex/tasks/").content.decode()
    assert "secret.export" not in text
    assert "No task yet" in text


def test_who_has_no_task_is_told_what_to_do(organization, project, viewer):
    assert "Ask an administrator" in page(viewer)
    owner = member_of(organization, "owner@acme.example", "owner")
    assert 'href="/a/acme/keys"' in page(owner)


def test_an_organization_without_a_project_has_a_list(db):
    organization = Organization.objects.create(slug="empty", name="Empty")
    client = member_of(organization, "first@empty.example", "owner")
    assert "No task yet" in client.get("/a/empty/tasks/").content.decode()
    assert client.get("/a/empty/tasks/?name_contains=x").status_code == 200


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?status=error", ["b"]),
        ("?status=error&status=success", ["c", "b"]),
        ("?name=a", ["a"]),
        ("?name_contains=x", ["b.x", "a.x"]),
        ("?name_contains=none", []),
        ("?name_contains=x&status=pending", ["b.x", "a.x"]),
        ("?tag=env:prod", ["a"]),
        ("?tag=env:prod&tag=x:y", []),
        ("?queue=mail", ["c"]),
        ("?external_id=e1", ["a"]),
        ("?parent=none&name=b", ["b"]),
        ("?created_before=2001-01-01", []),
        ("?created_after=2001-01-01&name=a", ["a"]),
        ("?page_size=1", ["b.x"]),
    ],
)
def test_the_filters_of_the_api_filter_the_page(make_task, viewer, query, found):
    make_task("a", tags={"env": "prod"}, external_id="e1")
    make_task("b", status="error")
    make_task("c", status="success", queue="mail")
    make_task("a.x")
    make_task("b.x")
    assert names(page(viewer, query)) == found


def test_a_filtered_page_keeps_what_was_typed(make_task, viewer):
    text = page(viewer, '?queue=%22%3E%3Cb%3E&name_contains=ex"')
    assert 'value="&quot;&gt;&lt;b&gt;"' in text
    assert 'value="ex&quot;"' in text
    assert "No task meets all of this" in text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?created_after=soon", "A date and time in ISO 8601 is expected"),
        ("?tag=x", "A tag is asked for as name:value."),
        ("?parent=1", "An id is expected."),
        ("?status=lost", "“lost” is no status."),
        ("?foo=1", "“foo”: There is no such parameter."),
        ("?name=a&name=b", "can&#x27;t be repeated"),
        ("?page_size=0", "A whole number from 1 upward is expected."),
        ("?name=%00", "Null characters are not allowed."),
    ],
)
def test_a_bad_filter_is_shown_as_such(make_task, viewer, query, told):
    make_task()
    text = page(viewer, query, status=422)
    assert told in text
    assert names(text) == []


def test_a_forged_cursor_is_a_404(make_task, viewer):
    page(viewer, "?cursor=forged", status=404)
    page(viewer, "?here=x", status=404)


def test_empty_fields_of_the_form_ask_for_nothing(make_task, viewer):
    make_task()
    response = viewer.get("/a/acme/tasks/?name_contains=&queue=&status=pending&tag=&tag=+")
    assert response.status_code == 302
    assert response.url == "/a/acme/tasks/?status=pending"


def test_counts_say_how_many_there_are_of_each_status(make_task, viewer):
    for status in ("error", "error", "success"):
        make_task("export", status=status)
    make_task("import", status="error")
    shown = counts(page(viewer, "?status=success"))
    assert shown["error"] == "3"
    assert shown["success"] == "1"
    assert shown["stale"] == "0"
    filtered = counts(page(viewer, "?name_contains=import"))
    assert filtered["error"] == "1"
    assert filtered["success"] == "0"


def test_counts_end_where_they_would_cost_too_much(make_task, viewer, monkeypatch):
    monkeypatch.setattr(task_list, "COUNT_MAX", 2)
    for _ in range(4):
        make_task("export", status="error")
    make_task("export")
    shown = counts(page(viewer))
    assert shown["error"] == "2+"
    assert shown["pending"] == "1"
    assert counts(page(viewer, "?name=export"))["error"] == "2+"


def test_large_counts_are_grouped():
    assert str(task_list.Count(10_000, more=True)) == "10\N{NARROW NO-BREAK SPACE}000+"


def test_pages_lead_to_older_tasks_and_back(make_task, viewer):
    for number in range(5):
        make_task(f"t{number}")
    first = page(viewer, "?page_size=2")
    assert names(first) == ["t4", "t3"]
    second = page(viewer, link(first, "Older"))
    assert names(second) == ["t2", "t1"]
    third = page(viewer, link(second, "Older"))
    assert names(third) == ["t0"]
    assert link(third, "Older") is None
    assert names(page(viewer, link(third, "Newer"))) == ["t2", "t1"]
    assert names(page(viewer, link(second, "Newest"))) == ["t4", "t3"]


def test_all_of_a_page_can_be_ticked(make_task, member, settings, monkeypatch):
    assert MOST_SHOWN + 10 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    monkeypatch.setattr("dashboard.views.tasks.MOST_SHOWN", 2)
    for _ in range(3):
        make_task()
    assert len(names(page(member, "?page_size=1000"))) == 2


def test_pages_go_on_across_projects(project, other_project, viewer):
    for number in range(7):
        where = other_project if number % 2 else project
        create_task(where, {"name": f"t{number}"}, now=timezone.now())
    first = page(viewer, "?page_size=3")
    second = page(viewer, link(first, "Older"))
    assert names(first) + names(second) == ["t6", "t5", "t4", "t3", "t2", "t1"]
    assert names(page(viewer, link(second, "Newer"))) == ["t6", "t5", "t4"]


def test_many_projects_and_statuses_are_read_together(project, other_project, viewer, monkeypatch):
    monkeypatch.setattr(task_list, "MOST_ARMS", 1)
    create_task(project, {"name": "a", "status": "error"}, now=timezone.now())
    create_task(other_project, {"name": "b"}, now=timezone.now())
    assert names(page(viewer)) == ["b", "a"]
    assert names(page(viewer, "?status=error&status=stale")) == ["a"]


def test_a_search_among_very_many_names_goes_row_by_row(make_task, viewer, monkeypatch):
    monkeypatch.setattr(task_list, "MOST_NAMES", 1)
    make_task("one.export")
    make_task("two.import")
    assert names(page(viewer, "?name_contains=export")) == ["one.export"]


def test_the_part_that_moves_is_a_part_of_the_page(make_task, viewer):
    make_task("export")
    part = page(viewer, "?part=rows")
    assert "<html" not in part
    assert names(part) == ["export"]
    assert 'data-live="?part=rows"' in part
    assert link(page(viewer, "?part=rows&status=pending"), "All") == "?"


def test_a_reader_keeps_his_place_and_hears_how_many_are_newer(make_task, viewer):
    make_task("one")
    make_task("two")
    here = re.search(r'data-here="([^"]+)"', page(viewer))[1]
    make_task("three")
    part = page(viewer, f"?part=rows&here={here}")
    assert names(part) == ["two", "one"]
    assert 'data-newer="1"' in part
    assert "data-newest" in part


def test_ticked_tasks_are_cancelled(make_task, api, member):
    first, second, third = make_task("a"), make_task("b", status="processing"), make_task("c", status="success")
    sent = {"task": [first["id"], second["id"], third["id"], "nonsense"]}
    response = member.post("/a/acme/tasks/?name_contains=a", sent, follow=True)
    assert response.redirect_chain == [("/a/acme/tasks/?name_contains=a", 302)]
    text = response.content.decode()
    assert "2 tasks are cancelled." in text
    assert "1 task was over already." in text
    assert [api.get(f"tasks/{task['id']}").json()["status"] for task in (first, second, third)] == [
        "cancelled",
        "cancelled",
        "success",
    ]
    history = Task.objects.get(public_id=second["id"]).status_changes.get()
    assert history.user_id == User.objects.get(email="member@acme.example").pk


def test_nothing_ticked_is_said(make_task, member):
    make_task()
    assert "No task was chosen" in member.post("/a/acme/tasks/", follow=True).content.decode()


def test_who_may_only_look_has_no_boxes_and_cancels_nothing(make_task, api, viewer):
    task = make_task()
    assert 'type="checkbox"' not in page(viewer)
    assert viewer.post("/a/acme/tasks/", {"task": task["id"]}).status_code == 403
    assert api.get(f"tasks/{task['id']}").json()["status"] == "pending"


def test_nobody_cancels_what_is_another_organizations(make_task, api, outsider, stranger):
    task = make_task()
    outsider.post("/a/globex/tasks/", {"task": task["id"]})
    assert api.get(f"tasks/{task['id']}").json()["status"] == "pending"


def test_a_form_of_elsewhere_is_refused(make_task, organization):
    make_task()
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("x@acme.example"))
    assert client.post("/a/acme/tasks/").status_code == 403


def test_the_number_of_statements_does_not_depend_on_that_of_tasks(project, other_project, viewer):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page(viewer, "?name_contains=t&status=pending")
        return len(queries)

    create_task(project, {"name": "t"}, now=timezone.now())
    few = asked()
    for number in range(30):
        create_task(project, {"name": f"t{number}", "tags": {"a": "b"}}, now=timezone.now())
    assert asked() == few <= 12


def test_how_long_a_run_took_is_shown(project, viewer):
    now = timezone.now()
    start = now - datetime.timedelta(minutes=5)
    create_task(project, {"name": "a", "status": "success", "start_time": start, "end_time": now}, now=now)
    create_task(project, {"name": "b", "status": "processing", "start_time": start}, now=now)
    text = page(viewer)
    assert "5 min</td>" in text
    assert 'class="clock" data-since="' in text
