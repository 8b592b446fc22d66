"""When work comes: by the hour of the day and the day of the week. Pure."""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass

# How much of a day's work comes in each hour, and on each day from Monday; only the proportions count.
SHOP_HOURS = (4, 3, 2, 2, 2, 3, 6, 10, 14, 16, 17, 18, 19, 18, 17, 17, 18, 20, 24, 28, 30, 26, 17, 9)
OFFICE_HOURS = (1, 1, 1, 1, 1, 2, 6, 18, 34, 40, 42, 38, 28, 36, 40, 38, 30, 18, 8, 4, 3, 2, 1, 1)
EVEN_HOURS = (1,) * 24


@dataclass(frozen=True, slots=True)
class Rhythm:
    hours: tuple[int, ...]
    days: tuple[float, ...]

    def share(self, moment: datetime.datetime) -> float:
        """Of an average day's work, what comes in an hour like this one."""
        return self.hours[moment.hour] / sum(self.hours) * self.days[moment.weekday()] * 7 / sum(self.days)


SHOP = Rhythm(SHOP_HOURS, (1, 0.95, 0.95, 1, 1.15, 1.35, 1.3))
OFFICE = Rhythm(OFFICE_HOURS, (1.1, 1, 1, 1, 0.9, 0.12, 0.06))
EVEN = Rhythm(EVEN_HOURS, (1,) * 7)


def moments(
    rhythm: Rhythm, a_day: float, since: datetime.datetime, until: datetime.datetime, chance: random.Random
) -> Iterator[datetime.datetime]:
    """When work came between two moments, oldest first: by chance, as often as the rhythm says."""
    hour = since
    while hour < until:
        length = min(datetime.timedelta(hours=1), until - hour)
        expected = a_day * rhythm.share(hour) * (length / datetime.timedelta(hours=1))
        yield from sorted(hour + length * chance.random() for _ in range(times(expected, chance)))
        hour += length


def times(expected: float, chance: random.Random) -> int:
    """How often what is expected so often happens, by chance (Poisson's distribution)."""
    count, passed = 0, chance.expovariate(1)
    while passed < expected:
        count, passed = count + 1, passed + chance.expovariate(1)
    return count
