"""What the server knows of itself."""

from django.db import models


class Presence(models.Model):
    """One row: when a worker was last there to sweep. A gap is our own absence, which no task is blamed for."""

    id = models.IntegerField(primary_key=True, default=1)
    seen = models.DateTimeField()
    back_since = models.DateTimeField()  # when the present time without a gap began

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="presence_is_one_row"),)

    def __str__(self) -> str:
        return f"there since {self.back_since}"
