"""How the OpenAPI document shows the parameters of a list that `taskapi.rest.params` reads."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from taskapi.rest.params import LIST_MAX

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
UUID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}
DAY = "A day means its first moment; without an offset, UTC."
LAST = "A day means its last moment; without an offset, UTC."


def query(name: str, about: str, schema: Schema, example: Any, **more: Any) -> OpenApiParameter:
    # Within the schema: an example of the parameter itself would be filled into every form of the docs page.
    described = {**schema, "examples": [example]}
    return OpenApiParameter(name, described, OpenApiParameter.QUERY, description=about, **more)


def several(schema: Schema, most: int = LIST_MAX) -> Schema:
    return {"type": "array", "items": schema, "maxItems": most}
