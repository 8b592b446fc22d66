"""The part of a message that several deliveries have alike, stored once."""

from django.db import models

from projects.models import Project


class SharedBody(models.Model):
    """What messages of one change tell alike: the task with all its data, for example.

    It goes with the last of its deliveries (`integrations.retention`), or with its project.
    """

    # Text, never a JSON column: `data` is kept as it was sent, and PostgreSQL's JSON takes neither `\u0000` nor lone
    # surrogates. An object, whose members come first in the `data` of each message (`integrations.bodies`).
    text = models.TextField()
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "shared bodies"

    def __str__(self) -> str:
        return f"{len(self.text)} characters"
