"""Shares: how many threads a destination may hold."""

import pytest

from integrations import shares as module
from integrations.shares import SLOW, STRIKES, Destination, Pace, Shares

HANGS = SLOW + 12


def at(organization=1, channel=1, host=""):
    return Destination(organization, channel, host)


def taken(shares, *destinations):
    """How many threads each gets, if all take what they can in this order."""
    counts = []
    for destination in destinations:
        counts.append(0)
        while shares.free and shares.room(destination):
            shares.take(destination)
            counts[-1] += 1
    return counts


def ended(shares, destination, *, seconds=0.1, is_delivered=True, times=1):
    """Attempts that it had made; returns the shares."""
    for _ in range(times):
        shares.take(destination)
        shares.give_back(destination, is_delivered=is_delivered, seconds=seconds)
    return shares


def knowing(*destinations, threads=16, **attempt):
    """Shares that have seen an attempt of each."""
    shares = Shares(threads)
    for destination in destinations:
        ended(shares, destination, **attempt)
    return shares


MANY = [at(channel=number) for number in range(1, 61)]
HOSTS = [at(channel=number, host=f"{number}.example") for number in range(1, 61)]
ONE_HOST = [at(channel=number, host="one.example") for number in range(1, 61)]


@pytest.mark.parametrize(
    ("shares", "destinations", "expected"),
    [
        pytest.param(knowing(at()), [at()], [8], id="a prompt channel gets half"),
        pytest.param(knowing(*MANY), MANY[:3], [8, 4, 0], id="its organization three quarters"),
        pytest.param(
            knowing(at(), at(2)), [at(), at(2), at(3)], [8, 8, 0], id="two of two organizations all there are"
        ),
        pytest.param(knowing(*ONE_HOST), ONE_HOST[:2], [8, 0], id="a host half, behind however many channels"),
        pytest.param(
            knowing(at(1, 1, "x"), at(2, 1, "x"), at(3, 1, "y")),
            [at(1, 1, "x"), at(2, 1, "x"), at(3, 1, "y")],
            [8, 0, 8],
            id="a host half, of however many organizations",
        ),
        pytest.param(Shares(16), [at()], [2], id="a new channel gets an eighth"),
        pytest.param(Shares(16), MANY, [2, 2, 1, *[0] * 57], id="new channels of one organization leave the most"),
        pytest.param(Shares(16), HOSTS, [2, 2, 1, *[0] * 57], id="to different hosts as well"),
        pytest.param(
            Shares(16), [*MANY, at(2), at(3), at(4), at(5)], [2, 2, 1, *[0] * 57, 2, 2, 2, 1], id="and others get some"
        ),
        pytest.param(
            knowing(at(9), threads=16), [*(at(one) for one in range(1, 9)), at(9)], [2, 2, 2, 2, 2, 1, 1, 0, 4],
            id="new ones of many organizations leave a quarter to the prompt",
        ),
        pytest.param(knowing(at(), seconds=HANGS), [at()], [1], id="a slow channel gets a single thread"),
        pytest.param(
            knowing(at(), seconds=0.1, is_delivered=False, times=STRIKES), [at()], [1], id="one that only fails as well"
        ),
        pytest.param(
            knowing(at(), seconds=0.1, is_delivered=False, times=STRIKES - 1), [at()], [8], id="fewer failures are free"
        ),
        pytest.param(knowing(*MANY, seconds=HANGS), MANY, [1, 1, *[0] * 58], id="slow ones of one organization two"),
        pytest.param(
            knowing(*(at(one) for one in range(1, 9)), seconds=HANGS),
            [*(at(one) for one in range(1, 9)), at(9)],
            [1, 1, 1, 1, 0, 0, 0, 0, 2],
            id="all slow ones together a quarter, and a new one is not kept",
        ),
        pytest.param(knowing(MANY[0], seconds=HANGS), MANY, [1, 1, *[0] * 58], id="after a slow one, new ones too"),
        pytest.param(
            ended(knowing(MANY[0], seconds=HANGS), MANY[1]), MANY[1:4], [8, 2, 2], id="until one of them is prompt"
        ),
        pytest.param(
            ended(knowing(*ONE_HOST), ONE_HOST[7], seconds=HANGS, times=STRIKES),
            ONE_HOST,
            [1, 1, *[0] * 58],
            id="a host that became slow is slow for all channels",
        ),
        pytest.param(
            ended(knowing(*ONE_HOST), at(2, 1, "one.example"), seconds=HANGS, times=STRIKES),
            ONE_HOST[:1],
            [8],
            id="but not for what another organization made of it",
        ),
        pytest.param(ended(knowing(at(), seconds=HANGS), at()), [at()], [8], id="a prompt answer brings it back"),
        pytest.param(
            ended(knowing(at(), is_delivered=False, times=STRIKES), at()), [at()], [8], id="a success brings it back"
        ),
        pytest.param(Shares(1), [at(), at(2)], [1, 0], id="a single thread is enough to send"),
        pytest.param(knowing(at(), threads=1, seconds=HANGS), [at(), at(2)], [1, 0], id="to what is slow, too"),
        pytest.param(knowing(at(), threads=2, seconds=HANGS), [at(), at(2)], [1, 0], id="one of two stays for others"),
        pytest.param(knowing(at(2), threads=2), [at(), at(2)], [1, 1], id="which gets it"),
        pytest.param(Shares(4), [at(), at(1, 2), at(1, 3), at(2)], [1, 1, 0, 1], id="four"),
    ],
)  # fmt: skip
def test_who_gets_how_many(shares, destinations, expected):
    assert taken(shares.copy(), *destinations) == expected


