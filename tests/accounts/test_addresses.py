"""One rule for where a request comes from."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from portal.accounts.addresses import client_address
from tests.accounts.proving import sign_in
from tests.people import PASSWORD, enrolled

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "expected"),
    [
        (0, "203.0.113.7", "198.51.100.4", "198.51.100.4"),
        (1, "203.0.113.7", "10.0.0.1", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "10.0.0.1", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.2", "10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "203.0.113.7:51234", "10.0.0.1", "203.0.113.7"),
        (1, "[2001:db8::7]:51234", "10.0.0.1", "2001:db8::7"),
        (1, "2001:db8::7", "10.0.0.1", "2001:db8::7"),
        (0, "", "::ffff:198.51.100.4", "198.51.100.4"),
        (0, "", "fe80::1%eth0", "fe80::1"),
        (1, "unknown", "10.0.0.1", None),
        (1, "'; DROP TABLE", "10.0.0.1", None),
        (0, "", "", None),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(
    settings: Any, proxies: int, forwarded: str, remote: str, expected: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=remote)
    assert client_address(request) == expected


@pytest.mark.django_db
def test_a_visitor_cannot_escape_the_slow_down_by_naming_another_address() -> None:
    ada = enrolled("ada", sign_in=False)
    for number in range(10):
        sign_in(Client(headers={"X-Forwarded-For": f"192.0.2.{number}"}), ada.user.email, "wrong")
    assert "Wait ten minutes" in sign_in(Client(), ada.user.email, PASSWORD).content.decode()


@pytest.mark.django_db
def test_a_request_without_an_address_can_sign_in() -> None:
    ada = enrolled("ada", sign_in=False)
    assert sign_in(ada.client, ada.user.email, address="").status_code == 302
