"""How drf-spectacular writes our operations down: paths, key schemes, and the errors that any of them may answer."""

from drf_standardized_errors.openapi import AutoSchema as StandardizedErrorsAutoSchema


class AutoSchema(StandardizedErrorsAutoSchema):
    pass
