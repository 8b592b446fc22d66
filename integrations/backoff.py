"""How long a delivery waits before its next attempt. Pure."""

from collections.abc import Callable

# Seconds before the first attempt, the second, ...: eight over 27.6 hours, the table that most senders of webhooks use.
TABLE = (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
ATTEMPTS = len(TABLE)
JITTER = 0.2  # of the table's wait, either way: what failed together does not come back together
SHORTEST, LONGEST = 1.0, 24 * 3600.0  # what a receiver may ask for


def delay(made: int, random: Callable[[], float], retry_after: float | None = None) -> float | None:
    """Seconds from an attempt to the next, after `made` attempts (none: before the first). None: it is given up.

    random: gives 0 .. 1. retry_after: the seconds that the receiver asked for. It asks not to be called before: where
    the table's wait is the longer one, that stands.
    """
    if made >= ATTEMPTS:
        return None
    wait = TABLE[made] * (1 + JITTER * (2 * random() - 1))
    if retry_after is None:
        return wait
    return max(wait, min(max(SHORTEST, retry_after), LONGEST))
