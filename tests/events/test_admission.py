"""The way from a request's bytes to the API and back."""

import pytest

from events.admission import admit, environment
from taskapi.wsgi import application


def head(*lines):
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def test_a_head_is_read_as_a_web_server_reads_it():
    environ = environment(
        head(
            "GET /api/acme/w%65b/tasks/events?name=a%20b HTTP/1.1",
            "Host: tasks.example.org",
            "Cookie: a=1",
            "X-Two: 1",
            "x-two:  2 ",
            "X_Forwarded_For: 10.0.0.1",
        ),
        "192.0.2.7",
    )
    assert environ["PATH_INFO"] == "/api/acme/web/tasks/events"
    assert environ["QUERY_STRING"] == "name=a%20b"
    assert (environ["HTTP_HOST"], environ["HTTP_COOKIE"], environ["HTTP_X_TWO"]) == ("tasks.example.org", "a=1", "1,2")
    assert environ["REMOTE_ADDR"] == "192.0.2.7"
    assert "HTTP_X_FORWARDED_FOR" not in environ


@pytest.mark.parametrize("lines", [["GET"], ["GET / HTTP/1.1", "no colon"], ["GET /a b HTTP/1.1"]])
def test_what_is_no_head_is_refused(lines):
    assert admit(application, head(*lines), "192.0.2.7").status == 400


@pytest.fixture
def ask(api, project):
    def asked(*lines, path="/api/acme/web/tasks/events", key=None):
        sent = [f"GET {path} HTTP/1.1", "Host: testserver", f"Authorization: Bearer {key or api.key}", *lines]
        return admit(application, head(*sent), "192.0.2.7")

    return asked


@pytest.mark.django_db(transaction=True)
def test_who_may_listen_gets_the_head_of_a_stream(ask, project):
    answer = ask("Accept: text/event-stream")
    text = answer.head.decode().lower()
    assert answer.status == 200
    assert answer.body == b""
    assert "content-type: text/event-stream\r\n" in text
    assert "cache-control: no-store\r\n" in text
    assert "x-accel-buffering: no\r\n" in text
    assert "x-request-id: " in text
    assert "content-length" not in text
    assert answer.ticket.wish.project_id == project.pk
    assert answer.ticket.grant.key_id is not None


@pytest.mark.django_db(transaction=True)
def test_who_may_not_gets_the_envelope(ask):
    answer = ask(key="nonsense")
    assert answer.status == 401
    assert b'"authentication_failed"' in answer.body
    assert f"content-length: {len(answer.body)}" in answer.head.decode().lower()
    assert answer.ticket.wish is None
