"""GET /api/{org}/{project}/tasks: order and pages; the filters have a file of their own."""

import base64
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from tasks.models import Task
from tests.answers import TASK_FIELDS, assert_failed, assert_refused, names


@pytest.fixture
def five(make_task):
    """Five tasks, in the order in which a list shows them."""
    return [make_task(name)["name"] for name in "abcde"][::-1]


def page(api, path="tasks"):
    response = api.get(path.removeprefix("http://testserver"))
    assert response.status_code == 200, response.content
    return response.json()


def cursor_of(link):
    (cursor,) = parse_qs(urlsplit(link).query)["cursor"]
    return cursor


def links_of(response):
    return {rel: url for url, rel in re.findall(r'<([^>]+)>; rel="(\w+)"', response.headers.get("Link", ""))}


def test_there_is_nothing_at_first(api, project):
    response = api.get("tasks")
    assert (response.status_code, response.json()) == (200, {"next": None, "previous": None, "results": []})
    assert "Link" not in response.headers


def test_tasks_are_listed_whole_and_newest_first(api, make_task):
    tasks = [make_task(value=1, tags={"a": "b"}), make_task(status="success"), make_task()]
    results = page(api)["results"]
    assert results == tasks[::-1]
    assert set(results[0]) == TASK_FIELDS


def test_an_update_does_not_change_the_order(api, make_task):
    first, second = make_task("first"), make_task("second")
    api.patch(f"tasks/{first['id']}", {"status": "processing"})
    assert names(page(api)["results"]) == ["second", "first"]
    assert second["number"] > first["number"]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_lead_to_the_end_and_back(api, five, size):
    forward, link = [], f"tasks?page_size={size}"
    while link:
        found = page(api, link)
        forward.append(found["results"])
        link, previous = found["next"], found["previous"]
    assert [name for results in forward for name in names(results)] == five
    assert all(len(results) == size for results in forward[:-1])
    backward = [forward[-1]]
    while previous:
        found = page(api, previous)
        backward.append(found["results"])
        previous = found["previous"]
    assert backward[::-1] == forward


def test_the_first_page_has_no_previous_and_the_last_no_next(api, five):
    first = page(api, "tasks?page_size=3")
    last = page(api, first["next"])
    assert (first["previous"], last["next"]) == (None, None)
    back = page(api, last["previous"])
    assert (back["results"], back["previous"]) == (first["results"], None)
    assert page(api, back["next"])["results"] == last["results"]


def test_a_page_that_is_just_full_has_no_next(api, five):
    assert page(api, "tasks?page_size=5")["next"] is None


def test_tasks_that_arrive_meanwhile_shift_nothing(api, five, make_task):
    first = page(api, "tasks?page_size=2")
    make_task("late")
    second = page(api, first["next"])
    assert names(second["results"]) == ["c", "b"]
    back = page(api, second["previous"])
    assert names(back["results"]) == ["e", "d"]
    assert names(page(api, back["previous"])["results"]) == ["late"]


def test_the_link_header_says_what_the_body_says(api, five):
    first = api.get("tasks?page_size=2")
    assert links_of(first) == {"next": first.json()["next"]}
    second = api.get(first.json()["next"].removeprefix("http://testserver"))
    assert links_of(second) == {"next": second.json()["next"], "prev": second.json()["previous"]}


def test_links_keep_the_filters_and_the_page_size(api, make_task):
    for number in range(4):
        make_task(f"n {number} é&+", tags={"a": "b c", "x": "y"}, status="success" if number % 2 else "error")
    query = "tasks?page_size=1&status=success&status=error&tag=a:b%20c&tag=x:y&name_contains=%C3%A9%26%2B"
    link, found = query, []
    while link:
        body = page(api, link)
        found += names(body["results"])
        link = body["next"]
        assert link is None or parse_qs(urlsplit(link).query)["status"] == ["success", "error"]
    assert found == [f"n {number} é&+" for number in (3, 2, 1, 0)]


def test_links_are_absolute_whatever_the_host_header_says(api, five):
    body = api.get("tasks?page_size=2", headers={"Host": "127.0.0.1:1"}).json()
    assert body["next"].startswith("http://testserver/api/acme/web/tasks?")


def test_the_page_size_can_change_between_pages(api, five):
    cursor = cursor_of(page(api, "tasks?page_size=1")["next"])
    found = page(api, f"tasks?page_size=3&cursor={cursor}")
    assert names(found["results"]) == ["d", "c", "b"]
    assert names(page(api, f"tasks?page_size=9&cursor={cursor_of(found['next'])}")["results"]) == ["a"]


def test_filters_apply_on_every_page(api, make_task):
    for number in range(6):
        make_task(str(number), queue="even" if number % 2 == 0 else "odd")
    first = page(api, "tasks?queue=even&page_size=2")
    second = page(api, first["next"])
    assert names(first["results"] + second["results"]) == ["4", "2", "0"]
    assert page(api, second["previous"])["results"] == first["results"]


def test_fifty_are_shown_unless_asked_otherwise(api, make_task):
    for _ in range(51):
        make_task()
    body = page(api)
    assert len(body["results"]) == 50
    assert len(page(api, body["next"])["results"]) == 1
    assert len(page(api, "tasks?page_size=100")["results"]) == 51


@pytest.mark.parametrize("size", ["1000", "1001", "9" * 5000], ids=["1000", "1001", "5000 digits"])
def test_a_page_holds_1000_at_most(api, project, size):
    now = timezone.now()
    Task.objects.bulk_create(Task(project=project, name="export", created=now, updated=now) for _ in range(1001))
    first = page(api, f"tasks?page_size={size}")
    assert len(first["results"]) == 1000
    assert len(page(api, first["next"])["results"]) == 1


@pytest.mark.parametrize("size", ["0", "-1", "1.5", "x", "", "1e2", "²", "٣", "0x10", "%00", "1_0"])
def test_a_page_size_that_is_no_number_above_zero_is_refused(api, five, size):
    assert_refused(api.get(f"tasks?page_size={size}"), "page_size")


@pytest.mark.parametrize(
    "cursor",
    [
        pytest.param("", id="empty"),
        pytest.param("x", id="letter"),
        pytest.param("cD0yMDI2", id="one of another server"),
        pytest.param(base64.urlsafe_b64encode(b"+5").decode(), id="unsigned"),
        pytest.param(base64.urlsafe_b64encode(b"\x00" * 8 + b"+5").decode(), id="signed by guess"),
        pytest.param("%C3%A9", id="beyond ASCII"),
        pytest.param("A" * 4000, id="long"),
        pytest.param("=" * 5, id="padding alone"),
    ],
)
def test_a_forged_cursor_is_not_found(api, five, cursor):
    assert_failed(api.get(f"tasks?cursor={cursor}"), 404, "not_found")


def test_a_cursor_that_was_tampered_with_is_not_found(api, five):
    cursor = cursor_of(page(api, "tasks?page_size=2")["next"])
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    flipped = base64.urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode().rstrip("=")
    assert_failed(api.get(f"tasks?cursor={flipped}"), 404, "not_found")


def test_a_cursor_shows_nothing_of_another_project(admin, project, other_project):
    for slug in ("web", "billing", "web", "billing"):
        admin.post(f"{slug}/tasks", {"name": slug})
    cursor = cursor_of(page(admin, "web/tasks?page_size=1")["next"])
    assert names(page(admin, f"billing/tasks?cursor={cursor}")["results"]) == ["billing"]
