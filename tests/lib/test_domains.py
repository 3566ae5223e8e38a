"""Which part of a host name a company registered."""

from __future__ import annotations

import pytest

from portal.lib.domains import host_of, registrable, same_owner


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("acme.com", "acme.com"),
        ("www.shop.acme.com", "acme.com"),
        ("WWW.ACME.COM", "acme.com"),
        ("acme.co.uk", "acme.co.uk"),
        ("www.acme.co.uk", "acme.co.uk"),
        ("acme.on.ca", "acme.on.ca"),
        ("www.toronto.on.ca", "toronto.on.ca"),
        ("ci.seattle.wa.us", "seattle.wa.us"),
        ("www.lincoln.k12.ca.us", "lincoln.k12.ca.us"),
        ("acme.wixsite.com", "acme.wixsite.com"),
        ("wixsite.com", "wixsite.com"),
        ("localhost", ""),
        ("", ""),
        ("...", ""),
    ],
)
def test_the_registered_part_of_a_host(host: str, own: str) -> None:
    assert registrable(host) == own


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.Acme.com/a?b=c", "www.acme.com"),
        ("acme.com/about", "acme.com"),
        ("Ada.Osei@Mail.Acme.com", "mail.acme.com"),
        ("https://user@acme.com", "acme.com"),
        ("acme.com.", "acme.com"),
        ("https://[half", ""),
        ("", ""),
    ],
)
def test_the_host_of_what_people_type(address: str, host: str) -> None:
    assert host_of(address) == host


def test_neighbours_below_a_shared_ending_are_strangers() -> None:
    assert same_owner("mail.acme.com", "www.acme.com")
    assert not same_owner("acme.wixsite.com", "rival.wixsite.com")
    assert not same_owner("acme.co.uk", "rival.co.uk")
    assert not same_owner("", "")
