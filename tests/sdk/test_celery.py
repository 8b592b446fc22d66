"""The SDK's Celery integration against a live server: real publishing, a real worker in a thread, nothing mocked."""

import gc
import time
from contextlib import contextmanager

import pytest
import taskbadger
import taskbadger.celery
from celery import Celery, chain
from celery.app.log import Logging
from celery.contrib.testing.worker import start_worker
from celery.worker import state
from taskbadger.systems.celery import CelerySystemIntegration

WITHIN = 20  # seconds, for what takes milliseconds


class NoLogging(Logging):
    """Celery's own sets up the root logger, the environment and the warning filters of the whole process."""

    def setup(self, *args, **options):
        pass


@pytest.fixture
def app(unique):
    app = Celery(unique, broker="memory://", backend="cache+memory://", set_as_current=True, log=NoLogging)
    app.conf.update(
        broker_connection_retry_on_startup=False,
        broker_transport_options={"polling_interval": 0.01},
        task_default_queue=unique,  # the memory broker is one for the whole process
    )
    yield app
    app.close()


@pytest.fixture
def worker(app):
    """A worker in a thread of its own. Once the block is over, it has finished with all it had begun."""

    @app.task(name="celery.stop")  # the integration leaves tasks of this prefix alone
    def stop():
        state.should_terminate = 0

    @contextmanager
    def start():
        with start_worker(app, pool="solo", perform_ping_check=False):
            yield
            # It looks at its flag after each message, then waits for one more: without these it takes its two seconds.
            stop.delay()
            stop.delay()

    return start


@pytest.fixture
def work(worker):
    """Let a worker bring about the given results, and return them."""

    def _work(*results):
        with worker():
            return [result.get(timeout=WITHIN, interval=0.01, propagate=False) for result in results]

    return _work


@pytest.fixture
def tracked(app, unique):
    """`@tracked()` registers a task that is tracked by its base class; it is named after the test's unique name."""

    def register(suffix="task", **options):
        return app.task(name=f"{unique}.{suffix}", base=taskbadger.celery.Task, **options)

    return register


def looks():
    """One turn after another until the time is up; each turn asks the server, which is pause enough."""
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        yield


def test_a_task_is_pending_then_processing_then_a_success(sdk, native, unique, tracked, work):
    @tracked(bind=True)
    def add(self, a, b):
        return a + b, native.task(self.taskbadger_task_id)

    result = add.delay(2, 2)
    pending = native.task(result.taskbadger_task_id)
    assert (pending["status"], pending["name"]) == ("pending", f"{unique}.task")
    assert (pending["external_id"], pending["queue"]) == (result.id, unique)
    assert (pending["parent"], pending["data"], pending["start_time"]) == (None, None, None)

    [[total, processing]] = work(result)

    assert total == 4
    assert processing["status"] == "processing"
    assert processing["start_time"] is not None
    done = native.task(pending["id"])
    assert done["status"] == "success"
    assert done["start_time"] == processing["start_time"]
    assert done["end_time"] is not None
    assert [task["id"] for task in native.listed(external_id=result.id)] == [pending["id"]]
    assert result.get_taskbadger_task().status == "success"


def test_options_of_the_task_and_of_the_call_are_stored(sdk, native, unique, tracked, work):
    @tracked(taskbadger_value_max=50, taskbadger_kwargs={"tags": {"env": "test"}})
    def export(rows):
        return rows

    result = export.apply_async(
        ([1, 2],),
        taskbadger_name=f"{unique}.renamed",
        taskbadger_data={"own": 1},
        taskbadger_record_task_args=True,
        taskbadger_stale_timeout=120,
    )
    work(result)

    [task] = native.listed(external_id=result.id)
    assert task["name"] == f"{unique}.renamed"
    assert (task["value_max"], task["stale_timeout"], task["tags"]) == (50, 120, {"env": "test"})
    assert task["data"] == {"own": 1, "celery_task_args": [[1, 2]], "celery_task_kwargs": {}}
    assert task["status"] == "success"


def test_progress_from_the_body_reaches_the_server(sdk, native, tracked, work):
    @tracked(bind=True)
    def crawl(self, pages):
        for page in range(1, pages + 1):
            self.taskbadger_task.update(value=page, value_max=pages)
        self.taskbadger_task.tag({"pages": str(pages)})
        return native.task(self.taskbadger_task_id)

    result = crawl.delay(4)
    [running] = work(result)

    assert (running["status"], running["value"], running["value_percent"]) == ("processing", 4, 100)
    [task] = native.listed(external_id=result.id)
    assert (task["status"], task["value"], task["tags"]) == ("success", 4, {"pages": "4"})


