"""The server's own settings, with what a test-suite needs set before they are read."""

import os

os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ.update(
    SECRET_KEY="a-secret-key-for-the-tests-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
    DEBUG="0",
    BASE_URL="http://testserver",
)

from taskapi.settings import *  # noqa: F403

if DATABASES["default"]["ENGINE"] == "taskapi.sqlite":  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405 - pytest-django knows Django's own engine alone
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Each of the tests' clients makes the middleware anew, which else would look at each of the static files again.
WHITENOISE_AUTOREFRESH = True
