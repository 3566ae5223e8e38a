"""The portal's settings for a real server in tests: the portal's addresses, and some that do harm on purpose."""

from __future__ import annotations

from portal.settings import *  # noqa: F403  every setting but the ones below

ROOT_URLCONF = "tests.tenancy.served_urls"
# Nothing was collected for these tests.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
