"""What mails say: text and HTML the same, whose time it is, and nothing that should not travel."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client

from brands import states
from brands.models import Brand
from portal import clock
from portal.audit.recording import REGISTRY, Actor
from portal.notifications import kinds
from portal.notifications.kinds import Delivery
from portal.notifications.letters import Letter, message, moment
from portal.notifications.telling import tell
from tests.notifications.posting import Clock, decided, post, prefer
from tests.people import Person

ROOT = Path(__file__).resolve().parents[2]
HTML_MAILS = sorted(
    path for path in (ROOT / "templates").rglob("*.html") if path.parent.name in {"mail", "email"}
)
# Nine digits that appear nowhere else; filed with a dash.
CANARY = "918273645"


class Words(HTMLParser):
    """The text that a reader of the HTML sees, and the addresses that it links to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._hidden += tag in {"style", "title"}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def words(text: str) -> list[str]:
    """What is said, without how it is laid out."""
    plain = re.sub(r"https?://\S+", " ", text)
    return sorted(re.findall(r"\w+", re.sub(r"^[->]+ ", "", plain, flags=re.MULTILINE)))


def links(text: str) -> set[str]:
    return set(re.findall(r"https?://[^\s<>\"]+", text))


def same_in_both(mail: Any) -> None:
    """Text and HTML say the same words and lead to the same places."""
    html = Words(mail.alternatives[0][0])
    said = [one for one in words(" ".join(html.text)) if one != "Clearline"]
    assert said == [one for one in words(mail.body) if one != "Clearline"]
    assert set(html.links) == links(mail.body)
    assert not html.tags & {"script", "img", "form", "iframe", "link", "object"}


@pytest.mark.django_db
def test_a_decision_is_said_in_the_subject_and_explained_in_the_first_sentence(
    ada: Person, mails: list[Any]
) -> None:
    brand = decided(ada)
    post()
    (mail,) = mails
    assert mail.subject == "Acme Plumbing is verified"
    assert mail.body.splitlines()[2] == "The registry verified Acme Plumbing as a 10DLC brand."
    assert f"{settings.PUBLIC_URL}{brand.get_absolute_url()}" in mail.body
    same_in_both(mail)


@pytest.mark.django_db
def test_what_to_do_depends_on_who_may_do_it(ada: Person, bo: Person, mails: list[Any]) -> None:
    decided(ada, states.REJECT)
    post()
    by_person = {mail.to[0]: mail for mail in mails}
    assert "what to change" in by_person[ada.user.email].body
    assert "an owner, admin or submitter" in by_person[bo.user.email].body
    for mail in mails:
        same_in_both(mail)


@pytest.mark.django_db
def test_an_operators_reason_stands_in_the_mail(ada: Person, mails: list[Any]) -> None:
    with ada.acting():
        tell(
            ada.organization,
            kind=kinds.OPERATOR,
            state="suspended",
            at=clock.read().business,
            by=Actor("Olu (operator)"),
            note="Two invoices are <open>",
        )
    post()
    (mail,) = mails
    assert "> Two invoices are <open>" in mail.body
    assert "Two invoices are &lt;open&gt;" in mail.alternatives[0][0]
    same_in_both(mail)


@pytest.mark.django_db
def test_the_daily_mail_groups_by_thing_and_says_first_what_needs_somebody(
    ada: Person, mails: list[Any]
) -> None:
    prefer(ada, decision=Delivery.DAILY, attention=Delivery.DAILY)
    decided(ada, display_name="Calm")
    decided(ada, states.REJECT, display_name="Broken")
    corrected = decided(ada, states.REJECT, display_name="Corrected")
    with ada.acting():
        tell(
            corrected, kind="decision", state="verified", at=corrected.since + timedelta(hours=2), by=REGISTRY
        )
        type(corrected).objects.filter(pk=corrected.pk).update(
            status="verified", since=corrected.since + timedelta(hours=2)
        )
    read = Clock()
    read.pass_(days=2)
    assert post(read) == 1
    (mail,) = mails
    assert mail.subject == "Acme: 1 thing needs you"
    needs, also = mail.body.index("Needs you"), mail.body.index("Also happened")
    assert needs < mail.body.index("Broken was rejected") < also < mail.body.index("Calm is verified")
    newest, oldest = mail.body.index("Corrected is verified"), mail.body.index("Corrected was rejected")
    assert also < newest < oldest
    assert mail.body.count(str(corrected.pk)) == 1, "one link for each thing"
    same_in_both(mail)


@pytest.mark.django_db
def test_a_day_without_news_has_no_mail(ada: Person, mails: list[Any]) -> None:
    prefer(ada, decision=Delivery.DAILY)
    read = Clock()
    read.pass_(days=3)
    assert post(read) == 0
    decided(ada)
    with ada.acting():
        Brand._base_manager.all()._raw_delete("default")
    read.pass_(days=1)
    assert post(read) == 0
    assert mails == []


@pytest.mark.django_db
def test_times_are_those_of_the_reader(ada: Person, bo: Person, mails: list[Any]) -> None:
    ada.settle(time_zone="America/Los_Angeles")
    bo.user.time_zone = "Asia/Seoul"
    bo.user.save()
    decided(ada, at=datetime(2026, 11, 2, 17, 14, tzinfo=UTC))
    post()
    by_person = {mail.to[0]: mail.body for mail in mails}
    assert "Mon 2 Nov 2026, 09:14 PST" in by_person[ada.user.email]
    assert "Tue 3 Nov 2026, 02:14 KST" in by_person[bo.user.email]


