"""All forms of the pages that are walked, and those that are not."""

from tests.dashboard.forms.people import ACCOUNT, PEOPLE
from tests.dashboard.forms.setup import SETUP
from tests.dashboard.forms.tasks import TASKS

CASES = [*TASKS, *SETUP, *PEOPLE, *ACCOUNT]

# Forms with fields that have no case, by the name of their page and a field, and why.
WITHOUT_CASE = {
    ("tasks", "name_contains"): "filters are a part of the address, and have a test of their own",
    ("tasks", "task"): "boxes and a button: there is nothing to refuse",
    ("deliveries", "integration"): "one choice, which is a part of the address",
    ("global-action", "hours"): "one choice and a button: there is nothing to refuse",
}
