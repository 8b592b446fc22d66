"""The filters of GET /api/{org}/{project}/tasks."""

import uuid
from urllib.parse import quote, urlencode

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tasks.filters import selected
from tasks.models import Task
from tests.answers import assert_refused, names

ODD = ["5", "a.b", 'a"b', "a__b", "a'b", "$.x", "%", "_", "\\", "é", "a b", "*", "[0]", "0", "key__contains", "null"]


def found(api, query):
    response = api.get(f"tasks?{query}")
    assert response.status_code == 200, response.content
    return sorted(names(response.json()["results"]))


@pytest.mark.parametrize(
    ("query", "result"),
    [
        pytest.param("status=pending", ["a"], id="one"),
        pytest.param("status=pending&status=success", ["a", "c"], id="repeated: any of them"),
        pytest.param("status=pending&status=pending", ["a"], id="the same twice"),
        pytest.param("status=stale", [], id="no such task"),
    ],
)
def test_by_status(api, make_task, query, result):
    for name, status in (("a", "pending"), ("b", "processing"), ("c", "success")):
        make_task(name, status=status)
    assert found(api, query) == result


TEXTS = ["export", "export.csv", "Export", "exp", "100%", "a_b", "axb", "a\\b", "π"]


@pytest.mark.parametrize("text", [*TEXTS, "nobody", "expor", "%", "e' OR 1=1 --"])
def test_by_name_exactly(api, make_task, text):
    for name in TEXTS:
        make_task(name)
    assert found(api, urlencode({"name": text})) == ([text] if text in TEXTS else [])


@pytest.mark.parametrize(
    ("text", "result"),
    [
        pytest.param("xport", ["Export", "export", "export.csv"], id="a part"),
        pytest.param(".csv", ["export.csv"], id="the end"),
        pytest.param("export.csv", ["export.csv"], id="the whole"),
        pytest.param("%", ["100%"], id="percent is no wildcard"),
        pytest.param("_", ["a_b"], id="underscore is no wildcard"),
        pytest.param("\\", ["a\\b"], id="backslash is no escape"),
        pytest.param("π", ["π"], id="beyond ASCII"),
        pytest.param("nobody", [], id="no such task"),
        pytest.param("x" * 1000, [], id="longer than a name"),
    ],
)
def test_by_a_part_of_the_name(api, make_task, text, result):
    for name in TEXTS:
        make_task(name)
    assert found(api, urlencode({"name_contains": text})) == result


def test_case_counts_in_a_part_of_the_name_as_it_does_in_the_name(api, make_task):
    for name in ("Export", "export"):
        make_task(name)
    assert found(api, "name_contains=exp") == ["export"]


@pytest.mark.parametrize(
    ("query", "result"),
    [
        pytest.param("tag=env:prod", ["a", "b"], id="one"),
        pytest.param("tag=env:prod&tag=team:x", ["a"], id="repeated: all of them"),
        pytest.param("tag=env:prod&tag=env:test", [], id="two values of one name"),
        pytest.param("tag=env:pro", [], id="a part of the value"),
        pytest.param("tag=prod:env", [], id="the wrong way round"),
        pytest.param("tag=team:x:y", ["c"], id="a colon in the value"),
        pytest.param("tag=env:PROD", [], id="case counts"),
    ],
)
def test_by_tags(api, make_task, query, result):
    make_task("a", tags={"env": "prod", "team": "x"})
    make_task("b", tags={"env": "prod", "team": "y"})
    make_task("c", tags={"env": "test", "team": "x:y"})
    make_task("d")
    assert found(api, query) == result


READINGS = {
    "early": {"a": "b:c"},
    "late": {"a:b": "c"},
    "other": {"a": "b"},
    "leading": {":a": "b:c"},
    "trailing": {"a": "b:c:"},
    "colons": {":": ":"},
    "host": {"url": "http://[::1]:80/x"},
    "host as name": {"url:http://[::1]": "80/x"},
    "longest": {"n" * 255: "v" * 255},
    "many": {":" * 255: ":" * 255},
    "some": {"x:" * 30: "y"},
}


