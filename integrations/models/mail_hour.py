"""How many mails an organization has sent in the present hour."""

from django.db import models

from projects.models import Organization


class MailHour(models.Model):
    """One row of an organization, of the last hour in which it sent a mail. Workers lock it to count."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="+", primary_key=True)
    hour = models.DateTimeField()
    recipients = models.IntegerField(default=0)
    put_off = models.IntegerField(default=0)  # mails that wait for a later hour, since this one began

    def __str__(self) -> str:
        return f"{self.recipients} at {self.hour:%Y-%m-%dT%H}"
