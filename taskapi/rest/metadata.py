"""What OPTIONS answers: what a path is, and the forms it takes and gives. Its fields are in the OpenAPI document."""

from typing import Any

from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request


class PathMetadata(SimpleMetadata):
    def determine_actions(self, request: Request, view: Any) -> Any:
        return None
