"""The edge passes on what is none of its own, byte for byte: requests of every kind, by raw sockets."""

import json
import secrets
import socket
from contextlib import suppress
from http.client import HTTPResponse

import pytest

from tests.events.listening import WITHIN, Stream, connect, request

pytestmark = pytest.mark.slow
TASKS = "/api/demo/demo/tasks"


@pytest.fixture
def client(server):
    with connect(server) as client:
        yield client


def answer(client, method="GET"):
    response = HTTPResponse(client, method=method)
    response.begin()
    return response, response.read()


def test_a_connection_serves_many_requests(server, client):
    for number in range(20):
        client.sendall(request(server, "POST", TASKS, body=b'{"name": "kept %d"}' % number))
        response, body = answer(client)
        assert response.status == 201
        client.sendall(request(server, "GET", f"{TASKS}/{json.loads(body)['id']}"))
        assert json.loads(answer(client)[1])["name"] == f"kept {number}"


def test_requests_that_are_sent_together_are_answered_in_their_order(server, client):
    names = [secrets.token_hex(8) for _ in range(20)]
    client.sendall(b"".join(request(server, "POST", TASKS, body=json.dumps({"name": name}).encode()) for name in names))
    reader = client.makefile("rb")
    for name in names:
        length = 0
        while line := reader.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert json.loads(reader.read(length))["name"] == name


def test_a_request_may_come_byte_by_byte(server, client):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in request(server, "POST", TASKS, body=b'{"name": "slow"}'):
        client.sendall(bytes([byte]))
    assert answer(client)[0].status == 201


@pytest.mark.parametrize(
    ("path", "words"),
    [(f"/{TASKS}", "errors"), ("///api/v0/tasks", "message"), ("//v2/tasks", "error"), ("//api/nowhere", "errors")],
)
def test_a_path_with_too_many_slashes_is_told_so_in_the_words_of_its_api(server, client, path, words):
    client.sendall(request(server, "GET", path))
    response, body = answer(client)
    assert response.status == 404
    assert words in json.loads(body)


def test_a_ping_may_come_in_chunks(server, client):
    client.sendall(
        request(server, "POST", "/ping/nothing", "Transfer-Encoding: chunked", key="") + b"2\r\nab\r\n0\r\n\r\n"
    )
    assert answer(client)[0].status == 404


def test_a_large_body_passes(server, client):
    text = "x" * 900_000
    client.sendall(request(server, "POST", TASKS, body=json.dumps({"name": "large", "data": text}).encode()))
    response, body = answer(client)
    assert response.status == 201
    assert json.loads(body)["data"] == text


def test_a_body_that_is_too_large_is_refused(server, client):
    body = json.dumps({"name": "x", "data": "x" * (5 * 1024 * 1024)}).encode()
    with suppress(ConnectionError):  # it is answered before all of it is sent
        client.sendall(request(server, "POST", TASKS, body=body))
    assert answer(client)[0].status == 413


def test_a_body_may_come_in_chunks(server, client):
    head = request(server, "POST", TASKS, "Transfer-Encoding: chunked", "Content-Type: application/json")
    client.sendall(head + b'9\r\n{"name": \r\n8\r\n"parts"}\r\n0\r\n\r\n')
    response, body = answer(client)
    assert (response.status, json.loads(body)["name"]) == (201, "parts")
    client.sendall(request(server, "GET", "/healthz"))
    assert answer(client)[0].status == 200


def test_head_is_answered_without_a_body(server, client):
    client.sendall(request(server, "HEAD", TASKS))
    response, body = answer(client, "HEAD")
    assert (response.status, body) == (200, b"")
    client.sendall(request(server, "GET", "/healthz"))
    assert answer(client)[0].status == 200


def test_whoever_asks_first_whether_to_send_is_told_to(server, client):
    body = b'{"name": "continued"}'
    head = request(server, "POST", TASKS, "Expect: 100-continue", body=body)[: -len(body)]
    client.sendall(head)
    assert client.recv(65536).startswith(b"HTTP/1.1 100 ")
    client.sendall(body)
    assert answer(client)[0].status == 201


def test_an_old_client_is_answered(server, client):
    client.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
    assert answer(client)[0].status == 200
    assert client.recv(1) == b""


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="TLS"),
        pytest.param(b"nonsense\r\n\r\n", id="no request"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", id="a bad length"),
        pytest.param(b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, id="a head too large"),
    ],
)
def test_what_is_no_request_is_answered_and_hung_up_on(client, sent):
    client.sendall(sent)
    assert client.recv(12)[9:10] == b"4"
    while client.recv(65536):
        pass


def test_a_stream_may_follow_other_requests_of_its_connection(server, client):
    client.sendall(request(server, "GET", TASKS))
    assert answer(client)[0].status == 200
    client.sendall(request(server, "GET", f"{TASKS}/events", "Accept: text/event-stream"))
    received = b""
    while b"\nid: " not in received:
        received += client.recv(65536)
    assert received.startswith(b"HTTP/1.1 200 ")
    assert b"text/event-stream" in received


