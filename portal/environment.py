"""Reading the environment for `settings.py`: what a variable may be, and what is said when it is not."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from portal.lib.sealing import SHORTEST_KEY

env = environ.Env()


def given(name: str, default: str = "") -> str:
    """A variable, or the default where it is not set or set to nothing."""
    value: str = env.str(name, "").strip()
    return value or default


def required(name: str, why: str) -> str:
    """A variable that a deployment must set. Raises ImproperlyConfigured with the reason."""
    value = given(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}")
    return value


def sealing_keys(name: str, generated: str | None, why: str) -> list[str]:
    """The keys in a variable, separated by commas, or the generated one where none is given.

    Raises ImproperlyConfigured when there is neither, or when one is too short to be random.
    """
    keys = [key for key in env.list(name, default=[]) if key] or ([generated] if generated else [])
    if not keys:
        required(name, why)
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ImproperlyConfigured(f"{name} must have at least {SHORTEST_KEY} characters")
    return keys


def address(name: str, default: str = "") -> str:
    """An absolute http(s) address without a trailing slash, or "" when not given."""
    value = given(name, default).rstrip("/")
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ImproperlyConfigured(
            f"{name} must be an address such as https://portal.example.com, not {value!r}"
        )
    return value


def database(url: str, **options: Any) -> dict[str, Any]:
    """A Django database from `url`; only PostgreSQL, because isolation and claims rest on it."""
    config: dict[str, Any] = environ.Env.db_url_config(url)
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must name PostgreSQL: postgresql://…")
    # Health checks: a connection that died with the server is replaced, not handed out.
    return config | {
        "ATOMIC_REQUESTS": False,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**config.get("OPTIONS", {}), "application_name": "clearline", **options},
    }
