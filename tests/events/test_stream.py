"""Event streams of the running server: what is told, to whom, how soon, and that none is lost or doubled."""

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.events.listening import Stream
from tests.native.test_concurrency import Tasks

pytestmark = pytest.mark.slow
SOON = 2.0  # seconds from a change to its event
WRITERS = 6
CHANGES = 25  # of each writer


@pytest.fixture
def place(server):
    """A project of the test's own, with its key: what other tests do is not told here."""
    place = f"demo/p{secrets.token_hex(4)}"
    key = server.new_key(place, "--create")

    class Project(Tasks):
        def __init__(self):
            self.server, self.place, self.key = server, place, key
            self.base = f"/api/{place}/tasks"

        def call(self, method, path="", body=None):
            answer = server.request(method, self.base + path, body, key=key)
            assert answer.status < 300, (method, path, answer.status, answer.body, server.tail())
            return answer

        def listen(self, query="", last=""):
            return Stream(server, query, project=place, key=key, last=last).begun()

        def move(self, task, **fields):
            return self.call("PATCH", f"/{task['id']}", fields).json()

    return Project()


def test_a_stream_begins_as_one(place):
    with place.listen() as stream:
        head = stream.head.lower()
        assert stream.status == 200
        assert "content-type: text/event-stream" in head
        assert "cache-control: no-store" in head
        assert "x-accel-buffering: no" in head
        assert "x-request-id: " in head


def test_a_change_is_told_soon(place):
    task = place.make()
    with place.listen() as stream:
        begun = time.monotonic()
        moved = place.move(task, status="processing", value=5)
        event = stream.next("status", within=SOON)
        assert time.monotonic() - begun < SOON
        assert event.body["task"] == moved
        assert (event.body["from"], event.body["to"]) == ("pending", "processing")
        assert event.id


def test_the_life_of_a_task_is_told_in_its_order(place):
    with place.listen() as stream:
        task = place.make()
        event = stream.next()
        assert (event.kind, event.body) == ("created", {"task": task})
        place.move(task, status="processing")
        assert stream.next("status").body["to"] == "processing"
        moved = place.move(task, value=7)
        event = stream.next("progress")
        assert (event.body, event.id) == ({"task": moved}, "")
        place.call("DELETE", f"/{task['id']}")
        event = stream.next("status")
        assert (event.body["from"], event.body["to"]) == ("processing", "cancelled")


def test_progress_is_the_latest_state_and_not_every_step(place):
    task = place.make(status="processing")
    with place.listen() as stream:
        for value in range(1, 51):
            place.move(task, value=value)
        values = [stream.next("progress").body["task"]["value"]]
        while values[-1] != 50:
            values.append(stream.next("progress").body["task"]["value"])
        assert values == sorted(values)
        assert len(values) < 50


def test_progress_is_sent_anew_to_whoever_comes_back(place):
    task = place.make(status="processing")
    with place.listen() as stream:
        last = stream.last
    moved = place.move(task, value=9)
    with place.listen(last=last) as stream:
        assert stream.next("progress").body == {"task": moved}


def test_filters_hold_for_all_that_is_told(place):
    with place.listen("?name_contains=port&status=error&status=processing") as stream:
        for name in ("export", "else"):
            task = place.make(name=name)
            place.move(task, status="processing")
            place.move(task, status="success")
        place.make(name="import", status="error")
        told = [stream.next() for _ in range(3)]
        seen = [(event.kind, event.name, event.body.get("to")) for event in told if event.kind != "progress"]
        assert sorted(seen, key=str) == sorted(
            [("status", "export", "processing"), ("status", "export", "success"), ("created", "import", None)], key=str
        )


def test_nothing_of_another_project_or_organization_is_told(place, server):
    other = f"other{secrets.token_hex(3)}/web"
    key = server.new_key(other, "--create")
    with place.listen() as own, Stream(server, project=other, key=key).begun() as foreign:
        place.make(name="ours")
        assert server.request("POST", f"/api/{other}/tasks", {"name": "theirs"}, key=key).status == 201
        assert own.next().name == "ours"
        assert foreign.next().name == "theirs"


