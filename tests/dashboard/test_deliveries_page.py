"""Deliveries on their pages: found, read, sent again."""

import datetime
import re
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.channels import create_channel
from integrations.models import Attempt, Delivery
from projects.models import User
from projects.scopes import Role
from tests.browsers import browser_of

DELIVERIES = "/a/acme/deliveries/"


@pytest.fixture
def make(project):
    def made(owner=project, attempts=(), **fields):
        now = timezone.now()
        whole = {"integration": "email", "point": "error", "body": '{"type": "test", "data": {}}', "due_at": now}
        delivery = Delivery.objects.create(
            organization=owner.organization, project=owner, created=now, **{**whole, **fields}
        )
        Attempt.objects.bulk_create(Attempt(delivery=delivery, at=now, duration_ms=12, **one) for one in attempts)
        return delivery

    return made


def page_of(delivery):
    return f"{DELIVERIES}{delivery.public_id}/"


def points(browser, **query):
    """Of the rows of the list, from top to bottom."""
    response = browser.get(DELIVERIES, query)
    assert response.status_code == 200
    return re.findall(rf'<a href="{DELIVERIES[:-1]}/[^"]+">([^<]*)</a>', response.content.decode())


# -- The list --------------------------------------------------------------------------------------------------------


def test_the_newest_stands_first(admin_browser, make):
    for point in ("one", "two"):
        make(point=point)
    assert points(admin_browser) == ["two", "one"]


def test_filters(admin_browser, make, other_project):
    make(point="a", status="delivered", finished=timezone.now())
    make(point="b", status="failed", integration="webhook:ops", finished=timezone.now())
    make(other_project, point="c")
    assert points(admin_browser, status="failed") == ["b"]
    assert points(admin_browser, integration="webhook:ops") == ["b"]
    assert points(admin_browser, project="billing") == ["c"]
    assert points(admin_browser, project="web", status="delivered") == ["a"]
    page = admin_browser.get(DELIVERIES, {"status": "pending", "project": "web"}).content.decode()
    assert "No delivery meets all of this." in page
    assert "Nothing was sent yet." not in page


def test_those_of_an_integration_are_read_along_an_index(admin_browser, make):
    make(integration="webhook:ops")
    with CaptureQueriesContext(connection) as asked:
        assert points(admin_browser, integration="webhook:ops") == ["error"]
    (listing,) = [query["sql"] for query in asked if 'ORDER BY "integrations_delivery"."number"' in query["sql"]]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which reads so small a table whole
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN' if connection.vendor == 'sqlite' else ''} {listing}")
        assert "delivery_list_by_integration" in str(cursor.fetchall())


@pytest.mark.parametrize(
    ("asked", "shown"), [({"status": "", "integration": "email"}, "?integration=email"), ({"status": ""}, "")]
)
def test_what_is_left_empty_is_not_asked_for(admin_browser, asked, shown):
    response = admin_browser.get(DELIVERIES, asked)
    assert (response.status_code, response.url) == (302, DELIVERIES + shown)


@pytest.mark.parametrize(
    ("query", "status"),
    [("?status=lost", 422), ("?color=red", 422), ("?cursor=forged", 404), ("?page_size=0", 404), ("?task=x", 422)],
)
def test_questions_that_have_no_answer(admin_browser, query, status):
    assert admin_browser.get(f"{DELIVERIES}{query}").status_code == status


def test_pages(admin_browser, make):
    for number in range(5):
        make(point=f"p{number}")
    seen, path, back = [], f"{DELIVERIES}?page_size=2&status=pending", None
    while path:
        page = admin_browser.get(path).content.decode()
        seen += re.findall(r'">(p\d)</a>', page)
        older, newer = (re.search(rf'href="([^"]+)" rel="{rel}"', page) for rel in ("next", "prev"))
        back, path = newer or back, DELIVERIES + older[1].replace("&amp;", "&") if older else None
        assert path is None or "status=pending" in path
    assert seen == ["p4", "p3", "p2", "p1", "p0"]
    page = admin_browser.get(DELIVERIES + back[1].replace("&amp;", "&")).content.decode()
    assert re.findall(r'">(p\d)</a>', page) == ["p2", "p1"]


def test_nothing_yet_says_what_to_do(admin_browser):
    page = admin_browser.get(DELIVERIES).content.decode()
    assert "Nothing was sent yet." in page
    assert 'href="/a/acme/actions/new"' in page


