"""Who listens, and for how long: clients that read slowly, signs of life, and places that only move forward."""

import asyncio

import pytest
from django.db import OperationalError

from events import hub
from events.catching_up import Page
from events.grants import Grant
from events.hub import Hub
from events.listener import MAX_QUEUE, Listener
from events.pending import Pending
from events.positions import Position
from events.reading import Change
from events.rounds import News, Told
from events.wishes import Wish
from tasks.wire import Place

PROJECT = 7
WISH = Wish(PROJECT, Place("acme", "web", "", ""), (), frozenset(), None, False)
GRANT = Grant((PROJECT, "web", 1, "acme"), 1, None, "", "")


def at(change, number=0, moment=0):
    return Position((0, change), number, moment)


def listening(position=None):
    made = Listener(WISH, GRANT)
    made.position = position
    return made


def queued(one):
    return b"".join(one.queue)


async def read(one, pieces=1):
    """What a client reads that takes so many pieces, and then pauses."""
    taken, stream = b"", one.pieces()
    for _ in range(pieces):
        taken += await anext(stream)
    return taken


@pytest.fixture
def within(monkeypatch):
    """Runs a test's work on a hub whose database says what the test wants, and whose clocks are quick."""
    for name in ("PERIOD", "LOOK_AT_GRANTS", "SIGN_OF_LIFE"):
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


# -- The queue of a listener


async def soon(work):
    async with asyncio.timeout(10):
        await work()


def test_what_is_written_is_sent_in_order_and_the_end_comes_last():
    async def work():
        one = listening()
        one.write(b"a")
        one.write(b"b")
        one.end()
        one.write(b"too late")
        assert [piece async for piece in one.pieces()] == [b"ab"]

    asyncio.run(soon(work))


def test_an_event_of_any_size_is_taken_if_no_other_waits():
    one = listening()
    assert one.has_room_for(10 * MAX_QUEUE)
    one.write(b"x")
    assert one.has_room_for(MAX_QUEUE - 1)
    assert not one.has_room_for(MAX_QUEUE)


def test_a_listener_is_drained_once_all_of_it_is_sent():
    async def work():
        one = listening()
        one.write(b"a")
        assert not one.drained.is_set()
        stream = one.pieces()
        await anext(stream)
        assert not one.drained.is_set()  # it is on its way
        more = asyncio.ensure_future(anext(stream))
        await one.drained.wait()
        assert one.waiting == 0
        more.cancel()

    asyncio.run(soon(work))


def test_a_slow_client_leaves_the_rounds_and_is_told_at_its_own_speed(within):
    async def work(own):
        slow, quick = listening(at(1)), listening(at(1))
        own.listeners[PROJECT] = {slow, quick}
        slow.write(b"x" * MAX_QUEUE)
        events = [Told(b"new", (0, 2), ("error",), [True])]
        answering(own, lambda *_: (_ for _ in ()).throw(ValueError))  # the database: not asked yet
        own.tell(PROJECT, events, {(): 0}, at(2))
        assert own.listeners[PROJECT] == {quick}
        assert (queued(quick), quick.position) == (b"new", at(2))
        assert (len(queued(slow)), slow.position) == (MAX_QUEUE, at(1))
        assert len(own.slow) == 1

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
        await going_on(own.show_life(), lambda: one.queue and other.queue)
        assert queued(one).startswith(b":\nid: %s\n\n" % at(3).encode(PROJECT).encode())
        assert queued(other).startswith(b":\nid: %s\n\n" % at(4).encode(PROJECT).encode())
        assert not behind.queue  # its next page says where it is

    within(work)


def test_whom_nothing_concerns_does_not_fall_behind(within):
    async def work(own):
        one = listening(at(3, moment=1))
        own.listeners[PROJECT] = {one}
        answering(own, lambda _: {PROJECT: News(None, at(3), at(900, moment=2))})
        await own.round()
        assert one.position == at(900, moment=2)

    within(work)


def test_whoever_is_ahead_of_the_rounds_is_not_told_again(within):
    """He has read further, at his own speed, than a round that reads a page of a thousand changes."""

    async def work(own):
        one = listening(at(5))
        own.listeners[PROJECT] = {one}
        for upto, expected in ((3, b""), (6, b"6")):
            changes = [Told(b"%d" % number, (0, number), ("error",), [True]) for number in range(upto - 2, upto + 1)]
            own.tell(PROJECT, changes, {(): 0}, at(upto))
            assert queued(one) == expected
            assert one.position == at(max(upto, 5))

    within(work)


def test_a_round_that_breaks_off_is_told_again_but_for_what_was_told(within):
    """The database goes away between two slices: changes of status that were sent are not sent twice."""

    async def work(own):
        one = listening(at(0))
        own.listeners[PROJECT] = {one}
        changes = {n: Change((0, n), n, PROJECT, "pending", "error", None) for n in (1, 2)}
        parts = [[Pending("status", n, change)] for n, change in changes.items()]
        fails = [True]

        def answer(*given):
            if len(given) == 1:
                own.rounds.mark = (0, 2)
                return {PROJECT: News(None, at(0), at(2), parts)}
            (event,) = given[1]
            if event.number == 2 and fails:
                fails.pop()
                raise OperationalError
            return [Told(b"%d" % event.number, event.change.mark, ("error",), [True])]

        answering(own, answer)
        with pytest.raises(OperationalError):
            await own.round()
        assert (queued(one), one.position, own.rounds.mark) == (b"1", at(1), (0, 0))
        await own.round()
        assert (queued(one), one.position, own.rounds.mark) == (b"12", at(2), (0, 2))

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
            return Page(last, at(last.mark[1] + 1), (), wish.is_lost, wish.is_lost)

        answering(own, answer)
        listens = asyncio.ensure_future(own.listen(one))
        sent = b""
        while b"event: reset" not in sent:
            sent += await read(one)
        await listens
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
        own.lose(one)
        assert not own.everybody

    within(work)
