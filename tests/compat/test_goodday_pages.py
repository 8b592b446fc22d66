"""Pages of `/api/v0/tasks`, and the list without any, which is sent while it is read."""

import datetime
import json

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from compat.goodday import listing, wire
from planning import rows
from projects.scopes import Scope
from tasks.models import Task
from tests.client import Api
from tests.compat.goodday_calls import TASKS, assert_failed, assert_refused, items, names

postgresql_alone = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's limits")


def make_many(project, count):
    now = timezone.now()
    for first in range(0, count, 1000):
        batch = range(first, min(count, first + 1000))
        Task.objects.bulk_create(Task(project=project, name=f"t{n}", created=now, updated=now) for n in batch)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE tasks_task, planning_plan")  # as the server does by itself, some seconds later


@pytest.fixture
def fetched(monkeypatch):
    """How many tasks were read from the database, counted as they come."""
    counted, original = [], rows.select

    def counting(*args):
        found = original(*args)
        counted.append(len(found))
        return found

    monkeypatch.setattr(rows, "select", counting)
    return counted


# -- Pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?page=1&per_page=2", ["t0", "t1"]),
        ("?page=2&per_page=2", ["t2", "t3"]),
        ("?page=3&per_page=2", ["t4"]),
        ("?page=4&per_page=2", []),
        ("?per_page=2", ["t0", "t1"]),
        ("?per_page=2&page=2&sort=-id", ["t2", "t1"]),
        ("?page=1", ["t0", "t1", "t2", "t3", "t4"]),
        ("?per_page=1000000000", ["t0", "t1", "t2", "t3", "t4"]),
        (f"?page={2**63 - 1}&per_page=1", []),
    ],
)
def test_a_page_has_its_part_and_the_total(api, project, query, shown):
    make_many(project, 5)
    response = api.get(TASKS + query)
    assert response.status_code == 200, response.content
    assert list(response.json()) == ["items", "total"]
    assert response.json()["total"] == 5
    assert [item["name"] for item in response.json()["items"]] == shown


def test_a_page_has_fifty_tasks_unless_told_otherwise(api, project):
    make_many(project, 60)
    body = api.get(f"{TASKS}?page=1").json()
    assert (len(body["items"]), body["total"]) == (50, 60)
    assert names(api, "?page=2") == [f"t{n}" for n in range(50, 60)]


def test_the_total_is_of_what_the_filters_leave(api, project):
    make_many(project, 12)
    body = api.get(f"{TASKS}?name=t1&per_page=2").json()
    assert (len(body["items"]), body["total"]) == (2, 3)


@pytest.mark.parametrize("name", ["page", "per_page"])
@pytest.mark.parametrize("text", ["", "0", "-1", "x", "1.5", "1,2", str(2**63), "9" * 5000, "1%00"])
def test_what_is_no_page_is_refused(api, name, text):
    assert_refused(api.get(f"{TASKS}?{name}={text}"), name)


def test_pages_that_no_number_reaches_are_refused(api):
    assert_refused(api.get(f"{TASKS}?page={2**62}&per_page=2"), "page")
    assert_refused(api.get(f"{TASKS}?page={2**62}"), "page")


def test_a_page_that_is_larger_than_a_chunk_is_whole(api, project, monkeypatch):
    monkeypatch.setattr(listing, "CHUNK", 2)
    make_many(project, 7)
    body = json.loads(api.get(f"{TASKS}?per_page=5").getvalue())
    assert ([item["name"] for item in body["items"]], body["total"]) == ([f"t{n}" for n in range(5)], 7)


# -- All of it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_a_list_in_chunks_is_the_same_as_one_in_one(api, project, monkeypatch, count):
    make_many(project, count)
    whole = api.get(f"{TASKS}?embed=status").json()
    monkeypatch.setattr(listing, "CHUNK", 2)
    response = api.get(f"{TASKS}?embed=status")
    assert response.streaming == (count > 2)
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.getvalue()) == whole
    assert len(whole["items"]) == count


def test_a_list_is_read_while_it_is_sent(api, project, fetched):
    make_many(project, 3500)
    response = api.get(TASKS)
    assert response.streaming
    assert fetched == [500]  # enough to know that all is well
    pieces, most = iter(response), 0
    received = []
    for piece in pieces:
        received.append(piece)
        most = max(most, sum(fetched) - b"".join(received).count(b'"_links"'))
    assert sum(fetched) == 3500
    assert most == 0  # what was read was sent before more was
    assert [item["name"] for item in json.loads(b"".join(received))["items"]] == [f"t{n}" for n in range(3500)]


def test_the_statements_of_each_chunk_are_the_same(api, project, django_assert_num_queries):
    make_many(project, 3000)
    query = f"{TASKS}?embed=time_reports,status,extra_cost"
    response = api.get(query)
    pieces = iter(response)
    next(pieces)
    for _ in range(2):
        with django_assert_num_queries(3):  # the tasks, reports and costs
            next(pieces)
    *_, last = pieces
    assert last == b"]}"