def test_an_end_that_the_body_has_set_stays(sdk, native, tracked, work):
    @tracked(bind=True)
    def give_up(self):
        self.taskbadger_task.canceled()

    result = give_up.delay()
    work(result)

    [task] = native.listed(external_id=result.id)
    assert task["status"] == "cancelled"


def test_a_task_that_is_cancelled_before_it_begins_stays_so(sdk, native, tracked, work):
    @tracked(bind=True)
    def export(self):
        return self.taskbadger_task.status

    result = export.delay()
    [waiting] = native.listed(external_id=result.id)
    native.patch(waiting["id"], status="cancelled")

    assert work(result) == ["cancelled"]  # its body could have stopped by that
    [task] = native.listed(external_id=result.id)
    assert (task["status"], task["start_time"]) == ("cancelled", None)


def test_a_task_that_raises_is_an_error_with_its_traceback(sdk, native, tracked, work):
    @tracked()
    def fail():
        raise ValueError("no such file")

    result = fail.apply_async(taskbadger_data={"own": 1})
    work(result)

    [task] = native.listed(external_id=result.id)
    assert task["status"] == "error"
    assert task["data"]["own"] == 1
    assert "Traceback" in task["data"]["exception"]
    assert "ValueError: no such file" in task["data"]["exception"]
    assert task["end_time"] is not None


@pytest.mark.parametrize(
    ("message", "is_kept"), [("no such file: a\x00b", True), ("x" * 2_000_000, False)], ids=["NUL", "2 MB"]
)
def test_no_traceback_keeps_a_failure_from_being_reported(sdk, native, tracked, work, message, is_kept):
    @tracked()
    def fail():
        raise ValueError(message)

    result = fail.apply_async(taskbadger_data={"own": 1})
    work(result)

    [task] = native.listed(external_id=result.id)
    assert task["status"] == "error"
    assert task["data"]["own"] == 1
    assert (f"ValueError: {message}" in task["data"].get("exception", "")) is is_kept


def test_retries_are_tasks_of_one_external_id_below_the_first_attempt(sdk, native, unique, tracked, work):
    @tracked(bind=True, max_retries=2)
    def flaky(self):
        if self.request.retries < 2:
            raise self.retry(countdown=0, exc=ValueError(f"attempt {self.request.retries}"))
        return "third time lucky"

    result = flaky.delay()
    assert work(result) == ["third time lucky"]

    first, second, third = native.listed(external_id=result.id)
    assert [task["status"] for task in (first, second, third)] == ["error", "error", "success"]
    assert [task["parent"] for task in (first, second, third)] == [None, first["id"], first["id"]]
    assert {task["name"] for task in (first, second, third)} == {f"{unique}.task"}
    assert "attempt 0" in first["data"]["exception"]
    assert "attempt 1" in second["data"]["exception"]
    assert [task["id"] for task in native.listed(parent=first["id"])] == [second["id"], third["id"]]


def test_a_task_that_runs_out_of_retries_ends_in_error(sdk, native, tracked, work):
    @tracked(bind=True, max_retries=1)
    def hopeless(self):
        raise self.retry(countdown=0, exc=ValueError("still broken"))

    result = hopeless.delay()
    work(result)

    tasks = native.listed(external_id=result.id)
    assert [task["status"] for task in tasks] == ["error", "error"]
    assert [task["parent"] for task in tasks] == [None, tasks[0]["id"]]
    assert "still broken" in tasks[1]["data"]["exception"]


def test_what_a_task_publishes_is_its_child_and_grandchildren_join_it(sdk, native, unique, tracked, app, worker):
    @tracked("leaf")
    def leaf():
        pass

    @tracked("branch")
    def branch():
        return leaf.delay().id

    @tracked("root")
    def root():
        return branch.delay().id

    result = root.delay()
    with worker():
        branch_id = result.get(timeout=WITHIN, interval=0.01)
        leaf_id = app.AsyncResult(branch_id).get(timeout=WITHIN, interval=0.01)
        app.AsyncResult(leaf_id).get(timeout=WITHIN, interval=0.01)

    [top] = native.listed(external_id=result.id)
    assert top["parent"] is None
    children = native.listed(parent=top["id"])
    assert [task["name"] for task in children] == [f"{unique}.branch", f"{unique}.leaf"]
    assert [task["external_id"] for task in children] == [branch_id, leaf_id]
    assert {task["status"] for task in [top, *children]} == {"success"}


