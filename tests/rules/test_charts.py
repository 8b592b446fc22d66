"""Where the parts of charts stand, and how their numbers are written."""

import random

import pytest

from dashboard.charts import LEAST, Point, columns, nice_top, percent, ranges, short
from dashboard.spans import SPANS
from tasks.durations import percentile, seconds_of, step_of


def chart(*stacks, height=200, width=400, least_top=1):
    points = [Point(label=str(index), when=f"hour {index}", parts=stack) for index, stack in enumerate(stacks)]
    kinds = ["succeeded", "failed", "cancelled"][: len(stacks[0]) if stacks else 3]
    return columns(points, kinds, width=width, height=height, write=short, least_top=least_top)


def test_columns_stand_on_the_base_and_their_parts_on_each_other():
    drawn = chart((6, 3, 1), (2, 0, 0))
    first, second = drawn.columns
    bottom, middle, top = first.parts
    assert [part.kind for part in first.parts] == ["succeeded", "failed", "cancelled"]
    assert bottom.y + bottom.height == drawn.base
    assert middle.y + middle.height == pytest.approx(bottom.y)
    assert top.y + top.height == pytest.approx(middle.y)
    assert bottom.height == pytest.approx(2 * middle.height, abs=0.2)
    assert [part.kind for part in second.parts] == ["succeeded"]


def test_a_column_bears_its_number_and_an_empty_one_none():
    drawn = chart((1200, 300, 0), (0, 0, 0))
    assert [column.number for column in drawn.columns] == ["1.5k", ""]
    assert drawn.columns[0].values == ["1.2k", "300", "0"]
    assert drawn.columns[0].number_y < drawn.columns[0].parts[-1].y
    assert drawn.columns[1].parts == []


def test_what_is_there_is_seen_however_small():
    failed = chart((1_000_000, 1, 0)).columns[0].parts[1]
    assert failed.height == LEAST


def test_nothing_leaves_the_chart():
    for _ in range(200):
        stacks = [[random.choice([0, 1, 7, 9_999, 10**7]) for _ in range(3)] for _ in range(random.randint(1, 40))]
        drawn = chart(*stacks)
        for column in drawn.columns:
            assert drawn.left <= column.x <= column.x + column.width <= drawn.right
            assert all(0 <= part.y <= drawn.base for part in column.parts)
            assert not column.number or column.number_y >= 8


def test_a_chart_of_nothing_is_an_empty_one():
    assert chart().columns == []
    assert [tick.text for tick in chart((0,), least_top=4).ticks] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("value", "top"), [(0, 1), (1, 1), (3, 3.2), (5, 6), (10, 10), (114, 120), (201, 240), (990, 1000), (0.013, 0.016)]
)
def test_an_axis_ends_with_a_round_number(value, top):
    assert nice_top(value, 1 if value >= 1 or not value else 0.01) == pytest.approx(top)


def test_ranges_share_one_scale():
    short_one, none, long_one = ranges([(0.1, 0.2), None, (60, 3600)], 200)
    assert none is None
    assert short_one.x < long_one.x
    assert long_one.x + long_one.width == pytest.approx(196, abs=0.2)
    assert short_one.width < long_one.width


def test_ranges_of_one_value_or_of_none():
    (only,) = ranges([(5, 5)], 200)
    assert only.width == LEAST
    assert ranges([None, None], 200) == [None, None]
    assert ranges([(0, 0)], 200)[0].x >= 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0, "0"), (7, "7"), (2.5, "2.5"), (999, "999"), (1000, "1k"), (1449, "1.4k"), (9960, "10k")),
        *((12_345, "12k"), (3_100_000, "3.1M"), (5e9, "5G")),
    ],
)
def test_numbers_are_short(value, text):
    assert short(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((0, "0%"), (0.0004, "<0.1%"), (0.024, "2.4%"), (0.05, "5%"), (0.5, "50%")),
        *((0.996, "99.6%"), (0.9999, ">99.9%"), (1, "100%")),
    ],
)
def test_shares_are_never_rounded_to_none_or_all(value, text):
    assert percent(value) == text


def test_a_duration_is_known_to_within_five_percent():
    for _ in range(1000):
        seconds = 10 ** random.uniform(-3, 7)
        assert seconds_of(step_of(seconds)) == pytest.approx(seconds, rel=0.05)
    assert step_of(0) == step_of(-5) == step_of(0.0001) == 0


def test_percentiles_are_those_of_all():
    durations = sorted(random.lognormvariate(2, 1) for _ in range(2000))
    counts = {}
    for seconds in durations:
        counts[step_of(seconds)] = counts.get(step_of(seconds), 0) + 1
    assert percentile(counts, 0.5) == pytest.approx(durations[999], rel=0.05)
    assert percentile(counts, 0.95) == pytest.approx(durations[1899], rel=0.05)
    assert percentile({}, 0.5) is None
    assert percentile({8: 1}, 0.95) == percentile({8: 1}, 0.5)


def test_spans_are_known_by_their_slugs():
    assert list(SPANS) == ["24h", "7d", "30d"]
    assert all(span.slug == slug for slug, span in SPANS.items())
