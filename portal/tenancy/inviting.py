"""Asking somebody into an organization by e-mail, and the link that the mail carries.

The row is the outbox: setting `due_at` asks the sweep of notifications to mail it. The link is a signature
over organization, invitation and generation; whoever reads the database can open nothing with what is there.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.audit.recording import Actor, record
from portal.tenancy.access import Acting
from portal.tenancy.membering import hold_still, members_of, must_touch
from portal.tenancy.models import Invitation, Membership
from portal.ui.looks import Look

# A week covers a holiday, and a link that lies in an old mailbox for longer than that opens nothing.
LIFETIME = timedelta(days=7)
# Mails to addresses that never asked for one: more in a day than a large company starts with, and too few
# to be worth misusing.
A_DAY_AT_MOST = 100
# The mail has arrived by then or never will, so that a second one helps.
AGAIN_AFTER = timedelta(minutes=5)
# After so many mails without an answer the address is wrong, or the person does not want to.
MAILS_AT_MOST = 5
_SALT = "portal.tenancy.inviting"
_FACTS = 36


class BadLink(ValueError):
    """Not a link of ours: cut off, made up, or signed with a key that is no longer in use."""


class AlreadyMember(Exception):
    """The address belongs to somebody who is in already."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(str(membership))
        self.membership = membership


class AlreadyInvited(Exception):
    """The address has an invitation that is still good."""


class TooMany(Exception):
    """More mails than are sensible; the message says which limit."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What a link says, after its signature was checked."""

    organization_id: UUID
    invitation_id: UUID
    generation: int


def invitation_link(invitation: Invitation) -> str:
    """The address that accepts `invitation` in its present generation; earlier ones then say so."""
    facts = invitation.organization_id.bytes + invitation.pk.bytes + invitation.generation.to_bytes(4, "big")
    token = Signer(sep=".", salt=_SALT).sign(base64.urlsafe_b64encode(facts).decode())
    return f"{settings.PUBLIC_URL}{reverse('tenancy:join', args=[token])}"


def opened(token: str) -> Letter:
    """Read a link back. Raises BadLink. Costs one HMAC and no query, so guessing at it is free for us too."""
    try:
        facts = base64.urlsafe_b64decode(Signer(sep=".", salt=_SALT).unsign(token))
    except (BadSignature, ValueError) as problem:
        raise BadLink from problem
    if len(facts) != _FACTS:
        raise BadLink
    return Letter(UUID(bytes=facts[:16]), UUID(bytes=facts[16:32]), int.from_bytes(facts[32:], "big"))


def open_invitations() -> list[Invitation]:
    """Those of the scope's organization that nobody has taken or withdrawn, newest first."""
    rows = Invitation.objects.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    return list(rows.order_by("-created_at"))


def look_of(invitation: Invitation, now: datetime) -> Look:
    """How an open invitation stands at business time `now`: its mail, and whether the link still works."""
    if invitation.expires_at <= now:
        return Look(pgettext("invitation", "Expired"), "late", "expired")
    if invitation.sent_at is not None:
        return Look(pgettext("invitation", "Mail sent"), "wait", "mail")
    if invitation.due_at is None:
        return Look(pgettext("invitation", "Mail failed"), "bad", "rejected")
    if invitation.last_error:
        return Look(pgettext("invitation", "Mail delayed"), "late", "warning")
    return Look(pgettext("invitation", "Mail waiting"), "wait", "submitting")


