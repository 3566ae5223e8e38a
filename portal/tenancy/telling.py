"""How the audit log tells what happened around members, invitations and settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.audit.sentences import Told, teach

_TOLD = {
    "access.refused": Told(_("%(actor)s asked for something that their role does not allow"), "late", "lock"),
    "audit.exported": Told(_("%(actor)s downloaded the audit log"), "mute", "list"),
    "member.invited": Told(_("%(actor)s invited somebody"), "wait", "mail"),
    "member.invited-again": Told(_("%(actor)s had an invitation mailed once more"), "wait", "mail"),
    "member.invitation-withdrawn": Told(_("%(actor)s withdrew an invitation"), "mute", "deleted"),
    "member.joined": Told(_("%(actor)s joined"), "ok", "person"),
    "member.role-changed": Told(_("%(actor)s changed the role of a member"), "mute", "people"),
    "member.removed": Told(_("%(actor)s removed a member"), "late", "deleted"),
    "member.left": Told(_("%(actor)s left"), "mute", "sign-out"),
    "organization.renamed": Told(_("%(actor)s renamed the organization"), "mute", "settings"),
    "organization.time-zone-changed": Told(_("%(actor)s changed the time zone"), "mute", "settings"),
    "organization.two-step-required": Told(_("%(actor)s made two-step sign-in required"), "ok", "lock"),
    "organization.two-step-optional": Told(
        _("%(actor)s let a password alone be enough to sign in"), "late", "lock"
    ),
}


def teach_all() -> None:
    """Called once, when the app is ready."""
    for action, how in _TOLD.items():
        teach(action, how)
