"""What every answer carries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from portal.accounts.models import User
from portal.ui.middleware import PageHeadersMiddleware, RequestIdMiddleware

requests = RequestFactory()
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/brands/?page=2"}


def through(answer: HttpResponseBase, user: Any, **kwargs: Any) -> HttpResponseBase:
    request = requests.get("/brands/", **kwargs)
    request.user = user
    return PageHeadersMiddleware(lambda _: answer)(request)


def test_a_signed_in_persons_page_is_kept_by_nobody() -> None:
    response = through(HttpResponse("page"), User(email="ada@example.com"))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Vary"] == "HX-Request"


def test_a_view_that_decided_about_caching_is_respected() -> None:
    answer = HttpResponse("page", headers={"Cache-Control": "max-age=60"})
    assert through(answer, User()).headers["Cache-Control"] == "max-age=60"


def test_a_visitors_page_may_be_kept() -> None:
    assert "Cache-Control" not in through(HttpResponse("page"), AnonymousUser()).headers


def test_after_a_server_error_nobody_asks_who_is_signed_in() -> None:
    class Unreachable:
        @property
        def is_authenticated(self) -> bool:
            raise ConnectionError("the database is away")

    assert through(HttpResponse(status=500), Unreachable()).status_code == 500


def test_an_ended_session_leads_the_whole_page_to_the_sign_in() -> None:
    response = through(HttpResponseRedirect("/account/login/?next=/brands/"), AnonymousUser(), headers=HTMX)
    assert response.status_code == 204
    assert response.headers["HX-Redirect"] == "/account/login/?next=%2Fbrands%2F%3Fpage%3D2"


def test_an_ordinary_redirect_to_the_sign_in_stays_one() -> None:
    assert through(HttpResponseRedirect("/account/login/"), AnonymousUser()).status_code == 302


def test_other_redirects_of_parts_stay_redirects() -> None:
    assert through(HttpResponseRedirect("/brands/"), AnonymousUser(), headers=HTMX).status_code == 302


def reference(**kwargs: Any) -> tuple[str, str]:
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.request_id)  # type: ignore[attr-defined]
        return HttpResponse()

    response = RequestIdMiddleware(view)(requests.get("/", **kwargs))
    return seen[0], response.headers["X-Request-ID"]


def test_every_answer_has_a_reference() -> None:
    inside, outside = reference()
    assert inside == outside
    assert re.fullmatch("[0-9a-f]{16}", outside)
    assert reference() != reference()


def test_a_visitor_cannot_choose_the_reference(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 0
    assert reference(headers={"X-Request-ID": "visitor-chose-this"})[1] != "visitor-chose-this"


@pytest.mark.parametrize("forged", ["short", "with space and more", "line\nbreak-in-the-log", "x" * 65])
def test_even_a_proxy_cannot_forge_log_lines(settings: Any, forged: str) -> None:
    settings.TRUSTED_PROXIES = 1
    assert reference(headers={"X-Request-ID": forged})[1] != forged


def test_the_reference_of_a_proxy_of_ours_is_kept(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    assert reference(headers={"X-Request-ID": "edge-7f3a9c21"})[1] == "edge-7f3a9c21"
