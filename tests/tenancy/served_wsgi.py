"""The portal as its server loads it, with the settings of the tests."""

from __future__ import annotations

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.tenancy.served_settings"

from portal.wsgi import application

__all__ = ["application"]
