"""`data` of any content and size: kept as it was sent, on every way in and out; what comes with it always applies."""

import html
import json
import re
import sys
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from integrations.delivering import deliver_due
from integrations.messages import letter_of
from integrations.models import Delivery
from taskapi.rest.json_scan import members_of
from tasks.models import Task
from tests.answers import assert_failed
from tests.browsers import browser_of
from tests.worker.conftest import receiver  # noqa: F401 - a fixture

LATER = timezone.now() + timedelta(days=1)
MEGABYTE = 1024 * 1024
HTML = {"Accept": "text/html"}
ODD = {
    "NUL": r'"a\u0000b"',
    "NUL in a name": r'{"a\u0000": ["\u0000"]}',
    "lone surrogate": r'"\ud800"',
    "surrogates the wrong way round": r'{"\udfff\uD800": "\\\ud800"}',
    "a pair beside a lone one": r'["\ud83e\udda1", "\ud83e", "\\ud800"]',
    "23 digits": "12345678901234567890123",
    "5001 digits": "-" + "7" * 5001,
    "1e400": "[1e400, -1E+0999, 1e-400, -0.0]",
    "20 places": '{"a": 1.0000000000000000001, "b": 2.50}',
    "500 levels": "[" * 500 + "]" * 500,
    "space": '{ "a" :\r\n\t[ ] , "b":{ } }',
    "a name twice": '{"a": 1, "a": 2}',
    "odd letters": '"“π” 🦡 \u2028 \x7f \ue000"',
    "null": "null",
}


@pytest.fixture(autouse=True)
def _all_digits():
    """Python reads no number of over 4300 digits unless it is told to. The server does without being told."""
    before = sys.get_int_max_str_digits()
    yield
    sys.set_int_max_str_digits(before)


@pytest.fixture(params=ODD.values(), ids=ODD)
def data(request):
    return request.param


def body(data, **fields):
    text = ", ".join([*(f'"{name}": {json.dumps(value)}' for name, value in fields.items()), f'"data": {data}'])
    return {"data": f"{{{text}}}".encode(), "content_type": "application/json"}


def data_in(text):
    """The `data` of a task, as it is written in its JSON."""
    return members_of(text)["data"].decode()


def send(api, method, path, **raw):
    """Past the document's check of the answer, which would parse it by Python's limits."""
    sys.set_int_max_str_digits(0)
    response = api.request(method, path, **raw)
    sys.set_int_max_str_digits(4300)
    assert response.status_code in {200, 201}, response.content[:300]
    return response


@pytest.fixture
def task(api, data):
    """A task with the odd data."""
    return send(api, "POST", "tasks", **body(data, name="export", value=5)).content


def id_of(task):
    return json.loads(members_of(task)["id"])


def page_of(task):
    return urlsplit(json.loads(members_of(task)["url"])).path


def test_created(api, data, task):
    assert data_in(task) == data
    assert data_in(send(api, "GET", f"tasks/{id_of(task)}").content) == data
    assert Task.objects.get().data == data


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
@pytest.mark.parametrize("fields", [{}, {"status": "error"}], ids=["in place", "with a status"])
def test_updated(api, make_task, data, method, fields):
    path = f"tasks/{make_task(status='processing', data={'a': 1})['id']}"
    changed = send(api, method, path, **body(data, name="export", **fields)).content
    assert data_in(changed) == data_in(send(api, "GET", path).content) == data
    assert json.loads(members_of(changed)["status"]) == fields.get("status", "processing")


def test_listed_and_embedded(api, data, make_task):
    parent = make_task()["id"]
    child = send(api, "POST", "tasks", **body(data, name="part", parent=parent)).content
    listed = send(api, "GET", "tasks?name=part").content
    assert members_of(listed)["results"] == b"[" + child + b"]"
    embedded = send(api, "GET", f"tasks/{parent}?embed=children").content
    assert members_of(embedded)["children"] == b"[" + child + b"]"


def test_told_by_events(api, project, data):
    start = api.get("tasks/events").getvalue().decode()
    last = re.findall(r"^id: (.+)$", start, re.MULTILINE)[-1]
    task = send(api, "POST", "tasks", **body(data, name="export")).content
    told = api.get("tasks/events", headers={"Last-Event-ID": last}).getvalue().decode()
    (line,) = re.findall(r"^event: created\ndata: (.+)$", told, re.MULTILINE)
    assert data_in(members_of(line.encode())["task"]) == data.replace("\n", " ").replace("\r", " ")
    assert members_of(line.encode())["task"].decode() == task.decode().replace("\n", " ").replace("\r", " ")