@pytest.mark.parametrize(
    ("tags", "result"),
    [
        pytest.param(["a:b:c"], ["early", "late"], id="either reading"),
        pytest.param(["a:b:c", "a:b:c"], ["early", "late"], id="twice"),
        pytest.param(["a:b"], ["other"], id="one colon"),
        pytest.param([":a:b:c"], ["leading"], id="a leading colon"),
        pytest.param(["a:b:c:"], ["trailing"], id="a trailing colon"),
        pytest.param(["a:"], [], id="no value"),
        pytest.param([":::"], ["colons"], id="nothing but colons"),
        pytest.param(["::"], [], id="two colons alone"),
        pytest.param(["url:http://[::1]:80/x"], ["host", "host as name"], id="an address"),
        pytest.param([f"{'n' * 255}:{'v' * 255}"], ["longest"], id="the longest"),
        pytest.param([f"{'n' * 256}:{'v' * 254}"], [], id="a name that is too long"),
        pytest.param([":" * 511], ["many"], id="as many readings as there are"),
        pytest.param([":" * 5000], [], id="more colons than a tag can have"),
        pytest.param([f"{'x:' * 30}:y"], ["some"], id="more readings than are looked up one by one"),
        pytest.param(["a:b:c", f"{'x:' * 30}:y"], [], id="all of several"),
    ],
)
def test_a_tag_of_several_colons_is_found_by_each_of_its_readings(api, make_task, tags, result):
    for name, own in READINGS.items():
        make_task(name, tags=own)
    assert found(api, urlencode({"tag": tags}, doseq=True)) == sorted(result)


def test_no_statement_grows_with_the_colons_that_are_sent(api, make_task):
    query = urlencode({"tag": [":" * 511] * 50}, doseq=True)
    with CaptureQueriesContext(connection) as asked:
        assert api.get(f"tasks?{query}").status_code == 200
    assert sum(len(query["sql"]) for query in asked) < 2 * 50 * (511 + 200)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no index of tags")
def test_each_reading_is_looked_up_in_the_index(project):
    now = timezone.now()
    rows = (Task(project=project, name="x", tags={"n": f"{n}:c"}, created=now, updated=now) for n in range(3000))
    Task.objects.bulk_create(rows)
    params = QueryDict(urlencode({"tag": ["x:y:z:2001:db8::1", "n:7:c"]}, doseq=True))
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as asked:
        # As autovacuum does: what is new and not yet sorted in makes the index look dear.
        cursor.execute("SELECT gin_clean_pending_list('task_list_by_tag')")
        cursor.execute("ANALYZE tasks_task")
        assert selected(project, params).newest(10) == []
        cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "BitmapOr" in plan, plan
    assert plan.count("task_list_by_tag") >= 2, plan


@pytest.mark.parametrize("odd", ODD)
def test_a_tag_may_have_an_odd_name_or_value(api, make_task, odd):
    make_task("by name", tags={odd: "v"})
    make_task("by value", tags={"n": odd})
    make_task("neither", tags={"x": "y", f"{odd}x": "v", "n": f"{odd}x"})
    assert found(api, f"tag={quote(odd)}:v") == ["by name"]
    assert found(api, f"tag=n:{quote(odd)}") == ["by value"]


@pytest.mark.parametrize("field", ["queue", "external_id"])
@pytest.mark.parametrize(("value", "result"), [("high", ["a", "b"]), ("low", ["c"]), ("", ["d"]), ("hig", [])])
def test_by_where_the_task_came_from(api, make_task, field, value, result):
    for name, sent in (("a", "high"), ("b", "high"), ("c", "low"), ("d", "")):
        make_task(name, **{field: sent})
    assert found(api, f"{field}={value}") == result


def test_by_parent(api, make_task):
    one, two = make_task("one"), make_task("two")
    make_task("child of one", parent=one["id"])
    make_task("child of two", parent=two["id"])
    assert found(api, f"parent={one['id']}") == ["child of one"]
    assert found(api, "parent=none") == ["one", "two"]
    assert found(api, f"parent={uuid.uuid4()}") == []


def test_by_a_monitor_that_does_not_exist(api, make_task):
    make_task()
    assert found(api, f"monitor={uuid.uuid4()}") == []


DAYS = ("2026-01-30T23:59:59.999999Z", "2026-01-31T00:00:00Z", "2026-01-31T12:00:00Z", "2026-01-31T23:59:59.999999Z")


@pytest.fixture
def four(api, make_task):
    """Tasks a to d, made at the moments of DAYS, each updated when it was made."""
    for name, moment in zip("abcd", DAYS, strict=True):
        with time_machine.travel(moment, tick=False):
            make_task(name)


