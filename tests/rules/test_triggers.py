"""Triggers: what parses, and which point a change reaches."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.statuses import Status
from tasks.triggers import NOTHING, Event, Kind, Point, Progress, TriggerError, last_reached, named, parse

INT64_MAX = 2**63 - 1


def at(value=None, status="processing", value_max=100):
    return Progress(status, value, value_max)


def fired(trigger, before, after):
    """The text of the point that fires, or None."""
    point = last_reached(parse(trigger), before, after)
    return point and point.text


# Reading a trigger


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("250", [Point("250", Kind.VALUE, 250)], id="a value"),
        pytest.param("0", [Point("0", Kind.VALUE, 0)], id="the value 0"),
        pytest.param("95%", [Point("95%", Kind.PERCENT, 95)], id="a percentage"),
        pytest.param("150%", [Point("150%", Kind.PERCENT, 150)], id="a percentage over 100, which is not clipped"),
        pytest.param("*/30", [Point("*/30", Kind.EVERY_VALUE, 30)], id="every n-th value"),
        pytest.param("*/30%", [Point("*/30%", Kind.EVERY_PERCENT, 30)], id="every n-th percentage"),
        pytest.param("007", [Point("007", Kind.VALUE, 7)], id="leading zeros, kept in the text"),
        pytest.param(str(INT64_MAX), [Point(str(INT64_MAX), Kind.VALUE, INT64_MAX)], id="the largest value there is"),
        pytest.param("stalled", [Point("stalled", Kind.EVENT)], id="a standstill"),
        pytest.param("max_runtime_exceeded", [Point("max_runtime_exceeded", Kind.EVENT)], id="an overrun"),
        pytest.param(
            " 20 ,\t*/30% , success\n",
            [Point("20", Kind.VALUE, 20), Point("*/30%", Kind.EVERY_PERCENT, 30), Point("success", Kind.STATUS)],
            id="space around points is no part of them",
        ),
        pytest.param("20,20", [Point("20", Kind.VALUE, 20)] * 2, id="a point said twice"),
    ],
)
def test_parse(text, expected):
    assert parse(text) == tuple(expected)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_is_a_point(status):
    assert parse(str(status)) == (Point(str(status), Kind.STATUS),)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        pytest.param("", "", id="empty text"),
        pytest.param("  ", "", id="blank text"),
        pytest.param("20,,40", "", id="an empty point"),
        pytest.param("20,", "", id="a trailing comma"),
        pytest.param(",20", "", id="a leading comma"),
        pytest.param("20,-5", "-5", id="a negative number"),
        pytest.param("+5", "+5", id="a sign"),
        pytest.param("1.5", "1.5", id="a fraction"),
        pytest.param("1e3", "1e3", id="an exponent"),
        pytest.param("1_000", "1_000", id="an underscore"),
        pytest.param("0x10", "0x10", id="a hexadecimal number"),
        pytest.param("20 40", "20 40", id="a forgotten comma"),
        pytest.param("20;40", "20;40", id="another separator"),
        pytest.param("95 %", "95 %", id="space within a point"),
        pytest.param("%", "%", id="a percentage of nothing"),
        pytest.param("95%%", "95%%", id="two percent signs"),
        pytest.param("*/", "*/", id="every without a number"),
        pytest.param("*", "*", id="a star"),
        pytest.param("/30", "/30", id="a slash"),
        pytest.param("*/-30", "*/-30", id="every negative number"),
        pytest.param("*/0", "*/0", id="every zero"),
        pytest.param("*/0%", "*/0%", id="every zero percent"),
        pytest.param("*/00", "*/00", id="every zero, longer"),
        pytest.param(str(INT64_MAX + 1), str(INT64_MAX + 1), id="a value that no task can hold"),
        pytest.param("9" * 19, "9" * 19, id="as many digits, but too large"),
        pytest.param(f"*/{INT64_MAX + 1}%", f"*/{INT64_MAX + 1}%", id="a step that no task can make"),
        pytest.param("9" * 5000, "9" * 5000, id="more digits than int() reads"),
        pytest.param("٣", "٣", id="a digit that is not ASCII"),
        pytest.param("\uff12\uff10", "\uff12\uff10", id="full-width digits"),
        pytest.param("5²", "5²", id="a superscript"),
        pytest.param("SUCCESS", "SUCCESS", id="a status in capitals"),
        pytest.param("success,done", "done", id="an unknown word"),
        pytest.param("success%", "success%", id="a status with a percent sign"),
        pytest.param("Stalled", "Stalled", id="an event in capitals"),
        pytest.param("*/success", "*/success", id="every status"),
        pytest.param("bad,worse", "bad", id="the first of two bad points"),
        pytest.param("20\x00", "20\x00", id="a null character"),
    ],
)
def test_what_does_not_parse_is_refused_by_name(text, point):
    with pytest.raises(TriggerError) as caught:
        parse(text)
    assert caught.value.point == point
    assert point in str(caught.value)
    assert "point" in str(caught.value) or "number" in str(caught.value)


def test_an_empty_point_is_refused_in_words_of_its_own():
    with pytest.raises(TriggerError, match="none of them empty"):
        parse("20,,40")


def test_parsing_again_gives_the_same_object_and_a_bad_text_is_refused_again():
    assert parse("*/30,success") is parse("*/30,success")
    for _ in range(2):
        with pytest.raises(TriggerError):
            parse("nonsense")


def test_a_text_too_long_to_be_stored_parses_but_is_not_kept():
    text = ",".join(["20"] * 100)
    assert len(text) > 255
    assert len(parse(text)) == 100
    assert parse(text) is not parse(text)


# Progress


@pytest.mark.parametrize(
    ("value", "value_max", "percent"),
    [
        pytest.param(None, 100, None, id="no value"),
        pytest.param(5, 0, None, id="a value_max of zero"),
        pytest.param(5, None, None, id="no value_max"),
        pytest.param(0, 100, 0, id="nothing done"),
        pytest.param(2, 3, 66, id="rounded down"),
        pytest.param(199, 200, 99, id="not yet 100"),
        pytest.param(250, 100, 250, id="not clipped at 100"),
        pytest.param(INT64_MAX, INT64_MAX, 100, id="exact for the largest values"),
    ],
)
def test_percent(value, value_max, percent):
    assert Progress("processing", value, value_max).percent == percent


# Which point a change reaches


@pytest.mark.parametrize(
    ("trigger", "before", "after", "expected"),
    [
        # A value fires when it is reached or passed, upward.
        pytest.param("250", at(249), at(250), "250", id="a value that is reached"),
        pytest.param("250", at(0), at(900), "250", id="a value that is passed"),
        pytest.param("250", at(0), at(249), None, id="a value not reached yet"),
        pytest.param("250", at(250), at(251), None, id="a value that had been reached"),
        pytest.param("250", at(300), at(250), None, id="a value reached downward"),
        pytest.param("250", at(300), at(0), None, id="a value passed downward"),
        pytest.param("250", at(250), at(250), None, id="a value that stands still"),
        pytest.param("250", at(None), at(300), "250", id="a value passed from null"),
        pytest.param("250", at(300), at(None), None, id="a value taken away"),
        pytest.param("0", at(None), at(0), "0", id="from null to 0 reaches 0"),
        pytest.param("0", NOTHING, at(0), "0", id="creation with 0 reaches 0"),
        pytest.param("0", NOTHING, at(None), None, id="creation without a value does not"),
        pytest.param("0", at(5), at(0), None, id="a fall to 0 does not"),
        pytest.param("250", NOTHING, at(300), "250", id="creation is a change from nothing"),
        # A percentage alike, as value_percent moves.
        pytest.param("95%", at(94), at(95), "95%", id="a percentage that is reached"),
        pytest.param("95%", at(189, value_max=200), at(190, value_max=200), "95%", id="a percentage of value_max"),
        pytest.param("67%", at(0, value_max=3), at(2, value_max=3), None, id="a percentage that is rounded down"),
        pytest.param("150%", at(140), at(150), "150%", id="a percentage over 100"),
        pytest.param("95%", at(100), at(95), None, id="a percentage reached downward"),
        pytest.param("50%", at(50, value_max=200), at(50), "50%", id="a smaller value_max alone reaches it"),
        pytest.param("50", at(50, value_max=200), at(50), None, id="but no value"),
        pytest.param("50%", at(50), at(50, value_max=200), None, id="a larger value_max takes it down"),
        pytest.param("50%", at(50), at(60, value_max=200), None, id="a value that rises while the percentage falls"),
        pytest.param("50%", at(50, value_max=0), at(50), "50%", id="a value_max after none is a change from nothing"),
        pytest.param("0%", at(None), at(5, value_max=0), None, id="without a value_max there is no percentage"),
        pytest.param("*/5%", at(None), at(5, value_max=0), None, id="nor every n-th"),
        pytest.param("0%", NOTHING, at(0), "0%", id="creation with 0 reaches 0%"),
        # Every n-th: any multiple passed, 0 included.
        pytest.param("*/30", at(None), at(0), "*/30", id="0 is a multiple"),
        pytest.param("*/30", at(None), at(29), "*/30", id="0 is passed from null"),
        pytest.param("*/30", at(0), at(29), None, id="short of a multiple"),
        pytest.param("*/30", at(29), at(30), "*/30", id="a multiple that is reached"),
        pytest.param("*/30", at(30), at(59), None, id="from a multiple to short of the next"),
        pytest.param("*/30", at(59), at(61), "*/30", id="a multiple that is passed"),
        pytest.param("*/30", at(10), at(95), "*/30", id="several multiples passed fire once"),
        pytest.param("*/30", at(61), at(59), None, id="a multiple passed downward"),
        pytest.param("*/30", at(95), at(0), None, id="a fall to the multiple 0"),
        pytest.param("*/30%", at(58, value_max=200), at(60, value_max=200), "*/30%", id="every n-th percentage"),
        pytest.param("*/30%", at(30, value_max=200), at(58, value_max=200), None, id="every n-th percentage, not yet"),
        # One update fires once, for the last point reached.
        pytest.param("20,40,80", at(0), at(90), "80", id="of several passed only the last counts"),
        pytest.param("20,40,80", at(0), at(79), "40", id="the last that is passed, not the last written"),
        pytest.param("80,40,20", at(0), at(90), "80", id="in whatever order they are written"),
        pytest.param("20,40,80", at(80), at(90), None, id="none of those passed before"),
        pytest.param("20%,40,80%", at(0), at(90), "80%", id="values and percentages mixed"),
        pytest.param("30%,50", at(0, value_max=200), at(100, value_max=200), "30%", id="30% of 200 lies beyond 50"),
        pytest.param("30%,50", at(0), at(100), "50", id="and 30% of 100 before it"),
        pytest.param("34%,1", at(0, value_max=3), at(2, value_max=3), "34%", id="34% of 3 lies beyond 1, by little"),
        pytest.param("33%,1", at(0, value_max=3), at(2, value_max=3), "1", id="and 33% of 3 before it"),
        pytest.param("*/30,80", at(0), at(85), "80", id="every 30 was passed last at 60, before 80"),
        pytest.param("*/30,80", at(0), at(95), "*/30", id="and at 90, beyond 80"),
        pytest.param("*/30%,80", at(0, value_max=200), at(95, value_max=200), "80", id="every 30% of 200 at 60"),
        pytest.param("50,50%", at(0), at(60), "50%", id="at the same place the one written later"),
        pytest.param("50%,50", at(0), at(60), "50", id="at the same place the one written later, the other way"),
        pytest.param("*/30,90", at(0), at(95), "90", id="at the same place the one written later, every n-th too"),
        # A status fires when the task enters it.
        pytest.param("success", at(5), at(5, "success"), "success", id="a status that is entered"),
        pytest.param("processing", at(5), at(6), None, id="a status that is repeated"),
        pytest.param("success", at(5), at(5, "error"), None, id="another status"),
        pytest.param("processing", at(5), at(5, "success"), None, id="a status that is left"),
        pytest.param("processing", at(5, "success"), at(5), "processing", id="a status that is entered again"),
        pytest.param("pending", NOTHING, at(None, "pending"), "pending", id="creation enters the first status"),
        pytest.param("stale", at(5), at(5, "stale"), "stale", id="going stale"),
        pytest.param("cancelled", at(5), at(5, "cancelled"), "cancelled", id="being cancelled"),
        pytest.param("success,error", at(5), at(5, "success"), "success", id="one of several statuses"),
        pytest.param("processing,20", at(0), at(30), "20", id="a repeated status leaves the value its turn"),
        # Status and progress together.
        pytest.param("100,success", at(90), at(100, "success"), "success", id="reached together fires the status"),
        pytest.param("success,100", at(90), at(100, "success"), "success", id="in whatever order"),
        pytest.param("100,success", at(90), at(100), "100", id="the value alone, first"),
        pytest.param("100,success", at(100), at(100, "success"), "success", id="and the status by the next update"),
        pytest.param("100,success", at(90), at(100, "error"), "100", id="a status that the trigger does not name"),
        pytest.param("*/10%,success,error", at(45), at(51), "*/10%", id="the documented example in mid-run"),
        pytest.param("*/10%,success,error", at(45), at(51, "error"), "error", id="the documented example at its end"),
        # Events are not reached by changes.
        pytest.param("max_runtime_exceeded,stalled", NOTHING, at(500, "stale"), None, id="no update fires an event"),
    ],
)
def test_last_reached(trigger, before, after, expected):
    assert fired(trigger, before, after) == expected


@pytest.mark.parametrize(
    ("trigger", "values", "expected"),
    [
        pytest.param("50", [0, 60, 40, 60], ["50", "50"], id="each new crossing counts"),
        pytest.param("50", [0, 60, 55, 60], ["50"], id="a fall that stays beyond the point is no new one"),
        pytest.param("50", [60, None, 60], ["50", "50"], id="nor does null keep what had been reached"),
        pytest.param("*/30", [0, 30, 29, 31, 60], ["*/30"] * 4, id="every n-th, back and forth"),
        pytest.param("20,40,80", [0, 25, 90], ["20", "80"], id="reached by two updates fires twice"),
        pytest.param("*/10%", range(101), ["*/10%"] * 11, id="every tenth percent of a hundred steps"),
    ],
)
def test_a_run_of_updates(trigger, values, expected):
    path = [NOTHING, *(at(value) for value in values)]
    hits = [fired(trigger, before, after) for before, after in itertools.pairwise(path)]
    assert [hit for hit in hits if hit] == expected


def test_the_point_comes_as_the_user_wrote_it():
    assert last_reached(parse(" 007 , */3 "), at(0), at(8)) == Point("007", Kind.VALUE, 7)


def test_a_revival_that_carries_no_status_is_silent_when_the_caller_says_so():
    assert fired("processing", at(5, "processing"), at(5, "processing")) is None
    assert fired("processing", at(5, "stale"), at(5, "processing")) == "processing"


# Events, by name


def test_an_event_is_found_by_its_name():
    points = parse("success,max_runtime_exceeded, stalled ")
    assert named(points, Event.MAX_RUNTIME_EXCEEDED) == Point("max_runtime_exceeded", Kind.EVENT)
    assert named(points, "stalled") == Point("stalled", Kind.EVENT)


def test_an_event_that_the_trigger_does_not_name_is_not_found():
    assert named(parse("success,stale,20"), Event.STALLED) is None


def test_a_status_is_no_event():
    assert named(parse("success"), "success") is None


# Properties

# Small numbers, so that values, percentages and steps meet often.
numbers = st.integers(0, 40)
point_texts = st.one_of(
    numbers.map(str),
    numbers.map("{}%".format),
    st.integers(1, 40).map("*/{}".format),
    st.integers(1, 40).map("*/{}%".format),
    st.sampled_from([str(word) for word in (*Status, *Event)]),
)
triggers = st.lists(point_texts, min_size=1, max_size=6)
progresses = st.builds(Progress, st.sampled_from(Status), st.none() | numbers, numbers)


def is_reached(point, before, after):
    """What it means to reach a point, with numbers tried out step by step on the way up."""
    if point.kind is Kind.STATUS:
        return point.text == after.status != before.status
    if point.kind is Kind.EVENT:
        return False
    start, end = (before.percent, after.percent) if point.text.endswith("%") else (before.value, after.value)
    steps = range(0 if start is None else start + 1, 0 if end is None else end + 1)
    return any(step % point.number == 0 if point.text.startswith("*/") else step == point.number for step in steps)


@given(triggers)
def test_a_trigger_parses_to_the_points_it_was_made_of(texts):
    points = parse(" , ".join(texts))
    assert [point.text for point in points] == texts
    assert parse(",".join(texts)) == points


@given(st.text(alphabet="0123456789*/%, sucetald+-.٣", max_size=30))
def test_any_text_parses_or_is_refused_with_a_part_of_it(text):
    parts = [part.strip() for part in text.split(",")]
    refused = None
    try:
        points = parse(text)
    except TriggerError as error:
        refused = error.point
    assert refused in parts if refused is not None else [point.text for point in points] == parts


@given(triggers, progresses | st.just(NOTHING), progresses)
def test_a_point_fires_if_and_only_if_one_is_reached(texts, before, after):
    points = parse(",".join(texts))
    reached = [point for point in points if is_reached(point, before, after)]
    last = last_reached(points, before, after)
    assert (last in reached) if reached else (last is None)


@given(triggers, progresses | st.just(NOTHING), progresses)
def test_the_order_in_the_text_decides_only_between_points_at_one_place(texts, before, after):
    # Every n-th has many places; the others have one each, and can be sorted by it.
    points = parse(",".join(texts))
    first, second = last_reached(points, before, after), last_reached(points[::-1], before, after)
    assert (first is None) == (second is None)
    if first and second and Kind.STATUS not in (first.kind, second.kind):
        assert place(first, after) == place(second, after)


def place(point, after):
    number = point.number
    if point.text.startswith("*/"):
        number = max(range(0, 1 + (after.percent if point.text.endswith("%") else after.value), number))
    return number * after.value_max if point.text.endswith("%") else number * 100


@given(triggers, progresses)
def test_a_change_of_nothing_fires_nothing(texts, progress):
    assert last_reached(parse(",".join(texts)), progress, progress) is None


@given(triggers, st.sampled_from(Status), numbers, numbers, numbers)
def test_going_down_in_the_same_status_fires_nothing(texts, status, one, other, value_max):
    before, after = Progress(status, max(one, other), value_max), Progress(status, min(one, other), value_max)
    assert last_reached(parse(",".join(texts)), before, after) is None


@given(triggers, numbers, numbers, numbers, numbers)
def test_a_way_up_in_two_steps_fires_if_and_only_if_one_step_does(texts, first, second, third, value_max):
    low, middle, high = (at(value, value_max=value_max) for value in sorted([first, second, third]))
    points = parse(",".join(texts))
    steps = [last_reached(points, low, middle), last_reached(points, middle, high)]
    whole = last_reached(points, low, high)
    assert (whole is None) == (steps == [None, None])
    # The last point of the whole way is the last of the second step, where that reached any, and else of the first.
    assert whole == (steps[1] or steps[0])


@given(st.integers(1, 50), st.none() | st.integers(0, 300), st.integers(0, 300))
def test_every_nth_agrees_with_counting(step, before, after):
    passed = [n for n in range(0, 301, step) if (before is None or before < n) and n <= after]
    assert fired(f"*/{step}", at(before), at(after)) == (f"*/{step}" if passed else None)


@given(st.integers(0, INT64_MAX), st.integers(0, INT64_MAX), st.integers(0, INT64_MAX), st.integers(1, INT64_MAX))
def test_large_numbers_are_exact(number, before, after, value_max):
    assert fired(str(number), at(before), at(after)) == (str(number) if before < number <= after else None)
    percent_before, percent_after = 100 * before // value_max, 100 * after // value_max
    expected = f"{number}%" if percent_before < number <= percent_after else None
    assert fired(f"{number}%", at(before, value_max=value_max), at(after, value_max=value_max)) == expected
