"""What a request sees of a database that goes away and comes back."""

import psycopg
import pytest
from django.db import close_old_connections, connection, transaction
from django.db.utils import InterfaceError, OperationalError, ProgrammingError

postgresql_alone = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's connections")


@postgresql_alone
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_closed_is_replaced_before_it_is_used(api):
    assert api.get("tasks").status_code == 200
    terminate(connection.connection.info.backend_pid)
    close_old_connections()  # what begins a request of a server; the test client leaves it out
    assert api.get("tasks").status_code == 200


@postgresql_alone
@pytest.mark.django_db(transaction=True)
def test_a_live_connection_is_not_asked_whether_it_lives(api, django_assert_num_queries):
    api.get("tasks")
    before = connection.connection.info.backend_pid
    close_old_connections()
    with django_assert_num_queries(1):
        api.get("tasks")
    assert connection.connection.info.backend_pid == before


@postgresql_alone
@pytest.mark.django_db(transaction=True)
class TestCursors:
    """A cursor is used again and again, and nobody may notice."""

    def test_one_that_is_done_with_is_used_again(self):
        with connection.cursor() as first:
            used = first.cursor
        with connection.cursor() as second:
            assert second.cursor is used

    def test_two_at_once_are_two(self):
        connection.cursor().close()  # one to be used again
        with connection.cursor() as outer:
            outer.execute("SELECT n FROM generate_series(1, 3) AS n")
            assert outer.fetchone() == (1,)
            with connection.cursor() as inner:
                inner.execute("SELECT 'inner'")
                assert inner.fetchall() == [("inner",)]
            with connection.cursor() as next_inner:
                next_inner.execute("SELECT 'next'")
                assert outer.fetchall() == [(2,), (3,)]

    def test_one_that_is_closed_gives_and_takes_nothing(self):
        with connection.cursor() as closed:
            closed.execute("SELECT 1")
        with connection.cursor() as other:
            other.execute("SELECT 2")
            with pytest.raises(InterfaceError, match="closed"):
                closed.fetchall()
            with pytest.raises(InterfaceError, match="closed"):
                closed.execute("SELECT 3")
            closed.close()
            assert other.fetchall() == [(2,)]
            with connection.cursor() as third:
                assert third.cursor is not other.cursor

    def test_of_many_rows_none_is_held(self):
        with connection.cursor() as cursor:
            used = cursor.cursor
            cursor.execute("SELECT n FROM generate_series(1, 2) AS n")
        assert used.closed

    def test_after_an_error_it_works(self):
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchall() == [(1,)]

    def test_the_same_statement_takes_values_of_other_types(self):
        sql = "SELECT %s::text"
        for value, shown in ((1, "1"), ("a", "a"), (None, None), (2**40, "1099511627776"), (1, "1")):
            with connection.cursor() as cursor:
                cursor.execute(sql, [value])
                assert cursor.fetchall() == [(shown,)]

    def test_it_does_not_outlive_its_connection(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 2")
            assert cursor.fetchall() == [(2,)]
            connection.close()
            connection.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 3")
            assert cursor.fetchall() == [(3,)]

    def test_one_on_the_servers_side_is_its_own(self):
        with connection.cursor() as cursor:
            used = cursor.cursor
        with transaction.atomic(), connection.chunked_cursor() as chunked:
            chunked.execute("SELECT n FROM generate_series(1, 3) AS n")
            assert chunked.cursor is not used
            assert chunked.fetchall() == [(1,), (2,), (3,)]
        with connection.cursor() as cursor:
            assert cursor.cursor is used


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(api, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("could not connect to server: secret-host")

    monkeypatch.setattr("tasks.list_statements.select", away)
    response = api.get("tasks")
    assert response.status_code == 503
    assert response["Retry-After"] == "1"
    assert response.json() == {
        "type": "server_error",
        "errors": [{"code": "service_unavailable", "detail": "The database did not answer. Try again.", "attr": None}],
    }
    assert b"secret-host" not in response.content


def terminate(backend: int) -> None:
    settings = connection.settings_dict
    parameters = {"host": settings["OPTIONS"].get("host") or settings["HOST"], "port": settings["PORT"] or None}
    with psycopg.connect(dbname="postgres", user=settings["USER"], autocommit=True, **parameters) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
