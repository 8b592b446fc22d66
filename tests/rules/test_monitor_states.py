"""What moves a monitor between new, up, late and down: `monitors.states`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.schedules import parse
from monitors.states import Signal, State, Watch, check_in, drop_run, end_run, look_at, pass_time, wait_anew

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEW, UP, LATE, DOWN = State
START, SUCCESS, FAILURE = Signal


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def watch(status, **fields):
    """An interval of a minute, late when due, a grace of ten seconds; last check-in at noon, but for a new one."""
    heard = None if status is NEW else NOON
    graces = {"start_grace": timedelta(), "grace": timedelta(seconds=10)}
    known = {"schedule": parse(60, "", "UTC"), **graces, "next_due": after(60)}
    return Watch(**{**known, "status": status, "last_check_in": heard, **fields})


def runs_since(seconds, limit=20):
    return {"run_started": after(seconds), "max_runtime": limit and timedelta(seconds=limit)}


def graces(start_grace, grace):
    return {"start_grace": timedelta(seconds=start_grace), "grace": timedelta(seconds=grace)}


# -- What is heard ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "failed", "signal", "expected", "fails"),
    [
        (NEW, False, START, UP, False),
        (NEW, False, SUCCESS, UP, False),
        (NEW, False, FAILURE, DOWN, True),
        (UP, False, START, UP, False),
        (UP, False, SUCCESS, UP, False),
        (UP, False, FAILURE, DOWN, True),
        (LATE, False, START, UP, False),
        (LATE, False, SUCCESS, UP, False),
        (LATE, False, FAILURE, DOWN, True),
        (DOWN, False, START, UP, False),
        (DOWN, False, SUCCESS, UP, False),
        (DOWN, False, FAILURE, DOWN, True),
        # What has failed is mended by nothing but a success.
        (DOWN, True, START, DOWN, True),
        (DOWN, True, SUCCESS, UP, False),
        (DOWN, True, FAILURE, DOWN, True),
    ],
)
@pytest.mark.parametrize("hear", [check_in, end_run])
def test_a_signal_moves_a_monitor(hear, status, failed, signal, expected, fails):
    found = hear(watch(status, failed=failed), signal, after(30))
    assert (found.status, found.failed) == (expected, fails)
    assert found.run_started == (after(30) if signal is START else None)
    assert bool(found.reason) == (expected is not status)


def test_a_reason_is_told_as_it_was_given():
    assert check_in(watch(UP), FAILURE, after(5), "Exit code 3.").reason == "Exit code 3."
    assert check_in(watch(DOWN), FAILURE, after(5), "Exit code 3.").reason == ""


@pytest.mark.parametrize("signal", Signal)
@pytest.mark.parametrize("status", State)
def test_a_check_in_counts_the_next_run_from_now(status, signal):
    found = check_in(watch(status), signal, after(30))
    assert (found.last_check_in, found.next_due) == (after(30), after(90))


@pytest.mark.parametrize("signal", [SUCCESS, FAILURE])
def test_the_end_of_a_run_is_no_other_run(signal):
    found = end_run(watch(UP), signal, after(59))
    assert (found.last_check_in, found.next_due) == (NOON, after(60))


def test_the_end_of_a_run_after_the_next_was_due_is_not_late_at_once():
    found = end_run(watch(DOWN), SUCCESS, after(200))
    assert (found.status, found.next_due) == (UP, after(260))
    assert pass_time(found, after(200)) == found


def test_a_cancelled_run_is_not_awaited_and_tells_nothing():
    for before in (watch(UP, **runs_since(0)), watch(DOWN, failed=True, **runs_since(0))):
        assert drop_run(before, after(30)) == replace(before, run_started=None)


@pytest.mark.parametrize(
    ("before", "seconds", "due"),
    [
        pytest.param(watch(UP, **runs_since(0, 900)), 59, 60, id="not due yet"),
        pytest.param(watch(UP, **runs_since(0, 900)), 60, 120, id="due while it ran"),
        pytest.param(watch(UP), 60, 60, id="no run is under way"),
        pytest.param(watch(LATE, **runs_since(0, 900)), 65, 60, id="late already"),
    ],
)
def test_a_cancelled_run_excuses_what_fell_due_while_it_ran(before, seconds, due):
    found = drop_run(before, after(seconds))
    assert (found.status, found.next_due, found.run_started) == (before.status, after(due), None)


@pytest.mark.parametrize("signal", Signal)
@pytest.mark.parametrize("status", State)
def test_a_disabled_monitor_keeps_its_status(status, signal):
    before = watch(status, enabled=False, failed=status is DOWN)
    assert check_in(before, signal, after(30)) == replace(before, last_check_in=after(30), next_due=after(90))
    assert end_run(before, signal, after(100)) == before


# -- What is not heard -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "seconds", "expected"),
    [
        pytest.param(watch(NEW), 1e6, NEW, id="nothing is missed of which nothing was heard"),
        pytest.param(watch(UP), 59.999999, UP, id="not due"),
        pytest.param(watch(UP), 60, LATE, id="due"),
        pytest.param(watch(UP), 69.999999, LATE, id="within the grace"),
        pytest.param(watch(UP), 70, DOWN, id="down, and never seen late"),
        pytest.param(watch(LATE), 69.999999, LATE, id="late, within the grace"),
        pytest.param(watch(LATE), 70, DOWN, id="late, and then down"),
        pytest.param(watch(DOWN), 1e6, DOWN, id="down already"),
        pytest.param(watch(UP, grace=timedelta()), 60, DOWN, id="no grace"),
        pytest.param(watch(UP, enabled=False), 1e6, UP, id="disabled"),
        pytest.param(watch(LATE, enabled=False), 1e6, LATE, id="disabled while late"),
        pytest.param(watch(UP, schedule=None, next_due=None), 1e6, UP, id="no schedule"),
        pytest.param(watch(UP, **runs_since(0)), 19.999999, UP, id="a run within its time"),
        pytest.param(watch(UP, **runs_since(0)), 20, DOWN, id="a run over its time"),
        pytest.param(watch(LATE, **runs_since(45)), 65, DOWN, id="a run over its time while late"),
        pytest.param(watch(UP, max_runtime=timedelta(seconds=1)), 30, UP, id="no run is under way"),
        pytest.param(watch(UP, run_started=NOON), 30, UP, id="a run that may take any time"),
        pytest.param(watch(UP, enabled=False, **runs_since(0)), 30, UP, id="a run, disabled"),
        pytest.param(watch(DOWN, failed=True, **runs_since(0)), 30, DOWN, id="a run after one that failed"),
        pytest.param(watch(UP, **graces(4, 10)), 63.999999, UP, id="within the start grace"),
        pytest.param(watch(UP, **graces(4, 10)), 64, LATE, id="the start grace has passed"),
        pytest.param(watch(LATE, **graces(4, 10)), 69.999999, LATE, id="the grace counts from due"),
        pytest.param(watch(LATE, **graces(4, 10)), 70, DOWN, id="and not from late"),
        pytest.param(watch(UP, **graces(10, 10)), 69.999999, UP, id="a start grace of the whole grace"),
        pytest.param(watch(UP, **graces(10, 10)), 70, DOWN, id="leaves no time to be late"),
        pytest.param(watch(UP, **runs_since(0, 900)), 899.999999, UP, id="due, while a long run is under way"),
        pytest.param(watch(UP, **runs_since(0, 900)), 900, DOWN, id="until it has taken too long"),
        pytest.param(watch(UP, **runs_since(55, None)), 64.999999, UP, id="due within a grace of a start"),
        pytest.param(watch(UP, **runs_since(55, None)), 65, LATE, id="a grace after a start"),
        pytest.param(watch(UP, **runs_since(55, None)), 70, DOWN, id="down as without a start"),
        pytest.param(watch(UP, **graces(4, 10), **runs_since(40, 22)), 61.999999, UP, id="a run within its time, due"),
        pytest.param(watch(LATE, **graces(4, 10), **runs_since(40, 900)), 70, LATE, id="late, and a run is under way"),
    ],
)
def test_time_moves_a_monitor(before, seconds, expected):
    found = pass_time(before, after(seconds))
    assert found.status is expected
    assert bool(found.reason) == (expected is not before.status)
    if expected is before.status:
        assert found == before


def test_a_run_over_its_time_has_failed_and_one_that_is_missing_has_not():
    overrun = pass_time(watch(UP, **runs_since(0)), after(20))
    assert (overrun.failed, overrun.run_started) == (True, None)
    assert "max_runtime" in overrun.reason
    assert check_in(overrun, START, after(30)).status is DOWN
    missed = pass_time(watch(UP), after(70))
    assert not missed.failed
    assert check_in(missed, START, after(80)).status is UP


def test_a_run_that_has_ended_takes_no_longer():
    for signal in (SUCCESS, FAILURE):
        ended = end_run(watch(UP, **runs_since(0)), signal, after(10))
        assert pass_time(ended, after(30)) == ended


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (watch(NEW), None),
        (watch(UP), 60),
        (watch(LATE), 70),
        (watch(DOWN), None),
        (watch(UP, enabled=False), None),
        (watch(UP, **runs_since(0)), 20),
        (watch(UP, **runs_since(50)), 70),
        (watch(LATE, **runs_since(45)), 65),
        (watch(DOWN, failed=True, **runs_since(0)), None),
        (watch(UP, **graces(4, 10)), 64),
        (watch(LATE, **graces(4, 10)), 70),
        (watch(UP, **graces(10, 10)), 70),
        (watch(UP, **runs_since(0, 900)), 900),
        (watch(UP, **runs_since(55, None)), 65),
    ],
)
def test_a_sweep_looks_when_time_can_next_change_something(before, expected):
    assert look_at(before) == (None if expected is None else after(expected))


# -- The server's own absence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "back", "seconds", "expected"),
    [
        pytest.param(watch(UP), 1000, 1000, UP, id="a run was missed meanwhile"),
        pytest.param(watch(UP), 1000, 1009.999999, UP, id="and is given a grace"),
        pytest.param(watch(UP), 1000, 1010, DOWN, id="that passes"),
        pytest.param(watch(LATE), 1000, 1009, LATE, id="it was late before"),
        pytest.param(watch(LATE), 1000, 1010, DOWN, id="and its grace begins anew"),
        pytest.param(watch(UP), 55, 60, UP, id="a run is due shortly after"),
        pytest.param(watch(UP), 55, 65, LATE, id="it is late a grace after"),
        pytest.param(watch(UP), 55, 70, DOWN, id="and down as ever"),
        pytest.param(watch(UP), 20, 60, LATE, id="a run is due long after"),
        pytest.param(watch(UP, **runs_since(0)), 1000, 1009, UP, id="a run ended meanwhile, or did not"),
        pytest.param(watch(UP, **runs_since(0)), 15, 25, DOWN, id="a run that takes too long"),
        pytest.param(watch(UP), -100, 60, LATE, id="heard of since"),
        pytest.param(watch(UP, **graces(4, 10)), 55, 64, UP, id="a start grace gives way to the grace"),
        pytest.param(watch(UP, **graces(4, 10)), 20, 64, LATE, id="a start grace long after"),
        pytest.param(watch(UP, grace=timedelta(seconds=30), **runs_since(0)), -1, 20, DOWN, id="a run begun since"),
    ],
)
def test_nobody_is_blamed_for_the_absence_of_the_server(before, back, seconds, expected):
    assert pass_time(before, after(seconds), after(back)).status is expected


# -- What the owner changes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (watch(NEW), NEW),
        (watch(UP), UP),
        (watch(LATE), UP),
        (watch(DOWN), UP),
        (watch(DOWN, failed=True), DOWN),
        (watch(LATE, enabled=False), LATE),
    ],
)
def test_waiting_anew_forgives_what_was_missed_and_not_what_failed(before, expected):
    found = wait_anew(before, after(1000), "Another schedule.")
    assert (found.status, found.failed, found.next_due) == (expected, before.failed, after(1060))
    assert pass_time(found, after(1000)) == found


# -- Properties ------------------------------------------------------------------------------------------------------

SECONDS = st.integers(-200, 200)
WATCHES = st.builds(
    lambda status, enabled, failed, heard, due, began, limit, late: watch(
        status,
        enabled=enabled,
        failed=failed and status is DOWN,
        last_check_in=None if status is NEW else after(heard),
        next_due=after(due),
        run_started=None if began is None else after(min(began, heard)),
        max_runtime=None if limit is None else timedelta(seconds=limit),
        start_grace=timedelta(seconds=late),
    ),
    st.sampled_from(State),
    st.booleans(),
    st.booleans(),
    SECONDS,
    SECONDS,
    st.none() | SECONDS,
    st.none() | st.integers(1, 100),
    st.integers(0, 10),
)


@given(WATCHES, SECONDS, st.none() | SECONDS)
def test_time_changes_a_monitor_when_it_is_to_be_looked_at_and_not_before(before, seconds, back):
    now, back_since = after(seconds), None if back is None else after(back)
    look = look_at(before, back_since)
    found = pass_time(before, now, back_since)
    assert (found != before) == (look is not None and look <= now)
    assert found == before or look_at(found, back_since) is None or look_at(found, back_since) > now
    assert pass_time(found, now, back_since) == found


@given(WATCHES, SECONDS, SECONDS)
def test_an_absence_of_the_server_puts_off_and_never_brings_forward(before, seconds, back):
    order = list(State)
    blamed = pass_time(before, after(seconds), after(back)).status
    assert order.index(blamed) <= order.index(pass_time(before, after(seconds)).status)
    if seconds < back + 10 and before.last_check_in is not None and before.last_check_in < after(back):
        assert blamed is before.status


@given(WATCHES, st.sampled_from(Signal), SECONDS)
def test_whoever_checks_in_is_not_late_in_the_same_breath(before, signal, seconds):
    found = check_in(before, signal, after(seconds))
    assert found.status is not LATE or not before.enabled
    assert pass_time(found, after(seconds)).status is found.status
