"""What a monitor makes of what is heard of it, and of what is not: new, up, late, down.

new   --a run begins or succeeds-->  up      nothing was heard of it before: it is never late
up    --due + start_grace-->         late    not while a run is under way, see `deadlines`
late  --due + grace-->               down    one alert for an outage: it stays down until it is heard of
any   --a run fails or overruns-->   down    `failed`: then a run that only begins is no recovery, it has to succeed
late, down  --heard of-->            up
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from monitors.schedules import Schedule, next_due


class State(StrEnum):
    NEW = "new"  # nothing was heard of it yet: it is never late
    UP = "up"
    LATE = "late"  # a run is overdue by `start_grace`, and not yet by `grace`
    DOWN = "down"  # a run did not come, took too long, or failed


class Signal(StrEnum):
    """What is heard of a run."""

    START = "start"
    SUCCESS = "success"  # it is over, and went well; or a run that says nothing but that it came
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A monitor, as far as its state goes; `reason` says why the status is what a rule has made of it."""

    schedule: Schedule | None  # None: nothing is ever due
    start_grace: timedelta  # from due to late
    grace: timedelta  # from due to down; not less than `start_grace`
    max_runtime: timedelta | None = None
    enabled: bool = True
    status: State = State.NEW
    failed: bool = False
    last_check_in: datetime | None = None
    next_due: datetime | None = None
    run_started: datetime | None = None
    reason: str = ""

    def following(self, now: datetime) -> datetime | None:
        return next_due(self.schedule, now) if self.schedule else None


# -- What is heard ---------------------------------------------------------------------------------------------------


def check_in(watch: Watch, signal: Signal, now: datetime, reason: str = "") -> Watch:
    """A run came, or says more of itself. While the monitor is disabled, this moves no status."""
    watch = replace(watch, last_check_in=now, next_due=watch.following(now))
    return hear(watch, signal, now, reason) if watch.enabled else watch


def end_run(watch: Watch, signal: Signal, now: datetime, reason: str = "") -> Watch:
    """A run that had checked in has come to its end: that is no other run, so the next is due when it was.

    But for one that is due already: what is heard now would be told late once more in the same breath.
    """
    if not watch.enabled:
        return watch
    if watch.next_due is not None and watch.next_due <= now:
        watch = replace(watch, next_due=watch.following(now))
    return hear(watch, signal, now, reason)


def drop_run(watch: Watch, now: datetime) -> Watch:
    """Return the watch after its run was cancelled: the run neither succeeded nor failed.

    A run that fell due while the cancelled one was under way does not count as missed.
    """
    if watch.status is State.UP and watch.run_started is not None and watch.next_due is not None:
        watch = replace(watch, next_due=watch.following(now) if watch.next_due <= now else watch.next_due)
    return replace(watch, run_started=None)


def hear(watch: Watch, signal: Signal, now: datetime, reason: str) -> Watch:
    if signal is Signal.START:
        status = State.DOWN if watch.failed else State.UP
        return moved(replace(watch, run_started=now), status, reason or "A run began.")
    failed = signal is Signal.FAILURE
    watch = replace(watch, failed=failed, run_started=None)
    if failed:
        return moved(watch, State.DOWN, reason or "A run failed.")
    return moved(watch, State.UP, reason or "A run succeeded.")


# -- What is not heard -----------------------------------------------------------------------------------------------


def pass_time(watch: Watch, now: datetime, back_since: datetime | None = None) -> Watch:
    """The monitor after what time alone does to it; the same where that is nothing. `back_since`: see `patient`."""
    late, down, overrun = deadlines(watch, back_since)
    if overrun is not None and overrun <= now:
        watch = replace(watch, failed=True, run_started=None)
        return moved(watch, State.DOWN, "A run took longer than max_runtime.")
    if down is not None and down <= now:
        return moved(watch, State.DOWN, "No run came within the grace.")
    if late is not None and late <= now:
        return moved(watch, State.LATE, "No run came when it was due.")
    return watch


def look_at(watch: Watch, back_since: datetime | None = None) -> datetime | None:
    """The next moment at which time could change the status; None: it can't, whatever its hour."""
    late, down, overrun = deadlines(watch, back_since)
    known = [moment for moment in (late or down, overrun) if moment is not None]
    return min(known, default=None)


def deadlines(watch: Watch, back_since: datetime | None) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Return when it becomes late, when it becomes down, and when its run has taken too long: None where it can't.

    While a run is under way, no run counts as missed until `max_runtime` (or `grace`, if unset) has passed.
    """
    if not watch.enabled or watch.status not in {State.UP, State.LATE}:
        return None, None, None
    late = down = overrun = None
    run_over = watch.run_started + (watch.max_runtime or watch.grace) if watch.run_started else None
    if watch.next_due is not None:
        late_at, down_at = watch.next_due + watch.start_grace, watch.next_due + watch.grace
        if run_over is not None:
            late_at, down_at = max(late_at, run_over), max(down_at, run_over)
        late = patient(watch, late_at, back_since) if watch.status is State.UP else None
        down = patient(watch, down_at, back_since)
    if watch.max_runtime is not None and run_over is not None:
        overrun = patient(watch, run_over, back_since)
    return late, down, overrun


def patient(watch: Watch, moment: datetime, back_since: datetime | None) -> datetime:
    """`moment`; but while nothing was heard since the server is back from an absence of its own, a grace after that.

    For whoever called meanwhile was not heard.
    """
    if back_since is None or (watch.last_check_in is not None and watch.last_check_in >= back_since):
        return moment
    return max(moment, back_since + watch.grace)


# -- What the owner changes ------------------------------------------------------------------------------------------


def wait_anew(watch: Watch, now: datetime, reason: str) -> Watch:
    """After the schedule was changed, or the monitor enabled again: what was missed before does not count.

    A run that failed does: only the next one tells whether that is mended.
    """
    watch = replace(watch, next_due=watch.following(now))
    is_overdue = watch.status is State.LATE or (watch.status is State.DOWN and not watch.failed)
    return moved(watch, State.UP, reason) if watch.enabled and is_overdue else watch


def moved(watch: Watch, status: State, reason: str) -> Watch:
    return replace(watch, status=status, reason=reason) if status is not watch.status else watch
