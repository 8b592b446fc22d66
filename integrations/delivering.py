"""Sends what is due: leases it, sends it on threads of its own, records what became of it."""

import datetime
import logging
import random
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from integrations import transports
from integrations.bodies import body_of
from integrations.lanes import Walk
from integrations.leasing import destination_at, lease, refusal
from integrations.models import Delivery, Kind
from integrations.recording import Result, record
from integrations.shares import LATE, Destination, Shares
from integrations.transports.base import Outcome, Outgoing

log = logging.getLogger(__name__)
POLL = 0.2  # seconds between two looks at an outbox that had nothing due
GATHER = 0.01  # seconds that an attempt which has ended waits for others, to be recorded along with them
AWAY = 1.0  # seconds until the next try, after the database could not be asked
GRACE = 5.0  # seconds beyond the deadline that attempts in hand have, when the worker is told to stop

Clock = Callable[[], datetime.datetime]
Lease = tuple[int, int]  # a delivery's number, and the attempt that it was leased for


class Dispatcher:
    """Threads that send, and what they have in hand. One thread alone may call it: that which has the database.

    The threads that send have none; what they need came with the lease.
    """

    def __init__(self, clock: Clock = timezone.now) -> None:
        self.clock = clock
        self.shares = Shares(max(1, settings.TASKAPI_DELIVERY_THREADS))
        self.walk = Walk()
        self.begun: dict[Lease, tuple[float, Destination]] = {}  # attempts in hand: since when, and where to
        self.late: set[Lease] = set()  # those of them that have run for long
        self.threads: list[threading.Thread] = []
        self.leased: SimpleQueue[Delivery | None] = SimpleQueue()
        self.ended: SimpleQueue[Result] = SimpleQueue()
        self.unrecorded: list[Result] = []

    @property
    def in_hand(self) -> int:
        return len(self.begun)

    def run(self, stop: threading.Event) -> None:
        """Sends what becomes due until `stop` is set, then ends what it has in hand. Waits for an absent database."""
        while not stop.is_set():
            self.wait(self.attend(self.shares.threads))
        patience = time.monotonic() + settings.TASKAPI_DELIVERY_DEADLINE + GRACE
        while (self.in_hand or self.unrecorded) and time.monotonic() < patience:
            self.wait(self.attend(0))
        if self.in_hand or self.unrecorded:  # sent again by whoever finds that the lease has ended
            log.warning("%d attempts could not be ended in time.", self.in_hand + len(self.unrecorded))
        self.close()

    def attend(self, limit: int) -> float:
        """A turn whose failure ends nothing; returns the seconds until the next, should no attempt end before."""
        try:
            self.turn(limit)
        except (OperationalError, InterfaceError) as error:
            log.warning("Deliveries wait for the database: %s", error)
            close_old_connections()
        except Exception:
            log.exception("Deliveries could not be taken up, and will be tried again.")
            close_old_connections()
        else:
            return 0.0 if self.unrecorded else POLL
        return AWAY

    def turn(self, limit: int) -> int:
        """Records what has ended, and takes up at most `limit` deliveries that are due; returns how many."""
        self.record()
        self.let_be_late()
        limit = min(limit, self.shares.free)
        if limit <= 0:
            return 0
        shares = self.shares.copy()
        leased = lease(limit, self.clock(), shares, self.walk)
        self.shares = shares
        for delivery in leased:
            self.begin(delivery)
        return len(leased)

    def let_be_late(self) -> None:
        """Lets other threads take the places of those whose attempts take long."""
        before = time.monotonic() - LATE
        for attempt, (began, destination) in self.begun.items():
            if began <= before and attempt not in self.late and self.shares.let_be_late(destination):
                self.late.add(attempt)

    def begin(self, delivery: Delivery) -> None:
        if error := refusal(delivery):
            outcome = Outcome(is_delivered=False, error=error, may_retry=False)
            self.unrecorded.append(Result(delivery=delivery, outcome=outcome, began=self.clock(), seconds=0.0))
            return
        self.begun[lease_of(delivery)] = time.monotonic(), destination_at(delivery.organization_id, delivery.channel)
        if len(self.threads) < self.in_hand:
            self.threads.append(threading.Thread(target=self.send, name="sender", daemon=True))
            self.threads[-1].start()
        self.leased.put(delivery)

    def send(self) -> None:
        """What each thread does."""
        while (delivery := self.leased.get()) is not None:
            self.ended.put(attempt(delivery, self.clock))

    def wait(self, seconds: float) -> None:
        """Until an attempt ends, `seconds` at most, and then for a moment more: those that end together cost less."""
        try:
            self.end(self.ended.get(timeout=seconds) if seconds else self.ended.get_nowait())
            until = time.monotonic() + GATHER
            while self.in_hand:
                self.end(self.ended.get(timeout=max(until - time.monotonic(), 0.0)))
        except Empty:
            return

    def end(self, result: Result) -> None:
        attempt = lease_of(result.delivery)
        _, destination = self.begun.pop(attempt)
        outcome, is_late = result.outcome, attempt in self.late
        self.shares.give_back(destination, is_delivered=outcome.is_delivered, seconds=result.seconds, is_late=is_late)
        self.late.discard(attempt)
        self.unrecorded.append(result)

    def record(self) -> None:
        """Writes what has ended. What the database can't be told now is kept."""
        if not self.unrecorded:
            return
        try:
            record(self.unrecorded, self.clock(), random.random)
            self.unrecorded.clear()
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            log.exception("Attempts could not be recorded together, and are one by one.")
            self.record_one_by_one()

    def record_one_by_one(self) -> None:
        """So that one of them, which can't be written, takes no other along: it is sent again when its lease ends."""
        while self.unrecorded:
            try:
                record(self.unrecorded[-1:], self.clock(), random.random)
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception(
                    "An attempt of delivery %s could not be recorded.", self.unrecorded[-1].delivery.public_id
                )
            self.unrecorded.pop()

    def close(self) -> None:
        """Lets the threads end; one that is stuck is not waited for."""
        for _ in self.threads:
            self.leased.put(None)


