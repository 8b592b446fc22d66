"""How a body is read: whole, within its size and its time, or refused."""

import asyncio

import pytest

from taskapi.server import request_body
from taskapi.server.request_body import MOST_PARTS, Bodies, BodyRefused, announced, time_for

LIMIT = 20_000
NEVER = object()


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ([], 0),
        ([(b"host", b"x"), (b"content-length", b"12")], 12),
        ([(b"content-length", b"0")], 0),
        ([(b"transfer-encoding", b"chunked")], None),
        ([(b"content-length", b"12"), (b"transfer-encoding", b"chunked")], None),
    ],
)
def test_how_long_a_body_says_it_is(headers, length):
    assert announced(headers) == length


def receiving(*parts):
    """A client that sends these parts; `NEVER`: it sends nothing more, None: it hangs up."""
    left = list(parts)

    async def receive():
        part = left.pop(0)
        if part is NEVER:
            await asyncio.get_running_loop().create_future()
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    return receive


def read(bodies, length, *parts):
    return asyncio.run(bodies.read(receiving(*parts), length))


@pytest.mark.parametrize(
    ("length", "parts"),
    [
        pytest.param(3, [b"abc"], id="one piece"),
        pytest.param(3, [b"a", b"bc"], id="two pieces"),
        pytest.param(3, [b"abc", NEVER], id="nothing is waited for behind its end"),
        pytest.param(None, [b"a", b"bc", b""], id="chunks"),
        pytest.param(LIMIT, [b"x" * LIMIT], id="at the limit"),
        pytest.param(None, [b"x" * LIMIT, b""], id="chunks at the limit"),
    ],
)
def test_a_body_is_read_whole(length, parts):
    bodies = Bodies(LIMIT)
    body = read(bodies, length, *parts)
    assert body == b"".join(part for part in parts if part is not NEVER)
    assert bodies.held == len(body)
    bodies.release(body)
    assert bodies.held == 0


@pytest.mark.parametrize(
    ("length", "parts", "status"),
    [
        pytest.param(LIMIT + 1, [NEVER], 413, id="announced over the limit: not even begun"),
        pytest.param(None, [b"x" * LIMIT, b"x", NEVER], 413, id="chunks over the limit"),
        pytest.param(None, [b"x"] * (MOST_PARTS + 1), 413, id="too many chunks"),
        pytest.param(10, [b"x", None], 400, id="broken off"),
        pytest.param(None, [b"x", None], 400, id="chunks broken off"),
        pytest.param(10, [None], 400, id="nothing came"),
        pytest.param(10, [b"x", NEVER], 408, id="stopped"),
        pytest.param(None, [NEVER], 408, id="never began"),
    ],
)
def test_a_body_is_refused_and_holds_nothing(monkeypatch, length, parts, status):
    monkeypatch.setattr(request_body, "WITHIN", 0.01)
    bodies = Bodies(LIMIT)
    with pytest.raises(BodyRefused) as refused:
        read(bodies, length, *parts)
    assert refused.value.error.status_code == status
    assert bodies.held == 0


@pytest.mark.parametrize(
    ("size", "seconds"),
    [(0, 10), (1024 * 1024, 10), (1024 * 1024 + 100_000, 11), (4 * 1024 * 1024, 10 + 3 * 1024 * 1024 / 100_000)],
)
def test_the_first_megabyte_has_ten_seconds_and_the_rest_a_rate(size, seconds):
    assert time_for(size) == pytest.approx(seconds)


def test_a_body_that_is_fast_enough_gets_more_time(monkeypatch):
    monkeypatch.setattr(request_body, "FIRST", 10)
    monkeypatch.setattr(request_body, "WITHIN", 0.0)
    monkeypatch.setattr(request_body, "RATE", 0.001)
    assert len(read(Bodies(LIMIT), None, b"x" * 11, b"x" * 5, b"")) == 16


@pytest.mark.parametrize(("size", "is_read"), [(5, True), (6, False)])
def test_small_bodies_are_read_even_if_large_ones_hold_the_shared_memory(monkeypatch, size, is_read):
    monkeypatch.setattr(request_body, "SHARED", 100)
    monkeypatch.setattr(request_body, "SMALL", 5)
    bodies = Bodies(LIMIT)
    bodies.held = 100
    if is_read:
        assert read(bodies, size, b"x" * size) == b"x" * size
        return
    with pytest.raises(BodyRefused) as refused:
        read(bodies, size, b"x" * size)
    assert (refused.value.error.status_code, bodies.held) == (503, 100)