def test_delivered(api, admin, admin_browser, data, receiver):  # noqa: F811
    admin.post("integrations", {"kind": "webhook", "slug": "ops", "config": {"url": "https://example.org/"}})
    actions = [
        {"trigger": "error", "integration": "webhook:ops"},
        {"trigger": "error", "integration": "email", "config": {"to": "a@example.org"}},
    ]
    path = f"tasks/{api.post('tasks', {'name': 'export', 'actions': actions}).json()['id']}"
    send(api, "PATCH", path, **body(data, status="error"))
    assert deliver_due(LATER) == 2
    for outgoing in receiver.calls:
        assert data_in(members_of(members_of(outgoing.body.encode())["data"])["task"]) == data
        assert "export" in letter_of(outgoing.body).text
    assert len(admin.get("deliveries").json()["results"]) == 2
    assert admin_browser.get("/a/acme/deliveries/").status_code == 200
    for delivery in Delivery.objects.all():
        assert admin.get(f"deliveries/{delivery.public_id}").json()["status"] == "delivered"
        assert admin_browser.get(f"/a/acme/deliveries/{delivery.public_id}/").status_code == 200


@pytest.fixture
def admin_browser(organization, project):
    return browser_of(organization, "admin")


def test_shown_on_pages(admin_browser, data, task):
    answer = admin_browser.get(page_of(task))
    assert answer.status_code == 200
    shown = re.search(r'<pre class="code json[^>]*>(.*?)</pre>', answer.content.decode(), re.DOTALL)
    assert same(html.unescape(re.sub("<[^>]+>", "", shown[1])), data) if shown else data == "null"
    for path in ("/a/acme/", "/a/acme/tasks/", f"{page_of(task)}?part=live"):
        assert admin_browser.get(path).status_code == 200


def test_edited_on_a_page(api, admin_browser, data, task):
    """Nothing of it changes by being looked at; sent back with something of its own, the rest is as it was."""
    form = admin_browser.get(f"{page_of(task)}edit/").context["form"]
    sent = {}
    for field in form:
        value = "" if field.value() is None else field.value()
        sent[field.html_name] = sent[field.html_initial_name] = value
    posted = admin_browser.post(f"{page_of(task)}edit/", {**sent, "name": "import"})
    assert posted.status_code == 302
    assert data_in(send(api, "GET", f"tasks/{id_of(task)}").content) == data
    again = admin_browser.post(f"{page_of(task)}edit/", {**sent, "data_text": f"[{sent['data_text'] or 'null'}]"})
    is_too_deep = data.startswith("[" * 500)
    assert again.status_code == (422 if is_too_deep else 302), again.content.decode()[:2000]
    kept = data_in(send(api, "GET", f"tasks/{id_of(task)}").content)
    assert same(kept, data if is_too_deep else f"[{data}]")


def same(left, right):
    """Whether two texts are the same JSON, to the last digit; a name that comes twice counts twice."""

    def exact(text):
        return json.loads(text, parse_int=str, parse_float=str, object_pairs_hook=list)

    return exact(left) == exact(right)


def test_browsed(api, organization, admin_browser, data, task):
    for path in (f"/api/acme/web/tasks/{id_of(task)}", "/api/acme/web/tasks"):
        answer = admin_browser.get(path, headers=HTML)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
    page = admin_browser.get(f"/api/acme/web/tasks/{id_of(task)}", headers=HTML).content.decode()
    sent = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1])
    assert same(members_of(sent.encode())["data"], data)


def test_seen_through_the_other_apis(admin, organization, admin_browser, data, task):
    number = json.loads(members_of(task)["number"])
    for path in (f"/v2/tasks/{number}", "/v2/tasks", f"/api/v0/tasks/{number}", "/api/v0/tasks"):
        assert admin.get(path).status_code == 200, path
    assert admin.put(f"/v2/tasks/{number}", {"progress": 30}).status_code == 200
    assert admin.put(f"/api/v0/tasks/{number}", {"billable": True}).status_code == 200
    assert Task.objects.get().data == data


# -- Too much of it --------------------------------------------------------------------------------------------------

