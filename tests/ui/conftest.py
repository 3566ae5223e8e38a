"""The interface in a real browser, served without any database: these pages need none."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, sync_playwright


class Quiet(WSGIRequestHandler):
    """No line per request."""

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


class Threads(ThreadingMixIn, WSGIServer):
    """A browser opens several connections at once."""

    daemon_threads = True


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the portal with its specimen page, in practice mode."""
    before = getattr(django_settings, "UI_SPECIMEN", False), django_settings.PRACTICE_URL
    django_settings.UI_SPECIMEN, django_settings.PRACTICE_URL = True, "http://127.0.0.1:9"
    server = make_server(
        "127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), server_class=Threads, handler_class=Quiet
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
    django_settings.UI_SPECIMEN, django_settings.PRACTICE_URL = before


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of this machine. Skips with the reason where there is none, unless REQUIRE_BROWSER=1."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, and neither chromium nor google-chrome is on the path")
        pytest.skip("neither chromium nor google-chrome is on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
