"""The sign-in ends while a step is half filled in: after the next one, what was typed is there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from brands.models import Brand
from portal.accounts import keeping
from portal.drafts.models import Typed
from tests.accounts.proving import pass_time
from tests.drafts.pages import address, form_in, now, opened, text_of
from tests.factories import brand_draft
from tests.people import Person, enrolled

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# By step: what is typed late, and the column that then says so.
LATE = {
    "company": {"display_name": "Late Name"},
    "address": {"city": "Latetown"},
    "business": {"website": "https://late.example"},
    "contact": {"first_name": "Late"},
}


@pytest.fixture
def brand(ada: Person) -> Brand:
    return brand_draft(ada)


def in_again(client: Client, answer: Any, who: str = "ada@acme.example") -> Any:
    """Sign in where `answer` leads, and follow."""
    target = answer.headers.get("HX-Redirect") or answer.headers["Location"]
    assert target.startswith("/account/login/"), target
    return client.post(target, {"login": who, "password": "a long and quiet password"}, follow=True)


def go_on(person: Person, page: Any) -> Any:
    """Press "Go on" of the page that offers what was kept."""
    text = page.content.decode()
    path = re.search(r'<form method="post" action="(/brands/[^"]+)"', text)
    assert path, text
    form = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text.split(path[0])[1])
    return person.post(path[1].replace("&amp;", "&"), dict(form))


@pytest.mark.parametrize("htmx", [False, True], ids=["page", "htmx"])
@pytest.mark.parametrize("slug", LATE)
def test_a_late_step_goes_through_after_the_next_sign_in(
    ada: Person, brand: Brand, slug: str, htmx: bool
) -> None:
    typed = opened(ada, brand, slug) | LATE[slug]
    pass_time(ada.client, idle="31 minutes")
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address(brand, slug)}"}
    path = address(brand, slug) + "?return=check"
    page = in_again(ada.client, ada.client.post(path, typed, headers=headers if htmx else {}))
    assert "Your answers are kept" in text_of(page)
    assert go_on(ada, page)["Location"] == address(brand, "check")
    ((name, value),) = LATE[slug].items()
    assert getattr(now(ada, brand), name) == value


def test_a_tax_id_that_was_typed_late_is_asked_for_again_and_not_silently_left(
    ada: Person, brand: Brand
) -> None:
    typed = opened(ada, brand, "company") | {"tax_id": "93-1234567", "display_name": "Late Name"}
    pass_time(ada.client, idle="31 minutes")
    answer = go_on(ada, in_again(ada.client, ada.post(address(brand, "company"), typed)))
    assert answer.status_code == 422
    assert "again: it is never kept while somebody signs in" in text_of(answer)
    assert form_in(answer)["display_name"] == "Late Name"
    assert ada.post(address(brand, "company"), form_in(answer) | {"tax_id": "93-1234567"}).status_code == 302


def test_a_tax_id_that_was_not_typed_is_not_asked_for(ada: Person, brand: Brand) -> None:
    typed = opened(ada, brand, "company") | {"display_name": "Late Name"}
    pass_time(ada.client, idle="31 minutes")
    assert go_on(ada, in_again(ada.client, ada.post(address(brand, "company"), typed))).status_code == 302


def test_a_late_decision_between_two_answers_still_counts(ada: Person, brand: Brand) -> None:
    di = enrolled("di")
    hers, mine = opened(di, brand, "address"), opened(ada, brand, "address")
    di.post(address(brand, "address"), hers | {"city": "Tacoma"})
    page = form_in(ada.post(address(brand, "address"), mine | {"city": "Spokane"}))
    pass_time(ada.client, idle="31 minutes")
    late = ada.post(address(brand, "address"), page | {"decision": "typed"})
    go_on(ada, in_again(ada.client, late))
    assert now(ada, brand).city == "Spokane"


def test_somebody_who_saved_while_one_signed_in_is_noticed(ada: Person, brand: Brand) -> None:
    di = enrolled("di")
    typed = opened(ada, brand, "address") | {"city": "Spokane"}
    pass_time(ada.client, idle="31 minutes")
    late = ada.post(address(brand, "address"), typed)
    di.post(address(brand, "address"), opened(di, brand, "address") | {"city": "Tacoma"})
    assert go_on(ada, in_again(ada.client, late)).status_code == 409


def test_a_late_submit_is_sent_once_and_only_by_ones_own_press(ada: Person, brand: Brand) -> None:
    form = form_in(ada.get(address(brand, "check")))
    pass_time(ada.client, idle="31 minutes")
    page = in_again(ada.client, ada.post(address(brand, "submission"), form))
    assert now(ada, brand).status == "draft"
    assert go_on(ada, page)["Location"] == f"/brands/{brand.pk}/"
    assert now(ada, brand).status == "submitting"
    assert go_on(ada, page).status_code == 409


@pytest.mark.parametrize("by_itself", ["X-Autosave", "X-Unattended"])
def test_what_a_page_sends_by_itself_neither_leaves_it_nor_hides_what_is_sent_after_it(
    ada: Person, brand: Brand, by_itself: str
) -> None:
    typed = opened(ada, brand, "address") | {"city": "Latetown"}
    pass_time(ada.client, idle="31 minutes")
    path = address(brand, "address") + ("findings/" if by_itself == "X-Unattended" else "")
    answer = ada.post(path, typed, headers={by_itself: "1", "HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (204, None)
    with ada.acting():
        assert not Typed.objects.exists()
    late = ada.post(address(brand, "address"), typed)
    assert go_on(ada, in_again(ada.client, late))["Location"] == address(brand, "business")
    assert now(ada, brand).city == "Latetown"


@pytest.mark.parametrize("slug", LATE)
def test_whoever_else_signs_in_there_finds_nothing(ada: Person, brand: Brand, slug: str) -> None:
    enrolled("di", sign_in=False)
    pass_time(ada.client, idle="31 minutes")
    late = ada.post(address(brand, slug), opened_before(brand, slug) | LATE[slug])
    page = in_again(ada.client, late, "di@acme.example")
    ((_name, value),) = LATE[slug].items()
    assert "Your answers are kept" not in text_of(page)
    assert value not in text_of(page)
    assert value not in str(list(ada.client.session.items()))
    assert value not in text_of(ada.get(address(brand, slug)))


def opened_before(brand: Brand, slug: str) -> dict[str, Any]:
    """The step as it stands open in a browser whose sign-in is over."""
    return opened(enrolled("ada"), brand, slug)


# --- a page from before the sign-in, in another tab


def browser(person: Person) -> Client:
    """The person's browser, checked for forgeries."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = person.client.cookies
    return client