def test_a_stream_that_is_asked_for_behind_another_request_keeps_it_whole(server, client):
    client.sendall(request(server, "GET", TASKS) + request(server, "GET", f"{TASKS}/events"))
    response, _ = answer(client)
    assert (response.status, response.getheader("Content-Type")) == (200, "application/json")


def test_a_client_that_asks_for_it_is_hung_up_on(server, client):
    client.sendall(request(server, "GET", "/healthz", "Connection: close"))
    assert answer(client)[0].status == 200
    assert client.recv(1) == b""


SMUGGLED = b"0;x=y\r\n\r\nGET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def all_of(client):
    received = b""
    with suppress(ConnectionError):
        while data := client.recv(65536):
            received += data
    return received


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("Content-Length: 0\r\nContent-Length: 9", id="two lengths"),
        pytest.param("Transfer-Encoding: identity", id="another encoding"),
        pytest.param("Transfer-Encoding : chunked", id="a blank before the colon"),
        pytest.param("Content-Length:\r\n 4", id="a folded length"),
        pytest.param("X: 1\rContent-Length: 4", id="a carriage return alone"),
        pytest.param("Connection: keep-alive\r\nContent-Length: 0x4", id="a length that is none"),
    ],
)
@pytest.mark.parametrize("path", ["/healthz", TASKS])
def test_no_request_is_smuggled_in_behind_another(server, client, head, path):
    """What follows an unclear end is never answered, though it be asked from where the metrics may be read."""
    client.sendall(request(server, "POST", path, head) + SMUGGLED)
    received = all_of(client)
    assert received.startswith(b"HTTP/1.1 4")
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("path", ["/healthz", TASKS])
def test_a_body_with_a_length_and_in_chunks_is_the_last_of_its_connection(server, client, path):
    """A proxy in front might find its end elsewhere: what follows is never answered."""
    client.sendall(request(server, "POST", path, "Content-Length: 4\r\nTransfer-Encoding: chunked") + SMUGGLED)
    assert all_of(client).count(b"HTTP/1.1 ") == 1


def test_a_line_feed_alone_ends_a_line_and_nothing_else_is_read_into_it(server, client):
    """As RFC 9112, 2.2 allows it: the length behind it counts, so what follows the body is no request."""
    client.sendall(request(server, "POST", TASKS, "X: 1\nContent-Length: 4") + SMUGGLED)
    received = all_of(client)
    assert received.startswith(b"HTTP/1.1 415")
    assert b"taskapi_request" not in received


@pytest.mark.parametrize(
    "line",
    ["GET http://127.0.0.1/healthz HTTP/1.1", "GET /healthz HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c"],
)
def test_what_is_unusual_is_answered_as_ever(client, line):
    for _ in range(2):
        client.sendall(f"{line}\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert answer(client)[0].status == 200


def test_an_old_client_may_keep_its_connection(client):
    for _ in range(2):
        client.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: keep-alive\r\n\r\n")
        assert answer(client)[0].status == 200


@pytest.mark.parametrize(("path", "source"), [(TASKS, "127.0.1.9"), (f"{TASKS}/events", "127.0.2.9")])
def test_failed_keys_are_counted_by_the_address_that_is_really_theirs(server, path, source):
    """Nothing that a caller says of himself gives him another; and others are not made to wait for him."""
    status = 401
    for number in range(400):
        with socket.create_connection(("127.0.0.1", server.port), WITHIN, (source, 0)) as client:
            said = f"127.0.0.{number % 250}"
            lines = [f"X-Forwarded-For: {said}", f"X-Real-IP: {said}", f"Forwarded: for={said}"]
            client.sendall(request(server, "GET", path, *lines, key="nonsense"))
            status = int(client.recv(65536)[9:12])
        if status == 429:
            break
    assert status == 429
    assert number >= 300
    assert server.request("GET", path, key="nonsense").status == 401


def test_the_address_of_a_client_is_its_own(server):
    """Loopback may scrape the metrics; whoever says that he asks for another may not, whatever he makes up."""
    assert server.request("GET", "/metrics", key="").status == 200
    for headers in ({"X-Forwarded-For": "10.0.0.1"}, {"X-Edge": "127.0.0.1", "X-Real-IP": "127.0.0.1"}):
        assert server.request("GET", "/metrics", key="", headers=headers).status == 401


def test_many_may_listen_while_others_are_answered(server):
    streams = [Stream(server).begun() for _ in range(50)]
    try:
        made = server.request("POST", TASKS, {"name": "heard by all"}).json()
        for stream in streams:
            while stream.next("created", within=WITHIN).body["task"]["id"] != made["id"]:
                pass
    finally:
        for stream in streams:
            stream.close()
