"""Hosts and names that mean something to reviewers of every flow.

Lists grow; each has its source and the day it was read. Matching is by whole host name, never inside one.
"""

from __future__ import annotations

import re
from datetime import date

READ = date(2026, 11, 22)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Carriers refuse links that hide where they lead. Source: CTIA Messaging Principles 2023, Twilio 30892,
# AWS SAMPLE_MESSAGE_SHORT_URL; names collected from those guides.
SHORTENERS = _words(
    "bit.ly bitly.com tinyurl.com goo.gl ow.ly t.co is.gd v.gd buff.ly cutt.ly rb.gy shorturl.at tiny.cc t.ly j.mp "
    "lnkd.in s.id qr.ae adf.ly trib.al soo.gd clck.ru x.co bl.ink short.io shorte.st u.to tiny.one wa.me fb.me "
    "amzn.to youtu.be rebrand.ly shorturl.com tinyurl.is qrco.de"
)

# A page there belongs to the network, not to the company. Source: 10DLC guides (Bandwidth 1100, AWS
# BRAND_URL_INVALID): sometimes accepted, so worth a warning.
SOCIAL = _words(
    "facebook.com instagram.com twitter.com x.com linkedin.com tiktok.com youtube.com pinterest.com yelp.com "
    "threads.net nextdoor.com etsy.com snapchat.com whatsapp.com t.me g.page linktr.ee"
)

# Kept by IANA for documentation (RFC 2606): no company has its site there.
DOCUMENTATION = _words("example.com example.org example.net")

# Mailboxes that anybody may open. Source: AWS BRAND_EMAIL_PUBLIC_DOMAIN, and the large access providers of
# the US and Canada.
_FREE_MAIL = _words(
    "gmail.com googlemail.com ymail.com rocketmail.com outlook.com live.com msn.com aol.com aim.com icloud.com "
    "me.com mac.com proton.me protonmail.com pm.me gmx.com gmx.net gmx.us mail.com email.com usa.com zoho.com "
    "zohomail.com yandex.com hey.com fastmail.com tutanota.com tuta.com duck.com hushmail.com inbox.com qq.com "
    "163.com 126.com naver.com comcast.net xfinity.com att.net sbcglobal.net verizon.net bellsouth.net cox.net "
    "charter.net spectrum.net earthlink.net frontier.com frontiernet.net windstream.net centurylink.net "
    "optonline.net optimum.net juno.com netzero.net roadrunner.com rr.com suddenlink.net embarqmail.com "
    "rogers.com shaw.ca sympatico.ca bell.net telus.net videotron.ca eastlink.ca cogeco.ca sasktel.net mts.net "
    "ns.sympatico.ca nb.sympatico.ca nl.rogers.com xplornet.ca xplornet.com teksavvy.com"
)
_FREE_MAIL_FAMILY = re.compile(r"(?:yahoo|hotmail|outlook|live|gmx|yandex)\.(?:com?\.)?[a-z]{2,3}")

# Nobody's own mailbox. Source: Bandwidth, Authentication+: no group mailbox.
ROLE_MAILBOXES = _words(
    "info sales admin administrator support contact hello office team billing noreply no-reply donotreply "
    "do-not-reply marketing help helpdesk service services customerservice customercare webmaster postmaster mail "
    "accounts accounting hr legal compliance press media it general enquiries inquiries"
)


def is_free_mail(host: str) -> bool:
    """Can anybody open a mailbox at `host`?"""
    return host in _FREE_MAIL or _FREE_MAIL_FAMILY.fullmatch(host) is not None


def is_listed(host: str, hosts: frozenset[str]) -> bool:
    """Is `host`, or a name above it, in the list? "m.facebook.com" is below "facebook.com"; "fb.com" is not."""
    labels = host.lower().rsplit(".", 4)[-4:]
    return any(".".join(labels[start:]) in hosts for start in range(len(labels) - 1))
