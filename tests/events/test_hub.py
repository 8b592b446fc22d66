"""Who listens, and for how long: readers that stop reading, signs of life, and places that only move forward."""

import asyncio

import pytest

from events import hub, listener
from events.catching_up import Page
from events.grants import Grant
from events.hub import Hub
from events.listener import Listener
from events.positions import Position
from events.rounds import Told
from events.wishes import Wish
from tasks.wire import Place

PROJECT = 7
WISH = Wish(PROJECT, Place("acme", "web", "", ""), (), frozenset(), None, False)
GRANT = Grant((PROJECT, "web", 1, "acme"), 1, None, "", "")


class Transport:
    """Keeps what is sent; `waiting` bytes of it have not gone out."""

    def __init__(self, waiting=0):
        self.sent, self.waiting, self.ended = b"", waiting, ""

    def write(self, data):
        self.sent += data

    def get_write_buffer_size(self):
        return self.waiting

    def close(self):
        self.ended = self.ended or "closed"

    def abort(self):
        self.ended = "aborted"


def at(change, number=0, moment=0):
    return Position((0, change), number, moment)


def listening(position=None, **fields):
    made = Listener(Transport(**fields), WISH, GRANT)
    made.position = position
    return made


@pytest.fixture
def within(monkeypatch):
    """Runs a test's work on a hub whose database says what the test wants, and whose clocks are quick."""
    for name in ("PERIOD", "LOOK_AT_GRANTS", "LOOK_AT_READERS", "SIGN_OF_LIFE"):
        monkeypatch.setattr(hub, name, 0.001)

    def run(work):
        async def whole():
            own = Hub()
            try:
                async with asyncio.timeout(10):
                    await work(own)
            finally:
                own.thread.shutdown()

        asyncio.run(whole())

    return run


async def until(condition):
    while not condition():
        await asyncio.sleep(0.001)


async def going_on(work, condition):
    task = asyncio.create_task(work)
    await until(condition)
    task.cancel()


def answering(own, answer):
    async def ask(question, *given):
        return answer(*given)

    own.ask = ask


# -- Readers


def test_whoever_reads_something_is_let_be():
    one = listening(waiting=1000)
    one.written = 1000
    assert not one.has_stopped_reading(100.0)
    assert not one.has_stopped_reading(120.0)
    one.transport.waiting = 999
    assert not one.has_stopped_reading(140.0)
    one.written, one.transport.waiting = 2000, 1999  # more was sent; none of it is read
    assert not one.has_stopped_reading(160.0)
    assert one.has_stopped_reading(160.1)


def test_whoever_has_nothing_to_read_is_let_be():
    one = listening()
    for now in (0.0, 100.0, 200.0):
        assert not one.has_stopped_reading(now)


def test_whoever_reads_nothing_is_let_go_of_wherever_he_is(within, monkeypatch):
    monkeypatch.setattr(listener, "READS_WITHIN", 0.0)

    async def work(own):
        told, behind, well = listening(waiting=5), listening(waiting=5), listening()
        own.everybody = {told, behind, well}
        own.listeners[PROJECT] = {told, well}
        await going_on(own.watch_readers(), lambda: told.transport.ended and behind.transport.ended)
        assert (told.transport.ended, behind.transport.ended, well.transport.ended) == ("aborted", "aborted", "")

    within(work)


def test_an_end_that_is_not_read_is_an_end_all_the_same(within, monkeypatch):
    """Else the process could not stop before its time is up."""
    monkeypatch.setattr(listener, "ENDS_WITHIN", 0.01)

    async def work(own):
        one = listening(waiting=5)
        one.end()
        assert one.transport.ended == "closed"
        await until(lambda: one.transport.ended == "aborted")

    within(work)


# -- Rights


def test_whoever_may_no_more_is_sent_away_though_he_is_behind(within, monkeypatch):
    async def work(own):
        behind = listening()
        own.everybody = {behind}
        answering(own, lambda grants: grants)
        await going_on(own.watch_grants(), lambda: behind.is_gone)

    within(work)


# -- Signs of life


def test_a_sign_of_life_tells_where_the_listener_is(within):
    async def work(own):
        one, other, behind = listening(at(3)), listening(at(4)), listening(at(1))
        own.listeners[PROJECT] = {one, other}
        own.everybody = {one, other, behind}
        await going_on(own.show_life(), lambda: one.transport.sent and other.transport.sent)
        assert one.transport.sent.startswith(b":\nid: %s\n\n" % at(3).encode(PROJECT).encode())
        assert other.transport.sent.startswith(b":\nid: %s\n\n" % at(4).encode(PROJECT).encode())
        assert behind.transport.sent == b""  # its next page says where it is

    within(work)


def test_whom_nothing_concerns_does_not_fall_behind(within):
    async def work(own):
        one = listening(at(3, moment=1))
        own.listeners[PROJECT] = {one}
        own.rounds.position = at(900, moment=2)
        answering(own, lambda _: {PROJECT: []})
        await own.round()
        assert one.position == at(900, moment=2)

    within(work)


def test_whoever_is_ahead_of_the_rounds_is_not_told_again(within):
    """He has read further, at his own speed, than a round that reads a page of a thousand changes."""

    async def work(own):
        one = listening(at(5))
        own.listeners[PROJECT] = {one}
        for upto, expected in ((3, b""), (6, b"6")):
            own.rounds.position = at(upto)
            changes = [Told(b"%d" % number, (0, number), ("error",), [True]) for number in range(upto - 2, upto + 1)]
            answering(own, lambda _, changes=changes: {PROJECT: changes})
            await own.round()
            assert one.transport.sent == expected

    within(work)


# -- Catching up


def test_whoever_is_too_far_behind_begins_anew(within, monkeypatch):
    monkeypatch.setattr(hub, "MAX_PAGES", 3)

    async def work(own):
        one, asked = listening(at(1)), []

        def answer(*given):
            if not given:
                return None
            wish, last, _ = given
            asked.append((wish.is_lost, last.mark[1]))
            return Page([b"reset" if wish.is_lost else b"page "], at(last.mark[1] + 1), wish.is_lost)

        answering(own, answer)
        await own.listen(one)
        assert one.transport.sent == b"page page page reset"
        assert asked == [(False, 1), (False, 2), (False, 3), (True, 4)]
        assert one in own.listeners[PROJECT]

    within(work)


def test_a_mistake_ends_a_stream_and_leaves_nobody_in_silence(within):
    async def work(own):
        one = listening()

        def answer(*_):
            raise ValueError

        answering(own, answer)
        await own.listen(one)
        assert one.is_gone
        assert one.transport.ended == "closed"
        own.lose(one)
        assert not own.everybody

    within(work)
