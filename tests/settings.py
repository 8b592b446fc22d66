"""The server's own settings, with what a test-suite needs set before they are read."""

import os

os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")
os.environ.update(
    SECRET_KEY="a-secret-key-for-the-tests-alone-0123456789-abcdefghijklmnopqrstuvwxyz",
    DEBUG="0",
    BASE_URL="http://testserver",
)

from taskapi.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
