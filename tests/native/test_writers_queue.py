"""The writers of a SQLite file wait in a queue of their own, and leave it whatever happens."""

import sys
from contextlib import contextmanager, suppress

import pytest
from django.db import IntegrityError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="There is no queue.")
if sys.platform != "win32":
    import fcntl


@pytest.fixture
def own(tmp_path, django_db_blocker, monkeypatch):
    """A connection to a SQLite file, whatever the tests' database is; and its place in the queue."""
    monkeypatch.setenv("TASKAPI_QUEUE_WRITERS", "1")
    handler = ConnectionHandler(
        {
            "default": {
                "ENGINE": "taskapi.sqlite",
                "NAME": str(tmp_path / "own.sqlite3"),
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;"},
            }
        }
    )
    connection: BaseDatabaseWrapper = handler["default"]
    with django_db_blocker.unblock(), open_queue(connection, tmp_path) as queue:
        yield connection, queue
        connection.close()


@contextmanager
def open_queue(connection, folder):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    with (folder / "own.sqlite3-writers").open("rb") as queue:
        yield queue


def is_free(queue):
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(queue, fcntl.LOCK_UN)
    return True


def run(connection, sql, fetch=True):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if fetch and cursor.description else None


def insert_without_close(connection):
    connection.cursor().execute("INSERT INTO t VALUES (1)")


def insert_twice(connection):
    run(connection, "INSERT INTO t VALUES (1)")
    with suppress(IntegrityError):
        run(connection, "INSERT INTO t VALUES (1)")


def bad_sql(connection):
    with suppress(Exception):
        run(connection, "INSERT INTO nothing VALUES (1)")


def commit(connection):
    connection._start_transaction_under_autocommit()
    run(connection, "INSERT INTO t VALUES (1)")
    connection._commit()


def rollback(connection):
    connection._start_transaction_under_autocommit()
    run(connection, "INSERT INTO t VALUES (1)")
    connection._rollback()


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda connection: run(connection, "INSERT INTO t VALUES (1)"), id="a statement"),
        pytest.param(lambda connection: run(connection, "INSERT INTO t VALUES (1) RETURNING id"), id="with rows"),
        pytest.param(lambda connection: run(connection, "INSERT INTO t VALUES (1) RETURNING id", False), id="unread"),
        pytest.param(insert_without_close, id="its cursor stays open"),
        pytest.param(insert_twice, id="refused"),
        pytest.param(bad_sql, id="no statement"),
        pytest.param(commit, id="a transaction"),
        pytest.param(rollback, id="a transaction that is given up"),
        pytest.param(lambda connection: connection.close(), id="the connection is closed"),
    ],
)
def test_a_writer_leaves_the_queue(own, write):
    connection, queue = own
    write(connection)
    assert is_free(queue)


def test_a_writer_has_its_turn_until_its_transaction_ends(own):
    connection, queue = own
    connection._start_transaction_under_autocommit()
    assert not is_free(queue)
    run(connection, "SELECT 1")
    run(connection, "INSERT INTO t VALUES (1)")
    assert not is_free(queue)
    connection._commit()
    assert is_free(queue)


def test_readers_do_not_wait(own):
    connection, queue = own
    fcntl.flock(queue, fcntl.LOCK_EX)
    assert run(connection, "SELECT count(*) FROM t") == [(0,)]


def test_a_killed_writer_holds_nobody_up(own):
    """Its turn ends with its descriptor."""
    connection, queue = own
    connection._start_transaction_under_autocommit()
    run(connection, "INSERT INTO t VALUES (1)")
    assert not is_free(queue)
    connection.connection.close()
    assert is_free(queue)
