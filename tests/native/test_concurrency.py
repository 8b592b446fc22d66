"""Many clients at once, against the real server: nothing is lost, nothing is done twice, nobody waits in a ring."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

THREADS = 8


class Tasks:
    """The tasks of the server's project. No answer may be of 500 or above."""

    def __init__(self, server):
        self.server = server
        self.base = f"/api/{server.organization}/{server.project}/tasks"

    def call(self, method, path="", body=None):
        answer = self.server.request(method, self.base + path, body)
        assert answer.status < 500, (method, path, body, answer.status, answer.body, self.server.tail())
        return answer

    def call_at_once(self, *calls):
        """Makes the calls on a thread each, all released at the same moment; the answers, in order."""
        gate = Barrier(len(calls))

        def run(call):
            gate.wait()
            return self.call(*call)

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(run, calls))

    def make(self, **fields):
        answer = self.call("POST", body={"name": "export", **fields})
        assert answer.status == 201, answer.body
        return answer.json()

    def get(self, task, query=""):
        return self.call("GET", f"/{task['id']}{query}").json()

    def parents(self, members):
        """The parent of each; none of them has a parent itself."""
        parents = {task["id"]: self.get(task)["parent"] for task in members}
        assert [child for child, parent in parents.items() if parent and parents[parent]] == []
        return parents


@pytest.fixture
def tasks(server):
    return Tasks(server)


@pytest.mark.parametrize("attempt", range(5))
def test_updates_of_different_fields_are_all_kept(tasks, attempt):
    fields = {
        "value": 7,
        "value_max": 70,
        "data": {"a": 1},
        "queue": "q",
        "external_id": "x",
        "max_runtime": 5,
        "stall_timeout": 6,
        "status": "processing",
    }
    task = tasks.make()
    answers = tasks.call_at_once(*[("PATCH", f"/{task['id']}", {name: fields[name]}) for name in fields])
    assert [answer.status for answer in answers] == [200] * len(fields)
    after = tasks.get(task)
    assert {name: after[name] for name in fields} == fields


@pytest.mark.parametrize("attempt", range(5))
def test_tags_that_are_sent_at_once_are_all_kept(tasks, attempt):
    task = tasks.make(tags={"old": "x"})
    new = {f"name {number}": str(number) for number in range(THREADS - 1)}
    sent = [{"old": None}, *[{name: new[name]} for name in new]]
    tasks.call_at_once(*[("PATCH", f"/{task['id']}", {"tags": tags}) for tags in sent])
    assert tasks.get(task)["tags"] == new


def test_tasks_that_are_made_at_once_are_all_there(tasks):
    queue, made = uuid4().hex, []
    for _ in range(25):
        answers = tasks.call_at_once(*[("POST", "", {"name": "export", "queue": queue})] * THREADS)
        made += [answer.json() for answer in answers if answer.status == 201]
    assert len(made) == 25 * THREADS
    for key in ("id", "number", "public_url"):
        assert len({task[key] for task in made}) == len(made)
    listed = tasks.call("GET", f"?queue={queue}&page_size=1000").json()["results"]
    assert {task["id"] for task in listed} == {task["id"] for task in made}
    assert [task["number"] for task in listed] == sorted((task["number"] for task in made), reverse=True)


@pytest.mark.parametrize("attempt", range(3))
def test_a_status_that_all_send_at_once_is_entered_once(tasks, attempt):
    task = tasks.make()
    tasks.call_at_once(*[("PATCH", f"/{task['id']}", {"status": "processing"})] * THREADS)
    history = tasks.get(task, "?embed=status_history")["status_history"]
    assert [(entry["from"], entry["to"]) for entry in history] == [("pending", "processing")]


@pytest.mark.parametrize("attempt", range(3))
def test_the_history_is_one_unbroken_line(tasks, attempt):
    task = tasks.make()
    path = f"/{task['id']}"
    ways = ["processing", "success", "error", "stale", "pending", "post_processing"]
    updates = [("PATCH", path, {"status": status}) for status in ways]
    tasks.call_at_once(*updates, ("DELETE", path), ("PATCH", path, {}))
    after = tasks.get(task, "?embed=status_history")
    line = ["pending", *[entry["to"] for entry in after["status_history"]]]
    assert [entry["from"] for entry in after["status_history"]] == line[:-1]
    assert after["status"] == line[-1]


@pytest.mark.parametrize("attempt", range(6))
def test_tasks_that_adopt_each_other_in_a_ring_never_nest(tasks, attempt):
    ring = [tasks.make() for _ in range(THREADS)]
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    answers = tasks.call_at_once(*[("PATCH", f"/{child['id']}", {"parent": parent["id"]}) for child, parent in pairs])
    assert {answer.status for answer in answers} <= {200, 400}
    taken = sorted(answer.json()["parent"] for answer in answers if answer.status == 200)
    assert taken  # whoever came first had his way
    assert sorted(filter(None, tasks.parents(ring).values())) == taken


@pytest.mark.parametrize("attempt", range(6))
def test_a_task_that_is_adopted_while_it_gets_children_never_nests(tasks, attempt):
    root, middle = tasks.make(), tasks.make()
    adoption = ("PATCH", f"/{middle['id']}", {"parent": root["id"]})
    births = [("POST", "", {"name": "leaf", "parent": middle["id"]})] * 3
    adopted, *born = tasks.call_at_once(adoption, *births)
    leaves = [answer.json() for answer in born if answer.status == 201]
    tasks.parents([root, middle, *leaves])
    assert {answer.status for answer in (adopted, *born)} <= {200, 201, 400}
    assert (adopted.status == 200) == (not leaves)


@pytest.mark.parametrize("attempt", range(3))
def test_many_clients_that_cross_a_point_at_once_fire_it_once(server, tasks, attempt):
    action = {"trigger": "50", "integration": "email", "config": {"to": "ops@example.org"}}
    task = tasks.make(value=1, actions=[action])
    tasks.call_at_once(*(("PATCH", f"/{task['id']}", {"value": 60 + number}) for number in range(THREADS)))
    key = server.new_key(server.organization, "--admin")
    path = f"/api/{server.organization}/deliveries?task={task['id']}"
    assert [row["point"] for row in server.request("GET", path, key=key).json()["results"]] == ["50"]


def test_actions_that_are_added_at_once_are_no_more_than_a_task_can_have(tasks):
    email = {"trigger": "success", "integration": "email", "config": {"to": "a@example.org"}}
    task = tasks.make(actions=[email] * 45)
    path = f"/{task['id']}"
    calls = [("POST", f"{path}/actions", email), ("PATCH", path, {"actions": [email] * 2})] * (THREADS // 2)
    answers = tasks.call_at_once(*calls)
    added = sum(1 if answer.status == 201 else 2 for answer in answers if answer.status < 300)
    refused = [answer.json()["errors"][0] for answer in answers if answer.status >= 300]
    assert {(error["attr"], error["code"]) for error in refused} == {("actions", "max_length")}
    assert added <= 5
    assert len(tasks.call("GET", f"{path}/actions").json()) == 45 + added


def test_tags_that_are_merged_at_once_are_no_more_than_a_task_can_have(tasks):
    task = tasks.make(tags={f"t{n}": "x" for n in range(95)})
    answers = tasks.call_at_once(*[("PATCH", f"/{task['id']}", {"tags": {f"more{n}": "x"}}) for n in range(THREADS)])
    assert sorted(answer.status for answer in answers) == [200] * 5 + [400] * (THREADS - 5)
    assert len(tasks.get(task)["tags"]) == 100
