"""What no client in the process can show: odd requests on a real connection to the real server."""

import http.client
import select
import socket
from contextlib import closing, suppress
from json import dumps, loads

import pytest

BASE = "/api/demo/demo/tasks"
UNTIL_REFUSED = 0.2  # seconds: time enough for an answer that does not wait for the body


@pytest.fixture
def connection(server):
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)) as connection:
        yield connection


@pytest.fixture
def ask(server, connection):
    """A request on the one connection, which stays open; status, headers and JSON of the answer."""

    def _ask(method, path, body=None, **headers):
        sent = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json", **headers}
        connection.request(method, path, body, {name.replace("_", "-"): text for name, text in sent.items()})
        response = connection.getresponse()
        raw = response.read()
        return response.status, response.headers, loads(raw) if raw else None

    return _ask


def raw(server, request):
    """The first line of what the server says to these bytes; empty where it hangs up."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as connection:
        with suppress(ConnectionError):  # it need not hear all of what it refuses
            connection.sendall(request)
        return connection.makefile("rb").readline().decode()


def head(server, method, path, *lines):
    """The head of a request with a key; `lines` are further headers."""
    first = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {server.key}"]
    return "\r\n".join([*first, "Content-Type: application/json", *lines, "", ""]).encode()


def test_a_body_may_come_in_chunks(server):
    task = server.request("POST", BASE, {"name": "export"}).json()
    path = f"{BASE}/{task['id']}"
    for method, where, status in (("PATCH", path, "200"), ("PUT", path, "200"), ("POST", BASE, "201")):
        chunks = b'9\r\n{"name": \r\na\r\n"chunked"}\r\n0\r\n\r\n'
        assert raw(server, head(server, method, where, "Transfer-Encoding: chunked") + chunks).split()[1] == status
    assert server.request("GET", path).json()["name"] == "chunked"


def test_a_connection_serves_many_requests_refused_ones_among_them(ask):
    status, _, task = ask("POST", BASE, dumps({"name": "export"}))
    assert status == 201
    path = f"{BASE}/{task['id']}"
    for method, url, body, expected in (
        ("POST", BASE, "{", 400),
        ("HEAD", path, None, 200),
        ("POST", path, dumps({"value": 7}), 200),
        ("GET", "/api/nowhere", None, 404),
        ("OPTIONS", path, None, 200),
        ("PATCH", BASE, "{}", 405),
        ("DELETE", path, None, 204),
    ):
        assert ask(method, url, body)[0] == expected, (method, url)
    assert ask("GET", path)[2]["value"] == 7


@pytest.mark.parametrize(
    ("request_line", "status"),
    [(("PATCH", BASE), 405), (("POST", "/api/nowhere"), 404), (("POST", "/api/globex/web/tasks"), 404)],
    ids=["no such method", "no such path", "no such project"],
)
def test_who_is_refused_by_his_head_may_still_send_his_body_and_go_on(server, request_line, status):
    refused, asked = head(server, *request_line, "Content-Length: 2"), head(server, "GET", BASE)
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=10)) as connection:
        connection.sendall(refused)
        select.select([connection], [], [], UNTIL_REFUSED)
        connection.sendall(b"{}")
        for request, expected in ((b"", status), (asked, 200)):
            connection.sendall(request)
            with closing(http.client.HTTPResponse(connection)) as response:
                response.begin()
                assert response.status == expected
                response.read()


@pytest.mark.parametrize("size", [4_194_305, 5_000_000, 20_000_000])
def test_a_body_over_the_limit_is_told_so(server, size):
    request = head(server, "POST", BASE, f"Content-Length: {size}") + b"x" * size
    assert raw(server, request).split()[1] == "413"


def test_every_answer_says_how_long_it_is(ask):
    for method, path in (("GET", BASE), ("GET", "/api/nowhere"), ("POST", BASE), ("GET", "/healthz")):
        _, headers, _ = ask(method, path)
        assert headers["Content-Length"].isdigit()
        assert headers["Transfer-Encoding"] is None
        assert headers["X-Request-ID"]


@pytest.mark.parametrize(
    "path", [f"{BASE}/%00", "/api/demo/de%00mo/tasks", "/api/d%00/demo/tasks", f"{BASE}/%FF%FE", f"{BASE}/%F0%9F%A6%A1"]
)
def test_bytes_in_a_path_lead_nowhere(ask, path):
    status, _, body = ask("GET", path)
    assert (status, body["errors"][0]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "request_line",
    [
        pytest.param(b"GET /api/ HTTP/9.9\r\n\r\n", id="unknown version"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS"),
        pytest.param(b"GET /api/\x00 HTTP/1.1\r\nHost: x\r\n\r\n", id="raw NUL"),
        pytest.param(b"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", id="negative length"),
        pytest.param(b"POST /api/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", id="lengths"),
        pytest.param(b"GET /api/ HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n", id="megabyte of header"),
    ],
)
def test_what_is_no_http_is_turned_away_and_the_server_goes_on(server, request_line):
    try:
        said = raw(server, request_line)
    except ConnectionError:
        said = ""
    assert said == "" or said.split()[1].startswith("4"), said
    assert server.request("GET", "/healthz").status == 200
