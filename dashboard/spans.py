"""The spans of time that statistics are shown of, and how their charts are divided."""

import datetime
from dataclasses import dataclass

from tasks.ends import beginning
from tasks.models.ends import DAY, HOUR


@dataclass(frozen=True, slots=True)
class Span:
    """It begins with a whole hour, or a whole day of UTC, and lasts until now."""

    slug: str
    words: str
    length: datetime.timedelta
    begins_with: int  # hours: a whole hour, or a whole day
    column: int  # hours that one column of a wide chart stands for
    column_words: str
    folded_words: str
    folded: int  # columns that are one on a phone

    def since(self, now: datetime.datetime) -> datetime.datetime:
        return beginning(now - self.length, self.begins_with)

    @property
    def counted_by(self) -> int:
        """Which counts a chart is drawn of."""
        return DAY if self.column >= DAY else HOUR


SPANS = {
    span.slug: span
    for span in (
        Span(
            "24h",
            "24 hours",
            datetime.timedelta(hours=24),
            HOUR,
            column=1,
            column_words="hour",
            folded_words="two hours",
            folded=2,
        ),
        Span(
            "7d",
            "7 days",
            datetime.timedelta(days=7),
            DAY,
            column=6,
            column_words="six hours",
            folded_words="day",
            folded=4,
        ),
        Span(
            "30d",
            "30 days",
            datetime.timedelta(days=30),
            DAY,
            column=24,
            column_words="day",
            folded_words="three days",
            folded=3,
        ),
    )
}
