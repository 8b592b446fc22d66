"""The same answers as pages, for people with a browser."""

import html
import json
import re
import time
from typing import Any

import pytest
from django.utils import timezone

from projects.scopes import Role
from tasks.models import Task
from tests.client import Api

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
UNKNOWN = "0198d1a2-5f00-7a3b-9c4d-2f6e8b1a0c3d"


@pytest.fixture
def person(organization, project, join, sign_in) -> Api:
    return sign_in(join(organization, "ada@acme.example", Role.ADMIN))


@pytest.fixture
def task(make_task) -> dict[str, Any]:
    action = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
    return make_task(value=5, data={"name": "<script>alert(1)</script>"}, actions=[action])


def page_of(response: Any) -> str:
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    page = response.content.decode()
    assert not re.search(r"<script(?! src=)|<style|\son\w+=|\sstyle=", page)
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    return page


def forms_of(page: str) -> dict[str, Any]:
    """The JSON that each form begins with, by its methods; None for one without a body."""
    found = {}
    for methods, inner in re.findall(r'data-methods="([^"]+)">(.*?)</form>', page, re.DOTALL):
        body = re.search(r"<textarea[^>]*>(.*?)</textarea>", inner, re.DOTALL)
        found[methods] = json.loads(html.unescape(body[1])) if body else None
    return found


def test_a_task_is_a_page(person, task):
    page = page_of(person.get(f"web/tasks/{task['id']}", headers=HTML))
    assert "200 OK" in page
    assert task["public_url"] in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_update_begins_with_what_can_be_written(person, task):
    for query in ("", "?embed=actions,children,status_history"):
        forms = forms_of(page_of(person.get(f"web/tasks/{task['id']}{query}", headers=HTML)))
        assert forms.keys() == {"PUT PATCH", "DELETE"}
        body = forms["PUT PATCH"]
        assert body["name"] == "export"
        assert body["data"] == task["data"]
        # The server's own fields, its clocks, and what would be added once more.
        assert not body.keys() & {"id", "url", "created", "start_time", "end_time", "actions", "value_percent"}


def test_an_update_sent_as_it_stands_changes_nothing(person, task):
    path = f"web/tasks/{task['id']}?embed=actions"
    before = person.get(path).json()
    body = forms_of(page_of(person.get(path, headers=HTML)))["PUT PATCH"]
    for method in ("PUT", "PATCH"):
        after = person.request(method, path, body).json()
        assert {**after, "updated": None} == {**before, "updated": None}


def test_of_a_long_answer_a_part_is_shown_with_a_link_to_all_of_it(person, make_task):
    task = make_task(data={"deep": [[[[n]]] for n in range(30_000)]})
    path = f"web/tasks/{task['id']}?embed=actions"
    begin = time.process_time()
    page = page_of(person.get(path, headers=HTML))
    assert time.process_time() - begin < 1  # the first page of a process loads templates and the document
    assert len(page) < 400_000
    whole = html.unescape(re.search(r'href="([^"]+)">All of it, as JSON', page)[1])
    assert person.get(whole, headers=HTML).json()["data"] == task["data"]
    assert "All of it" not in page_of(person.get(f"web/tasks/{make_task()['id']}", headers=HTML))


def test_a_value_that_is_too_long_for_a_form_is_left_out_and_stays(person, make_task):
    task = make_task(data="x" * 30_000, queue="q")
    path = f"web/tasks/{task['id']}"
    page = page_of(person.get(path, headers=HTML))
    assert "they stay as they are: data." in page
    body = forms_of(page)["PUT PATCH"]
    assert "data" not in body
    for method in ("PUT", "PATCH"):
        assert {**person.request(method, path, body).json(), "updated": None} == {**task, "updated": None}


def test_a_page_of_many_rows_shows_a_hundred(person, project):
    now = timezone.now()
    Task.objects.bulk_create(Task(project=project, name=f"row{n}", created=now, updated=now) for n in range(150))
    page = page_of(person.get("web/tasks?page_size=150", headers=HTML))
    assert page.count("&quot;row") == 100
    assert "All of it, as JSON" in page


