"""`start_time`, `end_time` and `time_to_start` over the life of a task; the rules' own tests have the whole table."""

import pytest
import time_machine

CLOCKS = ("start_time", "end_time", "time_to_start")


def minute(number):
    return f"2026-03-01T12:{number:02}:00Z"


def live(api, *moves):
    """Makes a task and updates it, each a minute after the other; returns its clocks after the last."""
    path = "tasks"
    for number, body in enumerate(moves):
        with time_machine.travel(minute(number), tick=False):
            response = api.post(path, {"name": "export", **body})
        assert response.status_code in {200, 201}, response.content
        path = f"tasks/{response.json()['id']}"
    assert api.get(path).json() == response.json()
    return tuple(response.json()[clock] for clock in CLOCKS)


def statuses(*names):
    return [{"status": name} for name in names]


@pytest.mark.parametrize(
    ("moves", "clocks"),
    [
        pytest.param(statuses("pending", "processing"), (minute(1), None, "00:01:00"), id="a run begins"),
        pytest.param(
            statuses("pending", "pre_processing", "processing", "post_processing"),
            (minute(1), None, "00:01:00"),
            id="the running statuses are one run",
        ),
        pytest.param(
            [*statuses("processing", "processing"), {"status": "processing", "value": 3}],
            (minute(0), None, "00:00:00"),
            id="a repeated status moves nothing",
        ),
        pytest.param(statuses("processing", "success"), (minute(0), minute(1), "00:00:00"), id="a run ends"),
        pytest.param(
            statuses("processing", "success", "success"), (minute(0), minute(1), "00:00:00"), id="the end is repeated"
        ),
        pytest.param(
            statuses("pending", "processing", "error", "processing"),
            (minute(3), None, "00:01:00"),
            id="a retry is a new run",
        ),
        pytest.param(statuses("pending", "error"), (None, minute(1), "00:01:00"), id="never ran"),
        pytest.param(
            statuses("processing", "stale", "processing"), (minute(0), None, "00:00:00"), id="stale is no end of a run"
        ),
        pytest.param(
            [*statuses("pending"), {"status": "processing", "start_time": minute(30)}],
            (minute(30), None, "00:01:00"),
            id="the client says when it began",
        ),
        pytest.param(
            [*statuses("processing"), {"status": "success", "end_time": minute(30)}],
            (minute(0), minute(30), "00:00:00"),
            id="the client says when it ended",
        ),
        pytest.param(
            [*statuses("processing"), {"start_time": minute(40)}, *statuses("processing")],
            (minute(40), None, "00:00:00"),
            id="a start that the client set stays",
        ),
    ],
)
def test_clocks_follow_the_status(api, moves, clocks):
    assert live(api, *moves) == clocks


@pytest.mark.parametrize(
    ("started", "shown"),
    [
        pytest.param("2026-03-01T12:00:00.5Z", "00:00:00.500000", id="fraction"),
        pytest.param("2026-03-01T13:02:03Z", "01:02:03", id="hours"),
        pytest.param("2026-03-04T12:00:01Z", "3 00:00:01", id="days"),
    ],
)
def test_time_to_start_is_a_duration(api, started, shown):
    with time_machine.travel(minute(0), tick=False):
        task = api.post("tasks", {"name": "export"}).json()
    with time_machine.travel(started, tick=False):
        assert api.patch(f"tasks/{task['id']}", {"status": "processing"}).json()["time_to_start"] == shown


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        pytest.param("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z", id="UTC"),
        pytest.param("2026-03-01T12:00:00", "2026-03-01T12:00:00Z", id="without an offset"),
        pytest.param("2026-03-01T12:00:00.123456+05:30", "2026-03-01T06:30:00.123456Z", id="with an offset"),
        pytest.param("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", id="the first moment"),
        pytest.param("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", id="the last moment"),
    ],
)
@pytest.mark.parametrize("field", ["start_time", "end_time"])
def test_moments_are_shown_in_utc(api, field, sent, shown):
    task = api.post("tasks", {"name": "export", field: sent})
    assert task.status_code == 201, task.content
    assert task.json()[field] == shown
    assert api.get(f"tasks/{task.json()['id']}").json()[field] == shown
