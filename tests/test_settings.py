"""One settings file, which refuses nonsense before anything starts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GOOD = {
    "SECRET_KEY": "k" * 50,
    "DATABASE_URL": "postgresql://portal_app@db.example/clearline",
    "BROKER_URL": "redis://broker.example/0",
    "PUBLIC_URL": "https://portal.example.com",
    "TELNYX_KEY": "KEY123",
    "TAX_ID_KEYS": "t" * 50 + "," + "u" * 50,
    "TAX_ID_HASH_KEY": "h" * 50,
    "MFA_KEYS": "m" * 50,
    "EMAIL_URL": "smtp://mail.example.com:25",
    "CLEARLINE_NO_BOOTSTRAP": "1",
}


def load(**changes: str) -> subprocess.CompletedProcess[str]:
    """Load the settings with exactly this environment."""
    env = {**GOOD, **changes, "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings"}
    code = "from django.conf import settings as s; print(s.SESSION_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, s.DEBUG)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_deployment_is_secure_without_being_asked() -> None:
    loaded = load()
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split() == ["True", "31536000", "False"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "at least 40 characters"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is not set"),
        ({"PUBLIC_URL": "portal.example.com"}, "PUBLIC_URL must be an address"),
        ({"PUBLIC_URL": "http://portal.example.com"}, "must begin with https://"),
        ({"DEBUG": "true"}, "DEBUG shows source code"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name hosts"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3"}, "must name PostgreSQL"),
        ({"BROKER_URL": ""}, "BROKER_URL is not set"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES is the number"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is DEBUG"),
        ({"TELNYX_KEY": ""}, "TELNYX_KEY is not set"),
        ({"TAX_ID_KEYS": ""}, "TAX_ID_KEYS is not set"),
        ({"TAX_ID_HASH_KEY": ""}, "TAX_ID_HASH_KEY is not set"),
        ({"TAX_ID_KEYS": "t" * 50 + ",short"}, "TAX_ID_KEYS must have at least 40"),
        ({"TAX_ID_HASH_KEY": "short"}, "TAX_ID_HASH_KEY must have at least 40"),
        ({"TAX_ID_HASH_KEY": "g" * 50 + "," + "h" * 50}, "TAX_ID_HASH_KEY is one key"),
        ({"TAX_ID_KEYS": "k" * 50}, "must differ"),
        ({"TAX_ID_HASH_KEY": "t" * 50}, "must differ"),
        ({"MFA_KEYS": ""}, "MFA_KEYS is not set"),
        ({"MFA_KEYS": "m" * 50 + ",short"}, "MFA_KEYS must have at least 40"),
        ({"MFA_KEYS": "k" * 50}, "must differ"),
        ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
        ({"CARRIER": "minimal"}, "set all three, or none"),
        ({"CARRIER": "minimal", "CARRIER_URL": "https://api.example"}, "set all three, or none"),
        ({"CARRIER_KEY": "KEY456"}, "set all three, or none"),
        (
            {
                "PRACTICE_URL": "http://127.0.0.1:8001",
                "CARRIER": "minimal",
                "CARRIER_URL": "https://api.example",
                "CARRIER_KEY": "KEY456",
            },
            "promises that no carrier is reached",
        ),
        (
            {"PRACTICE_URL": "http://127.0.0.1:8001", "TELNYX_URL": "https://api.telnyx.com/v2"},
            "name different services",
        ),
    ],
)
def test_nonsense_is_refused_with_a_sentence(changes: dict[str, str], words: str) -> None:
    loaded = load(**changes)
    assert loaded.returncode != 0
    assert words in loaded.stderr


def test_another_carrier_needs_no_account_at_telnyx() -> None:
    account = {"CARRIER": "minimal", "CARRIER_URL": "https://api.example", "CARRIER_KEY": "KEY456"}
    loaded = load(**account, TELNYX_KEY="")
    assert loaded.returncode == 0, loaded.stderr


def test_every_variable_that_settings_read_is_in_the_example() -> None:
    read = set()
    for name in ("portal/settings.py", "portal/practice/settings.py"):
        text = (ROOT / name).read_text()
        read |= set(re.findall(r"(?:env\.\w+|given|required|address)\(\s*\"([A-Z_]+)\"", text))
    example = (ROOT / ".env.example").read_text()
    missing = {name for name in read if not re.search(rf"^#?\s*{name}=", example, re.MULTILINE)}
    assert read
    assert missing == set()
