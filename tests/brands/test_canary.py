"""A tax id goes through everything that can happen to a brand, and is then found nowhere in clear."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from brands import states
from brands.models import Brand
from brands.withholding import TaxIds
from portal.lifecycle import gateway, tasks
from portal.lifecycle.models import Submission, SubmissionState
from portal.logs import Report
from tests.brands.searching import found, listening, mails, rows_of, server_logs, sessions_in
from tests.carriers.registry_socket import Registry, reply
from tests.conftest import owner_url, superuser_url
from tests.factories import ADDRESS, BUSINESS, COMPANY, CONTACT, unique_name
from tests.lifecycle.moments import Later, work
from tests.people import PASSWORD, Person, enrolled
from tests.practice_registry import PracticeRegistry

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
CANARY = "83-6172549"
BARE = CANARY.replace("-", "")


@dataclass
class Watched:
    """A browser whose every answer is kept, but for the places where the number may stand."""

    client: Client
    seen: dict[str, str] = field(default_factory=dict)

    def keep(self, what: str, answer: Any, *, allowed: str = "") -> Any:
        """Keep an answer with its headers; `allowed` is the only thing in it that may hold the number."""
        body = answer.getvalue() if answer.streaming else answer.content
        text = body.decode() + str(answer.headers) + str(answer.cookies)
        if allowed:
            assert text.count(allowed) == 1, what
            text = text.replace(allowed, "")
        self.seen[f"{what} {len(self.seen)}: {answer.status_code}"] = text
        return answer

    def get(self, path: str) -> Any:
        """GET and keep."""
        return self.keep(f"GET {path}", self.client.get(path))

    def post(self, path: str, data: Any = None, *, allowed: str = "") -> Any:
        """POST and keep."""
        return self.keep(f"POST {path}", self.client.post(path, data or {}), allowed=allowed)


@pytest.fixture
def ada() -> Person:
    return enrolled("ada")


@pytest.fixture
def browser(ada: Person) -> Watched:
    client = Client(raise_request_exception=False)
    client.post("/account/login/", {"login": ada.user.email, "password": PASSWORD})
    return Watched(client)


def walk_through(browser: Watched, ada: Person, name: str) -> Brand:
    """The wizard, with every mistake around the tax id that one can make."""
    browser.post("/brands/new/", {"accept": "on"})
    with ada.acting():
        brand = Brand.objects.get(legal_name="")
    at = f"/brands/drafts/{brand.pk}"
    company = COMPANY | {"legal_name": name, "tax_id": CANARY}
    # What was typed stands in the field again, in this one answer, and nowhere else in it.
    browser.post(f"{at}/company/", company | {"legal_name": ""}, allowed=f'value="{CANARY}"')
    browser.post(f"{at}/company/", company | {"country": ""}, allowed=f'value="{CANARY}"')
    browser.post(f"{at}/company/", company | {"tax_id": f"{CANARY}9"}, allowed=f'value="{CANARY}9"')
    browser.post(f"{at}/company/", company)
    browser.post(f"{at}/company/", company | {"country": "CA", "tax_id": ""})
    browser.post(f"{at}/company/", company | {"tax_id": BARE})
    for slug, answers in (("address", ADDRESS), ("business", BUSINESS), ("contact", CONTACT)):
        browser.post(f"{at}/{slug}/", answers)
    for slug in ("company", "contact", "check", "deletion"):
        browser.get(f"{at}/{slug}/")
    return brand


def strangers_try(brand: Brand) -> Watched:
    """Posts that never reach the form: nobody signed in, and no token against forgery."""
    nobody = Watched(Client(raise_request_exception=False))
    nobody.post(f"/brands/drafts/{brand.pk}/company/", COMPANY | {"tax_id": CANARY})
    forged = Watched(Client(raise_request_exception=False, enforce_csrf_checks=True), nobody.seen)
    forged.post(f"/brands/drafts/{brand.pk}/company/", COMPANY | {"tax_id": CANARY})
    return nobody


def database_refuses(browser: Watched, brand: Brand) -> None:
    """A failure of ours with the number in hand: a 500 page, a traceback in the log, a mail to the admins."""
    forbid = "ALTER TABLE brands_brand ADD CONSTRAINT breaks CHECK (legal_name <> 'Breaks LLC') NOT VALID"
    company = COMPANY | {"legal_name": "Breaks LLC", "tax_id": "83-6172549"}
    for before, after in (
        (forbid, "ALTER TABLE brands_brand DROP CONSTRAINT breaks"),
        (
            "REVOKE INSERT ON brands_taxidentity FROM portal_app",
            "GRANT INSERT ON brands_taxidentity TO portal_app",
        ),
    ):
        with psycopg.connect(owner_url(), autocommit=True) as owner:
            owner.execute(before)
            try:
                # Another country, so that it is sealed anew.
                answer = browser.post(
                    f"/brands/drafts/{brand.pk}/company/", company | {"country": "CA", "tax_id": BARE}
                )
            finally:
                owner.execute(after)
        assert answer.status_code == 500


def the_submission(brand: Brand, ada: Person) -> Submission:
    with ada.acting():
        return Submission.objects.get(subject_id=brand.pk)


def now(brand: Brand, ada: Person) -> Brand:
    with ada.acting():
        return Brand.objects.get(pk=brand.pk)


@contextmanager
def instead(settings: Any, status: int, answer: dict[str, Any]) -> Iterator[Registry]:
    """A carrier that answers everything alike in place of the practice registry."""
    address = settings.TELNYX_URL
    with Registry(reply(status, json.dumps(answer).encode())) as rude:
        settings.TELNYX_URL = rude.url
        _forget_carrier(settings)
        yield rude
        settings.TELNYX_URL = address
        _forget_carrier(settings)


def _forget_carrier(settings: Any) -> None:
    gateway.carrier(settings.CARRIER).close()
    gateway.carrier.cache_clear()


def away_lost_and_found(brand: Brand, ada: Person, settings: Any) -> Later:
    """The carrier has no time; fails and quotes us; took it and lost the answer; is searched."""
    later = Later()
    for status in (429, 500):
        with instead(settings, status, {"errors": [{"detail": f"who is {CANARY}?"}], "ein": BARE}) as rude:
            work(later)
            assert BARE.encode() in b"".join(rude.requests)
            later.pass_(minutes=20)
    submission = the_submission(brand, ada)
    assert submission.state == SubmissionState.UNKNOWN
    filing = TaxIds(ada.organization.pk, brand.pk).filing(submission.payload)
    gateway.carrier("telnyx").create_brand(filing, key=str(submission.key))
    work(later)
    return later


def refused_with_a_quotation(settings: Any) -> None:
    """The carrier refuses the request and says why, with the number in it."""
    said = {"code": "10015", "title": "Bad", "detail": f"EIN {BARE} ({CANARY}) is not yours"}
    with instead(settings, 400, {"errors": [said]}):
        work()


def every_page(brand: Brand) -> Iterator[str]:
    """Every address of the portal that needs no other id than the brand's."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for one in patterns:
            route = prefix + str(one.pattern)
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, route)
            else:
                yield route

    for route in walk(get_resolver().url_patterns, ""):
        path = route.replace("<uuid:brand_id>", str(brand.pk)).replace("<slug:slug>", "company")
        if not re.search(r"[<^]|logout|tax-id/", path):
            yield f"/{path}"