def test_the_links_of_a_chain_are_no_children(sdk, native, unique, tracked, work):
    @tracked("one")
    def one():
        return 1

    @tracked("two")
    def two(value):
        return value + 1

    result = chain(one.s(), two.s()).delay()
    assert work(result) == [2]

    tasks = native.listed(name_contains=unique)
    assert [(task["name"], task["parent"], task["status"]) for task in tasks] == [
        (f"{unique}.one", None, "success"),
        (f"{unique}.two", None, "success"),
    ]


def test_a_map_is_one_task_that_names_its_items(sdk, native, unique, tracked, work):
    @tracked("double")
    def double(value):
        return 2 * value

    result = double.map([1, 2, 3]).apply_async()
    assert work(result) == [[2, 4, 6]]

    [task] = native.listed(name_contains=unique)
    assert task["name"] == f"{unique}.double (map 3)"
    assert task["data"] == {"canvas_type": "celery.map", "item_count": 3}
    assert (task["external_id"], task["status"]) == (result.id, "success")


def test_an_eager_task_is_tracked_too(sdk, native, unique, app, tracked):
    app.conf.task_always_eager = True

    @tracked("child")
    def child():
        pass

    @tracked("good", bind=True)
    def good(self):
        child.delay()
        return native.task(self.taskbadger_task_id)["status"]

    @tracked("bad")
    def bad():
        raise ValueError("eager")

    result, failed = good.delay(), bad.delay()

    assert result.get() == "processing"
    [task] = native.listed(external_id=result.id)
    assert (task["name"], task["status"], task["parent"]) == (f"{unique}.good", "success", None)
    [below] = native.listed(parent=task["id"])
    assert (below["name"], below["status"]) == (f"{unique}.child", "success")
    [task] = native.listed(external_id=failed.id)
    assert task["status"] == "error"
    assert "ValueError: eager" in task["data"]["exception"]


def test_the_system_integration_tracks_plain_tasks_but_those_excluded(configure, native, unique, app, work):
    configure(systems=[CelerySystemIntegration(excludes=[r".*\.private"], record_task_args=True, stale_timeout=90)])

    @app.task(name=f"{unique}.public")
    def public(value):
        return value

    @app.task(name=f"{unique}.private")
    def private(value):
        return value

    assert work(private.delay(1), public.delay(2)) == [1, 2]

    [task] = native.listed(name_contains=unique)
    assert (task["name"], task["status"], task["stale_timeout"]) == (f"{unique}.public", "success", 90)
    assert task["data"] == {"celery_task_args": [2], "celery_task_kwargs": {}}


def test_a_call_can_opt_out(sdk, native, unique, tracked, work):
    @tracked()
    def quiet():
        return "done"

    assert work(quiet.apply_async(taskbadger_track=False)) == ["done"]

    assert native.listed(name_contains=unique) == []


def test_a_heartbeat_moves_updated_while_the_body_runs(sdk, native, moment, tracked, work):
    @tracked(bind=True, taskbadger_heartbeat_interval=0.05, taskbadger_stale_timeout=600)
    def long(self):
        first = native.task(self.taskbadger_task_id)
        for _ in looks():
            seen = native.task(self.taskbadger_task_id)
            if seen["updated"] != first["updated"]:
                return first, seen
        return None

    result = long.delay()
    [[before, after]] = work(result)

    assert moment(after["updated"]) > moment(before["updated"])
    assert after | {"updated": before["updated"]} == before
    [task] = native.listed(external_id=result.id)
    assert (task["status"], task["stale_timeout"]) == ("success", 600)


def test_a_heartbeat_revives_a_task_that_went_stale(sdk, native, tracked, work):
    @tracked(bind=True, taskbadger_heartbeat_interval=0.05, taskbadger_stale_timeout=600)
    def long(self):
        native.patch(self.taskbadger_task_id, status="stale")
        for _ in looks():
            if native.task(self.taskbadger_task_id)["status"] != "stale":
                return "revived"
        return None

    result = long.delay()
    assert work(result) == ["revived"]

    [task] = native.listed(external_id=result.id)
    assert task["status"] == "success"


# Where the create fails in the worker, too, the SDK forgets to close the connection that it tried it with.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_task_runs_though_the_server_refuses_the_key(configure, refused_key, native, unique, tracked, work):
    configure(token=refused_key)

    @tracked()
    def add(a, b):
        return a + b

    result = add.delay(2, 2)
    assert result.taskbadger_task_id is None
    assert work(result) == [4]

    assert native.listed(name_contains=unique) == []
    gc.collect()
