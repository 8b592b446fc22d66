"""What a round remembers of the one before."""

from types import SimpleNamespace

from events import rounds
from events.horizon import Horizon
from events.rounds import Rounds

PROJECT = 7


def test_a_round_that_failed_believes_nothing_that_was_seen():
    """Of SQLite, another connection counts its commits from the start, and might call the next one as the last."""
    own = Rounds()
    own.seen, own.mark = "2", (0, 5)
    state = own.state()
    own.seen, own.mark = "3", (0, 9)
    own.told.add(7)
    own.restore(state)
    assert (own.seen, own.mark, own.told) == ("", (0, 5), set())


def test_a_quiet_time_counts_as_heard(monkeypatch):
    """Else the id of whoever listens for a day, while nothing happens, would be a day old."""
    own = Rounds()
    own.seen, own.updates = "2", {PROJECT: {}}
    monkeypatch.setattr(rounds, "horizon", lambda: Horizon("2", (0, 0), (0, 0)))
    monkeypatch.setattr(rounds, "catching_up", SimpleNamespace(milliseconds=lambda: 55))
    assert own.next({PROJECT: None})[PROJECT].slices == ()
    assert own.position.at == 55