def test_a_list_offers_a_body_that_works(person, api, task):
    for path in ("web/tasks", f"web/tasks/{task['id']}/actions"):
        body = forms_of(page_of(person.get(path, headers=HTML)))["POST"]
        assert person.post(path, body).status_code == 201


def test_a_viewer_is_offered_no_change(organization, project, task, join, sign_in):
    viewer = sign_in(join(organization, "vi@acme.example", Role.VIEWER))
    for path in ("web/tasks", f"web/tasks/{task['id']}"):
        assert forms_of(page_of(viewer.get(path, headers=HTML))) == {}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/api/acme/web/tasks?status=nonsense", 400, id="bad filter"),
        pytest.param("POST", "/api/acme/web/tasks", 400, id="bad body"),
        pytest.param("GET", f"/api/acme/web/tasks/{UNKNOWN}", 404, id="no task"),
        pytest.param("GET", "/api/globex/web/tasks", 404, id="no organization"),
        pytest.param("GET", "/api/acme/web/tasks?cursor=forged", 404, id="no page"),
        pytest.param("GET", "/api/acme/nonsense/at/all", 404, id="no path"),
        pytest.param("GET", "/api/nonsense", 404, id="no resource"),
        pytest.param("PATCH", "/api/acme/web/tasks", 405, id="no method"),
        pytest.param("DELETE", "/api/", 405, id="no method of the entry"),
    ],
)
def test_a_failure_is_a_page(person, method, path, status):
    sent = {} if method in {"GET", "DELETE"} else {"body": {"value": -1}}
    response = person.request(method, path, headers=HTML, **sent)
    assert response.status_code == status
    page = page_of(response)
    assert "&quot;errors&quot;" in page
    assert "ada@acme.example" in page


def test_a_missing_sign_in_is_a_page_that_leads_to_it(project):
    response = Api(None).get("/api/acme/web/tasks?status=error", headers=HTML)
    assert response.status_code == 401
    assert 'href="/api/auth/login?next=/api/acme/web/tasks%3Fstatus%3Derror"' in page_of(response)


def test_a_missing_scope_is_a_page(organization, project, join, sign_in):
    viewer = sign_in(join(organization, "vi@acme.example", Role.VIEWER))
    response = viewer.post("web/tasks", {"name": "export"}, headers=HTML)
    assert response.status_code == 403
    assert 'href="/api/acme/projects/web"' in page_of(response)


def test_a_deletion_is_a_page(person, task):
    response = person.delete(f"web/tasks/{task['id']}", headers=HTML)
    assert response.status_code == 200  # a 204 has no page
    assert "204 No Content" in page_of(response)


def test_a_key_may_ask_for_a_page(api, task):
    assert "200 OK" in page_of(api.get("tasks?format=api"))


def test_pages_of_a_list_lead_to_each_other(person, make_task):
    for number in range(3):
        make_task(f"task-{number}")
    page = page_of(person.get("web/tasks?page_size=2", headers=HTML))
    older = html.unescape(re.search(r'rel="next"[^>]*href="([^"]+)"', page)[1])
    page = page_of(person.get(older, headers=HTML))
    assert "task-0" in page
    assert 'rel="prev"' in page


def test_a_filter_shows_what_was_asked_for(person):
    page = page_of(person.get("web/tasks?status=error&queue=%22q", headers=HTML))
    assert "<option selected>error</option>" in page
    assert 'value="&quot;q"' in page


def test_no_link_is_dead(person, task, make_task):
    make_task("child", parent=task["id"])
    todo, seen = ["/api/"], {"/api/"}
    while todo:
        path = todo.pop()
        response = person.get(path, headers=HTML)
        assert response.status_code == 200, path
        # Other pages and the document are the end of the way.
        if "html" not in response.headers["Content-Type"] or not path.startswith("/api/"):
            continue
        for link in map(html.unescape, re.findall(r'href="([^"]*)"', response.content.decode())):
            assert link.startswith("/"), link
            if not link.startswith("/static/") and link not in seen:
                seen.add(link)
                todo.append(link)
    assert {"/api/acme/projects/web", f"/api/acme/web/tasks/{task['id']}/actions", "/api/acme/members"} <= seen