def everywhere(registry: PracticeRegistry) -> dict[str, str]:
    """Both databases, sessions, mails, and the logs of other processes."""
    return {
        **rows_of(superuser_url()),
        **{f"registry's {name}": text for name, text in rows_of(registry.database_url).items()},
        **sessions_in(superuser_url()),
        **mails(),
        **server_logs(),
        "the registry's log": registry.logged(),
    }


def test_a_tax_id_is_found_nowhere_in_clear(
    ada: Person,
    browser: Watched,
    registry: PracticeRegistry,
    settings: Any,
    capfd: pytest.CaptureFixture[str],
) -> None:
    settings.ADMINS = [("Operations", "operations@example.com")]
    with listening() as heard:
        first = walk_through(browser, ada, unique_name("Canary"))
        nobody = strangers_try(first)
        database_refuses(browser, first)
        browser.post(f"/brands/drafts/{first.pk}/submission/")
        later = away_lost_and_found(first, ada, settings)
        assert now(first, ada).status == states.IN_REVIEW
        reference = now(first, ada).reference
        registry.say(reference, f"IS_{BARE}_REAL")
        later.pass_(minutes=10)
        work(later)
        browser.get(f"/brands/{first.pk}/")
        registry.reject(reference, "TAX_ID", f"EIN {CANARY} (or {BARE}) is another company's.", ["ein"])
        later.pass_(minutes=10)
        work(later)
        rejected = now(first, ada)
        assert rejected.status == states.REJECTED
        assert "is another company's" in rejected.reasons[0]["text"]

        second = walk_through(browser, ada, unique_name("Canary"))
        browser.post(f"/brands/drafts/{second.pk}/submission/")
        refused_with_a_quotation(settings)
        assert "is not yours" in now(second, ada).reasons[0]["text"]
        third = walk_through(browser, ada, unique_name("Canary"))
        assert "already uses" not in browser.get(f"/brands/drafts/{third.pk}/check/").content.decode()

        browser.post(f"/brands/{first.pk}/tax-id/", allowed=CANARY)
        tasks.tick()
        for brand in (first, third):
            for path in every_page(brand):
                browser.get(path)

    assert not [name for name in browser.seen if "GET /brands" in name and name.endswith(": 500")]
    assert [one for one in mail.outbox if "Internal Server Error" in one.subject]
    out, err = capfd.readouterr()
    places = {
        **everywhere(registry),
        **browser.seen,
        **nobody.seen,
        **{name: stream.getvalue() for name, stream in heard.items()},
        "standard output": out + err,
    }
    assert len(places) > 100
    assert any(name.startswith("file postgres") for name in places)
    assert found(CANARY, places) == []


