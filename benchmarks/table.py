"""What was measured, as lines of a table."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from benchmarks.load import Sample
from benchmarks.operations import AIMS, MARK

SQLITE_AIM = 0.9
Rounds = list[dict[str, Sample]]
# "processor" is the server's own, for one request, without its database's.
HEAD = f"{'':14}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}{'processor µs':>14}    ours / this (least-greatest)"


def lines(operation: str, rounds: Rounds) -> Iterator[str]:
    """A line for each server: rates are medians over the rounds, waits are of all rounds together."""
    for name in rounds[0]:
        samples = [seen[name] for seen in rounds]
        waits = Sample(waits=[wait for sample in samples for wait in sample.waits])
        spent = sum(sample.processor for sample in samples) / len(waits.waits) * 1e6
        text = f"{operation if name == 'ours' else '':8}{name:6}{median(sample.rate for sample in samples):12,.0f}"
        text += f"{waits.percentile(0.5):9.2f}{waits.percentile(0.99):9.2f}{spent:14.0f}"
        yield text + ("" if name == "ours" else f"    {verdict(operation, name, ratios(rounds, name))}")


def verdict(operation: str, name: str, values: Sequence[float]) -> str:
    text = f"{median(values):.2f} ({min(values):.2f}-{max(values):.2f})"
    if name != "bare":
        return text
    return f"{text}  mark {MARK}: {'met' if median(values) >= MARK else 'BELOW'}; aim {AIMS[operation]:.2f}"


def is_low(rounds: Rounds) -> bool:
    return median(ratios(rounds, "bare")) < MARK


def sqlite_beside_postgresql(found: Mapping[tuple[str, str], Rounds]) -> Iterator[str]:
    """One writer at a time need not be slower than many: on small machines SQLite should keep up."""
    for operation in ("create", "update"):
        both = [found.get((database, operation)) for database in ("sqlite", "postgresql")]
        if all(both):
            own, other = (median(seen["ours"].rate for seen in rounds) for rounds in both)
            yield f"{operation}s/s of ours, SQLite / PostgreSQL: {own / other:.2f}, aim {SQLITE_AIM}"


def ratios(rounds: Rounds, other: str) -> list[float]:
    """Our rate as a part of the other's, round by round."""
    return [seen["ours"].rate / seen[other].rate for seen in rounds]
