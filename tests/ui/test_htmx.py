"""Whole pages and parts of them, and what travels beside a part."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.test import RequestFactory

from portal.ui.htmx import announce, is_partial, toast

requests = RequestFactory()


def test_an_ordinary_request_gets_the_whole_page() -> None:
    assert not is_partial(requests.get("/"))


def test_an_htmx_request_gets_the_part() -> None:
    assert is_partial(requests.get("/", headers={"HX-Request": "true"}))


def test_a_page_of_the_history_is_whole_although_htmx_asks_for_it() -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert not is_partial(requests.get("/", headers=headers))


def test_announcement_and_toast_travel_together() -> None:
    response = toast(announce(HttpResponse(), "Acme is verified"), "Saved", link="Undo", link_url="/undo/")
    assert json.loads(response.headers["HX-Trigger"]) == {
        "announce": {"message": "Acme is verified"},
        "toast": {"message": "Saved", "link": "Undo", "url": "/undo/"},
    }


def test_words_of_every_language_fit_into_the_header() -> None:
    header = announce(HttpResponse(), "브랜드 승인됨\n✓").headers["HX-Trigger"]
    assert header.isascii()
    assert json.loads(header)["announce"]["message"] == "브랜드 승인됨\n✓"
