"""How many threads each destination may hold at a time, so that one that is dead leaves some for the others. Pure."""

from collections import Counter
from copy import deepcopy

STRIKES = 5  # failures in a row after which a destination is taken for dead, until it takes a message again

Destination = int | str | None  # a channel, or the built-in mail; None: nowhere, which holds no thread


class Shares:
    """One destination may hold half of the threads; one that is dead a single one, and all dead ones together half.

    Nothing is put off by it: what is due and finds no thread comes as soon as there is one, and others go first.
    """

    def __init__(self, threads: int) -> None:
        self.half = max(1, threads // 2)
        self.held: Counter[Destination] = Counter()
        self.failures: Counter[Destination] = Counter()

    def room(self, destination: Destination) -> int:
        """How many more threads it may have now."""
        if self.is_dead(destination):
            return max(0, min(1 - self.held[destination], self.half - self.held_by_dead()))
        return max(0, self.half - self.held[destination])

    def take(self, destination: Destination) -> None:
        """Gives it a thread, for which there is room."""
        if destination is not None:
            self.held[destination] += 1

    def give_back(self, destination: Destination, *, is_delivered: bool) -> None:
        """The end of an attempt."""
        if destination is None:
            return
        self.held[destination] -= 1
        if not self.held[destination]:
            del self.held[destination]
        if is_delivered:
            del self.failures[destination]
        else:
            self.failures[destination] += 1

    def is_dead(self, destination: Destination) -> bool:
        return self.failures[destination] >= STRIKES

    def held_by_dead(self) -> int:
        return sum(count for destination, count in self.held.items() if self.is_dead(destination))

    def copy(self) -> "Shares":
        """To try it out: leasing may fail half-way."""
        return deepcopy(self)
