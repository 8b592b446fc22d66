"""Ids are drawn before their transactions commit: what is told follows the commits, and nothing slips by."""

import datetime
import itertools
import random
import secrets
from contextlib import ExitStack, suppress

import psycopg
import pytest

from tests.events.listening import Stream

pytestmark = pytest.mark.slow
HELD = 1.5  # seconds in which what must wait must not be told
INSERT = """
    INSERT INTO tasks_statuschange (task_id, old, new, at)
    SELECT number, %s, %s, now() FROM tasks_task WHERE public_id = %s RETURNING id
"""
INSERT_AT = """
    INSERT INTO tasks_statuschange (task_id, old, new, at)
    SELECT number, 'pending', 'processing', %s FROM tasks_task WHERE public_id = %s
"""
ON_WIRE = "%Y-%m-%dT%H:%M:%S.%fZ"
MILLISECOND = datetime.timedelta(milliseconds=1)
WRITERS = 6
STEPS = 8  # between two looks at what is told
LOOKS = 12


@pytest.fixture
def database_url(server):
    url = server._environment["DATABASE_URL"]
    if url.startswith("sqlite"):
        pytest.skip("SQLite's writers come one by one.")
    return url.replace("postgres://", "postgresql://", 1)


@pytest.fixture
def project(server):
    """A project of the test's own, and its key."""
    name = f"demo/p{secrets.token_hex(4)}"
    return name, server.new_key(name, "--create")


@pytest.fixture
def place(server, project):
    name, key = project
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


@pytest.mark.parametrize("attempt", range(2))
def test_transactions_that_end_in_any_order_are_each_told_once(database_url, server, project, place, attempt):
    """Some write much, some are given up, some in part; one listener stays, the other comes back again and again."""
    task, steady = place
    chance = random.Random(attempt)
    moments = iter(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + n * MILLISECOND for n in itertools.count(1))
    expected, told, told_again = [], [], []

    name, key = project
    restless = Stream(server, project=name, key=key, last=steady.last)
    with ExitStack() as stack:
        writers = [stack.enter_context(psycopg.connect(database_url)) for _ in range(WRITERS)]
        written = {writer: [] for writer in writers}
        for _ in range(LOOKS):
            for _ in range(STEPS):
                step(chance, chance.choice(writers), written, task, moments, expected)
            hear(steady, told)
            hear(restless, told_again)
            if chance.random() < 0.5:
                restless.close()
                restless = Stream(server, project=name, key=key, last=restless.last)
        for writer in writers:
            end(writer, written, expected)
    for stream, heard in ((steady, told), (restless, told_again)):
        while len(heard) < len(expected):
            heard.append(stream.next("status").body["at"])
    with pytest.raises(TimeoutError):
        restless.next("status", within=HELD)
    restless.close()
    assert sorted(told) == sorted(expected)
    assert told_again == told


def step(chance, writer, written, task, moments, expected):
    """One of what a client of the database may do."""
    what = chance.random()
    if what < 0.55:
        moment = next(moments)
        writer.execute(INSERT_AT, [moment, task["id"]])
        written[writer].append(moment.strftime(ON_WIRE))
    elif what < 0.7:
        with suppress(ZeroDivisionError), writer.transaction():  # a savepoint, which is given up, or a transaction
            writer.execute(INSERT_AT, [next(moments), task["id"]])
            raise ZeroDivisionError
    elif what < 0.8:
        writer.rollback()
        written[writer].clear()
    else:
        end(writer, written, expected)


def end(writer, written, expected):
    writer.commit()
    expected += written[writer]
    written[writer].clear()


def hear(stream, told):
    with suppress(TimeoutError):
        while True:
            told.append(stream.next("status", within=0.1).body["at"])


def test_a_listener_hears_on_when_the_database_comes_back(database_url, place):
    task, stream = place
    with psycopg.connect(database_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        other.execute(INSERT, ["pending", "processing", task["id"]])
        other.execute(INSERT, ["processing", "success", task["id"]])
    assert [stream.next("status").body["to"] for _ in range(2)] == ["processing", "success"]
    with pytest.raises(TimeoutError):
        stream.next("status", within=HELD)
