"""Where the parts of a chart stand: columns over time, and ranges on a scale. Pure; templates draw it as SVG.

Lengths are in units of the chart's own `viewBox`. Numbers stand on the charts, so that a picture of one says it all.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

TOP, BOTTOM, LEFT, RIGHT = 20, 24, 40, 8  # room for numbers above, labels below, the axis at the left
TICKS = 4
ROUND = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)  # times a power of ten
LEAST = 2  # what is there is seen, however small its part


@dataclass(frozen=True, slots=True)
class Point:
    """What one column shows. parts: from the bottom up, in the order of the chart's kinds."""

    label: str  # below it; "" for none
    when: str  # in full
    parts: Sequence[float]


@dataclass(frozen=True, slots=True)
class Part:
    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    x: float
    width: float
    middle: float
    label: str
    when: str
    number: str  # on top of it; "" where it is zero
    number_y: float
    parts: Sequence[Part]
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Columns:
    width: int
    height: int
    left: int
    right: int
    base: int
    label_y: int
    columns: Sequence[Column]
    ticks: Sequence[Tick]


def columns(
    points: Sequence[Point],
    kinds: Sequence[str],
    *,
    width: int,
    height: int,
    write: Callable[[float], str],
    least_top: float = 1,
) -> Columns:
    """A chart of stacked columns. write: a value as the text that stands on the chart."""
    base, inner = height - BOTTOM, width - LEFT - RIGHT
    top = nice_top(max((sum(point.parts) for point in points), default=0), least_top)
    scale = (base - TOP) / top
    pitch = inner / max(len(points), 1)
    drawn = []
    for index, point in enumerate(points):
        parts, y = [], float(base)
        for kind, value in zip(kinds, point.parts, strict=True):
            if value > 0:
                length = max(value * scale, LEAST)
                y -= length
                parts.append(Part(kind, round(y, 1), round(length, 1)))
        total, x = sum(point.parts), LEFT + index * pitch
        drawn.append(
            Column(
                x=round(x + pitch * 0.12, 1),
                width=round(pitch * 0.76, 1),
                middle=round(x + pitch / 2, 1),
                label=point.label,
                when=point.when,
                number=write(total) if total else "",
                number_y=round(y - 4, 1),
                parts=parts,
                values=[write(value) for value in point.parts],
            )
        )
    ticks = [Tick(round(base - top * step / TICKS * scale, 1), write(top * step / TICKS)) for step in range(TICKS + 1)]
    return Columns(width, height, LEFT, width - RIGHT, base, height - 6, drawn, ticks)


def nice_top(value: float, least: float = 1) -> float:
    """The end of an axis: the least that is no less than the value, and of which quarters are round numbers."""
    value = max(value, least)
    power: float = 10 ** math.floor(math.log10(value))
    return next(step * power for step in ROUND if step * power >= value)


# -- Ranges ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Range:
    """From p50 to p95, on a scale that all ranges of a chart share: each step to the right is as many times longer."""

    x: float
    width: float


def ranges(pairs: Sequence[tuple[float, float] | None], width: int) -> list[Range | None]:
    """None for what has no range."""
    known = [value for pair in pairs if pair for value in pair]
    if not known:
        return [None] * len(pairs)
    low, high = math.log(max(min(known), 0.001)), math.log(max(*known, 0.001))
    scale = (width - 8) / max(high - low, math.log(2))

    def place(value: float) -> float:
        return 4 + (math.log(max(value, 0.001)) - low) * scale

    return [
        Range(round(place(pair[0]), 1), round(max(place(pair[1]) - place(pair[0]), LEAST), 1)) if pair else None
        for pair in pairs
    ]


# -- Numbers ---------------------------------------------------------------------------------------------------------


def short(value: float) -> str:
    """A number that fits on a column: 950, 1.4k, 12k, 3.1M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            number = value / size
            return f"{number:.1f}".removesuffix(".0") + letter if number < 9.95 else f"{number:.0f}{letter}"
    return f"{value:.1f}".removesuffix(".0") if value % 1 else f"{value:.0f}"


def percent(value: float) -> str:
    """A share as people say it; never 0 % of what did happen, nor 100 % of what did not all."""
    shown = value * 100
    if 0 < shown < 0.1:
        return "<0.1%"
    if 99.9 < shown < 100:
        return ">99.9%"
    return f"{shown:.0f}%" if 10 <= shown < 99.5 else f"{shown:.1f}".removesuffix(".0") + "%"