@pytest.mark.parametrize("clock", ["created", "updated"])
@pytest.mark.parametrize(
    ("after", "before", "result"),
    [
        pytest.param("2026-01-31", None, "bcd", id="from a day on"),
        pytest.param(None, "2026-01-31", "abcd", id="to the end of a day"),
        pytest.param(None, "2026-01-30", "a", id="to the end of the day before"),
        pytest.param("2026-01-31", "2026-01-31", "bcd", id="one day"),
        pytest.param("2026-01-31T06:00:00Z", "2026-01-31T18:00:00Z", "c", id="instants"),
        pytest.param("2026-01-31T06:00:00", None, "cd", id="without an offset it is UTC"),
        pytest.param("2026-01-31T14:00:00%2B01:00", None, "d", id="with an offset"),
        pytest.param("2026-01-31T14:00:00+01:00", None, "d", id="with an offset whose plus was not encoded"),
        pytest.param("2026-01-31T06:00:00-0500", None, "cd", id="with an offset without a colon"),
        pytest.param("2026-01-31T23:59:59.999999Z", None, "d", id="to the microsecond"),
        pytest.param("0001-01-01", "9999-12-31", "abcd", id="all of time"),
        pytest.param("2027-01-01", None, "", id="never"),
        pytest.param("2026-02-01", "2026-01-01", "", id="the wrong way round"),
    ],
)
def test_by_a_span_of_time(api, four, clock, after, before, result):
    parts = [f"{clock}_{end}={value}" for end, value in (("after", after), ("before", before)) if value]
    assert found(api, "&".join(parts)) == list(result)


def test_created_and_updated_are_told_apart(api, make_task):
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False):
        task = make_task()
    with time_machine.travel("2026-01-09T00:00:00Z", tick=False):
        api.patch(f"tasks/{task['id']}", {})
    assert found(api, "created_after=2026-01-05") == []
    assert found(api, "updated_after=2026-01-05") == ["export"]
    assert found(api, "created_before=2026-01-05") == ["export"]
    assert found(api, "updated_before=2026-01-05") == []


def test_filters_narrow_each_other(api, make_task):
    make_task("a", queue="high", status="success")
    make_task("b", queue="high")
    make_task("c", status="success")
    assert found(api, "queue=high&status=success") == ["a"]


UUIDISH = ["x", "", "5", "none ", "00000000-0000-0000-0000-00000000000g", "0" * 31]
NO_MOMENTS = ["", "x", "2026", "2026-13-01", "2026-02-30", "2026-01-31T25:00:00Z", "12:00", "now", "1767225600", "0"]
MALFORMED = [
    *[("status", value) for value in ("", "done", "PENDING", "pending,success", "null")],
    *[("tag", value) for value in ("", "env", ":", ":prod")],
    *[("parent", value) for value in (*UUIDISH, "None")],
    *[("monitor", value) for value in (*UUIDISH, "none")],
    *[
        (f"{clock}_{end}", value)
        for clock in ("created", "updated")
        for end in ("after", "before")
        for value in NO_MOMENTS
    ],
    ("created_after", "0001-01-01T00:00:00+23:59"),
    ("created_before", "9999-12-31T23:59:59-23:59"),
    *[(name, "a\x00b") for name in ("name", "name_contains", "queue", "external_id", "tag", "status", "parent")],
]


@pytest.mark.parametrize(("name", "value"), MALFORMED, ids=[f"{name}={value!r}" for name, value in MALFORMED])
def test_a_malformed_value_is_refused_by_name(api, make_task, name, value):
    make_task()
    assert_refused(api.get(f"tasks?{urlencode({name: value})}"), name)


@pytest.mark.parametrize(
    "name", ["q", "Status", "status[]", "page", "limit", "created", "tags", "project", "status__in"]
)
def test_an_unknown_parameter_is_refused_by_name(api, make_task, name):
    make_task()
    assert_refused(api.get(f"tasks?{quote(name)}=1&status=pending"), name)


def test_every_bad_parameter_is_named_at_once(api, project):
    assert_refused(api.get("tasks?status=done&q=1&created_after=x&parent=x"), "status", "q", "created_after", "parent")


@pytest.mark.parametrize("name", ["name", "queue", "external_id", "parent", "created_after", "page_size", "cursor"])
def test_a_parameter_that_takes_one_value_is_given_one(api, project, name):
    assert_refused(api.get(f"tasks?{name}=none&{name}=none"), name)


def test_the_form_of_the_answer_is_no_filter(api, make_task):
    make_task()
    response = api.get("tasks?format=json")
    assert (response.status_code, len(response.json()["results"])) == (200, 1)
