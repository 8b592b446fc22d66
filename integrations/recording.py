"""What became of attempts, written down: with each its delivery is delivered, waits for the next, or is given up."""

import datetime
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from integrations.backoff import delay
from integrations.channels import disable
from integrations.models import Attempt, Delivery, DeliveryStatus
from integrations.transports.base import Outcome

log = logging.getLogger(__name__)
TEXT_MAX = 2048  # characters of an answer, or of an error, that are kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """An attempt that has ended. delivery: as it was leased."""

    delivery: Delivery
    outcome: Outcome
    began: datetime.datetime
    seconds: float


def record(results: Sequence[Result], now: datetime.datetime, random: Callable[[], float]) -> None:
    """Writes them all in one transaction. Those whose lease was lost meanwhile change nothing."""
    with transaction.atomic():
        results = still_leased(results)
        delivered = [result.delivery.pk for result in results if result.outcome.is_delivered]
        failed: list[Result] = []
        for result in results:
            if not result.outcome.is_delivered:
                wait = wait_after(result, random)
                if wait is None:
                    failed.append(result)
                else:
                    due_at = now + datetime.timedelta(seconds=wait)
                    Delivery.objects.filter(pk=result.delivery.pk).update(due_at=due_at)
        finish(delivered, DeliveryStatus.DELIVERED, now)
        finish([result.delivery.pk for result in failed], DeliveryStatus.FAILED, now)
        Attempt.objects.bulk_create(attempt_of(result) for result in results)
        for channel_id in sorted({result.delivery.channel_id or 0 for result in failed if result.outcome.is_gone}):
            disable(channel_id, now)
    for result in failed:
        delivery, error = result.delivery, result.outcome.error or result.outcome.status
        log.warning(
            "Delivery %s to %s is given up after %d attempts: %s",
            *(delivery.public_id, delivery.integration, delivery.attempt_count, error),
        )


def still_leased(results: Sequence[Result]) -> list[Result]:
    """Those whose deliveries nobody else has taken up or ended since; locked until the transaction ends."""
    held = Delivery.objects.filter(
        pk__in=[result.delivery.pk for result in results], status=DeliveryStatus.PENDING
    ).order_by("pk")  # in one order for all, so that no two wait for each other
    counts = dict(held.select_for_update(no_key=True).values_list("pk", "attempt_count"))
    kept = [result for result in results if counts.get(result.delivery.pk) == result.delivery.attempt_count]
    if len(kept) < len(results):
        log.warning("%d attempts ended after their lease, and count for nothing.", len(results) - len(kept))
    return kept


def wait_after(result: Result, random: Callable[[], float]) -> float | None:
    """Seconds until the next attempt after one that failed; None where there is none."""
    delivery, outcome = result.delivery, result.outcome
    if outcome.is_gone or not outcome.may_retry:
        return None
    return delay(delivery.attempt_count - delivery.attempts_before, random, outcome.retry_after)


def finish(numbers: Sequence[int], status: DeliveryStatus, now: datetime.datetime) -> None:
    if numbers:
        Delivery.objects.filter(pk__in=numbers).update(status=status, finished=now)


def attempt_of(result: Result) -> Attempt:
    return Attempt(
        delivery=result.delivery,
        at=result.began,
        status=result.outcome.status,
        duration_ms=round(result.seconds * 1000),
        response=storable(result.outcome.response),
        error=storable(result.outcome.error),
    )


def storable(text: str) -> str:
    """What somebody else's server said, as every database takes it."""
    return text[:TEXT_MAX].replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
