"""How many threads each organization, channel and host may hold, so that none keeps the others waiting. Pure.

An attempt can't be interrupted, so what matters is whom a thread is given to. A destination is *prompt* if its last
attempt was over within `SLOW` seconds; *slow* if it was not, if it failed `STRIKES` times in a row, or while an attempt
is late; and *new* until an attempt has ended. All that are slow share a quarter of the threads, and another quarter is
for the prompt alone. An attempt that has run for `LATE` seconds is late: it goes on, but another thread takes the place
of its own, up to twice as many in all. So those that are prompt get a thread soon, however many others never answer.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from enum import Enum
from typing import NamedTuple

LATE = 1.0  # seconds that an attempt has run
SLOW = 2.0  # seconds that an attempt took
STRIKES = 5  # failures in a row of a channel, until it takes a message; slow attempts in a row at a host
MOST_KNOWN = 20_000  # channels, hosts and organizations of which the last attempts are remembered


class Destination(NamedTuple):
    """channel: 0 is the built-in mail. host: where its messages go; channels may have it in common."""

    organization: int
    channel: int
    host: str = ""


class Pace(Enum):
    NEW = "new"
    PROMPT = "prompt"
    SLOW = "slow"


class Known(OrderedDict[Hashable, int]):
    """A number for each of the keys that were set last; 0 for the others."""

    def __missing__(self, key: Hashable) -> int:
        return 0

    def __setitem__(self, key: Hashable, value: int) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > MOST_KNOWN:
            self.popitem(last=False)


Matches = Callable[[Destination], bool]


class Shares:
    """An organization may hold three quarters of the threads, a channel or a host half.

    A slow channel gets a single thread, its organization an eighth for all of such. So does a new channel; new ones of
    an organization get the fewer threads, the fewer are left for others'. Where one is late or was slow, they all count
    as slow until one is prompt: channels that never answer are not worth more by being many.
    Nothing is put off by it: what is due and finds no thread comes as soon as there is one, and others go first.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self.half, self.quarter, self.eighth = (max(1, threads // part) for part in (2, 4, 8))
        self.most = max(1, threads - self.quarter)  # for one organization; for all that are not prompt
        self.held: Counter[Destination] = Counter()
        self.late: Counter[Destination] = Counter()
        self.slow_in_a_row = Known()  # attempts, by (organization, channel)
        self.failures = Known()  # in a row, by (organization, channel)
        self.slow_at = Known()  # attempts in a row, by (organization, host): another organization's say nothing
        self.suspects = Known()  # 1: the last new channel of the organization was slow

    @property
    def free(self) -> int:
        """The threads that may be taken now."""
        return self.threads - self.held.total()

    def room(self, destination: Destination) -> int:
        """How many more threads it may have now."""
        organization, channel, host = destination
        pace = self.pace(destination)
        at_work = self.held_by(organization, channel)
        limits = [self.room_of(organization), self.half - at_work]
        if host:
            limits.append(self.half - self.count(lambda other: other.host == host))
        if pace is not Pace.PROMPT:
            left = self.most - total(self.held, lambda other: self.pace(other) is not Pace.PROMPT)
            own = self.count(lambda other: other.organization == organization and self.pace(other) is pace)
            limits.append(left)
            if pace is Pace.NEW:
                # As long as it has not more than half of what it leaves; and one.
                limits += [self.eighth - at_work, max((left - 2 * own) // 3 + 1, int(not own))]
            else:
                slow = self.count(lambda other: self.pace(other) is Pace.SLOW)
                limits += [1 - at_work, self.eighth - own, self.quarter - slow]
        return max(0, min(limits))

    def room_of(self, organization: int) -> int:
        """How many more threads the organization may have now, for what is prompt."""
        return self.most - self.held_by(organization)

    def held_by(self, organization: int, channel: int | None = None) -> int:
        """The threads of one of its channels, if it is named."""
        return self.count(lambda other: other.organization == organization and channel in (None, other.channel))

    def count(self, matches: Matches) -> int:
        """The threads of the destinations that match, those that are late included."""
        return total(self.held, matches) + total(self.late, matches)

    def pace(self, destination: Destination) -> Pace:
        organization, channel, host = destination
        own = (organization, channel)
        if self.slow_in_a_row[own] or self.failures[own] >= STRIKES or self.slow_at[organization, host] >= STRIKES:
            return Pace.SLOW
        if own in self.slow_in_a_row:
            return Pace.SLOW if self.late[destination] else Pace.PROMPT
        is_suspect = self.suspects[organization] or any(other.organization == organization for other in self.late)
        return Pace.SLOW if is_suspect else Pace.NEW

    def take(self, destination: Destination | None) -> None:
        """Gives it a thread, for which there is room. None: what is not sent holds no thread."""
        if destination is not None:
            self.held[destination] += 1

    def drop(self, destination: Destination | None, *, is_late: bool = False) -> None:
        """Takes a thread back, without an attempt."""
        if destination is not None:
            counts = self.late if is_late else self.held
            counts[destination] -= 1
            if not counts[destination]:
                del counts[destination]

    def let_be_late(self, destination: Destination) -> bool:
        """Puts another thread in the place of one that its attempt has held for long; False where there is none."""
        if self.late.total() >= self.threads:
            return False
        self.drop(destination)
        self.late[destination] += 1
        return True

    def give_back(
        self, destination: Destination | None, *, is_delivered: bool, seconds: float, is_late: bool = False
    ) -> None:
        """The end of an attempt that took so long."""
        if destination is None:
            return
        self.drop(destination, is_late=is_late)
        organization, channel, host = destination
        own, is_slow = (organization, channel), seconds >= SLOW
        if own not in self.slow_in_a_row:
            self.suspects[organization] = int(is_slow)
        self.slow_in_a_row[own] = self.slow_in_a_row[own] + 1 if is_slow else 0
        self.failures[own] = 0 if is_delivered else self.failures[own] + 1
        if host:
            self.slow_at[organization, host] = self.slow_at[organization, host] + 1 if is_slow else 0

    def copy(self) -> "Shares":
        """To try it out: leasing may fail half-way. What is known of destinations is the same for both."""
        copy = Shares(self.threads)
        copy.__dict__.update(self.__dict__, held=self.held.copy(), late=self.late.copy())
        return copy


def total(counts: Counter[Destination], matches: Matches) -> int:
    return sum(count for destination, count in counts.items() if matches(destination))
