"""The statuses of a task: where an update leads, and what a move between them does to its clocks."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.statuses import RUNNING, TERMINAL, Move, Status, clocks, status_after

CREATED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STARTED = CREATED + timedelta(minutes=1)
ENDED = CREATED + timedelta(minutes=5)
NOW = CREATED + timedelta(minutes=9)
WAITED = timedelta(minutes=1)


def move(old_status, new_status, *, start_time=None, end_time=None, time_to_start=None, now=NOW):
    return clocks(
        created=CREATED,
        old_status=old_status,
        new_status=new_status,
        start_time=start_time,
        end_time=end_time,
        time_to_start=time_to_start,
        now=now,
    )


def live_through(*statuses, **clocks_at_creation):
    """Take a task through the statuses, a minute apart, the first one at its creation; return its clocks."""
    state = {"start_time": None, "end_time": None, "time_to_start": None} | clocks_at_creation
    for minute, (old, new) in enumerate(itertools.pairwise((None, *statuses))):
        state |= move(old, new, **state, now=CREATED + timedelta(minutes=minute))
    return state


def at(minute):
    return CREATED + timedelta(minutes=minute)


def test_the_statuses_are_those_of_the_api():
    assert [str(status) for status in Status] == [
        "pending",
        "pre_processing",
        "processing",
        "post_processing",
        "success",
        "error",
        "cancelled",
        "stale",
    ]


def test_a_status_read_as_plain_text_is_found_in_the_sets():
    assert {status for status in Status if str(status) in RUNNING} == {
        "pre_processing",
        "processing",
        "post_processing",
    }
    assert {status for status in Status if str(status) in TERMINAL} == {"success", "error", "cancelled"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param("pending", {}, id="a pending task has no clock running"),
        pytest.param("pre_processing", {"start_time": NOW}, id="pre_processing starts the run"),
        pytest.param("processing", {"start_time": NOW}, id="processing starts the run"),
        pytest.param("post_processing", {"start_time": NOW}, id="post_processing starts the run"),
        pytest.param("success", {"end_time": NOW}, id="a task reported after its success has ended, and never ran"),
        pytest.param("error", {"end_time": NOW}, id="a task reported after its error has ended"),
        pytest.param("cancelled", {"end_time": NOW}, id="a task created cancelled has ended"),
        pytest.param("stale", {}, id="a task created stale neither runs nor is over"),
    ],
)
def test_creation(status, expected):
    if status != "pending":
        expected = expected | {"time_to_start": timedelta(0)}
    assert move(None, status) == expected


@pytest.mark.parametrize(
    ("statuses", "minute"),
    [
        pytest.param(["pending", "processing"], 1, id="the first running status starts the run"),
        pytest.param(["pending", "pending"], None, id="a task that only waits has not started"),
        pytest.param(["pending", "success"], None, id="a task that never ran has not started"),
        pytest.param(["processing", "processing"], 0, id="a repeated status never moves it"),
        pytest.param(
            ["pre_processing", "processing", "post_processing"], 0, id="the three running statuses are one run"
        ),
        pytest.param(["processing", "pre_processing"], 0, id="going back among the running statuses is the same run"),
        pytest.param(["processing", "stale", "processing"], 0, id="a run that was stale for a while goes on"),
        pytest.param(["stale", "processing"], 1, id="a task that never ran starts out of stale"),
        pytest.param(["processing", "pending", "processing"], 0, id="a run put back without an end goes on"),
        pytest.param(["processing", "success"], 0, id="the end leaves it"),
        pytest.param(["processing", "success", "stale"], 0, id="stale after the end leaves it"),
        pytest.param(["processing", "error", "success"], 0, id="another end leaves it"),
        pytest.param(["processing", "error", "processing"], 2, id="a terminal task becoming running starts it again"),
        pytest.param(["processing", "cancelled", "post_processing"], 2, id="in whichever running status"),
        pytest.param(["success", "processing"], 1, id="a terminal task that never ran starts when it does"),
        pytest.param(["processing", "error", "pending"], None, id="a retry in the queue has not started"),
        pytest.param(["processing", "error", "pending", "processing"], 3, id="and starts when it runs"),
    ],
)
def test_start_time(statuses, minute):
    assert live_through(*statuses)["start_time"] == (None if minute is None else at(minute))


def test_a_start_that_the_client_set_in_advance_is_kept_by_the_first_run():
    assert live_through("pending", "processing", start_time=STARTED)["start_time"] == STARTED


def test_a_start_that_the_client_cleared_in_mid_run_is_not_made_up():
    assert move("processing", "post_processing", start_time=None, time_to_start=WAITED) == {}


@pytest.mark.parametrize(
    ("statuses", "minute"),
    [
        pytest.param(["processing"], None, id="a running task has not ended"),
        pytest.param(["processing", "success"], 1, id="success ends it"),
        pytest.param(["processing", "error"], 1, id="error ends it"),
        pytest.param(["processing", "cancelled"], 1, id="cancelled ends it"),
        pytest.param(["pending", "cancelled"], 1, id="a task can end without running"),
        pytest.param(["processing", "stale"], None, id="stale is no end"),
        pytest.param(["processing", "success", "success"], 1, id="a repeated end never moves it"),
        pytest.param(["processing", "error", "success"], 2, id="another end is a new one"),
        pytest.param(["processing", "success", "processing"], None, id="null again when the task runs again"),
        pytest.param(["processing", "success", "pending"], None, id="null again when the task waits again"),
        pytest.param(["processing", "success", "stale"], None, id="null again when the task turns stale"),
        pytest.param(["processing", "error", "pending", "processing", "success"], 4, id="the second end is its own"),
    ],
)
def test_end_time(statuses, minute):
    assert live_through(*statuses)["end_time"] == (None if minute is None else at(minute))


def test_an_end_that_the_client_set_gives_way_to_the_real_one():
    assert move("processing", "success", start_time=STARTED, end_time=ENDED, time_to_start=WAITED) == {"end_time": NOW}


def test_an_end_that_the_client_set_on_a_running_task_is_left_by_a_move_between_running_statuses():
    assert move("processing", "post_processing", start_time=STARTED, end_time=ENDED, time_to_start=WAITED) == {}


@pytest.mark.parametrize(
    ("statuses", "minutes"),
    [
        pytest.param(["pending"], None, id="a pending task has no wait to tell of"),
        pytest.param(["processing"], 0, id="a task created running did not wait"),
        pytest.param(["pending", "pending", "processing"], 2, id="it ends with the first running status"),
        pytest.param(["pending", "cancelled"], 1, id="or with any other that is not pending"),
        pytest.param(["pending", "stale"], 1, id="stale included"),
        pytest.param(["pending", "processing", "pending", "processing"], 1, id="it is set once"),
        pytest.param(["pending", "processing", "error", "pending", "processing"], 1, id="a retry leaves it as well"),
    ],
)
def test_time_to_start(statuses, minutes):
    assert live_through(*statuses)["time_to_start"] == (None if minutes is None else timedelta(minutes=minutes))


def test_a_wait_is_never_below_nothing():
    assert move("pending", "processing", now=CREATED - timedelta(seconds=1))["time_to_start"] == timedelta(0)


def test_a_wait_that_was_not_measured_is_not_made_up_later():
    assert "time_to_start" not in move("processing", "success", start_time=STARTED)


def test_only_what_changes_is_named():
    assert move("processing", "success", start_time=STARTED, time_to_start=WAITED) == {"end_time": NOW}
    assert move("success", "pending", time_to_start=WAITED) == {}


@pytest.mark.parametrize("status", list(Status))
def test_repeating_a_status_changes_no_clock(status):
    assert move(status, str(status)) == {}
    assert move(status, str(status), start_time=STARTED, end_time=ENDED, time_to_start=WAITED) == {}


@given(st.lists(st.sampled_from(Status), min_size=1))
def test_whatever_a_task_goes_through_its_clocks_fit_its_status(statuses):
    state, last = live_through(*statuses), statuses[-1]
    assert (state["end_time"] is not None) == (last in TERMINAL)
    assert state["start_time"] is not None or last not in RUNNING
    assert (state["time_to_start"] is not None) == any(status != Status.PENDING for status in statuses)
    if state["start_time"] and state["end_time"]:
        assert state["start_time"] <= state["end_time"]


@given(st.lists(st.sampled_from(Status), min_size=1), st.sampled_from(sorted(RUNNING)))
def test_a_run_after_an_end_starts_after_that_end(statuses, running):
    ends = [minute for minute, status in enumerate(statuses) if status in TERMINAL]
    # Stale between the end and the next run hides the end from the rule, which remembers no more than the last status.
    tail = statuses[ends[-1] + 1 :] if ends else []
    if ends and Status.STALE not in tail:
        assert live_through(*statuses, running)["start_time"] > at(ends[-1])


HELD = Move("cancelled", is_held=True)


@pytest.mark.parametrize(
    ("status", "before_stale", "sent", "expected"),
    [
        *(pytest.param("cancelled", "", sent, HELD, id=f"a cancel holds against {sent}") for sent in sorted(RUNNING)),
        *(
            pytest.param("stale", "cancelled", sent, HELD, id=f"a stale task that was cancelled, sent {sent}")
            for sent in sorted(RUNNING)
        ),
        *(
            pytest.param(status, before, sent, Move(sent), id=f"{status} after {before or 'nothing'} can become {sent}")
            for status, before in (("cancelled", ""), ("stale", "cancelled"))
            for sent in ("pending", "success", "error", "cancelled", "stale")
        ),
        *(
            pytest.param(status, "", sent, Move(sent), id=f"{status} can become {sent}")
            for status in ("pending", "processing", "success", "error")
            for sent in map(str, Status)
        ),
        pytest.param("stale", "error", "processing", Move("processing"), id="a stale task that had failed runs again"),
        pytest.param("stale", "", "processing", Move("processing"), id="a task that was made stale begins to run"),
        # What a task was before it became stale counts only while it is that.
        pytest.param("error", "cancelled", "processing", Move("processing"), id="an earlier cancel is of the past"),
        *(
            pytest.param(
                "stale", before, None, Move(before or "pending"), id=f"a ping, stale after {before or 'birth'}"
            )
            for before in ("", "pending", "processing", "error", "cancelled")
        ),
        *(
            pytest.param(str(status), "", None, Move(status), id=f"a ping leaves {status}")
            for status in Status
            if status != Status.STALE
        ),
    ],
)
def test_where_an_update_leads(status, before_stale, sent, expected):
    assert status_after(status, before_stale, sent) == expected
