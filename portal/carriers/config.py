"""What is needed to reach one account at one carrier."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from portal.carriers.gate import Gate, OpenGate


class BadCarrierConfig(ValueError):
    """The configuration cannot be used. The message is for the operator and holds no key."""


@dataclass(frozen=True, slots=True)
class CarrierConfig:
    """One account at one carrier.

    `name` is the adapter's name, `url` the root of its API, `key` the secret, `webhook_base` the
    public address below which the carrier's events arrive: our key of each object is put behind it.
    `mock` asks for test objects where the carrier knows such; every request passes `gate` first.
    Raises BadCarrierConfig.
    """

    name: str
    url: str
    key: str = field(repr=False)
    webhook_base: str
    mock: bool = False
    gate: Gate = field(default_factory=OpenGate, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.key:
            raise BadCarrierConfig(f"carrier {self.name!r}: the key is empty")
        if not re.fullmatch(r"[\x21-\x7e]+", self.key):
            raise BadCarrierConfig(
                f"carrier {self.name!r}: the key holds a blank or a character that is not ASCII"
            )
        _check_url(self.name, "URL", self.url)
        # The key travels in the clear over http, which is fit for a registry on this machine only.
        if urlsplit(self.url).scheme == "http" and not _is_loopback(urlsplit(self.url).hostname or ""):
            raise BadCarrierConfig(
                f"carrier {self.name!r}: an http:// URL is taken for this machine only; use https://"
            )
        _check_url(self.name, "webhook address", self.webhook_base)


def _check_url(name: str, what: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        fit = bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        fit = False
    if not fit or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise BadCarrierConfig(f"carrier {name!r}: the {what} is no http or https address")
    if parts.username is not None or parts.query or parts.fragment:
        raise BadCarrierConfig(f"carrier {name!r}: the {what} must hold no user, query or fragment")


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
