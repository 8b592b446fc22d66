"""The SDK's Procrastinate integration against a live server: a real worker on Procrastinate's in-memory connector."""

import asyncio

import procrastinate
import procrastinate.testing
import pytest
import taskbadger.procrastinate
from taskbadger.systems.procrastinate import ProcrastinateSystemIntegration


@pytest.fixture
def app():
    app = procrastinate.App(connector=procrastinate.testing.InMemoryConnector())
    with app.open():
        yield app


@pytest.fixture
def work(app):
    """Let a worker do what is queued, then stop."""

    def _work():
        asyncio.run(app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False))

    return _work


@pytest.fixture
def job_status(app):
    return lambda job_id: app.connector.jobs[job_id]["status"]


@pytest.fixture
def tracked(app, unique):
    """`@tracked()` registers a task that is tracked by the SDK's decorator."""

    def register(suffix="task", options=None, **task_options):
        def decorate(function):
            task = app.task(name=f"{unique}.{suffix}", **task_options)(function)
            return taskbadger.procrastinate.track(task, **(options or {}))

        return decorate

    return register


def test_a_job_is_pending_then_processing_then_a_success(sdk, native, unique, tracked, work, job_status):
    seen = []

    @tracked(queue="bulk")
    def add(a, b):
        seen.append((a + b, native.task(taskbadger.procrastinate.current_task().id)))

    job_id = add.defer(a=2, b=2)
    [pending] = native.listed(name=f"{unique}.task")
    assert (pending["status"], pending["queue"], pending["parent"]) == ("pending", "bulk", None)
    # The job's id is known, and sent, only after the task was created.
    assert pending["external_id"] == str(job_id)

    work()

    assert job_status(job_id) == "succeeded"
    [(total, processing)] = seen
    assert total == 4
    assert (processing["id"], processing["status"]) == (pending["id"], "processing")
    [done] = native.listed(name=f"{unique}.task")
    assert (done["id"], done["status"], done["data"]) == (pending["id"], "success", None)
    assert done["start_time"] == processing["start_time"]
    assert done["end_time"] is not None
    assert done["external_id"] == str(job_id)


def test_an_async_job_is_tracked_alike(sdk, native, unique, tracked, app, job_status):
    seen = []

    @tracked()
    async def add(a, b):
        seen.append(native.task(taskbadger.procrastinate.current_task().id)["status"])

    async def defer_and_work():
        job_id = await add.defer_async(a=2, b=2)
        await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
        return job_id

    job_id = asyncio.run(defer_and_work())

    assert job_status(job_id) == "succeeded"
    assert seen == ["processing"]
    [task] = native.listed(name=f"{unique}.task")
    assert (task["status"], task["external_id"]) == ("success", str(job_id))


def test_options_of_the_decorator_are_stored(sdk, native, unique, tracked, work):
    @tracked(
        options={
            "name": f"{unique}.renamed",
            "value_max": 7,
            "tags": {"env": "test"},
            "data": {"own": 1},
            "record_task_args": True,
            "stale_timeout": 120,
        }
    )
    def export(rows):
        taskbadger.procrastinate.current_task().update(value=7)

    export.defer(rows=[1, 2])
    work()

    [task] = native.listed(name=f"{unique}.renamed")
    assert (task["status"], task["value"], task["value_max"], task["stale_timeout"]) == ("success", 7, 7, 120)
    assert task["tags"] == {"env": "test"}
    assert task["data"] == {"own": 1, "procrastinate_task_kwargs": {"rows": [1, 2]}}


def test_a_job_that_raises_is_an_error_with_its_exception(sdk, native, unique, tracked, work, job_status):
    @tracked(options={"data": {"own": 1}})
    def fail():
        raise ValueError("no such file")

    job_id = fail.defer()
    work()

    assert job_status(job_id) == "failed"
    [task] = native.listed(name=f"{unique}.task")
    assert task["status"] == "error"
    assert task["data"] == {"own": 1, "exception": "no such file"}
    assert task["end_time"] is not None


def test_a_retried_job_runs_again_as_the_same_task(sdk, native, unique, moment, tracked, work, job_status):
    seen = []

    @tracked(retry=procrastinate.RetryStrategy(max_attempts=2))
    def flaky():
        seen.append(native.task(taskbadger.procrastinate.current_task().id))
        if len(seen) < 2:
            raise ValueError("first attempt")

    job_id = flaky.defer()
    work()

    assert job_status(job_id) == "succeeded"
    first, second = seen
    assert (second["id"], second["status"], second["end_time"]) == (first["id"], "processing", None)
    assert second["data"] == {"exception": "first attempt"}
    assert moment(second["start_time"]) > moment(first["start_time"])
    [task] = native.listed(name=f"{unique}.task")
    assert (task["status"], task["start_time"]) == ("success", second["start_time"])
    assert task["external_id"] == str(job_id)


