"""Ids are drawn before their transactions commit: what is told follows the commits, and nothing slips by."""

import secrets

import psycopg
import pytest

from tests.events.listening import Stream

pytestmark = pytest.mark.slow
HELD = 1.5  # seconds in which what must wait must not be told
INSERT = """
    INSERT INTO tasks_statuschange (task_id, old, new, at)
    SELECT number, %s, %s, now() FROM tasks_task WHERE public_id = %s RETURNING id
"""


@pytest.fixture
def database_url(server):
    url = server._environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        pytest.skip("SQLite's writers come one by one.")
    return url.replace("postgres://", "postgresql://", 1)


@pytest.fixture
def place(server):
    name = f"demo/p{secrets.token_hex(4)}"
    key = server.new_key(name, "--create")
    task = server.request("POST", f"/api/{name}/tasks", {"name": "export"}, key=key).json()
    with Stream(server, project=name, key=key).begun() as stream:
        yield task, stream


def test_a_lower_id_that_commits_later_is_told_all_the_same(database_url, place):
    task, stream = place
    with psycopg.connect(database_url) as slow, psycopg.connect(database_url) as quick:
        low = slow.execute(INSERT, ["pending", "processing", task["id"]]).fetchone()[0]
        high = quick.execute(INSERT, ["processing", "success", task["id"]]).fetchone()[0]
        assert low < high
        quick.commit()
        with pytest.raises(TimeoutError):
            stream.next("status", within=HELD)
        slow.commit()
        told = [stream.next("status") for _ in range(2)]
        assert [event.body["to"] for event in told] == ["processing", "success"]
    with pytest.raises(TimeoutError):
        stream.next("status", within=HELD)


def test_a_transaction_that_begins_early_and_writes_late_is_waited_for(database_url, place):
    task, stream = place
    with psycopg.connect(database_url) as early, psycopg.connect(database_url) as other:
        early.execute("SELECT pg_current_xact_id()")
        other.execute(INSERT, ["pending", "processing", task["id"]])
        other.commit()
        with pytest.raises(TimeoutError):
            stream.next("status", within=HELD)
        early.execute(INSERT, ["processing", "success", task["id"]])
        early.commit()
        assert {stream.next("status").body["to"] for _ in range(2)} == {"processing", "success"}


def test_what_is_rolled_back_is_never_told(database_url, place):
    task, stream = place
    with psycopg.connect(database_url) as broken, psycopg.connect(database_url) as other:
        broken.execute(INSERT, ["pending", "error", task["id"]])
        other.execute(INSERT, ["pending", "processing", task["id"]])
        other.commit()
        broken.rollback()
        assert stream.next("status").body["to"] == "processing"


def test_another_database_of_the_server_keeps_nobody_waiting(database_url, place):
    task, stream = place
    elsewhere = psycopg.conninfo.make_conninfo(database_url, dbname="postgres")
    with psycopg.connect(elsewhere) as other, psycopg.connect(database_url) as own:
        other.execute("SELECT pg_current_xact_id()")
        own.execute(INSERT, ["pending", "processing", task["id"]])
        own.commit()
        assert stream.next("status", within=2.0).body["to"] == "processing"
        other.rollback()
