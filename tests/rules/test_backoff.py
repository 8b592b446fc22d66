"""Back-off: when a delivery that failed is tried again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.backoff import ATTEMPTS, LONGEST, delay

MINUTE, HOUR = 60, 3600
TABLE = [0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 10 * HOUR]


def middle():
    return 0.5


def test_the_table_is_followed_attempt_by_attempt():
    assert [delay(made, middle) for made in range(8)] == TABLE


def test_after_the_eighth_attempt_it_is_given_up():
    assert ATTEMPTS == 8
    assert [delay(made, middle) for made in (8, 9, 1000)] == [None, None, None]
    assert delay(8, middle, retry_after=60) is None


def test_all_of_it_takes_more_than_a_day():
    assert sum(delay(made, middle) for made in range(8)) == pytest.approx(27.6 * HOUR, rel=0.01)


@given(st.integers(0, 7), st.floats(0, 1))
def test_jitter_moves_a_wait_by_a_fifth_at_most(made, luck):
    wait = delay(made, lambda: luck)
    assert TABLE[made] * 0.8 <= wait <= TABLE[made] * 1.2


def test_jitter_uses_the_whole_range():
    assert delay(1, lambda: 0) == pytest.approx(4)
    assert delay(1, lambda: 1) == pytest.approx(6)


@pytest.mark.parametrize(
    ("made", "asked", "expected"),
    [
        pytest.param(1, 60, 60, id="longer than the table"),
        pytest.param(2, 60, 5 * MINUTE, id="shorter: it asks not to be called before, so the table stands"),
        pytest.param(1, 0, 5, id="at once"),
        pytest.param(1, -7, 5, id="in the past"),
        pytest.param(0, 0.001, 1, id="never sooner than in a second"),
        pytest.param(1, 24 * HOUR, 24 * HOUR, id="a day"),
        pytest.param(1, 24 * HOUR + 1, 24 * HOUR, id="never later than in a day"),
        pytest.param(7, 1e300, 24 * HOUR, id="absurd"),
        pytest.param(1, float("inf"), 24 * HOUR, id="for ever"),
        pytest.param(1, float("nan"), 5, id="no number"),
    ],
)
def test_a_receiver_may_ask_for_more_time(made, asked, expected):
    assert delay(made, middle, asked) == expected


@given(st.integers(0, 7), st.floats(0, 1), st.none() | st.floats())
def test_whatever_is_asked_a_wait_has_its_bounds(made, luck, asked):
    wait = delay(made, lambda: luck, asked)
    assert TABLE[made] * 0.8 <= wait <= LONGEST
