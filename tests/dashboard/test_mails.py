"""Mails to single people: what may stand in them, and how many may wait."""

import threading

import pytest

from dashboard import mails
from dashboard.mails import on_one_line


def test_mails_that_nobody_waits_for_do_not_pile_up(monkeypatch, caplog):
    answer, begun = threading.Event(), []
    monkeypatch.setattr(mails, "MOST", 2)
    monkeypatch.setattr(mails, "SENDING", threading.BoundedSemaphore(2))
    for number in range(5):
        mails.in_background(lambda number=number: (begun.append(number), answer.wait(10)))
    answer.set()
    assert set(begun) <= {0, 1}
    assert caplog.text.count("2 wait for the mail server already") == 3


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("  Acme\t GmbH\r\n", "Acme GmbH"),
        ("a\x00b\u202ec\ud800d", "abcd"),
        ("x" * 100, "x" * 79 + "…"),
        ("Żółć & 東京", "Żółć & 東京"),
    ],
)
def test_names_stand_on_one_line(name, line):
    assert on_one_line(name) == line