# --- the search itself


@pytest.mark.parametrize(
    "spelled", [CANARY, BARE, "83 6172549", "83\u20116172549", "US_83_6172549", "6172549"]
)
def test_the_search_finds_every_spelling(spelled: str) -> None:
    assert found(CANARY, {"here": f"abc {spelled} def", "there": "nothing 836-17"}) == [
        f"here: …abc {spelled} def…"
    ]


def test_the_search_looks_everywhere(ada: Person, browser: Watched, registry: PracticeRegistry) -> None:
    """Planted once in each kind of place: without this, a search that looks at nothing would be content."""
    walk_through(browser, ada, unique_name("Canary"))
    assert found(CANARY, everywhere(registry)) == []
    session = browser.client.session
    session["stash"] = {"request": f"tax_id={CANARY}"}
    session.save()
    mail.send_mail("Hello", f"about {CANARY}", None, ["ada@acme.example"])
    with psycopg.connect(superuser_url()) as anybody:
        anybody.execute("UPDATE brands_brand SET city = '83 6172549'")
        anybody.execute("UPDATE brands_taxidentity SET sealed = '836172549'")
    label = "UPDATE practice_account SET label = %s WHERE id = (SELECT max(id) FROM practice_account)"
    with psycopg.connect(registry.database_url, autocommit=True) as theirs:
        theirs.execute(label, [CANARY])
        try:
            hits = found(CANARY, everywhere(registry))
        finally:
            theirs.execute(label, ["practice"])
    kinds = {re.sub(r"^(registry's )?(table )?", "", hit).split(":")[0].split(" ")[0] for hit in hits}
    assert kinds == {"brands_brand", "brands_taxidentity", "practice_account", "session", "mail"}


def test_what_is_logged_is_heard_and_the_net_blots_it_out() -> None:
    import structlog

    with listening() as heard:
        structlog.get_logger("somebody").warning("careless", value=CANARY)
        try:
            int(CANARY)
        except ValueError:
            structlog.get_logger("somebody").exception("failed")
    assert len(found(CANARY, {name: stream.getvalue() for name, stream in heard.items()})) == 1
    assert "careless" in heard["log as written"].getvalue()


@pytest.mark.parametrize("kind", ["text", "html"])
def test_a_report_of_an_error_tells_nothing_that_was_typed(kind: str) -> None:
    request = RequestFactory().post("/brands/drafts/x/company/", {"tax_id": "83 61 725 49", "note": "hush"})
    secret = ["83 61 725 49", {"tax_id": "hush"}]
    try:
        raise ValueError(f"cannot read {CANARY}, {len(secret)}")
    except ValueError:
        report = Report(request, *sys.exc_info())
    told = report.get_traceback_text() if kind == "text" else report.get_traceback_html()
    assert "ValueError" in told
    assert "tax_id" in told
    # The line of this file that made it is quoted too.
    told = told.replace("secret = [&quot;83 61 725 49&quot;, {&quot;tax_id&quot;: &quot;hush&quot;}]", "")
    told = re.sub(
        r"\{&quot;tax_id&quot;: &quot;83 61 725 49&quot;, &quot;note&quot;: &quot;hush&quot;\}", "", told
    )
    assert found(CANARY, {"report": told}) == []
    assert "hush" not in told
