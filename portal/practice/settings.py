"""Settings of the practice registry: small, standalone, read from the environment.

- `PRACTICE_DATABASE_URL`: required; a PostgreSQL database of its own, never the portal's.
- `PRACTICE_SECRET_KEY`: signs form tokens and messages; derived from the database's address when absent.
- `PRACTICE_START_CLOCK`: ISO moment at which the business clock starts in a new database. Without an
  offset it is local time of this process; without the variable the clock starts at the present.
- `PRACTICE_PACE`: how long campaigns are looked at in a new database: "days" (five to seven business days, the
  default) or "minutes".
- `PRACTICE_SEED`: whole number from which all chance comes in a new database; drawn when absent.
- `PRACTICE_WEBHOOK_HOSTS`: hosts beyond this machine that may be sent webhooks, with commas. None by default:
  a filing names its webhook address itself, so anybody who files could make this program call others.
- `PRACTICE_WEBHOOK_PAUSE`: seconds until a webhook that failed is tried again, doubled each time; 1 by default.
- `PRACTICE_WEBHOOK_LOOK`: seconds between two looks for what time alone brought about; 0.5 by default.
- `PORTAL_URL`: address of the portal, for the link back.
- `PRACTICE_LOG_LEVEL`: INFO by default.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]


def _database(url: str) -> dict[str, object]:
    """Django's description of the database at `url`; refuses anything but PostgreSQL."""
    found: dict[str, object] = dict(environ.Env.db_url_config(url))
    if found.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("PRACTICE_DATABASE_URL must name a PostgreSQL database.")
    # A socket folder stands percent-encoded in the host part of a URL.
    found["HOST"] = unquote(str(found.get("HOST") or ""))
    # Each of the server's threads keeps one connection; a health check finds those that a
    # restarted PostgreSQL has dropped.
    found |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return found


def _moment(text: str) -> datetime | None:
    """The moment that `text` names, or None when it is empty. Raises ImproperlyConfigured on junk."""
    if not text.strip():
        return None
    try:
        # Read before Django sets the process's zone, so that a moment without an offset is local.
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ImproperlyConfigured(f"PRACTICE_START_CLOCK is not an ISO moment: {text!r}") from error


def _whole(name: str) -> int | None:
    """The whole number in the variable `name`, or None without it. Raises ImproperlyConfigured on junk."""
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise ImproperlyConfigured(f"{name} is not a whole number: {text!r}")
    return int(text)


DATABASE_URL = os.environ.get("PRACTICE_DATABASE_URL", "")
if not DATABASE_URL:
    raise ImproperlyConfigured("PRACTICE_DATABASE_URL is not set.")

START_CLOCK = _moment(os.environ.get("PRACTICE_START_CLOCK", ""))
SEED = _whole("PRACTICE_SEED")
PACE = os.environ.get("PRACTICE_PACE") or "days"
if PACE not in ("days", "minutes"):
    raise ImproperlyConfigured(f"PRACTICE_PACE is neither days nor minutes: {PACE!r}")
WEBHOOK_HOSTS = frozenset(
    host.strip().lower() for host in os.environ.get("PRACTICE_WEBHOOK_HOSTS", "").split(",") if host.strip()
)
WEBHOOK_LOOK = float(os.environ.get("PRACTICE_WEBHOOK_LOOK") or 0.5)
WEBHOOK_PAUSE = float(os.environ.get("PRACTICE_WEBHOOK_PAUSE") or 1)
PORTAL_URL = os.environ.get("PORTAL_URL", "").rstrip("/")
SECRET_KEY = (
    os.environ.get("PRACTICE_SECRET_KEY")
    or hashlib.sha256(b"practice registry " + DATABASE_URL.encode()).hexdigest()
)

DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ROOT_URLCONF = "portal.practice.urls"
WSGI_APPLICATION = "portal.practice.wsgi.application"
DATABASES = {"default": _database(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "portal.ui",
    "portal.practice.apps.PracticeConfig",
]
MIDDLEWARE = [
    "portal.practice.loopback.LoopbackOnly",
    "portal.practice.loopback.Sending",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "portal.ui.templatetags.ui",
            ],
        },
    }
]

# The vendor's addresses have no slash at the end.
APPEND_SLASH = False
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Served from the checkout: a practice service needs no collectstatic.
WHITENOISE_USE_FINDERS = True

# Cookies belong to a host, not to a port: the portal next door must keep its own.
CSRF_COOKIE_NAME = "practice_csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "portal.practice.control.csrf_failure"
MESSAGE_STORAGE = "portal.practice.loopback.PracticeMessages"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Larger than any filing, small enough that a hostile body costs nothing.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PRACTICE_LOG_LEVEL", "INFO")},
    # One line per refused request says nothing that the ledger does not say better.
    "loggers": {"django.request": {"level": "ERROR"}},
}