def test_a_receiver_that_always_needs_long_counts_as_slow_though_it_takes_all():
    shares = Shares(16)
    for _ in range(3):
        assert shares.room(at()) == (1 if shares.pace(at()) is Pace.SLOW else 2)
        ended(shares, at(), seconds=14)
    assert shares.pace(at()) is Pace.SLOW


def test_a_thread_that_is_given_back_can_be_taken_again():
    shares = knowing(at())
    assert taken(shares, at()) == [8]
    shares.give_back(at(), is_delivered=True, seconds=0.1)
    assert shares.room(at()) == 1


def test_one_that_dies_with_many_threads_in_hand_gets_no_more():
    shares = knowing(at())
    taken(shares, at())
    shares.give_back(at(), is_delivered=False, seconds=HANGS)
    assert (shares.held[at()], shares.room(at())) == (7, 0)


def test_nowhere_needs_no_thread():
    shares = Shares(2)
    for _ in range(10):
        shares.take(None)
    shares.give_back(None, is_delivered=False, seconds=0)
    assert shares.free == 2


def test_what_is_late_gives_its_place_to_others_and_gets_no_more():
    shares = knowing(at(), threads=8)
    assert taken(shares, at(), at(2)) == [4, 1]
    assert [shares.let_be_late(at()) for _ in range(4)] == [True] * 4
    assert (shares.free, shares.room(at()), shares.pace(at())) == (7, 0, Pace.SLOW)
    assert shares.pace(at(1, 2)) is Pace.SLOW  # new, and of the same organization
    assert taken(shares, at(3), at(4), at(5), at(6)) == [1, 1, 1, 1]


def test_no_more_are_late_than_there_are_threads():
    shares = knowing(at(), at(2), threads=4)
    taken(shares, at(), at(2))
    assert [shares.let_be_late(one) for one in (at(), at(), at(2), at(2))] == [True] * 4
    taken(shares, at(3))
    assert not shares.let_be_late(at(3))
    assert shares.held.total() + shares.late.total() == 5
    shares.give_back(at(), is_delivered=True, seconds=HANGS, is_late=True)
    assert shares.let_be_late(at(3))


def test_however_many_never_answer_a_new_organization_gets_a_thread_once_they_are_late():
    shares, dead = Shares(16), [at(one, channel) for one in range(1, 15) for channel in range(60)]
    first = sum(taken(shares, *dead))
    assert first == shares.most
    for destination in list(shares.held.elements()):
        assert shares.let_be_late(destination)
    assert taken(shares, at(100)) == [2]


def test_what_is_known_is_bounded(monkeypatch):
    monkeypatch.setattr(module, "MOST_KNOWN", 10)
    shares = knowing(*HOSTS, seconds=HANGS)
    assert {len(shares.slow_in_a_row), len(shares.failures), len(shares.slow_at)} == {10}
    assert shares.pace(HOSTS[-1]) is Pace.SLOW


def test_a_copy_leaves_the_original_as_it_is():
    shares = knowing(at())
    copy = shares.copy()
    assert taken(copy, at(), at(2)) == [8, 2]
    copy.let_be_late(at())
    assert (shares.room(at()), shares.free, shares.late.total()) == (8, 16, 0)
