"""The ASGI application that `manage.py serve` runs."""

import gc
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskapi.settings")
django.setup(set_prefix=False)

from taskapi.server.application import Application  # noqa: E402 - needs the settings

application = Application()

# What is here by now stays: the collector need not look at it again and again. And a list of a thousand tasks makes ten
# thousand objects that all go with the answer: by Python's own thresholds, looking at them took a fourth of its time.
YOUNG = 50_000
gc.collect()
gc.freeze()
gc.set_threshold(YOUNG, 20, 20)
