"""The limit of an organization's mails: `TASKAPI_MAILS_PER_HOUR` recipients, whichever workers send them.

What is beyond it waits for a later hour: `due_at` moves there, which the delivery shows as its next attempt.
"""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.db import transaction

from integrations.lanes import in_lane
from integrations.models import Channel, Delivery, MailHour
from integrations.transports.email import recipients_of

HOUR = datetime.timedelta(hours=1)
BATCH = 1000  # mails that are put off at a time


def admitted(mails: Sequence[Delivery], now: datetime.datetime) -> Sequence[Delivery]:
    """Those of an organization's mails that may be sent now: the first ones, which are counted. The others wait.

    Call it in a transaction: the row that counts stays locked until its end.
    """
    limit = settings.TASKAPI_MAILS_PER_HOUR
    if limit <= 0:
        return mails
    row = locked_hour(mails[0].organization_id, now)
    count = 0
    while count < len(mails) and has_room(row, len(recipients_of(mails[count].config, mails[count].channel))):
        count += 1
    if count < len(mails):
        # To each of the next hours as many as it takes: so not all of them are put off once more then.
        until = row.hour + HOUR * (1 + row.put_off // limit)
        for lane in {mail.channel_id for mail in mails[count:]}:
            row.put_off += put_off(row.organization_id, lane, now, until)
    row.save()
    return mails[:count]


def may_test(channel: Channel, now: datetime.datetime) -> bool:
    """Whether a test of a channel of mails may be sent, which counts like any other."""
    if settings.TASKAPI_MAILS_PER_HOUR <= 0:
        return True
    with transaction.atomic():
        row = locked_hour(channel.organization_id, now)
        may = has_room(row, len(recipients_of({}, channel)))
        row.save()
    return may


def has_room(row: MailHour, recipients: int) -> bool:
    """Whether a mail may be sent in this hour; it is counted then. The first one may be to more than the limit."""
    may = not row.recipients or row.recipients + recipients <= settings.TASKAPI_MAILS_PER_HOUR
    row.recipients += recipients if may else 0
    return may


def locked_hour(organization_id: int, now: datetime.datetime) -> MailHour:
    """What the organization has sent in this hour."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = MailHour.objects.select_for_update()
    row, _ = rows.get_or_create(organization_id=organization_id, defaults={"hour": hour})
    if row.hour < hour:
        row.hour, row.recipients, row.put_off = hour, 0, 0
    return row


def put_off(organization: int, lane: int | None, now: datetime.datetime, until: datetime.datetime) -> int:
    """Lets what is due in a lane of mails wait until then, `BATCH` at most; returns how many."""
    due = in_lane(organization, lane, now).select_for_update(skip_locked=True)
    numbers = list(due.values_list("pk", flat=True)[:BATCH])
    return Delivery.objects.filter(pk__in=numbers).update(due_at=until)
