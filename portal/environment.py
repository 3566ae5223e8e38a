"""Reading the environment for `settings.py`: what a variable may be, and what is said when it is not."""

from __future__ import annotations

import base64
import binascii
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


def public_keys(name: str) -> list[str]:
    """Public keys of 32 bytes in base64, separated by commas; none is fine. Raises ImproperlyConfigured."""
    keys = [key for key in env.list(name, default=[]) if key]
    for key in keys:
        try:
            fit = len(base64.b64decode(key, validate=True)) == 32
        except (ValueError, binascii.Error):
            fit = False
        if not fit:
            raise ImproperlyConfigured(f"{name} is base64 of 32 bytes; several are separated by commas")
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


def other_account(carrier: str, *, practises: bool) -> tuple[str, str]:
    """Address and key of the account at a carrier whose adapter is a package of its own; empty for Telnyx.

    Raises ImproperlyConfigured for half an account, and for one that practice mode would hide.
    """
    url, key = address("CARRIER_URL"), given("CARRIER_KEY")
    if any(bool(value) is (carrier == "telnyx") for value in (url, key)):
        raise ImproperlyConfigured(
            "CARRIER_URL and CARRIER_KEY are the account at another CARRIER than telnyx: set all three, or none"
        )
    if practises and url:
        raise ImproperlyConfigured(
            "PRACTICE_URL promises that no carrier is reached: unset it or CARRIER_URL"
        )
    return url, key


def a_second(name: str) -> float | None:
    """A number of requests a second; None when nothing is given. Raises ImproperlyConfigured."""
    rate: float = env.float(name, 0)
    if rate and not 0.01 <= rate <= 10_000:
        raise ImproperlyConfigured(f"{name} is the number of requests a second: 0.01 to 10000")
    return rate or None


def same_service(practice_url: str, telnyx_url: str) -> None:
    """In practice mode the carrier is the practice registry. Raises ImproperlyConfigured."""
    if practice_url and not telnyx_url.startswith(practice_url):
        raise ImproperlyConfigured("PRACTICE_URL and TELNYX_URL name different services: unset one of them")


def telnyx_key(*, needed: bool) -> str:
    """The API key of the Telnyx account; where it is not `needed`, practice has one of its own.

    Raises ImproperlyConfigured.
    """
    if needed:
        return required("TELNYX_KEY", "the carrier's API key, or set PRACTICE_URL to practise")
    return given("TELNYX_KEY", "practice-key")
