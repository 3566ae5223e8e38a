"""What the operator's staff do, as the audit log names it and tells it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.audit.recording import Actor
from portal.audit.sentences import Told
from portal.audit.sentences import teach as teach_sentence
from portal.audit.things import Thing, know
from portal.tenancy.models import Staff

# In the organization's own log, where its people read them.
CREATED = "organization.created"
SUSPENDED = "organization.suspended"
RESUMED = "organization.resumed"
ENTERED = "organization.entered"
LEFT = "organization.left"
# By the command `enrol`, which needs nobody's invitation.
ENROLLED = "member.enrolled"
# In the house's log.
STAFF_ENROLLED = "staff.enrolled"
STAFF_ENDED = "staff.ended"


def as_operator(by: Actor) -> Actor:
    """How an organization's log names somebody of the operator's staff: nobody there knows them by name alone."""
    return Actor(f"{by.name} (operator)", by.user_id, by.address)


def teach() -> None:
    """Say how each act is told, and what it is about is called."""
    know(Staff.kind, Thing(_("Staff")))
    teach_sentence(CREATED, Told(_("%(actor)s created the organization"), "mute", "building"))
    teach_sentence(SUSPENDED, Told(_("%(actor)s suspended the organization"), "bad", "suspended"))
    teach_sentence(RESUMED, Told(_("%(actor)s lifted the suspension"), "ok", "verified"))
    teach_sentence(ENTERED, Told(_("%(actor)s came to look around, read only"), "late", "eye"))
    teach_sentence(ENROLLED, Told(_("%(actor)s enrolled somebody by command"), "late", "person"))
    teach_sentence(LEFT, Told(_("%(actor)s ended the visit"), "mute", "eye"))
    teach_sentence(
        STAFF_ENROLLED, Told(_("%(actor)s enrolled somebody of the operator's staff"), "mute", "person")
    )
    teach_sentence(STAFF_ENDED, Told(_("%(actor)s took somebody off the operator's staff"), "mute", "person"))
