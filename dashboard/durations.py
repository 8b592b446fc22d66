"""How long tasks take, name by name, as a table with a picture in each row."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts import Range, percent, ranges
from tasks.statistics import NameFigures

SHOWN = 40
WIDTH = 220  # of a picture's viewBox


@dataclass(frozen=True, slots=True)
class NameRow:
    figures: NameFigures
    rate: str
    range: Range | None


def name_rows(names: Sequence[NameFigures]) -> list[NameRow]:
    """The names that ended most; all pictures are on one scale."""
    shown = names[:SHOWN]
    pairs = [(name.p50, name.p95) if name.p50 is not None and name.p95 is not None else None for name in shown]
    pictures = ranges(pairs, WIDTH)
    return [
        NameRow(name, percent(name.ends.failure_rate) if name.ends.failure_rate is not None else "", picture)
        for name, picture in zip(shown, pictures, strict=True)
    ]