WARNING = "data over 1 MB was not stored"
SIZES = {
    "just a megabyte": ('"' + "x" * (MEGABYTE - 2) + '"', True),
    "a byte more": ('"' + "x" * (MEGABYTE - 1) + '"', False),
    "a megabyte by its bytes": ('"' + "é" * (MEGABYTE // 2 - 1) + '"', True),
    "more by its bytes": ('"' + "é" * (MEGABYTE // 2) + '"', False),
    "a megabyte of escapes": ('"' + r"\u0000" * (MEGABYTE // 6) + '"', True),
    "more of escapes": ('"' + r"\ud800" * (MEGABYTE // 6 + 1) + '"', False),
    "a long number": ("1" * (MEGABYTE + 1), False),
}


@pytest.mark.parametrize(("sent", "is_stored"), SIZES.values(), ids=SIZES)
def test_a_task_is_created_without_data_that_is_too_large(api, sent, is_stored):
    response = send(api, "POST", "tasks", **body(sent, name="export", status="error"))
    assert response.headers.get("X-Taskapi-Warning") == (None if is_stored else WARNING)
    assert data_in(response.content) == (sent if is_stored else "null")
    assert Task.objects.get().status == "error"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
@pytest.mark.parametrize(("sent", "is_stored"), SIZES.values(), ids=SIZES)
def test_an_update_with_too_much_data_applies(api, make_task, method, sent, is_stored):
    path = f"tasks/{make_task(status='processing', data={'a': 1})['id']}"
    response = send(api, method, path, **body(sent, name="export", status="error", value=7, start_time=None))
    assert response.headers.get("X-Taskapi-Warning") == (None if is_stored else WARNING)
    assert data_in(response.content) == (sent if is_stored else '{"a": 1}')
    assert Task.objects.values_list("status", "value").get() == ("error", 7)


def test_bad_fields_beside_too_much_data_are_refused(api, make_task):
    response = api.request("POST", "tasks", **body('"' + "x" * MEGABYTE + '"', name="export", value=-1))
    assert response.status_code == 400
    assert not Task.objects.exists()


def test_a_form_says_what_is_too_large(admin_browser, make_task):
    page = urlsplit(make_task(data={"a": 1})["url"]).path + "edit/"
    form = admin_browser.get(page).context["form"]
    sent = {field.html_name: field.value() or "" for field in form}
    answer = admin_browser.post(page, {**sent, "data_text": "1" * (MEGABYTE + 1)})
    assert answer.status_code == 422
    assert "more than 1 MB" in answer.content.decode()
    assert Task.objects.get().data == '{"a": 1}'


# -- The body around it ----------------------------------------------------------------------------------------------

MARK = b"\xef\xbb\xbf"
BODIES = [
    pytest.param("POST", "/api/acme/web/tasks", b'{"name": "x", "data": 1}', 201, id="native"),
    pytest.param("PATCH", "/api/acme/web/tasks/{id}", b'{"value": 7}', 200, id="native patch"),
    pytest.param(
        "POST",
        "/api/acme/web/tasks/{id}/actions",
        b'{"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}',
        201,
        id="actions",
    ),
    pytest.param("POST", "/v2/tasks/{project}", b'{"task_name": "x"}', 201, id="ProjectBubble"),
    pytest.param("PUT", "/api/v0/tasks/{number}", b'{"billable": true}', 200, id="GoodDay"),
]


@pytest.fixture
def call(admin, organization, admin_browser, make_task, project):
    task = make_task()

    def call(method, path, raw, **headers):
        path = path.format(id=task["id"], number=task["number"], project=project.pk)
        return admin.request(method, path, data=raw, content_type="application/json", headers=headers)

    return call


@pytest.mark.parametrize(("method", "path", "raw", "status"), BODIES)
def test_a_byte_order_mark_is_ignored(call, method, path, raw, status):
    response = call(method, path, MARK + raw)
    assert response.status_code == status, response.content


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "x", "gzip, identity", "GZIP"])
@pytest.mark.parametrize(("method", "path", "raw", "status"), BODIES)
def test_a_compressed_body_is_refused(call, method, path, raw, status, encoding):
    before = Task.objects.count()
    response = call(method, path, raw, **{"Content-Encoding": encoding})
    assert response.status_code == 415, response.content
    assert response.headers["Accept-Encoding"] == "identity"
    assert Task.objects.count() == before
    if "/v2/" not in path and "/v0/" not in path:
        assert_failed(response, 415, "not_acceptable")


@pytest.mark.parametrize("encoding", ["identity", " Identity ", ""])
@pytest.mark.parametrize(("method", "path", "raw", "status"), BODIES)
def test_a_body_that_is_encoded_by_nothing_is_read(call, method, path, raw, status, encoding):
    assert call(method, path, raw, **{"Content-Encoding": encoding}).status_code == status


@pytest.mark.parametrize("accept", ["", " "])
@pytest.mark.parametrize(
    "path", ["/api/acme/web/tasks", "/api/acme/web/tasks?format=json", "/v2/tasks", "/api/v0/tasks"]
)
def test_an_empty_accept_is_as_none(admin, organization, admin_browser, path, accept):
    response = admin.get(path, headers={"Accept": accept})
    assert response.status_code == 200, response.content
    assert response.headers["Content-Type"] == "application/json"
