"""Events are cut into slices by the size of their tasks, so that no stream needs memory for all of them at once."""

import pytest

from events.pending import EVENT, SLICE, Pending, cut, in_order
from events.reading import Change


def change(number, of):
    return Change((0, number), of, 1, "pending", "success", None)


@pytest.mark.parametrize(
    ("sizes", "lengths"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([0] * 5, [5], id="small ones together"),
        pytest.param([SLICE * 4] * 3, [1, 1, 1], id="large ones alone"),
        pytest.param([0, SLICE * 4, 0, 0], [1, 1, 2], id="a large one between small ones"),
        pytest.param([SLICE // 2 - EVENT] * 4, [2, 2], id="two fill a slice"),
        pytest.param([0] * (SLICE // EVENT + 1), [SLICE // EVENT, 1], id="many small ones"),
    ],
)
def test_slices(sizes, lengths):
    pending = [Pending("progress", number) for number in range(len(sizes))]
    slices = cut(pending, dict(enumerate(sizes)))
    assert [len(part) for part in slices] == lengths
    assert [event for part in slices for event in part] == pending


def test_a_large_task_is_counted_for_each_of_its_events():
    events = in_order([], [change(number, of=7) for number in range(3)], [])
    assert [len(part) for part in cut(events, {7: SLICE})] == [1, 1, 1]


def test_order_is_new_tasks_then_changes_then_progress_of_the_others():
    events = in_order([1, 2], [change(1, of=2), change(2, of=3)], {1, 3, 5, 4})
    assert [(event.kind, event.number) for event in events] == [
        ("created", 1),
        ("created", 2),
        ("status", 2),
        ("status", 3),
        ("progress", 4),
        ("progress", 5),
    ]
