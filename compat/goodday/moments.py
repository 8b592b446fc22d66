"""Moments as this dialect writes them: `2022-11-23T16:06:56+0100`, without a colon in the offset or a fraction."""

import datetime

import orjson


def in_utc(moment: datetime.datetime | None) -> str | None:
    """Of a moment as the database gives it, which is in UTC.

    By orjson, for it takes a third of the time of Python's own, and there are three in each of a million tasks.
    """
    if moment is None:
        return None
    return orjson.dumps(moment, option=orjson.OPT_OMIT_MICROSECONDS)[1:20].decode() + "+0000"


def in_offset(moment: datetime.datetime | None, minutes: int) -> str | None:
    """The same moment on a clock so many minutes ahead of UTC."""
    if moment is None or not minutes:
        return in_utc(moment)
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    try:
        text = moment.astimezone(zone).isoformat(timespec="seconds")
    except OverflowError:  # within a day of the first or the last moment that there is
        return in_utc(moment)
    return text[:-3] + text[-2:]