@pytest.mark.parametrize(("project", "status"), [("demo/demo", 200), ("demo/nowhere", 404), ("elsewhere/demo", 404)])
def test_who_may_listen_where(server, project, status):
    with Stream(server, project=project) as stream:
        assert stream.status == status
    with Stream(server, project=project, key="nonsense") as stream:
        assert stream.status == 401


def test_a_bad_parameter_is_refused(server):
    with Stream(server, "?status=nonsense") as stream:
        assert stream.status == 400
        assert "application/json" in stream.head


def test_a_place_that_is_none_begins_anew(place):
    place.make()
    with Stream(place.server, project=place.place, key=place.key, last="nonsense") as stream:
        assert stream.next().kind == "reset"
        place.make(name="after")
        # The first task may be told once more: where others write, what was written just now is not final yet.
        assert "after" in (stream.next("created").name for _ in range(2))


@pytest.mark.parametrize("attempt", range(2))
def test_none_is_lost_or_doubled_however_often_one_comes_back(place, attempt):
    """Many write at once; the listener hangs up again and again, and comes back with the last id that it saw."""
    tasks = [place.make() for _ in range(WRITERS)]
    done = threading.Event()

    def write(task):
        for turn in range(CHANGES):
            place.move(task, status=("processing", "error", "pending")[turn % 3])

    def listen(last):
        told = []
        while True:
            with place.listen(last=last) as stream:
                for _ in range(1 + len(told) % 7):
                    try:
                        event = stream.next("status", within=1.0)
                    except TimeoutError:
                        if done.is_set():
                            return told
                        break
                    told.append((event.body["task"]["id"], event.body["from"], event.body["to"], event.id))
                last = stream.last

    with place.listen() as first, ThreadPoolExecutor(WRITERS + 1) as pool:
        hearing = pool.submit(listen, first.last)
        for writing in [pool.submit(write, task) for task in tasks]:
            writing.result()
        steady = [first.next("status") for _ in range(WRITERS * CHANGES)]
        done.set()
        told = hearing.result(60)
    assert len({event.id for event in steady}) == len(steady)
    assert len({told_id for *_, told_id in told}) == len(told)
    for task in tasks:
        history = place.get(task, "?embed=status_history")["status_history"]
        expected = [(entry["from"], entry["to"]) for entry in history]
        assert len(expected) == CHANGES
        assert [(old, new) for of, old, new, _ in told if of == task["id"]] == expected
        mine = [event.body for event in steady if event.body["task"]["id"] == task["id"]]
        assert [(body["from"], body["to"]) for body in mine] == expected


def test_a_revoked_key_ends_the_stream(place, server):
    key = server.new_key(place.place)
    admin = server.new_key("demo", "--admin")
    with Stream(server, project=place.place, key=key).begun() as stream, place.listen() as other:
        listed = server.request("GET", "/api/demo/keys", key=admin).json()
        mine = max(row["id"] for row in listed if row["project"] == place.place.split("/")[1])
        assert server.request("DELETE", f"/api/demo/keys/{mine}", key=admin).status == 204
        assert stream.ends()
        place.make(name="still heard")
        assert other.next().name == "still heard"
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with Stream(server, project=place.place, key=key) as stream:
            if stream.status == 401:
                return
    pytest.fail("The key still works.")


def test_whoever_reads_slowly_gets_all_of_it_and_keeps_nobody_waiting(place):
    """Far more than the server keeps for a listener: the rest is read from the database when there is room."""
    data = {"padding": "x" * 100_000}
    tasks = [place.make(data=data) for _ in range(10)]
    with place.listen() as slow, place.listen() as hearing:
        moved = 0
        for turn in range(6):
            for task in tasks:
                place.move(task, status=("processing", "pending")[turn % 2])
                moved += 1
            for _ in tasks:
                hearing.next("status", within=5)
        told = [slow.next("status") for _ in range(moved)]
        assert len({event.id for event in told}) == moved
        for task in tasks:
            own = [event.body["to"] for event in told if event.body["task"]["id"] == task["id"]]
            assert own == ["processing", "pending"] * 3
        place.move(tasks[0], status="success")
        assert slow.next("status").body["to"] == "success"
