"""The sweep that marks silent tasks stale: `tasks.lifecycle.sweep_tasks`."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tasks.lifecycle import sweep_tasks

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMIT = 100


def after(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def make(make_task):
    """A task made at noon, with a stale_timeout of ten seconds unless told otherwise."""

    def _make(**fields):
        with time_machine.travel(NOON, tick=False):
            return make_task(**{"status": "processing", "stale_timeout": 10, **fields})

    return _make


@pytest.fixture
def update(api):
    def _update(task, seconds, **body):
        with time_machine.travel(after(seconds), tick=False):
            response = api.patch(f"tasks/{task['id']}", body)
        assert response.status_code == 200, response.content
        return response.json()

    return _update


@pytest.fixture
def status(api):
    return lambda task: api.get(f"tasks/{task['id']}").json()["status"]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "processing"), (9.999999, "processing"), (10, "stale"), (10.000001, "stale"), (1e6, "stale")],
)
def test_a_task_goes_stale_when_its_timeout_has_passed(make, status, seconds, expected):
    task = make()
    sweep_tasks(after(seconds), LIMIT)
    assert status(task) == expected


@pytest.mark.parametrize("before", ["pending", "pre_processing", "processing", "post_processing"])
def test_every_task_that_is_not_over_can_go_stale(make, status, before):
    task = make(status=before)
    sweep_tasks(after(10), LIMIT)
    assert status(task) == "stale"


@pytest.mark.parametrize("before", ["success", "error", "cancelled"])
def test_a_task_that_is_over_does_not_go_stale(make, status, before):
    task = make(status=before)
    sweep_tasks(after(1e6), LIMIT)
    assert status(task) == before


def test_a_task_without_a_timeout_does_not_go_stale(make, status):
    task = make(stale_timeout=None)
    sweep_tasks(after(1e9), LIMIT)
    assert status(task) == "processing"


def test_going_stale_changes_the_status_alone(api, make):
    task = make(value=3, data={"a": 1}, tags={"a": "b"})
    sweep_tasks(after(60), LIMIT)
    assert api.get(f"tasks/{task['id']}").json() == {**task, "status": "stale"}


def test_any_update_puts_it_off(make, update, status):
    task = make()
    update(task, 8)
    sweep_tasks(after(10), LIMIT)
    assert status(task) == "processing"
    sweep_tasks(after(17.9), LIMIT)
    assert status(task) == "processing"
    sweep_tasks(after(18), LIMIT)
    assert status(task) == "stale"


def test_a_task_that_is_over_is_left_alone_and_one_that_is_taken_up_again_is_not(make, update, status):
    task = make()
    update(task, 5, status="success")
    sweep_tasks(after(100), LIMIT)
    assert status(task) == "success"
    update(task, 200, status="processing")
    sweep_tasks(after(209), LIMIT)
    assert status(task) == "processing"
    sweep_tasks(after(210), LIMIT)
    assert status(task) == "stale"


@pytest.mark.parametrize(
    ("sent", "seconds", "expected"),
    [
        pytest.param({"stale_timeout": 100}, 50, "processing", id="longer"),
        pytest.param({"stale_timeout": 100}, 101, "stale", id="longer, and passed"),
        pytest.param({"stale_timeout": 2}, 3, "stale", id="shorter"),
        pytest.param({"stale_timeout": None}, 1e6, "processing", id="taken away"),
    ],
)
def test_a_timeout_that_is_changed_counts_from_then_on(make, update, status, sent, seconds, expected):
    task = make()
    update(task, 1, **sent)
    sweep_tasks(after(seconds), LIMIT)
    assert status(task) == expected


def test_a_timeout_that_comes_later_counts(make, update, status):
    task = make(stale_timeout=None)
    update(task, 5, stale_timeout=10)
    sweep_tasks(after(15), LIMIT)
    assert status(task) == "stale"


def test_a_revived_task_goes_stale_again(api, make, update, status):
    task = make()
    sweep_tasks(after(10), LIMIT)
    assert update(task, 20)["status"] == "processing"
    sweep_tasks(after(29), LIMIT)
    assert status(task) == "processing"
    sweep_tasks(after(30), LIMIT)
    assert status(task) == "stale"
    history = api.get(f"tasks/{task['id']}?embed=status_history").json()["status_history"]
    assert [entry["to"] for entry in history] == ["stale", "processing", "stale"]


def test_a_stale_task_is_swept_once(api, make):
    task = make()
    assert sweep_tasks(after(10), LIMIT) == 1
    assert sweep_tasks(after(20), LIMIT) == 0
    history = api.get(f"tasks/{task['id']}?embed=status_history").json()["status_history"]
    assert [(entry["from"], entry["to"]) for entry in history] == [("processing", "stale")]


def test_a_round_does_no_more_than_its_limit_and_the_next_goes_on(make, status):
    tasks = [make() for _ in range(5)]
    assert [sweep_tasks(after(10), 2) for _ in range(4)] == [2, 2, 1, 0]
    assert {status(task) for task in tasks} == {"stale"}


def test_tasks_that_were_heard_of_do_not_keep_a_sweep_from_the_others(make, update, status):
    fresh, silent = [make() for _ in range(4)], [make() for _ in range(2)]
    for task in fresh:
        update(task, 9)
    for _ in range(3):
        sweep_tasks(after(10), 2)
    assert {status(task) for task in silent} == {"stale"}
    assert {status(task) for task in fresh} == {"processing"}


def test_tasks_of_every_tenant_are_swept(make, admin, other_project, status):
    task = make()
    with time_machine.travel(NOON, tick=False):
        other = admin.post("billing/tasks", {"name": "export", "stale_timeout": 10}).json()
    assert sweep_tasks(after(10), LIMIT) == 2
    assert status(task) == "stale"
    assert admin.get(f"billing/tasks/{other['id']}").json()["status"] == "stale"


def test_the_longest_timeout_is_far_away_but_no_error(make, status):
    task = make(stale_timeout=2**31 - 1)
    assert sweep_tasks(after(2**31 - 2), LIMIT) == 0
    sweep_tasks(after(2**31), LIMIT)
    assert status(task) == "stale"
