"""A person with a browser: signs in, fills in the wizard, presses the button. Plain HTTP, no script."""

from __future__ import annotations

import http.client
import re
import threading
from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

import httpx

from tests.factories import ADDRESS, BUSINESS, COMPANY, CONTACT

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_DRAFT = re.compile(r"/brands/drafts/([0-9a-f-]{36})/")


class Visitor:
    """One browser with its cookies. `address` is the portal's."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = httpx.Client(base_url=address, timeout=20, headers={"Referer": f"{address}/"})

    def close(self) -> None:
        """Close the browser."""
        self.browser.close()

    def choose_password(self, link: str, password: str) -> None:
        """Follow the link that an operator handed over, and choose a password."""
        page = self.browser.get(link, follow_redirects=True)
        done = self._post(str(page.url), page, password1=password, password2=password)
        assert done.status_code == 302, done.text

    def sign_in(self, email: str, password: str) -> None:
        """Sign in with the form."""
        page = self.browser.get("/account/login/")
        assert self._post("/account/login/", page, login=email, password=password).status_code == 302

    def draft(self, name: str) -> UUID:
        """Walk through the wizard up to the check page; the draft's id."""
        answer = self._fill("/brands/new/", accept="on")
        found = _DRAFT.search(answer.headers["location"])
        assert found
        brand = UUID(found[1])
        company = COMPANY | {"legal_name": name, "display_name": name}
        for step, answers in (
            ("company", company),
            ("address", ADDRESS),
            ("business", BUSINESS),
            ("contact", CONTACT),
        ):
            self._fill(f"/brands/drafts/{brand}/{step}/", **answers)
        return brand

    def submit(self, brand: UUID) -> httpx.Response:
        """Press the button of the check page."""
        return self.press(brand, self.browser.get(f"/brands/drafts/{brand}/check/"))

    def press(self, draft: UUID, check_page: httpx.Response, *, of: str = "brands") -> httpx.Response:
        """Press the button on a check page that has been open for a while; `of` "brands" or "campaigns"."""
        return self._post(f"/{of}/drafts/{draft}/submission/", check_page)

    def start_submitting(self, brand: UUID) -> Press:
        """Press the button and do not wait for the answer."""
        page = self.browser.get(f"/brands/drafts/{brand}/check/")
        press = Press(
            self.address, f"/brands/drafts/{brand}/submission/", dict(self.browser.cookies), _token(page)
        )
        press.start()
        return press

    def page(self, brand: UUID) -> str:
        """The brand's own page."""
        return self.browser.get(f"/brands/{brand}/").raise_for_status().text

    def _fill(self, path: str, **answers: str) -> httpx.Response:
        answer = self._post(path, self.browser.get(path), **answers)
        assert answer.status_code == 302, answer.text
        return answer

    def _post(self, path: str, page: httpx.Response, **answers: str) -> httpx.Response:
        return self.browser.post(path, data=answers | {"csrfmiddlewaretoken": _token(page)})


@dataclass
class Press:
    """One press of the button whose answer may never come. `port` is the browser's end of the connection."""

    address: str
    path: str
    cookies: dict[str, str]
    token: str
    port: int = 0
    status: int | None = None
    problem: Exception | None = None
    _thread: threading.Thread | None = field(default=None, repr=False)

    def start(self) -> None:
        """Send the form; returns when it is on its way."""
        line = http.client.HTTPConnection(self.address.partition("//")[2], timeout=30)
        line.connect()
        self.port = line.sock.getsockname()[1]
        self._thread = threading.Thread(target=self._exchange, args=(line,), daemon=True)
        self._thread.start()

    def answer(self, seconds: float) -> int | None:
        """The status of the answer, or None when the connection broke."""
        assert self._thread
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"neither answer nor end of the connection within {seconds} s"
        return self.status

    def _exchange(self, line: http.client.HTTPConnection) -> None:
        try:
            line.request(
                "POST",
                self.path,
                body=urlencode({"csrfmiddlewaretoken": self.token}),
                headers={
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                    "Referer": f"{self.address}/",
                },
            )
            with line.getresponse() as answer:
                self.status = answer.status
        except (OSError, http.client.HTTPException) as problem:
            self.problem = problem
        finally:
            line.close()


def _token(page: httpx.Response) -> str:
    found = _TOKEN.search(page.text)
    assert found, f"no form on {page.url} ({page.status_code})"
    return found[1]
