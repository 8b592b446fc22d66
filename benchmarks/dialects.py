"""The two project-management dialects beside the native API: the same tasks, the same page, the same server.

    python -m benchmarks --operation dialects

All tasks are planned, so that a dialect has everything to show that it knows. The native list of 1000 is the measure:
a dialect's may take at most `MARK` times as long.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from benchmarks import load, processor
from benchmarks.agreement import call
from benchmarks.load import CONNECTIONS, Sample, request_with
from benchmarks.operations import TASKS, encode
from benchmarks.places import Place

OWNER = 1  # the one user that there is
PAGE = 1000
MARK = 2.5  # times the native list
LISTS = {
    "native": f"{TASKS}?page_size={PAGE}",
    "ProjectBubble": f"/v2/tasks?limit={PAGE}",
    "GoodDay": f"/api/v0/tasks?sort=-id&per_page={PAGE}",
}
HEAD = f"{'':8}{'':15}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'processor µs':>14}    times native (least-greatest)"
Rounds = list[dict[str, Sample]]


def plan(place: Place, ids: Sequence[str]) -> dict[str, int]:
    """Plans all of these tasks; gives their numbers by id."""
    for turn, public_id in enumerate(ids):
        due = f"2033-{turn % 12 + 1:02}-{turn % 28 + 1:02}"
        fields = {"description": f"Part {turn}", "due_date": due, "hourly_rate": "85.50", "assignees": [OWNER]}
        call(place, "ours", "PATCH", f"{TASKS}/{public_id}/plan", fields)
    return {public_id: call(place, "ours", "GET", f"{TASKS}/{public_id}")["number"] for public_id in ids}


def measure(place: Place, ids: Sequence[str], rounds: int, seconds: float) -> Iterator[str]:
    """The lines of a table: lists of a thousand, then updates, a round of each dialect in turn."""
    numbers = plan(place, ids)
    for operation, make in (("list", lists), ("update", updates)):
        for requests in make(place.key, numbers).values():
            load.run(place.ports["ours"], requests, min(seconds, 0.5))
        seen = [one_round(place, make(place.key, numbers), seconds, turn) for turn in range(rounds)]
        yield from lines(operation, seen)


def one_round(place: Place, requests: Mapping[str, list[list[bytes]]], seconds: float, turn: int) -> dict[str, Sample]:
    seen = {}
    names = list(requests)
    for name in names if turn % 2 == 0 else names[::-1]:
        before = processor.used(place.processes["ours"])
        seen[name] = load.run(place.ports["ours"], requests[name], seconds)
        seen[name].processor = processor.used(place.processes["ours"]) - before
    return seen


def headers_of(key: str) -> dict[str, dict[str, str]]:
    bearer = {"Authorization": f"Bearer {key}"}
    return {"native": bearer, "ProjectBubble": {"domain": "demo", "key": key}, "GoodDay": bearer}


def lists(key: str, numbers: Mapping[str, int]) -> dict[str, list[list[bytes]]]:
    return {
        name: [[request_with(headers, "GET", LISTS[name])]] * CONNECTIONS for name, headers in headers_of(key).items()
    }


def updates(key: str, numbers: Mapping[str, int]) -> dict[str, list[list[bytes]]]:
    """No two connections change the same task. GoodDay's API changes one field alone."""
    found: dict[str, list[list[bytes]]] = {}
    for name, headers in headers_of(key).items():
        found[name] = [[] for _ in range(CONNECTIONS)]
        for turn, (public_id, number) in enumerate(numbers.items()):
            value = random.randrange(100)
            method, path, body = {
                "native": ("PATCH", f"{TASKS}/{public_id}", {"value": value}),
                "ProjectBubble": ("PUT", f"/v2/tasks/{number}", {"progress": value}),
                "GoodDay": ("PATCH", f"/api/v0/tasks/{number}", {"billable": value % 2 == 0}),
            }[name]
            found[name][turn % CONNECTIONS].append(request_with(headers, method, path, encode(body)))
    return found


def lines(operation: str, rounds: Rounds) -> Iterator[str]:
    """A line for each dialect: rates are medians over the rounds, waits are of all rounds together."""
    for name in rounds[0]:
        samples = [seen[name] for seen in rounds]
        waits = Sample(waits=[wait for sample in samples for wait in sample.waits])
        spent = sum(sample.processor for sample in samples) / len(waits.waits) * 1e6
        text = f"{operation if name == 'native' else '':8}{name:15}{median(sample.rate for sample in samples):12,.0f}"
        text += f"{waits.percentile(0.5):9.2f}{waits.percentile(0.99):9.2f}{spent:14.0f}"
        yield text + ("" if name == "native" else f"    {verdict(operation, rounds, name)}")


def verdict(operation: str, rounds: Rounds, name: str) -> str:
    times = [seen["native"].rate / seen[name].rate for seen in rounds]
    text = f"{median(times):.2f} ({min(times):.2f}-{max(times):.2f})"
    return text if operation != "list" else f"{text}  mark {MARK}: {'met' if median(times) <= MARK else 'ABOVE'}"
