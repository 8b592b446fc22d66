"""What a round remembers of the one before."""

from types import SimpleNamespace

import pytest

from events import rounds
from events.horizon import Horizon
from events.rounds import Rounds

PROJECT = 7


def test_a_round_that_failed_believes_nothing_that_was_seen(monkeypatch):
    """Of SQLite, another connection counts its commits anew, and might call the next one as it called the last."""
    own = Rounds()
    own.seen = "2"
    monkeypatch.setattr(rounds, "horizon", fails)
    with pytest.raises(OSError, match="away"):
        own.next({})
    assert own.seen == ""


def fails():
    raise OSError("away")


def test_a_quiet_time_counts_as_heard(monkeypatch):
    """Else the id of whoever listens for a day, while nothing happens, would be a day old."""
    own = Rounds()
    own.seen, own.updates = "2", {PROJECT: {}}
    monkeypatch.setattr(rounds, "horizon", lambda: Horizon("2", (0, 0), (0, 0)))
    monkeypatch.setattr(rounds, "catching_up", SimpleNamespace(milliseconds=lambda: 55))
    assert own.next({PROJECT: None}) == {PROJECT: []}
    assert own.position.at == 55
