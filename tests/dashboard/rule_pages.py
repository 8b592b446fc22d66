"""What the tests of global actions' pages and of their preview have in common."""

ACTIONS = "/a/acme/actions/"
NEW = f"{ACTIONS}new/"
FIELDS = {
    "name": "Failures",
    "enabled": "on",
    "integration": "email",
    "to": "ops@acme.example",
    "statuses": ["error"],
    "failures_in_row": "1",
}
