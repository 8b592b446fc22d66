"""Durations by steps of equal ratio: numbers that add up over any time, and give percentiles to within 5 %. Pure."""

import math
from collections.abc import Mapping

STEPS_OF_A_DOUBLING = 8


def step_of(seconds: float) -> int:
    """Which step a duration falls on; nothing is shorter than a millisecond."""
    return math.floor(STEPS_OF_A_DOUBLING * math.log2(max(seconds * 1000, 1)))


def seconds_of(step: int) -> float:
    """The middle of a step: no duration on it differs from that by 5 %."""
    return float(2 ** ((step + 0.5) / STEPS_OF_A_DOUBLING) / 1000)


def percentile(counts: Mapping[int, int], fraction: float) -> float | None:
    """The duration, in seconds, that `fraction` of all do not exceed; None where there are none.

    counts: how many durations are on each step.
    """
    wanted = max(math.ceil(fraction * sum(counts.values())), 1)
    for step in sorted(counts):
        wanted -= counts[step]
        if wanted <= 0:
            return seconds_of(step)
    return None
