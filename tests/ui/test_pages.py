"""Pages of the interface itself: theme, specimen, sign-in and what people see when something went wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template import TemplateDoesNotExist, loader
from django.test import Client

from portal.ui import views

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = sorted((ROOT / "templates" / "components").glob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))


def test_the_theme_is_kept_in_a_cookie_and_one_returns_to_the_page(client: Client) -> None:
    response = client.post("/theme/", {"theme": "dark", "next": "/brands/?page=2"})
    assert (response.status_code, response.headers["Location"]) == (302, "/brands/?page=2")
    assert response.cookies["theme"].value == "dark"
    assert response.cookies["theme"]["samesite"] == "Lax"


def test_system_forgets_the_choice(client: Client) -> None:
    client.cookies["theme"] = "dark"
    assert client.post("/theme/", {"theme": "system"}).cookies["theme"]["max-age"] == 0


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_theme_switch_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    assert client.post("/theme/", {"theme": "light", "next": elsewhere}).headers["Location"] == "/"


def test_only_three_themes_exist_and_only_by_post(client: Client) -> None:
    assert client.post("/theme/", {"theme": "<b>"}).status_code == 400
    assert client.get("/theme/").status_code == 405


def test_a_chosen_theme_is_in_the_page_before_any_script(client: Client) -> None:
    client.cookies["theme"] = "dark"
    html = client.get("/account/login/").content.decode()
    assert 'data-theme="dark"' in html
    assert '<meta name="color-scheme" content="dark">' in html


def test_the_specimen_is_for_developers(client: Client, settings: Any) -> None:
    settings.DEBUG = False
    settings.UI_SPECIMEN = False
    assert client.get("/ui/specimen/").status_code == 404
    settings.UI_SPECIMEN = True
    assert client.get("/ui/specimen/").status_code == 200


def test_the_sign_in_page_offers_no_sign_up_and_names_who_to_ask(client: Client) -> None:
    html = client.get("/account/login/").content.decode()
    assert "<title>" in html
    assert re.search(r"<title>\s*Sign in\s*· Clearline</title>", html)
    assert "signup" not in html
    assert "invited by an owner" in html
    assert 'autocomplete="current-password"' in html


def test_a_refused_form_says_error_in_the_title(client: Client, db: None) -> None:
    html = client.post("/account/login/", {"login": "", "password": ""}).content.decode()
    assert re.search(r"<title>Error:\s+Sign in\s*· Clearline</title>", html)
    assert 'href="#id_login"' in html


def test_a_wrong_address_gets_a_page_that_says_what_to_do(client: Client) -> None:
    response = client.get("/no/such/page/")
    html = response.content.decode()
    assert response.status_code == 404
    assert "There is nothing here" in html
    assert "Go to the overview" in html
    assert response.headers["X-Request-ID"] in html


def test_a_part_request_gets_no_page_into_its_table_cell(client: Client) -> None:
    response = client.get("/no/such/page/", headers={"HX-Request": "true"})
    assert (response.status_code, response.content) == (404, b"")


def test_every_error_page_can_be_shown_without_database_or_context_processors(rf: Any) -> None:
    request = rf.get("/")
    request.request_id = "7f3a9c21d04b8e66"
    for view in (views.server_error, lambda one: views.bad_request(one, ValueError())):
        response = view(request)
        assert b"Clearline" in response.content
        assert b"7f3a9c21d04b8e66" in response.content


def test_a_broken_template_still_leaves_an_answer(rf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise TemplateDoesNotExist(name)

    monkeypatch.setattr(loader, "get_template", gone)
    request = rf.get("/")
    request.request_id = "7f3a9c21d04b8e66"
    response = views.server_error(request)
    assert (response.status_code, response.headers["Content-Type"]) == (500, "text/plain")
    assert b"7f3a9c21d04b8e66" in response.content


@pytest.mark.parametrize(
    ("view", "status"), [(views.forbidden, 403), (views.not_found, 404)], ids=["forbidden", "not found"]
)
def test_what_was_raised_never_reaches_the_page(rf: Any, view: Any, status: int) -> None:
    error = PermissionDenied("secret") if status == 403 else Http404("secret")
    response = view(rf.get("/"), error)
    assert response.status_code == status
    assert b"secret" not in response.content


def test_a_form_that_was_open_too_long_is_explained() -> None:
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "open too long" in response.content.decode()


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_begins_by_naming_its_variables(component: Path) -> None:
    assert re.match(r"\{# .*[Vv]ariables.* #\}\n", component.read_text())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_is_small_and_quiet(script: Path) -> None:
    text = script.read_text()
    assert len(text.splitlines()) <= 60
    assert "console." not in text
    assert "innerHTML" not in text
    assert "eval(" not in text
