"""Host names: what of one is a company's own, without asking the network.

A short list of shared endings instead of the whole public suffix list (15,000 lines that change weekly):
whoever asks may only warn on the answer, never refuse.
"""

from __future__ import annotations

from urllib.parse import urlsplit


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Below these, each name is somebody else's. Source: publicsuffix.org, the entries that companies of the US
# and Canada are met under, and the usual second levels elsewhere (from memory of the list, November 2026).
_PROVINCES = _words("ab bc mb nb nf nl ns nt nu on pe qc sk yk")
_STATES = _words(
    "ak al ar az ca co ct dc de fl ga gu hi ia id il in ks ky la ma md me mi mn mo ms mt nc nd ne nh nj nm nv "
    "ny oh ok or pa pr ri sc sd tn tx ut va vi vt wa wi wv wy"
)
_SECOND_LEVELS = _words(
    "co.uk org.uk ac.uk gov.uk com.au net.au org.au co.nz org.nz co.jp co.kr co.in co.za com.br com.mx com.co "
    "com.ar com.pr org.pr com.sg com.hk com.tw com.tr co.il gc.ca us.com ca.com gb.net"
)
# Sites built in a kit: the part before is the customer's name.
_KITS = _words(
    "wixsite.com weebly.com squarespace.com godaddysites.com wordpress.com blogspot.com business.site "
    "square.site myshopify.com webflow.io carrd.co github.io gitlab.io netlify.app vercel.app pages.dev web.app "
    "firebaseapp.com herokuapp.com azurewebsites.net cloudfront.net strikingly.com jimdosite.com "
    "mystrikingly.com webnode.page site123.me yolasite.com ueniweb.com"
)
SHARED = (
    _SECOND_LEVELS
    | _KITS
    | {f"{one}.ca" for one in _PROVINCES}
    | {f"{one}.us" for one in _STATES}
    | {f"{kind}.{one}.us" for one in _STATES for kind in ("k12", "cc", "lib", "state")}
)


# Of a whole name in the DNS (RFC 1035).
LONGEST = 253


def host_of(address: str) -> str:
    """The host of a web address or of an e-mail address, lower case, without port; "" when there is none."""
    host = _host_of(address)
    return host if len(host) <= LONGEST else ""


def _host_of(address: str) -> str:
    if "@" in address and "://" not in address:
        return address.rpartition("@")[2].strip().rstrip(".").lower()
    try:
        return (urlsplit(address if "://" in address else f"https://{address}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def registrable(host: str) -> str:
    """The part of `host` that somebody registered: "acme.com" of "www.shop.acme.com"; "" for no host name."""
    labels = [label for label in host.lower().split(".") if label]
    if len(labels) < 2:
        return ""
    for length in (3, 2):
        if len(labels) > length and ".".join(labels[-length:]) in SHARED:
            return ".".join(labels[-length - 1 :])
    return ".".join(labels[-2:])


def same_owner(one: str, other: str) -> bool:
    """Do two hosts stand under the same registered name?"""
    return registrable(one) == registrable(other) != ""
