"""How the control page words a campaign's standing, its carriers and the acts of its history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.practice.campaigns.life import Standing, is_held, moment_of
from portal.practice.campaigns.networks import APPROVED, NAMES, REJECTED, REVIEW, SUSPENDED
from portal.practice.campaigns.rules import told
from portal.practice.clock import Moment as Clocks
from portal.practice.models import Campaign
from portal.ui.looks import Look, Moment, Tone

_LOOKS = {
    "TCR_PENDING": Look(gettext_lazy("At the registry"), Tone.WAIT, "in-review"),
    "TCR_ACCEPTED": Look(gettext_lazy("Provider looks"), Tone.WAIT, "in-review"),
    "MNO_PENDING": Look(gettext_lazy("Carriers look"), Tone.WAIT, "in-review"),
    "MNO_PROVISIONED": Look(gettext_lazy("Active"), Tone.OK, "verified"),
    "TCR_FAILED": Look(gettext_lazy("Registration failed"), Tone.BAD, "rejected"),
    "TELNYX_FAILED": Look(gettext_lazy("Provider rejects"), Tone.BAD, "rejected"),
    "MNO_REJECTED": Look(gettext_lazy("Carriers reject"), Tone.BAD, "rejected"),
    "MNO_PROVISIONING_FAILED": Look(gettext_lazy("Provisioning failed"), Tone.BAD, "rejected"),
    "TCR_SUSPENDED": Look(gettext_lazy("Suspended"), Tone.BAD, "suspended"),
    "TCR_EXPIRED": Look(gettext_lazy("Ended"), Tone.MUTE, "expired"),
}
_PARTLY = Look(gettext_lazy("Partly active"), Tone.LATE, "warning")
_DORMANT = Look(gettext_lazy("Dormant"), Tone.LATE, "suspended")
_SILENT = Look(gettext_lazy("Silent"), Tone.MUTE, "suspended")
_REMOVED = Look(gettext_lazy("Removed"), Tone.MUTE, "deleted")
_REVIEWING = ("TCR_PENDING", "TCR_ACCEPTED", "MNO_PENDING")
_NETWORKS = {
    REVIEW: Look(gettext_lazy("Review"), Tone.WAIT, "in-review"),
    APPROVED: Look(gettext_lazy("Approved"), Tone.OK, "verified"),
    REJECTED: Look(gettext_lazy("Rejected"), Tone.BAD, "rejected"),
    SUSPENDED: Look(gettext_lazy("Suspended"), Tone.BAD, "suspended"),
}

_ACTS = {
    "filed": (gettext_lazy("Filed"), Tone.MUTE, "draft"),
    "registry_accepted": (gettext_lazy("Taken by the registry"), Tone.OK, "check"),
    "registry_failed": (gettext_lazy("Refused by the registry"), Tone.BAD, "rejected"),
    "provider_accepted": (gettext_lazy("Accepted by the provider"), Tone.OK, "check"),
    "provider_rejected": (gettext_lazy("Rejected by the provider"), Tone.BAD, "rejected"),
    "carriers_rejected": (gettext_lazy("Rejected by the carriers"), Tone.BAD, "rejected"),
    "provisioned": (gettext_lazy("Active"), Tone.OK, "verified"),
    "provisioning_failed": (gettext_lazy("Provisioning failed"), Tone.BAD, "rejected"),
    "suspended": (gettext_lazy("Suspended"), Tone.BAD, "suspended"),
    "unsuspended": (gettext_lazy("Not suspended any more"), Tone.OK, "verified"),
    "dormant": (gettext_lazy("Marked as dormant"), Tone.LATE, "suspended"),
    "woken": (gettext_lazy("Awake again"), Tone.OK, "verified"),
    "odd": (gettext_lazy("Answered with a word that nobody knows"), Tone.LATE, "unknown"),
    "changed": (gettext_lazy("Changed by the account"), Tone.MUTE, "pencil"),
    "appealed": (gettext_lazy("Appealed by the account"), Tone.WAIT, "refresh"),
    "deactivated": (gettext_lazy("Ended by the account"), Tone.MUTE, "deleted"),
    "removed": (gettext_lazy("Removed at the registry"), Tone.MUTE, "deleted"),
    "pooled": (gettext_lazy("Given a number pool"), Tone.OK, "check"),
    "unpooled": (gettext_lazy("Number pool taken away"), Tone.LATE, "warning"),
    "renewed": (gettext_lazy("Renewed and billed"), Tone.OK, "refresh"),
    "renewal_failed": (gettext_lazy("Renewal refused"), Tone.BAD, "warning"),
    "expired": (gettext_lazy("Expired"), Tone.MUTE, "expired"),
    "term": (gettext_lazy("Given another date"), Tone.LATE, "pencil"),
    "renewal": (gettext_lazy("Renewals decided"), Tone.LATE, "pencil"),
}


def look_of(row: Campaign, now: Standing, clocks: Clocks) -> Look:
    """The badge of a campaign."""
    if now.removed_at is not None:
        return _REMOVED
    if now.status in _REVIEWING and is_silenced(row, now, clocks):
        return _SILENT
    if now.status == "MNO_PROVISIONED" and now.dormant:
        return _DORMANT
    if now.status == "MNO_PROVISIONED" and set(now.networks.values()) != {APPROVED}:
        return _PARTLY
    return _LOOKS.get(now.status) or Look(now.status, Tone.LATE, "unknown")


def look_of_network(word: str) -> Look:
    """The badge of one mobile carrier's word."""
    return _NETWORKS.get(word) or Look(word or _("Not asked yet"), Tone.MUTE, "draft")