def lease_of(delivery: Delivery) -> Lease:
    return delivery.pk, delivery.attempt_count


def attempt(delivery: Delivery, clock: Clock) -> Result:
    """Sends a delivery, on a thread that has no database. A transport's own mistake is a failed attempt."""
    began, start = clock(), time.perf_counter()
    try:
        transport = transports.transport_of(delivery.channel.kind if delivery.channel else Kind.EMAIL)
        outcome = transport.send(outgoing_of(delivery), now=began, deadline=settings.TASKAPI_DELIVERY_DEADLINE)
    except BaseException as error:  # whatever it is: it must not take the thread with it
        # Of the exception its type alone, and where it was raised: its text may hold a secret.
        kind, places = type(error).__name__, "".join(traceback.format_tb(error.__traceback__))
        log.error(
            "Delivery %s to %s met a mistake of ours: %s\n%s", delivery.public_id, delivery.integration, kind, places
        )
        outcome = Outcome(is_delivered=False, error=f"The server failed to send it: {kind}.")
    return Result(delivery=delivery, outcome=outcome, began=began, seconds=time.perf_counter() - start)


def outgoing_of(delivery: Delivery) -> Outgoing:
    return Outgoing(
        public_id=delivery.public_id,
        integration=delivery.integration,
        config=delivery.config,
        channel=delivery.channel,
        body=body_of(delivery),
        point=delivery.point,
        created=delivery.created,
    )


def deliver_due(now: datetime.datetime | None = None, limit: int = 500) -> int:
    """Sends what is due, at most `limit` deliveries, each once; returns how many, when all of it is recorded.

    now: the moment that is taken for the present until the end; the clock's unless given.
    """
    done = 0
    with closing(Dispatcher(timezone.now if now is None else lambda: now)) as dispatcher:
        while True:
            taken = dispatcher.turn(limit - done)
            done += taken
            if dispatcher.in_hand:
                dispatcher.wait(POLL)
            elif not taken:
                return done