def invite(acting: Acting, email: str, role: str, *, at: datetime) -> Invitation:
    """Ask `email` in as `role` at business time `at`. Whether the address has an account is not looked at,
    so nobody learns it here. An expired invitation to the same address is taken up again.

    Raises PermissionDenied, AlreadyMember, AlreadyInvited or TooMany.
    """
    email = email.lower()
    hold_still(acting)
    must_touch(acting, role)
    member = members_of(acting.organization).filter(user__email__iexact=email).first()
    if member is not None:
        raise AlreadyMember(member)
    open_rows = Invitation.objects.select_for_update().filter(accepted_at=None, withdrawn_at=None)
    earlier = open_rows.filter(email=email).first()
    if earlier is not None and earlier.expires_at > at:
        raise AlreadyInvited
    if earlier is not None:
        must_touch(acting, earlier.role)
        _withdraw(earlier, acting.actor, at)
    _mind_the_day(at)
    invitation: Invitation = Invitation.objects.create(
        organization=acting.organization,
        email=email,
        role=role,
        invited_by=acting.user.pk,
        invited_by_name=str(acting.user),
        created_at=at,
        expires_at=at + LIFETIME,
        due_at=at,
    )
    _record("member.invited", invitation, acting.actor, at)
    return invitation


def send_again(acting: Acting, invitation_id: UUID, *, at: datetime) -> Invitation:
    """Mail it once more, good for another `LIFETIME`. The link in the earlier mail is dead from now on.

    Raises PermissionDenied, TooMany, or Invitation.DoesNotExist when it is not open any more.
    """
    hold_still(acting)
    invitation = _find(invitation_id)
    must_touch(acting, invitation.role)
    if invitation.generation >= MAILS_AT_MOST:
        raise TooMany(
            _("%(email)s was mailed %(count)d times without an answer. Is the address right?")
            % {"email": invitation.email, "count": invitation.generation}
        )
    if invitation.due_at is not None and at - invitation.due_at < AGAIN_AFTER:
        raise TooMany(_("The last mail is only minutes old. Give it five minutes to arrive."))
    _mind_the_day(at)
    invitation.generation += 1
    invitation.expires_at = at + LIFETIME
    invitation.due_at = at
    invitation.sent_at = None
    invitation.last_error = ""
    # The timetable of retries starts anew. A mailer that is still at work on the earlier mail writes
    # nothing, because it names the generation it wrote for.
    invitation.attempt = 0
    invitation.lease_until = None
    changed = ["generation", "expires_at", "due_at", "sent_at", "last_error", "attempt", "lease_until"]
    invitation.save(update_fields=changed)
    _record("member.invited-again", invitation, acting.actor, at)
    return invitation


def withdraw(acting: Acting, invitation_id: UUID, *, at: datetime) -> Invitation:
    """Take it back: its link is dead, and no mail leaves any more. Raises as `send_again`, but for TooMany."""
    hold_still(acting)
    invitation = _find(invitation_id)
    must_touch(acting, invitation.role)
    _withdraw(invitation, acting.actor, at)
    return invitation


def _find(invitation_id: UUID) -> Invitation:
    """An open invitation, held: a click on its link waits until we are done, and then finds it changed."""
    rows = Invitation.objects.select_for_update()
    invitation: Invitation = rows.get(pk=invitation_id, accepted_at=None, withdrawn_at=None)
    return invitation


def _withdraw(invitation: Invitation, by: Actor, at: datetime) -> None:
    invitation.withdrawn_at = at
    invitation.due_at = None
    invitation.save(update_fields=["withdrawn_at", "due_at"])
    _record("member.invitation-withdrawn", invitation, by, at)


def _mind_the_day(at: datetime) -> None:
    yesterday = at - timedelta(days=1)
    # Withdrawn ones have no due time any more, and their mail may have left all the same.
    recent = Invitation.objects.filter(Q(created_at__gt=yesterday) | Q(due_at__gt=yesterday))
    if recent.count() >= A_DAY_AT_MOST:
        raise TooMany(
            _("%(count)d invitations were mailed within a day, which is all we send. Try again tomorrow.")
            % {"count": A_DAY_AT_MOST}
        )


def _record(action: str, invitation: Invitation, by: Actor, at: datetime) -> None:
    record(action, invitation, by=by, at=at, detail={"email": invitation.email, "role": invitation.role})
