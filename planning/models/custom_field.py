"""Fields that an organization adds to its plans, each of a type. The values are `Plan.custom_fields`."""

from django.db import models

from projects.models import Organization


class FieldType(models.TextChoices):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    MULTI_CHOICE = "multi-choice"
    PERSON = "person"
    CURRENCY = "currency"


CHOICES_MAX = 200
CHOICE_MAX = 255
FIELD_TYPES = [str(value) for value in FieldType.values]


class CustomField(models.Model):
    """`choices` are those of `choice` and `multi-choice`, and empty for all others."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="custom_fields", db_index=False
    )
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=16, choices=FieldType)
    choices = models.JSONField(default=list, blank=True)
    created = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("organization", "name"), name="one_custom_field_of_a_name"),
            models.CheckConstraint(condition=models.Q(type__in=FieldType.values), name="custom_field_type_is_known"),
        )

    def __str__(self) -> str:
        return self.name
