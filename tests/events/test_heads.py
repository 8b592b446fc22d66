"""What the edge reads of a request's head, and what it leaves to the web server."""

import pytest

from events.heads import IN_CHUNKS, OWN_PATHS, head_of

EVENTS = b"GET /api/acme/web/tasks/events HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("size", range(len(EVENTS)))
def test_a_head_that_is_not_whole_is_none(size):
    assert head_of(EVENTS[:size]) is None


@pytest.mark.parametrize(
    ("line", "length"),
    [
        pytest.param(b"Accept: */*", 0, id="no body"),
        pytest.param(b"Content-Length: 12", 12, id="a body"),
        pytest.param(b"CONTENT-LENGTH:\t12 ", 12, id="in capitals"),
        pytest.param(b"X-Content-Length: 12", 0, id="another header"),
        pytest.param(b"Transfer-Encoding: chunked", IN_CHUNKS, id="chunks"),
        pytest.param(b"Content-Length: 12\r\ntransfer-encoding: chunked", IN_CHUNKS, id="both"),
        pytest.param(b"Content-Length: -1", IN_CHUNKS, id="a length that is none"),
        pytest.param(b"Content-Length: 99999999999999999999", IN_CHUNKS, id="a length beyond all lengths"),
    ],
)
def test_the_length_of_a_body(line, length):
    head = b"POST /api/acme/web/tasks HTTP/1.1\r\n" + line + b"\r\n\r\n"
    assert head_of(head + b"{}") == (len(head), length, False, True)


@pytest.mark.parametrize("line", [b"X: 1\nContent-Length: 12", b"X: 1\n", b"\nX: 1", b"X: 1\n\nGET / HTTP/1.1"])
def test_line_feeds_alone_make_no_head(line):
    head = head_of(b"POST /api/acme/web/tasks HTTP/1.1\r\n" + line + b"\r\n\r\n")
    assert head is not None
    assert not head.is_plain


@pytest.mark.parametrize(
    ("line", "asks"),
    [
        (b"GET /api/acme/web/tasks/events HTTP/1.1", True),
        (b"GET /api/acme/web/tasks/events/ HTTP/1.1", True),
        (b"GET /api/acme/web/tasks/events?status=error HTTP/1.1", True),
        (b"GET /api/acme/web/tasks/eventsx HTTP/1.1", False),
        (b"GET /api/acme/web/tasks/events/x HTTP/1.1", False),
        (b"GET /api/acme/web/tasks?x=/api/acme/web/tasks/events HTTP/1.1", False),
        (b"GET /api/v0/web/tasks/events HTTP/1.1", False),
        (b"HEAD /api/acme/web/tasks/events HTTP/1.1", False),
        (b"POST /api/acme/web/tasks/events HTTP/1.1", False),
    ],
)
def test_which_requests_ask_for_events(line, asks):
    head = head_of(line + b"\r\nHost: x\r\n\r\n")
    assert head is not None
    assert head.asks_for_events == asks


@pytest.mark.parametrize(
    ("line", "is_own"),
    [
        (b"GET /api/acme/web/tasks/events HTTP/1.1", True),
        (b"POST /api/acme/web/tasks/events?x=1 HTTP/1.1", True),
        (b"GET /healthz HTTP/1.1", True),
        (b"GET /readyz/ HTTP/1.1", True),
        (b"GET /metrics HTTP/1.1", False),
        (b"GET /api/acme/web/tasks HTTP/1.1", False),
    ],
)
def test_what_a_process_of_streams_alone_answers(line, is_own):
    assert bool(OWN_PATHS.match(line)) == is_own
