"""`manage.py fieldmap`: the field map of the documentation."""

from typing import Any

from django.core.management.base import BaseCommand

from compat.field_map import as_markdown


class Command(BaseCommand):
    help = "Prints the field map of the three APIs as Markdown: docs/fields.md."

    def handle(self, **options: Any) -> None:
        self.stdout.write(as_markdown(), ending="")