def test_what_fails_at_first_is_a_failure_and_no_broken_list(api, project, monkeypatch):
    def fail(*args):
        raise RuntimeError

    make_many(project, 3)
    monkeypatch.setattr(listing, "CHUNK", 2)
    monkeypatch.setattr(wire, "shown_of", fail)
    assert_failed(api.get(TASKS), 500, "ServerError")
    monkeypatch.undo()
    assert len(items(api)) == 3


@pytest.mark.django_db(transaction=True)
class TestWhoGoesAway:
    """A client that takes a part of the list and leaves."""

    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch):
        monkeypatch.setattr(listing, "CHUNK", 2)

    def cursors(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_cursors" if connection.vendor == "postgresql" else "SELECT 0")
            return cursor.fetchone()[0]

    def assert_nothing_is_open(self):
        assert not connection.in_atomic_block
        assert self.cursors() == 0
        if connection.vendor == "postgresql":
            connection.ensure_connection()
            assert connection.connection.info.transaction_status.name == "IDLE"

    @pytest.mark.parametrize("taken", [0, 1, 2])
    def test_leaves_neither_a_cursor_nor_a_transaction(self, api, project, taken):
        make_many(project, 9)
        response = api.get(TASKS)
        pieces = iter(response.streaming_content)
        for _ in range(taken):
            next(pieces)
            self.assert_nothing_is_open()  # while the client reads what it was sent
        response.close()
        self.assert_nothing_is_open()
        assert api.patch(f"{TASKS}/{Task.objects.first().pk}", {"billable": False}).status_code == 200

    def test_what_is_taken_to_its_end_leaves_nothing_either(self, api, project):
        make_many(project, 5)
        assert len(items(api)) == 5
        self.assert_nothing_is_open()

    def test_what_breaks_on_the_way_is_logged_by_its_request_and_leaves_nothing(
        self, api, project, monkeypatch, caplog
    ):
        make_many(project, 5)
        response = api.get(TASKS, headers={"X-Request-ID": "job-7"})
        pieces = iter(response.streaming_content)
        next(pieces)

        def fail(*args):
            raise DatabaseError

        monkeypatch.setattr(wire, "shown_of", fail)
        with pytest.raises(DatabaseError):
            next(pieces)
        self.assert_nothing_is_open()
        assert [record for record in caplog.records if record.exc_info and "broke off" in record.getMessage()]
        response.close()

    def test_what_is_made_while_a_list_is_sent_is_not_in_it_and_what_is_deleted_is_left_out(self, api, project):
        make_many(project, 7)
        response = api.get(TASKS)
        pieces = iter(response.streaming_content)
        received = [next(pieces)]
        make_many(project, 3)
        Task.objects.filter(name__in=["t2", "t3", "t4"]).delete()  # a whole chunk, and a part of one
        received += pieces
        response.close()
        assert [item["name"] for item in json.loads(b"".join(received))["items"]] == ["t0", "t1", "t5", "t6"]

    @pytest.mark.parametrize("gone", [["t0"], ["t1"], ["t0", "t1"], ["t0", "t1", "t2", "t3", "t4", "t5", "t6"]])
    def test_what_is_deleted_before_the_first_chunk_is_read_ends_no_list(self, api, project, monkeypatch, gone):
        make_many(project, 7)
        original = rows.numbers_of

        def and_then(*args):
            numbers = original(*args)
            Task.objects.filter(name__in=gone).delete()
            return numbers

        monkeypatch.setattr(rows, "numbers_of", and_then)
        assert names(api) == [f"t{n}" for n in range(7) if f"t{n}" not in gone]


@postgresql_alone
def test_a_list_may_take_longer_than_other_statements(api, project, monkeypatch):
    seen = []
    original = rows.numbers_of

    def looking(*args):
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            seen.append(cursor.fetchone()[0])
        return original(*args)

    monkeypatch.setattr(rows, "numbers_of", looking)
    assert api.get(TASKS).status_code == 200
    assert seen == ["1min"]


@postgresql_alone
@pytest.mark.django_db(transaction=True)
def test_its_patience_ends_with_the_list(api):
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()
        assert api.get(TASKS).status_code == 200
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == before


def test_a_head_reads_no_tasks(api, project, fetched):
    make_many(project, 3)
    response = api.request("HEAD", TASKS)
    assert (response.status_code, response.content, fetched) == (200, b"", [])
    assert api.request("HEAD", f"{TASKS}?sort=nothing").status_code == 422


def test_a_thousand_tasks_are_written_quickly(project, admin):
    """Not a benchmark: it fails where a statement or a look-up a row comes in."""
    make_many(project, 1000)
    started = datetime.datetime.now()
    assert len(items(admin)) == 1000
    assert datetime.datetime.now() - started < datetime.timedelta(seconds=2)


def test_an_organization_key_reads_all_projects_in_chunks(admin, project, other_project, monkeypatch, make_key):
    monkeypatch.setattr(listing, "CHUNK", 2)
    for place in (project, other_project):
        make_many(place, 3)
    assert names(admin) == ["t0", "t1", "t2"] * 2
    assert len(items(Api(make_key(other_project, Scope.ACCESS_TASKS)))) == 3
