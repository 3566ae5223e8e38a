"""The outbox of a practice portal: there in practice mode on one's own machine, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, send_mail
from django.test import Client

from portal.notifications import outbox
from portal.notifications.models import PracticeMail
from tests.notifications.posting import decided, post
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def practising(settings: Any) -> Any:
    """Settings of a practice portal, as far as mails go."""
    settings.OUTBOX = True
    settings.EMAIL_BACKEND = "portal.notifications.outbox.EmailBackend"
    settings.PRACTICE_URL = "http://127.0.0.1:1"
    return settings


def mail_of(text: str = "Hello", html: str = "<p>Hello</p>") -> PracticeMail:
    mail = EmailMultiAlternatives("A subject", text, "Clearline <no-reply@example.com>", ["dee@acme.example"])
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()
    return PracticeMail.objects.latest("at")


def test_mails_land_there_with_both_parts(ada: Person, practising: Any) -> None:
    decided(ada)
    assert post() == 1
    browser = Client()
    listed = browser.get("/outbox/").content.decode()
    assert "Acme Plumbing is verified" in listed
    kept = PracticeMail.objects.get()
    text = browser.get(f"/outbox/{kept.pk}/").content.decode()
    assert "The registry verified Acme Plumbing" in text
    assert f'href="/outbox/{kept.pk}/html/"' in text
    assert "<table" in browser.get(f"/outbox/{kept.pk}/html/").content.decode()


def test_a_link_in_the_text_can_be_followed(practising: Any) -> None:
    kept = mail_of("Come: http://127.0.0.1:8000/organization/join/abc.def/ soon")
    text = Client().get(f"/outbox/{kept.pk}/").content.decode()
    assert 'href="http://127.0.0.1:8000/organization/join/abc.def/"' in text


def test_newest_first(practising: Any) -> None:
    for number in range(3):
        send_mail(f"Mail {number}", "x", None, ["a@b.example"])
    text = Client().get("/outbox/").content.decode()
    assert text.index("Mail 2") < text.index("Mail 1") < text.index("Mail 0")


def test_an_empty_outbox_says_what_comes(practising: Any) -> None:
    assert "No mail yet" in Client().get("/outbox/").content.decode()


def test_the_html_part_is_fenced_off(practising: Any) -> None:
    kept = mail_of(html="<script>alert(1)</script><p style='color:red'>x</p>")
    answer = Client().get(f"/outbox/{kept.pk}/html/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script" not in policy
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'none'" in policy
    page = Client().get(f"/outbox/{kept.pk}/")
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]


def test_text_in_a_mail_is_text(practising: Any) -> None:
    kept = mail_of("<script>alert(1)</script>", html="")
    text = Client().get(f"/outbox/{kept.pk}/").content.decode()
    assert "<script>alert(1)" not in text
    assert Client().get(f"/outbox/{kept.pk}/html/").status_code == 404


def test_it_does_not_grow_for_ever(practising: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "KEPT", 3)
    for number in range(5):
        send_mail(f"Mail {number}", "x", None, ["a@b.example"])
    assert sorted(PracticeMail.objects.values_list("subject", flat=True)) == ["Mail 2", "Mail 3", "Mail 4"]


def test_outside_practice_mode_it_does_not_exist(practising: Any) -> None:
    kept = mail_of()
    practising.OUTBOX = False
    for path in ("/outbox/", f"/outbox/{kept.pk}/", f"/outbox/{kept.pk}/html/"):
        assert Client().get(path).status_code == 404


@pytest.mark.parametrize("address", ["10.0.0.7", "203.0.113.9", "::ffff:10.0.0.7"])
def test_from_another_machine_it_does_not_exist(practising: Any, address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/outbox/").status_code == 404
    assert Client(REMOTE_ADDR="::1").get("/outbox/").status_code == 200


def test_the_practice_bar_leads_there(ada: Person, practising: Any) -> None:
    for answer in (ada.get("/"), Client().get("/account/login/")):
        assert 'href="/outbox/"' in answer.content.decode()
    practising.OUTBOX = False
    assert 'href="/outbox/"' not in ada.get("/").content.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "outbox_on"),
    [
        ({"PRACTICE_URL": "http://127.0.0.1:9001"}, True),
        ({"PRACTICE_URL": "http://127.0.0.1:9001", "EMAIL_URL": "smtp://mail.example:25"}, False),
        ({"PRACTICE_URL": ""}, False),
        ({"PRACTICE_URL": "http://127.0.0.1:9001", "PUBLIC_URL": "https://portal.example"}, False),
    ],
)
def test_settings_choose_it_for_a_practice_portal_on_this_machine(
    given: dict[str, str], outbox_on: bool, tmp_path: Path
) -> None:
    code = "from portal import settings as s; print(s.OUTBOX, s.EMAIL_BACKEND)"
    env = {
        "PATH": os.environ["PATH"],
        "CLEARLINE_DATA": str(tmp_path),
        "CLEARLINE_NO_BOOTSTRAP": "1",
        **given,
    }
    loaded = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split()[0] == str(outbox_on)
    assert ("portal.notifications.outbox" in loaded.stdout) is outbox_on
