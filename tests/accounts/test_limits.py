"""How long a sign-in lasts, what prolongs it, and what becomes of answers that come too late."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brands.models import Brand
from tests.accounts.proving import pass_time, sign_in, signed_in
from tests.factories import COMPANY, brand_draft
from tests.people import Person, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/sms-campaigns/"}
UNATTENDED = {"X-Unattended": "1"}


def last_seen(client: Client) -> Any:
    return UserSession.objects.get(session_key=client.session.session_key).last_seen_at


def test_half_an_hour_without_a_sign_of_somebody_ends_it(ada: Person) -> None:
    pass_time(ada.client, idle="29 minutes")
    assert signed_in(ada.client)
    pass_time(ada.client, idle="30 minutes")
    answer = ada.client.get("/", follow=True)
    assert answer.redirect_chain == [("/account/login/?next=/", 302)]
    assert "after 30 minutes without a sign of you" in answer.content.decode()
    assert not signed_in(ada.client)


def test_a_working_day_ends_it_however_active_somebody_is(ada: Person) -> None:
    pass_time(ada.client, since_sign_in=12 * 3600 - 60)
    assert signed_in(ada.client)
    pass_time(ada.client, since_sign_in=61)
    answer = ada.client.get("/", follow=True)
    assert "lasts 12 hours at most" in answer.content.decode()


def test_nothing_prolongs_the_working_day(ada: Person) -> None:
    began = ada.client.session["signed_in_at"]
    ada.get("/")
    ada.client.post("/account/session/")
    ada.client.post("/account/reauthenticate/", {"password": "a long and quiet password"})
    new = {
        "oldpassword": "a long and quiet password",
        "password1": "quite another phrase",
        "password2": "quite another phrase",
    }
    assert ada.client.post("/account/password/change/", new).status_code == 302
    assert signed_in(ada.client)
    assert ada.client.session["signed_in_at"] == began


def test_the_old_key_opens_nothing_after_the_end(ada: Person) -> None:
    key = ada.client.session.session_key
    pass_time(ada.client, idle="31 minutes")
    ada.get("/")
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.filter(session_key=key).exists()


def test_activity_is_written_down_at_most_once_a_minute(ada: Person) -> None:
    ada.get("/")
    with CaptureQueriesContext(connection) as queries:
        for _click in range(5):
            ada.get("/")
    writes = [one["sql"] for one in queries if re.match(r"\s*(UPDATE|INSERT)", one["sql"])]
    assert [one for one in writes if "session" in one] == []
    pass_time(ada.client, idle="61 seconds")
    before = last_seen(ada.client)
    ada.get("/")
    assert last_seen(ada.client) - before > timedelta(seconds=60)


def test_a_page_that_refreshes_by_itself_keeps_nobody_signed_in(ada: Person) -> None:
    pass_time(ada.client, idle="20 minutes")
    before = last_seen(ada.client)
    assert ada.client.get("/sms-campaigns/badges/", headers=HTMX | UNATTENDED).status_code in {200, 204}
    assert last_seen(ada.client) == before
    pass_time(ada.client, idle="10 minutes")
    answer = ada.client.get("/sms-campaigns/badges/", headers=HTMX | UNATTENDED)
    assert answer.headers["HX-Redirect"] == "/account/login/?next=/sms-campaigns/"
    # The same request by a person's own click does count.
    bo = enrolled("bo")
    bo.get("/")
    pass_time(bo.client, idle="20 minutes")
    bo.client.get("/sms-campaigns/badges/", headers=HTMX)
    pass_time(bo.client, idle="20 minutes")
    assert signed_in(bo.client)


def test_the_page_is_told_how_long_it_has(ada: Person) -> None:
    ada.get("/")
    pass_time(ada.client, idle="29 minutes")
    left = ada.client.get("/account/session/", headers=UNATTENDED).json()
    assert 0 < left["seconds"] <= 60
    assert left["extendable"] is True
    assert ada.client.post("/account/session/").json()["seconds"] > 29 * 60
    pass_time(ada.client, since_sign_in=12 * 3600 - 100)
    assert ada.client.post("/account/session/").json()["extendable"] is False
    pass_time(ada.client, since_sign_in=100)
    assert ada.client.get("/account/session/").json() == {"seconds": 0, "extendable": False}


def test_a_page_carries_the_question_only_for_people_who_are_signed_in(ada: Person) -> None:
    text = ada.get("/").content.decode()
    seconds = re.search(r'id="session-end".*?data-seconds="(\d+)"', text, re.DOTALL)
    assert seconds
    assert 1790 <= int(seconds[1]) <= 1800
    assert "session-end" not in Client().get("/account/login/").content.decode()


def test_a_disabled_persons_sessions_end_and_stay_ended(ada: Person) -> None:
    other = Client()
    other.force_login(ada.user)
    ada.user.is_active = False
    ada.user.save()
    for client in (ada.client, other):
        assert client.get("/").status_code == 302
    ada.user.is_active = True
    ada.user.save()
    for client in (ada.client, other):
        assert not signed_in(client)


def test_strangers_cost_no_query(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        Client().get("/health/live/")
    assert len(queries) == 0


# --- answers that come too late --------------------------------------------------------------------


@pytest.fixture
def draft(ada: Person) -> Brand:
    """A draft of Acme, on whose page Ada is when her sign-in ends."""
    brand = brand_draft(ada)
    ada.get(f"/brands/drafts/{brand.pk}/company/")
    pass_time(ada.client, idle="31 minutes")
    return brand


def after_sign_in(client: Client, answer: Any, who: str = "ada@acme.example") -> Any:
    """Sign in where `answer` leads, and follow."""
    target = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert target == "/account/login/?next=%2Faccount%2Fkept%2F"
    return client.post(target, {"login": who, "password": "a long and quiet password"}, follow=True)


def test_late_answers_are_kept_and_offered_after_the_sign_in(ada: Person, draft: Brand) -> None:
    path = f"/brands/drafts/{draft.pk}/company/"
    typed = COMPANY | {"display_name": "Acme “Pipes” & Plumbing <new>"}
    answer = ada.post(path, typed)
    page = after_sign_in(ada.client, answer)
    text = page.content.decode()
    assert "Your answers are kept" in text
    assert typed["tax_id"] not in text
    assert typed["tax_id"] not in str(list(ada.client.session.items()))
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text.split(path)[1]))
    assert form.pop("answers-kept") == "yes"
    assert "Acme “Pipes” &amp; Plumbing &lt;new&gt;" in form["display_name"]
    # Nothing was sent by itself.
    with ada.acting():
        assert Brand.objects.get(pk=draft.pk).display_name == draft.display_name
    sent = ada.post(path, {**typed, "answers-kept": "yes"})
    assert sent.status_code == 302
    with ada.acting():
        assert Brand.objects.get(pk=draft.pk).display_name == typed["display_name"]
    assert ada.get("/account/kept/").status_code == 302, "sent once, they are kept no longer"


def test_late_answers_are_kept_also_when_the_page_had_asked_first(ada: Person, draft: Brand) -> None:
    assert ada.client.get("/account/session/", headers=UNATTENDED).json()["seconds"] == 0
    answer = ada.post(f"/brands/drafts/{draft.pk}/company/", COMPANY)
    assert "Your answers are kept" in after_sign_in(ada.client, answer).content.decode()
    # Signed in again, the browser is a stranger's no more: nothing is kept for whoever was here before.
    ada.post("/account/logout/")
    answer = ada.post(f"/brands/drafts/{draft.pk}/company/", COMPANY)
    assert answer.headers["Location"].startswith("/account/login/?next=/brands/")


def test_late_answers_of_an_htmx_form_leave_the_page_as_a_whole(ada: Person, draft: Brand) -> None:
    answer = ada.client.post(f"/brands/drafts/{draft.pk}/company/", COMPANY, headers=HTMX)
    assert "Your answers are kept" in after_sign_in(ada.client, answer).content.decode()


def test_somebody_else_who_signs_in_there_sees_nothing_of_them(ada: Person, draft: Brand) -> None:
    enrolled("cy", sign_in=False)
    answer = ada.post(f"/brands/drafts/{draft.pk}/company/", COMPANY)
    page = after_sign_in(ada.client, answer, "cy@rival.example")
    assert "Acme" not in page.content.decode()
    assert "Acme" not in str(list(ada.client.session.items()))


def test_kept_answers_can_be_thrown_away(ada: Person, draft: Brand) -> None:
    after_sign_in(ada.client, ada.post(f"/brands/drafts/{draft.pk}/company/", COMPANY))
    ada.post("/account/kept/")
    assert ada.get("/account/kept/").status_code == 302


def test_a_late_password_is_never_kept(ada: Person) -> None:
    pass_time(ada.client, idle="31 minutes")
    typed = {"oldpassword": "CANARY", "password1": "CANARY", "password2": "CANARY"}
    answer = ada.post("/account/password/change/", typed)
    assert answer.headers["Location"] == "/account/login/?next=/account/password/change/"
    assert "CANARY" not in str(list(ada.client.session.items()))


def test_a_forged_late_post_is_not_kept(ada: Person, draft: Brand) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = ada.client.cookies
    answer = client.post(f"/brands/drafts/{draft.pk}/company/", COMPANY)
    assert answer.status_code == 403
    assert "kept_answers" not in client.session


def test_a_late_sign_out_is_simply_done(ada: Person) -> None:
    pass_time(ada.client, idle="31 minutes")
    assert ada.post("/account/logout/").headers["Location"] == "/account/login/"
    sign_in(ada.client, "ada@acme.example")
    assert signed_in(ada.client)
