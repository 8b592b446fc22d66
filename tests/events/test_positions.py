"""Event ids: read back as they were written, and by nobody made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.positions import Position, position_of

NUMBERS = st.integers(0, 2**63)
SOME = Position((7, 31), 1207, 1_795_000_000_000)


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_a_position_is_read_back(xact, change, number, at):
    position = Position((xact, change), number, at)
    token = position.encode(3)
    assert position_of(token, 3) == position
    assert token.isascii()
    assert not {"\r", "\n", " "} & set(token)


@pytest.mark.parametrize(
    "token", ["", "x", "ä", "0", "\x00", "a" * 10_000, "====", SOME.encode(3)[:-1], SOME.encode(3) + "AAAA"]
)
def test_what_nobody_wrote_is_no_position(token):
    assert position_of(token, 3) is None


def test_a_position_is_of_one_project():
    assert position_of(SOME.encode(3), 4) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(token):
    assert position_of(token, 3) is None
