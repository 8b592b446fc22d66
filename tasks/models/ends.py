"""How tasks ended, counted: what statistics over weeks read in place of the tasks. Only `tasks.ends` writes it."""

from django.db import models

from projects.models import Project

HOUR, DAY = 1, 24


class EndCount(models.Model):
    """Ends of one task name of a project in one hour, or in one day, of UTC."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="end_counts", db_index=False)
    hours = models.SmallIntegerField(choices=[(HOUR, "hour"), (DAY, "day")])
    since = models.DateTimeField()
    name = models.CharField(max_length=255, blank=True)  # "": all those that came after the first hundred names
    succeeded = models.IntegerField(default=0)
    failed = models.IntegerField(default=0)
    cancelled = models.IntegerField(default=0)
    durations = models.TextField(default="{}")  # of those that succeeded, JSON: how many by `tasks.durations.step_of`

    class Meta:
        constraints = (
            # Serves the look-up of a project's last hours or days as well.
            models.UniqueConstraint(fields=("project", "hours", "since", "name"), name="one_end_count_of_a_name"),
        )
        indexes = (models.Index(fields=("since",), name="end_count_by_age"),)  # the sweep's look for what is too old

    def __str__(self) -> str:
        return f"{self.name} since {self.since}"


class EndsCounted(models.Model):
    """One row: ends before `until` are counted. Whoever counts holds it."""

    id = models.IntegerField(primary_key=True, default=1)
    until = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="ends_are_counted_once"),)

    def __str__(self) -> str:
        return f"until {self.until}"
