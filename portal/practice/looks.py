"""How the control page words a brand's standing and the acts of its history."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.practice.clock import Moment as Clocks
from portal.practice.models import FAILED, OK, SUSPENDED, Brand, Delivery
from portal.ui.looks import Look, Moment, Tone

_IDENTITY = {
    "VERIFIED": Look(gettext_lazy("Verified"), Tone.OK, "verified"),
    "VETTED_VERIFIED": Look(gettext_lazy("Vetted and verified"), Tone.OK, "verified"),
    "UNVERIFIED": Look(gettext_lazy("Rejected"), Tone.BAD, "rejected"),
    "SELF_DECLARED": Look(gettext_lazy("Self-declared"), Tone.LATE, "warning"),
}
_WAITING = Look(gettext_lazy("Waiting"), Tone.WAIT, "in-review")
_SILENT = Look(gettext_lazy("Silent"), Tone.MUTE, "suspended")
_DELETED = Look(gettext_lazy("Deleted"), Tone.MUTE, "deleted")
_SUSPENDED = Look(gettext_lazy("Suspended"), Tone.BAD, "suspended")
_FAILED = Look(gettext_lazy("Registration failed"), Tone.BAD, "rejected")

# Words, tone and icon of each act in `Brand.history`.
_ACTS = {
    "verified": (gettext_lazy("Verified"), Tone.OK, "verified"),
    "vetted": (gettext_lazy("Vetted and verified"), Tone.OK, "verified"),
    "rejected": (gettext_lazy("Rejected"), Tone.BAD, "rejected"),
    "failed": (gettext_lazy("Registration failed"), Tone.BAD, "rejected"),
    "self_declared": (gettext_lazy("Left self-declared"), Tone.LATE, "warning"),
    "odd": (gettext_lazy("Answered with a word that nobody knows"), Tone.LATE, "unknown"),
    "silenced": (gettext_lazy("Made silent"), Tone.MUTE, "suspended"),
    "suspended": (gettext_lazy("Suspended"), Tone.BAD, "suspended"),
    "deleted": (gettext_lazy("Deleted"), Tone.MUTE, "deleted"),
    "reopened": (gettext_lazy("Put back to waiting"), Tone.WAIT, "in-review"),
    "changed": (gettext_lazy("Changed by the account"), Tone.MUTE, "pencil"),
    "revetting": (gettext_lazy("Revetting asked for"), Tone.WAIT, "refresh"),
    "phone_proven": (gettext_lazy("Phone proven by its one-time password"), Tone.OK, "verified"),
    "resumed": (gettext_lazy("Let speak again"), Tone.WAIT, "in-review"),
}


_DELIVERIES = {
    "": Look(gettext_lazy("Waiting"), Tone.WAIT, "in-review"),
    "delivered": Look(gettext_lazy("Delivered"), Tone.OK, "verified"),
    "failed": Look(gettext_lazy("Failed"), Tone.BAD, "rejected"),
    "lost": Look(gettext_lazy("Not sent"), Tone.MUTE, "suspended"),
    "refused": Look(gettext_lazy("Not sent"), Tone.LATE, "warning"),
}


def look_of_delivery(delivery: Delivery) -> Look:
    """The badge of a webhook's delivery."""
    return _DELIVERIES[delivery.outcome]


def is_silenced(brand: Brand, clocks: Clocks) -> bool:
    """Does the brand wait because it, its account or the whole registry is silent?"""
    silences = (brand.silent_since, brand.account.silent_since, clocks.silent_since)
    return brand.is_pending and not brand.by_hand and any(silences)


def look_of(brand: Brand, clocks: Clocks) -> Look:
    """The badge of a brand read with `as_of`."""
    if brand.deleted_at is not None and brand.deleted_at <= clocks.business:
        return _DELETED
    if brand.is_pending:
        return _SILENT if is_silenced(brand, clocks) else _WAITING
    if brand.status_now == FAILED:
        return _FAILED
    if brand.status_now == SUSPENDED:
        return _SUSPENDED
    if brand.status_now != OK:
        return Look(brand.status_now, Tone.LATE, "unknown")
    return _IDENTITY[brand.identity_now]


def timeline_of(brand: Brand, clocks: Clocks) -> list[Moment]:
    """What happened to a brand, newest first, and on top what will happen."""
    told = [Moment(_("Filed"), brand.filed_at, "draft", Tone.MUTE, note=brand.account.label)]
    for line in brand.history:
        words, tone, icon = _ACTS.get(line["act"], (line["act"], Tone.MUTE, "unknown"))
        who = _("by hand") if line.get("by_hand") else _("by itself")
        note = f"{line['detail']} · {who}" if line.get("detail") else who
        told.append(Moment(words, datetime.fromisoformat(line["at"]), icon, tone, note=note))
    if not brand.by_hand:
        words, tone, icon = _ACTS[brand.outcome]
        note = brand.rule or _("by itself")
        if not brand.is_pending:
            told.append(Moment(words, brand.due_at, icon, tone, note=note))
        elif not is_silenced(brand, clocks):
            told.append(Moment(words, brand.due_at, icon, tone, note=note, expected=True))
    return told[::-1]