def is_silenced(row: Campaign, now: Standing, clocks: Clocks) -> bool:
    """Does it wait because it, its account or the whole registry is silent?"""
    return now.status in _REVIEWING and row.silence(clocks) is not None


def timeline_of(row: Campaign, now: Standing, clocks: Clocks) -> list[Moment]:
    """What happened to a campaign, newest first, and on top what will happen by itself."""
    lines = [_line(one.act, one.step, at=one.at) for one in now.happened]
    if now.removed_at is None and now.ended_at is None:
        held = row.silence(clocks)
        ahead = [step for step in row.steps if moment_of(step) > clocks.business and not is_held(step, held)]
        ahead.sort(key=lambda one: str(one["at"]))
        lines += [_line(step["act"], step, at=moment_of(step), expected=True) for step in ahead]
        if now.ends_at is not None:
            act = "renewed" if now.renews and now.renewal != "refused" else "expired"
            lines.append(_line(act, {}, at=now.ends_at, expected=True))
    return lines[::-1]


def _line(act: str, step: Any, *, at: Any, expected: bool = False) -> Moment:
    note = _note(act, step)
    if act == "flag":
        words = _("Renews by itself") if step["renews"] else _("Does not renew any more")
        return Moment(words, at, "refresh", Tone.MUTE, note=note, expected=expected)
    if act == "carrier":
        look = look_of_network(step["word"])
        words = f"{NAMES[step['network']]}: {look.word}"
        return Moment(words, at, look.icon, look.tone, note=note, expected=expected)
    sentence, tone, icon = _ACTS.get(act, (act, Tone.MUTE, "unknown"))
    return Moment(sentence, at, icon, tone, note=note, expected=expected)


def _note(act: str, step: Any) -> str:
    parts = [step.get("detail", ""), told(list(step.get("reasons", ()))) if act != "carrier" else ""]
    if act == "odd":
        parts.append(step["word"])
    if act == "term":
        parts.append(step["ends"][:10])
    if act == "renewal":
        parts.append(_RENEWALS.get(step["mode"], step["mode"]))
    if step.get("hand"):
        parts.append(_("by hand"))
    return " · ".join(str(part) for part in parts if part)


_RENEWALS = {
    "ok": gettext_lazy("they work"),
    "refused": gettext_lazy("they are refused"),
    "late": gettext_lazy("they are paid late"),
}