def test_a_row_says_what_it_is_about_and_what_came_of_it(admin_browser, make, make_task):
    task = make_task("nightly.export")
    attempts = [{"status": 500, "error": "The receiver answered 500."}, {"status": None, "error": "No answer came."}]
    make(task_id=task["id"], attempts=attempts)
    make(task_id=uuid.uuid4())
    page = admin_browser.get(DELIVERIES).content.decode()
    assert "nightly.export" in page
    assert "No answer came." in page
    assert "The receiver answered 500." not in page
    assert "a task that is gone" in re.sub(r"<[^>]+>", "", page)


def test_queries_do_not_grow(admin_browser, make, make_task, django_assert_max_num_queries):
    for _ in range(15):
        make(task_id=make_task()["id"], attempts=[{"status": 200}] * 3)
    with django_assert_max_num_queries(9):
        admin_browser.get(DELIVERIES)


# -- One of them -----------------------------------------------------------------------------------------------------


def test_a_delivery_shows_its_message_and_every_attempt(admin_browser, organization, make, make_task):
    task = make_task("nightly.export")
    create_channel(
        organization, {"kind": "webhook", "slug": "ops", "config": {"url": "https://x.example/"}}, timezone.now()
    )
    delivery = make(
        integration="webhook:ops",
        task_id=task["id"],
        body='{"type": "task.triggered", "data": {"task": {"name": "nightly.export", "value": 12.50}}}',
        config={"to": "ops@acme.example"},
        status="failed",
        attempts=[
            {"status": 500, "error": "The receiver answered 500.", "response": "<b>broken</b>"},
            {"status": None, "error": "No answer came."},
        ],
    )
    page = admin_browser.get(page_of(delivery)).content.decode()
    for text in ("task.triggered", "The receiver answered 500.", "No answer came.", "12 ms", "ops@acme.example"):
        assert text in page, text
    assert "&lt;b&gt;broken&lt;/b&gt;" in page
    assert 'href="/a/acme/integrations/' in page
    assert f'href="/a/acme/tasks/{task["id"]}"' in page


@pytest.mark.parametrize(("values", "is_coloured"), [(1_000, True), (3_000, False)])
def test_a_message_of_very_many_values_is_shown_as_it_is(admin_browser, make, values, is_coloured):
    body = '{"data": {"<b>": [' + ",".join(["7"] * values) + "]}}"
    page = admin_browser.get(page_of(make(body=body))).content.decode()
    assert ('<span class="number">7</span>' in page) is is_coloured
    assert page.count("7") >= values
    assert "&lt;b&gt;" in page
    assert "<b>&quot;" not in page


def test_it_is_sent_again(admin_browser, make):
    delivery = make(status="failed", finished=timezone.now(), attempt_count=3)
    response = admin_browser.post(page_of(delivery), follow=True)
    assert "It is sent again" in response.content.decode()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_before) == ("pending", 3)
    assert delivery.due_at <= timezone.now() + datetime.timedelta(seconds=1)


# -- Who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_deliveries_are_for_administrators(organization, make, role):
    browser, delivery = browser_of(organization, role), make(status="failed", finished=timezone.now())
    assert browser.get(DELIVERIES).status_code == 403
    assert browser.get(page_of(delivery)).status_code == 403
    assert browser.post(page_of(delivery)).status_code == 403
    delivery.refresh_from_db()
    assert delivery.status == "failed"


def test_strangers_find_nothing(admin_browser, make, stranger):
    theirs = make(stranger, point="theirs", status="failed", finished=timezone.now())
    assert points(admin_browser) == []
    paths = (
        page_of(theirs),
        f"/a/globex/deliveries/{theirs.public_id}/",
        f"{DELIVERIES}x/",
        f"{DELIVERIES}{uuid.uuid4()}/",
    )
    for path in paths:
        assert admin_browser.get(path).status_code == 404, path
        assert admin_browser.post(path).status_code == 404, path
    theirs.refresh_from_db()
    assert theirs.status == "failed"


def test_a_form_without_its_token_is_refused(admin_browser, make):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.get())
    assert careful.post(page_of(make())).status_code == 403


def test_what_others_say_is_only_text(admin_browser, make, make_task):
    hostile = '<img src=x onerror=alert(1)>"onx='
    body = '{"data": {"<img src=x>": "<img src=y onerror=alert(1)> https://evil.example/"}}'
    task = make_task(hostile)
    delivery = make(task_id=task["id"], body=body, attempts=[{"status": 500, "error": hostile, "response": hostile}])
    for path in (DELIVERIES, page_of(delivery)):
        page = admin_browser.get(path).content.decode()
        assert "<img" not in page
        assert '"onx=' not in page
        assert 'href="https://evil' not in page