def token_in(page: Any) -> str:
    """The forgery token of its form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.content.decode())
    assert found
    return found[1]


def test_a_tab_from_before_the_last_sign_in_loses_nothing(ada: Person, brand: Brand) -> None:
    client = browser(ada)
    page = client.get(address(brand, "address"))
    typed = form_in(page) | {"city": "Latetown", "csrfmiddlewaretoken": token_in(page)}
    login = client.get("/account/logout/")
    client.post("/account/logout/", {"csrfmiddlewaretoken": token_in(login)})
    login = client.get("/account/login/")
    secret = {"login": "ada@acme.example", "password": "a long and quiet password"}
    client.post("/account/login/", secret | {"csrfmiddlewaretoken": token_in(login)})
    answer = client.post(address(brand, "address"), typed)
    assert answer["Location"] == "/account/kept/"
    assert now(ada, brand).city == "Seattle"
    offered = client.get("/account/kept/")
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', offered.content.decode())
    assert client.post(address(brand, "address"), dict(hidden)).status_code == 302
    assert now(ada, brand).city == "Latetown"


@pytest.mark.parametrize("mark", ["", "0" * 32, "somebody else's"])
def test_a_forged_form_is_not_kept(ada: Person, brand: Brand, mark: str) -> None:
    stamp = keeping.page_of(enrolled("di").user.pk) if mark.startswith("somebody") else mark
    client = browser(ada)
    forged = {"city": "Forgedville", keeping.PAGE_OF: stamp, "csrfmiddlewaretoken": "x" * 32}
    answer = client.post(address(brand, "address"), forged)
    assert answer.status_code == 403
    assert "This page was open too long" in text_of(answer)
    assert "Forgedville" not in str(list(client.session.items()))
