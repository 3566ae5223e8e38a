"""Hosts that mean something to reviewers."""

from __future__ import annotations

import pytest

from portal.preflight import lists


@pytest.mark.parametrize(
    "host", ["gmail.com", "yahoo.ca", "hotmail.co.uk", "live.com", "comcast.net", "bell.net"]
)
def test_free_mail_is_known_in_all_countries(host: str) -> None:
    assert lists.is_free_mail(host)


@pytest.mark.parametrize(
    "host",
    ["acme.com", "yahooinc.com", "mygmail.com", "gmail.com.acme.com", "live.church", "outlook.health", ""],
)
def test_a_companys_own_domain_is_no_free_mail(host: str) -> None:
    assert not lists.is_free_mail(host)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("bit.ly", True),
        ("www.bit.ly", True),
        ("habit.ly", False),
        ("bit.ly.acme.com", False),
        ("t.co", True),
        ("att.co", False),
        ("", False),
    ],
)
def test_a_host_is_found_whole_or_below_and_never_inside(host: str, found: bool) -> None:
    assert lists.is_listed(host, lists.SHORTENERS) == found
