"""From which address does a request come? One rule, for the audit log, the session list and the slow-down."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# Where a request carries no usable address (over a socket): all such visitors share one slow-down.
NOWHERE = "0.0.0.0"  # noqa: S104 - written down, never listened on


def client_address(request: HttpRequest) -> str | None:
    """The client's IP address: with N proxies of ours in front, the N-th entry from the right.

    None where there is none (a request over a socket) or where it is no address: what stands further left
    than our own proxies was written by the visitor.
    """
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        return _plain(hops[-settings.TRUSTED_PROXIES])
    return _plain(str(request.META.get("REMOTE_ADDR") or ""))


def _plain(text: str) -> str | None:
    """`text` as an address without port, brackets and zone, IPv4 written as such; None for anything else."""
    bare = text.partition("]")[0].lstrip("[") if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)
