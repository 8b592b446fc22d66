"""Shares: how many threads a destination may hold."""

from integrations.shares import STRIKES, Shares


def taken(shares, destination):
    """How many threads it gets."""
    count = 0
    while shares.room(destination):
        shares.take(destination)
        count += 1
    return count


def fail(shares, destination, times=STRIKES):
    for _ in range(times):
        shares.take(destination)
        shares.give_back(destination, is_delivered=False)


def test_a_destination_gets_half_of_the_threads():
    shares = Shares(16)
    assert taken(shares, "a") == 8
    assert (shares.room("a"), shares.room("b")) == (0, 8)


def test_a_thread_that_is_given_back_can_be_taken_again():
    shares = Shares(16)
    taken(shares, "a")
    shares.give_back("a", is_delivered=True)
    assert shares.room("a") == 1


def test_a_single_thread_is_enough_to_send():
    assert Shares(1).room("a") == 1


def test_nowhere_needs_no_thread():
    shares = Shares(2)
    for _ in range(10):
        shares.take(None)
    shares.give_back(None, is_delivered=False)
    assert not shares.held
    assert not shares.failures


def test_one_that_always_fails_gets_a_single_thread():
    shares = Shares(16)
    fail(shares, "a")
    assert taken(shares, "a") == 1
    assert taken(shares, "b") == 8


def test_one_that_dies_with_many_threads_in_hand_gets_no_more():
    shares = Shares(16)
    taken(shares, "a")
    for _ in range(STRIKES):
        shares.give_back("a", is_delivered=False)
    assert shares.held["a"] == 3
    assert shares.room("a") == 0


def test_fewer_failures_cost_nothing():
    shares = Shares(16)
    fail(shares, "a", STRIKES - 1)
    assert shares.room("a") == 8


def test_a_success_brings_it_back():
    shares = Shares(16)
    fail(shares, "a")
    shares.take("a")
    shares.give_back("a", is_delivered=True)
    assert shares.room("a") == 8


def test_all_that_are_dead_together_get_half():
    shares = Shares(8)
    graves = [f"grave {number}" for number in range(10)]
    for grave in graves:
        fail(shares, grave)
    assert sum(taken(shares, grave) for grave in graves) == 4
    assert taken(shares, "alive") == 4


def test_a_copy_leaves_the_original_as_it_is():
    shares = Shares(4)
    fail(shares, "b")
    copy = shares.copy()
    assert (taken(copy, "a"), taken(copy, "b")) == (2, 1)
    assert (shares.room("a"), shares.room("b")) == (2, 1)
