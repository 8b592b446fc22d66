"""What a request sees of a database that goes away and comes back."""

import psycopg
import pytest
from django.db import close_old_connections, connection
from django.db.utils import OperationalError

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


def test_a_database_that_is_away_is_a_503_that_says_when_to_come_back(api, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("could not connect to server: secret-host")

    monkeypatch.setattr("tasks.statements.fetch", away)
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