def test_what_a_job_defers_is_its_child_and_grandchildren_join_it(sdk, native, unique, tracked, work):
    @tracked("leaf")
    def leaf():
        pass

    @tracked("branch")
    def branch():
        leaf.defer()

    @tracked("root")
    def root():
        branch.defer()

    root.defer()
    work()

    [top] = native.listed(name=f"{unique}.root")
    assert top["parent"] is None
    children = native.listed(parent=top["id"])
    assert [(task["name"], task["status"]) for task in children] == [
        (f"{unique}.branch", "success"),
        (f"{unique}.leaf", "success"),
    ]


def test_an_end_that_the_body_has_set_stays(sdk, native, unique, tracked, work):
    @tracked()
    def give_up():
        taskbadger.procrastinate.current_task().canceled()

    give_up.defer()
    work()

    [task] = native.listed(name=f"{unique}.task")
    assert task["status"] == "cancelled"


@pytest.mark.parametrize(
    ("sets_pending", "seen_status", "status"),
    [
        pytest.param(False, "cancelled", "cancelled", id="stays cancelled"),
        pytest.param(True, "pending", "success", id="runs again once it is set to pending"),
    ],
)
def test_a_job_that_cancelled_its_own_task_and_is_retried(
    sdk, native, unique, tracked, work, sets_pending, seen_status, status
):
    seen = []

    @tracked(retry=procrastinate.RetryStrategy(max_attempts=2))
    def flaky():
        task = taskbadger.procrastinate.current_task()
        if seen and sets_pending:
            task.update_status(taskbadger.StatusEnum.PENDING)
        seen.append(native.task(task.id)["status"])
        if len(seen) < 2:
            task.canceled()
            raise ValueError("first attempt")

    flaky.defer()
    work()

    assert seen == ["processing", seen_status]
    [task] = native.listed(name=f"{unique}.task")
    assert task["status"] == status


@pytest.mark.parametrize(
    ("pinged", "status"),
    [pytest.param(True, "success", id="pinged"), pytest.param(False, "stale", id="left alone")],
)
def test_a_stale_job_gets_its_success_when_a_ping_has_revived_it(sdk, native, unique, tracked, work, pinged, status):
    @tracked(options={"stale_timeout": 600})
    def slow():
        task = taskbadger.procrastinate.current_task()
        native.patch(task.id, status="stale")
        if pinged:
            task.ping()

    slow.defer()
    work()

    [task] = native.listed(name=f"{unique}.task")
    assert task["status"] == status


def test_the_system_integration_tracks_plain_tasks_but_those_excluded(configure, native, unique, app, work):
    configure(
        systems=[
            ProcrastinateSystemIntegration(app, excludes=[r".*\.private"], record_task_args=True, stale_timeout=90),
        ]
    )

    @app.task(name=f"{unique}.public")
    def public(value):
        pass

    @app.task(name=f"{unique}.private")
    def private(value):
        pass

    private.defer(value=1)
    public.defer(value=2)
    work()

    [task] = native.listed(name_contains=unique)
    assert (task["name"], task["status"], task["stale_timeout"]) == (f"{unique}.public", "success", 90)
    assert task["data"] == {"procrastinate_task_kwargs": {"value": 2}}


def test_a_periodic_job_is_tracked(configure, native, unique, app, work):
    configure(systems=[ProcrastinateSystemIntegration(app)])

    @app.task(name=f"{unique}.nightly", queue="nights")
    def nightly(timestamp):
        pass

    async def tick():
        job = nightly.configure(task_kwargs={"timestamp": 1}).job
        return await app.job_manager.defer_periodic_job(job=job, periodic_id="nightly", defer_timestamp=1)

    job_id = asyncio.run(tick())
    work()

    [task] = native.listed(name=f"{unique}.nightly")
    assert (task["status"], task["queue"], task["external_id"]) == ("success", "nights", str(job_id))


def test_a_job_runs_though_the_server_refuses_the_key(
    configure, refused_key, native, unique, tracked, work, job_status
):
    configure(token=refused_key)

    @tracked()
    def add(a, b):
        pass

    job_id = add.defer(a=2, b=2)
    work()

    assert job_status(job_id) == "succeeded"
    assert native.listed(name_contains=unique) == []
