"""Settings of the portal, read from the environment; `.env.example` lists every variable.

Without DATABASE_URL the embedded services of `manage.py up` are used. With it, this is a
deployment: every secret must be given, and nonsense is refused here, before anything starts.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import environment
from portal.embedded.home import Home
from portal.environment import address, database, env, given, required, sealing_keys

BASE_DIR = Path(__file__).resolve().parent.parent
if (BASE_DIR / ".env").exists():
    env.read_env(str(BASE_DIR / ".env"), overwrite=False)

# --- where we run ---------------------------------------------------------------------------

DATA_DIR = Path(env.str("CLEARLINE_DATA", str(BASE_DIR / ".data")))
EMBEDDED = not env.str("DATABASE_URL", "")
HOME = Home(DATA_DIR) if EMBEDDED else None
if HOME is not None and HOME.run_env.exists():
    env.read_env(str(HOME.run_env), overwrite=False)

DEBUG = env.bool("DEBUG", False)
PUBLIC_URL = address("PUBLIC_URL", "http://127.0.0.1:8000" if EMBEDDED else "")
if not PUBLIC_URL:
    raise ImproperlyConfigured("PUBLIC_URL is not set: e-mails and carriers need the address of this portal")
HTTPS = PUBLIC_URL.startswith("https://")
_host = urlsplit(PUBLIC_URL).hostname or ""
LOOPBACK = _host in {"127.0.0.1", "localhost", "::1"}
if not HTTPS and not LOOPBACK:
    raise ImproperlyConfigured("PUBLIC_URL must begin with https://, except for a portal on this machine")
if DEBUG and not LOOPBACK:
    raise ImproperlyConfigured(
        "DEBUG shows source code and settings to visitors: only on a loopback PUBLIC_URL"
    )

if HOME is not None:
    SECRET_KEY = given("SECRET_KEY") or HOME.secret("django")
else:
    SECRET_KEY = required("SECRET_KEY", "sessions and links are signed with it")
if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("SECRET_KEY must have at least 40 characters")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

ALLOWED_HOSTS = [_host, *env.list("ALLOWED_HOSTS", default=[])]
if LOOPBACK:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name hosts; * would trust any Host header")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# How many proxies of ours stand in front; the client's address is that many places from the right.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
if not 0 <= TRUSTED_PROXIES <= 5:
    raise ImproperlyConfigured("TRUSTED_PROXIES is the number of proxies in front of the portal: 0 to 5")

# --- carrier --------------------------------------------------------------------------------

# Set: practice mode. The carrier is then the practice registry, and pages say so.
PRACTICE_URL = address("PRACTICE_URL")
CARRIER = given("CARRIER", "telnyx")
# The account at a carrier whose adapter is a package of its own; empty for Telnyx, whose account follows.
CARRIER_URL, CARRIER_KEY = environment.other_account(CARRIER, practises=bool(PRACTICE_URL))
TELNYX_URL = address("TELNYX_URL", f"{PRACTICE_URL}/v2" if PRACTICE_URL else "https://api.telnyx.com/v2")
TELNYX_KEY = environment.telnyx_key(needed=not (PRACTICE_URL or EMBEDDED or CARRIER_KEY))
environment.same_service(PRACTICE_URL, TELNYX_URL)
# Who signs the carrier's webhooks; without one none is believed. A practice registry is asked for its own.
TELNYX_PUBLIC_KEY = environment.public_keys("TELNYX_PUBLIC_KEY")
# Seconds that a write of unknown outcome rests before it is searched. None: the carrier's policy.
CARRIER_QUARANTINE = env.int("CARRIER_QUARANTINE", 20 if PRACTICE_URL else 0) or None
# Requests a second that each carrier account is allowed. None: the carrier's policy.
CARRIER_RATE = environment.a_second("CARRIER_RATE")

# --- keys that seal -------------------------------------------------------------------------

# The first key seals, all of them open; `manage.py rotate_tax_ids` seals everything anew with the first.
TAX_ID_KEYS = sealing_keys(
    "TAX_ID_KEYS", HOME.secret("tax-ids") if HOME else None, "tax ids are sealed with the first"
)
# Finds equal tax ids without opening one. Rotated by the same command.
TAX_ID_HASH_KEY, *more = sealing_keys(
    "TAX_ID_HASH_KEY",
    HOME.secret("tax-id-hashes") if HOME else None,
    "equal tax ids are found by a hash under it",
)
if more:
    raise ImproperlyConfigured("TAX_ID_HASH_KEY is one key, without a comma")
# Secrets of authenticator apps, and recovery codes.
MFA_KEYS = sealing_keys(
    "MFA_KEYS", HOME.secret("mfa") if HOME else None, "second factors are sealed with the first"
)
if len({SECRET_KEY, TAX_ID_HASH_KEY, *TAX_ID_KEYS, *MFA_KEYS}) != len(TAX_ID_KEYS) + len(MFA_KEYS) + 2:
    raise ImproperlyConfigured(
        "SECRET_KEY, TAX_ID_HASH_KEY and each of TAX_ID_KEYS and MFA_KEYS must differ:"
        " who learns one must not learn another"
    )

# --- database and broker --------------------------------------------------------------------

DATABASE_URL = HOME.app_url if HOME else required("DATABASE_URL", "PostgreSQL, role portal_app")
DATABASE_OWNER_URL = given("DATABASE_OWNER_URL", HOME.owner_url if HOME else "")

# Connections kept by a process. 0 for workers: Celery closes them around every task anyway.
DATABASE_POOL = env.int("DATABASE_POOL", 10)
POOL = {
    "pool": {
        "min_size": 1,
        "max_size": DATABASE_POOL,
        # A request waits this long for a connection, and a lost one is tried for anew as often: tries
        # that grew apart during a long outage (300 s by default) would prolong it.
        "timeout": 5,
        "reconnect_timeout": 5,
    }
}
DATABASES = {"default": database(DATABASE_URL, **(POOL if DATABASE_POOL else {}))}
if DATABASE_OWNER_URL:
    # Migrations only: `migrate --database owner`. Nothing at run time uses it.
    DATABASES["owner"] = database(DATABASE_OWNER_URL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

BROKER_URL = given("BROKER_URL", HOME.broker_url if HOME else "") or required("BROKER_URL", "Redis or Valkey")

# Wrong tries, and codes that were used: counted for all processes together, and not lost with the broker.
# Rows go when they expire and somebody asks for them, and all expired ones when there are this many.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_remembered",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- applications ---------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "portal",
    "portal.ui",
    "portal.clock",
    "portal.audit",
    "portal.accounts",
    "portal.tenancy",
    "portal.drafts",
    "portal.notifications",
    "portal.lifecycle",
    "portal.jobs",
    "portal.support",
    "brands",
    "campaigns",
    "phone_numbers",
    "portal.overview",
    "portal.operations",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.ui.middleware.RequestIdMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.ui.middleware.BodyFirstMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.accounts.limits.SessionLimitsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.ui.middleware.PageHeadersMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "portal.ui.templatetags.ui"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.ui.context.page",
                "portal.tenancy.context.acting",
                "portal.notifications.context.notifications",
            ],
        },
    }
]

# --- people ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
]
ACCOUNT_ADAPTER = "portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# A new address is taken over when the code that was mailed there is typed in: no link that somebody else's
# browser could open, and no unverified address beside second factors.
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_MAX_RESEND_COUNT = 3
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {
    "add_email": "portal.accounts.forms.NewAddressForm",
    "reset_password": "portal.accounts.forms.ForgottenForm",
}
# Whoever's password, address or second factor changes is told by mail, also when it was not them (ASVS 6.3.7).
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Subjects say what happened, not from which host.
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# How long a sign-in counts as fresh, in seconds: long enough for one errand (`accounts.fresh`).
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords of one account from one address (accounts.adapter says which), and wrong codes of one
    # account from anywhere, which only somebody who knows its password can cause: ten, then one a minute on
    # average, and never more than 100 a day (NIST SP 800-63B, 3.2.2). Of all accounts from one address: an
    # office behind one address mistypes too, so ten times as many.
    "login_failed": "10/10m/key,100/d/key,100/10m/ip",
    "login": "120/m/ip",
    "reset_password": "20/m/ip,5/h/key",
    "confirm_email": "1/10s/key",  # a new code at most every ten seconds
}
# The operator's staff see all organizations, so a password alone is not enough, but for a demo.
STAFF_MFA_REQUIRED = not EMBEDDED
MFA_ADAPTER = "portal.accounts.second_factors.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "portal.accounts.second_factors.AuthenticateForm",
    "reauthenticate": "portal.accounts.second_factors.ReauthenticateForm",
    "activate_totp": "portal.accounts.second_factors.ActivateForm",
    "authenticate_webauthn": "portal.accounts.passkeys.AuthenticateForm",
    "login_webauthn": "portal.accounts.passkeys.LoginForm",
    "reauthenticate_webauthn": "portal.accounts.passkeys.ReauthenticateForm",
    "add_webauthn": "portal.accounts.passkeys.AddForm",
    "edit_webauthn": "portal.accounts.passkeys.RenameForm",
}
MFA_TOTP_ISSUER = "Clearline"
# One period either way (RFC 6238, 5.2): a clock that is half a minute off, or slow typing.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_COUNT = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
# Browsers make passkeys over http for this machine only; elsewhere the origin is checked.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOOPBACK and not HTTPS
# A passkey cannot be guessed; this spares the database. An office signs in at nine, from one address.
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# ASVS 7.3.1: as long as a break. What these pages can do is costly and hard to take back, and a desk that was
# left for longer than that may be anybody's. A page that refreshes by itself does not count as presence.
SESSION_IDLE_LIMIT = timedelta(minutes=30)
# ASVS 7.3.2: as long as a working day with its overtime, so that nobody is interrupted within one and no
# stolen cookie outlives the night. Counted from the sign-in; nothing prolongs it. NIST SP 800-63B allows 24 h.
SESSION_LIMIT = timedelta(hours=12)
# How long before the end the page asks, in seconds (WCAG 2.2.1 asks for 20 at least).
SESSION_WARNING = 120
# The row outlives both limits, which accounts.limits enforces: what somebody sends from a page that stood
# open over a weekend is then still known to be theirs, and is kept for them. The cookie ends with the browser.
SESSION_COOKIE_AGE = 3 * 24 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- the browser's side ---------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.accounts.forgery.refused"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# A megabyte of typed text is more than any form of ours holds.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
# A carrier's event has two or three thousand bytes. Where files are sent, pages say which is too large.
BODY_LIMITS = {"/webhooks/": 65_536, **dict.fromkeys(("/numbers/", "/support/", "/operations/"), 67_108_864)}

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = EMBEDDED
WHITENOISE_AUTOREFRESH = EMBEDDED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if EMBEDDED
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- language and time ----------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.ui.formats"]

# --- mail and log ---------------------------------------------------------------------------

# A practice portal on one's own machine keeps its mails for show, on the page /outbox/, unless EMAIL_URL says
# otherwise; without a registry they go to the log. A deployment must be able to send them.
OUTBOX = bool(EMBEDDED and LOOPBACK and PRACTICE_URL and not given("EMAIL_URL"))
EMAIL_URL = given("EMAIL_URL", "consolemail://" if EMBEDDED else "") or required(
    "EMAIL_URL", "how mail is sent, such as smtp+tls://user:password@mail.example.com:587"
)
EMAIL_CONFIG = environ.Env.email_url_config(EMAIL_URL)
vars().update(EMAIL_CONFIG)
if OUTBOX:
    EMAIL_BACKEND = "portal.notifications.outbox.EmailBackend"
# Seconds for each answer of the mail server. One that hangs must not take the workers from the submissions.
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = given(
    "DEFAULT_FROM_EMAIL", f"Clearline <no-reply@{_host if '.' in _host else 'example.com'}>"
)
LOG_LEVEL = given("LOG_LEVEL", "INFO").upper()
if LOG_LEVEL not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
    raise ImproperlyConfigured("LOG_LEVEL is DEBUG, INFO, WARNING or ERROR")
DEFAULT_EXCEPTION_REPORTER = "portal.logs.Report"
DEFAULT_EXCEPTION_REPORTER_FILTER = "portal.logs.Discreet"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        # Every tick would say twice that it ticked.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # It misses a host name in the address of a socket.
        "kombu.connection": {"level": "ERROR" if EMBEDDED else "WARNING"},
    },
}