def test_a_zone_without_letters_is_named_by_its_offset() -> None:
    at = datetime(2026, 11, 2, 17, 14, tzinfo=UTC)
    assert moment(at, ZoneInfo("America/Sao_Paulo")) == "Mon 2 Nov 2026, 14:14 UTC-03"


@pytest.mark.django_db
def test_no_mail_carries_a_tax_id(ada: Person, mails: list[Any]) -> None:
    prefer(ada, renewal=Delivery.AT_ONCE)
    for move in (states.VERIFY, states.REJECT):
        decided(ada, move, tax_id="91-8273645")
    post()
    assert len(mails) == 2
    for mail in mails:
        everything = mail.message().as_string() + mail.body + mail.alternatives[0][0]
        digits = re.sub(r"[^0-9]", "", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", everything))
        assert CANARY not in digits
        assert "8273645" not in everything


@pytest.mark.django_db
def test_the_headers_keep_robots_from_answering_and_the_id_steady(ada: Person, mails: list[Any]) -> None:
    decided(ada)
    post()
    raw = message_from_bytes(mails[0].message().as_bytes())
    assert raw["Auto-Submitted"] == "auto-generated"
    assert raw["List-Unsubscribe"] is None
    assert re.fullmatch(r"<notification\.[0-9a-f-]{36}@[\w.-]+>", raw["Message-ID"])
    assert raw.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in raw.get_payload()] == ["text/plain", "text/html"]  # type: ignore[union-attr]


@pytest.mark.django_db
def test_the_only_links_are_the_thing_and_the_preferences(ada: Person, mails: list[Any]) -> None:
    brand = decided(ada)
    post()
    assert links(mails[0].body) == {
        f"{settings.PUBLIC_URL}{brand.get_absolute_url()}",
        f"{settings.PUBLIC_URL}/account/notifications/",
    }


def test_a_name_with_line_breaks_and_markup_stays_a_name() -> None:
    letter = Letter(
        "x.1",
        "a@b.example",
        "A\nBcc: c@d.example <b>",
        ["<script>alert(1)</script>"],
        "Go",
        "https://p.example/",
        "Because.",
    )
    mail = message(letter)
    assert mail.subject == "A Bcc: c@d.example <b>"
    assert mail.message()["Bcc"] is None
    assert "<script>" not in mail.alternatives[0][0]
    assert "<script>alert(1)</script>" in mail.body
    same_in_both(mail)


# --- allauth's mails in our voice


ACCOUNT = {
    "email": "ada@acme.example",
    "password_reset_url": "https://portal.example/reset/x/",
    "activate_url": "https://portal.example/confirm/x/",
    "from_email": "old@acme.example",
    "to_email": "new@acme.example",
    "deleted_email": "old@acme.example",
    "code": "123-456",
    "signup_url": "https://portal.example/signup/",
}
CHANGES = {
    "timestamp": datetime(2026, 11, 2, 17, 14, tzinfo=UTC),
    "ip": "127.0.0.1",
    "user_agent": "Firefox <1>",
}


def allauth_mails() -> list[str]:
    """Every mail that the installed allauth can send, found in its own folders."""
    import allauth

    folder = Path(allauth.__file__).parent / "templates"
    found = [*folder.glob("account/email/*_subject.txt"), *folder.glob("mfa/email/*_subject.txt")]
    return sorted(str(path.relative_to(folder)).removesuffix("_subject.txt") for path in found)


@pytest.mark.parametrize("prefix", allauth_mails())
@pytest.mark.parametrize("changed", [False, True], ids=["asked", "changed"])
def test_every_mail_of_allauth_is_in_our_words_and_in_both_forms(prefix: str, changed: bool, rf: Any) -> None:
    from allauth.account.adapter import get_adapter
    from allauth.core import context

    request = rf.get("/")
    with context.request_context(request):
        mail = get_adapter().render_mail(
            prefix, "ada@acme.example", {**ACCOUNT, **(CHANGES if changed else {})}
        )
    assert "Clearline" in mail.subject + mail.body
    assert "[" not in mail.subject
    assert "example.com" not in mail.body
    assert (ROOT / "templates" / f"{prefix}_message.txt").exists()
    same_in_both(mail)
    assert ("Mon" in mail.body or "2 November 2026, 17:14 UTC" in mail.body) is changed


@pytest.mark.django_db
def test_whoever_forgot_a_password_gets_our_mail_in_two_parts(ada: Person, mailoutbox: list[Any]) -> None:
    Client().post("/account/password/reset/", {"email": ada.user.email})
    (mail,) = mailoutbox
    assert mail.subject == "Choose a new password for Clearline"
    assert len(links(mail.body)) == 1
    same_in_both(mail)


@pytest.mark.parametrize("path", HTML_MAILS, ids=lambda path: path.name)
def test_html_mails_load_nothing_and_run_nothing(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"<script|<img|<link|<iframe|url\(|@import|\son[a-z]+=", text)
    assert "{% static" not in text
