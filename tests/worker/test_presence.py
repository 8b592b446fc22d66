"""The heartbeat in the database: since when we were there without a gap."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from taskapi.models import Presence
from taskapi.presence import GAP, GAP_OF_CRON, beat
from tests.worker.conftest import NOON


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def present(until, since=0.0, step=1.0):
    """Beats from second `since` to `until`; returns what the last said."""
    second, said = since, None
    while second <= until:
        said = beat(after(second))
        second += step
    return said


@pytest.mark.usefixtures("db")
class TestOneWorker:
    def test_the_first_beat_is_a_return(self):
        assert beat(NOON) == NOON
        assert Presence.objects.values_list("seen", "back_since").get() == (NOON, NOON)

    def test_while_there_is_no_gap_the_return_stays(self):
        assert present(120) == NOON
        assert Presence.objects.get().seen == after(120)

    def test_a_short_pause_is_no_gap(self):
        present(5)
        assert beat(after(5) + GAP) == NOON

    def test_a_gap_is_an_absence_that_ends_now(self):
        present(5)
        back = after(5.000001) + GAP
        assert beat(back) == back
        assert present(60, since=17) == back

    def test_a_second_absence_counts_as_well(self):
        present(5)
        present(60, since=50)
        assert beat(after(100)) == after(100)

    def test_a_worker_that_comes_each_minute_is_there(self):
        for minute in range(10):
            assert beat(NOON + timedelta(minutes=minute), GAP_OF_CRON) == NOON
        away = NOON + timedelta(hours=2)
        assert beat(away, GAP_OF_CRON) == away

    def test_beats_that_follow_at_once_write_nothing(self, django_assert_num_queries):
        beat(NOON)
        with django_assert_num_queries(1):
            beat(after(0.5))
        with django_assert_num_queries(2):
            beat(after(1))

    def test_it_is_told_when_we_were_away(self, caplog):
        caplog.set_level(logging.INFO)
        present(3)
        assert caplog.records == []
        beat(after(100))
        assert "No worker was there" in caplog.text

    @pytest.mark.parametrize("seconds", [0.1, 5, 10])
    def test_a_clock_that_is_a_little_behind_changes_nothing(self, seconds):
        beat(NOON)
        present(60)
        assert beat(after(60 - seconds)) == NOON
        assert Presence.objects.get().seen == after(60)
        assert present(70, since=60 - seconds) == NOON

    def test_a_clock_that_goes_back_grants_nothing_and_hides_no_absence(self, caplog):
        present(5)
        far = 86400.0
        assert present(far + 60, since=far) == after(far)  # it was wrong, and a day ahead
        assert beat(after(30)) == after(30)  # it is right again
        assert "went back" in caplog.text
        assert present(60, since=31) == after(30)
        assert beat(after(100)) == after(100)

    def test_a_return_that_was_before_both_clocks_stays(self):
        present(60)
        assert beat(after(40)) == NOON


def test_what_another_worker_wrote_this_moment_stands(db, monkeypatch):
    present(5)
    read = Presence.objects.values_list("seen", "back_since").get()
    back = beat(after(100))
    monkeypatch.setattr(type(Presence.objects.all()), "first", lambda _: read)  # before the other had written
    assert beat(after(100.5)) == back
    assert Presence.objects.values_list("seen", "back_since").get() == (back, back)


def test_many_workers_keep_one_row(shared_database):
    workers = 4
    second = threading.Barrier(workers)

    def work(worker):
        try:
            said = []
            for number in range(30):
                second.wait(20)
                said.append(beat(after(number + worker / 10)))
            return said
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        said = list(pool.map(work, range(workers)))
    row = Presence.objects.get()
    # The first of all may be any of them; after it nobody sees a gap.
    assert NOON <= row.back_since <= after(0.3)
    assert {moment for moments in said for moment in moments[1:]} == {row.back_since}
    assert after(28) <= row.seen <= after(29.3)
