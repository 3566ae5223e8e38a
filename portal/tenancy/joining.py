"""Taking an invitation: who holds the link, what stands in the way, and the one moment at which it is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError

from portal.accounts.enrolling import account_for
from portal.accounts.models import User
from portal.audit.recording import Actor
from portal.tenancy.inviting import Letter
from portal.tenancy.membering import join
from portal.tenancy.models import Invitation, Membership


class Standing(StrEnum):
    """What the page behind a link can offer. Those above the line are open, the others are closed."""

    # Nobody has an account with this address: name, password, in.
    NEW = "new"
    # There is an account: its owner signs in first.
    SIGN_IN = "sign-in"
    # Signed in with this address: one click.
    CONFIRM = "confirm"
    # Signed in with another address.
    WRONG_ACCOUNT = "wrong-account"
    # ---
    MEMBER = "member"
    USED = "used"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    EXPIRED = "expired"
    SUSPENDED = "suspended"


OPEN = frozenset({Standing.NEW, Standing.SIGN_IN, Standing.CONFIRM, Standing.WRONG_ACCOUNT})


class NotOpen(Exception):
    """Somebody was faster, or the link died on the way: look again and say what stands there now."""


@dataclass(frozen=True, slots=True)
class Found:
    """An invitation with what its holder can do about it."""

    invitation: Invitation
    standing: Standing


def find(letter: Letter, user: User | AnonymousUser, at: datetime) -> Found:
    """What `letter` opens for `user` at business time `at`, inside the scope of its organization.

    Raises Invitation.DoesNotExist where the organization has no such invitation (any more).
    """
    invitation = Invitation.objects.select_related("organization").get(pk=letter.invitation_id)
    return Found(invitation, _closed(invitation, letter, user, at) or _offered(invitation, user))


def accept(invitation: Invitation, user: User, *, by: Actor, at: datetime) -> None:
    """Make `user` a member through `invitation`. Raises NotOpen; its transaction must then be given up."""
    _take(invitation, at)
    if not join(invitation.organization, user, invitation.role, by=by, at=at):
        raise NotOpen


def accept_as_new(
    invitation: Invitation, *, name: str, password: str, address: str | None, at: datetime
) -> User:
    """Make the account and the member. The address counts as verified: the link came by mail.

    Raises NotOpen, also when an account with this address was made in the meantime: it is its owner's,
    and a link to an organization does not open it.
    """
    _take(invitation, at)
    try:
        user, made = account_for(invitation.email, name=name, password=password)
    except IntegrityError as problem:
        raise NotOpen from problem
    if not made:
        raise NotOpen
    join(invitation.organization, user, invitation.role, by=Actor(str(user), user.pk, address), at=at)
    return user


def _take(invitation: Invitation, at: datetime) -> None:
    """Use it up: of any number of clicks at once one changes the row, and the others find it changed."""
    rows = Invitation.objects.filter(
        pk=invitation.pk,
        generation=invitation.generation,
        accepted_at__isnull=True,
        withdrawn_at__isnull=True,
        expires_at__gt=at,
    )
    # Nothing is left to mail, should the mail still be waiting.
    if rows.update(accepted_at=at, due_at=None) != 1:
        raise NotOpen


def _closed(
    invitation: Invitation, letter: Letter, user: User | AnonymousUser, at: datetime
) -> Standing | None:
    organization = invitation.organization
    if (
        isinstance(user, User)
        and user.email.lower() == invitation.email
        and Membership.objects.filter(organization=organization, user=user).exists()
    ):
        return Standing.MEMBER
    if invitation.accepted_at is not None:
        return Standing.USED
    if invitation.withdrawn_at is not None:
        return Standing.WITHDRAWN
    if invitation.generation != letter.generation:
        return Standing.REPLACED
    if invitation.expires_at <= at:
        return Standing.EXPIRED
    return Standing.SUSPENDED if organization.is_suspended else None


def _offered(invitation: Invitation, user: User | AnonymousUser) -> Standing:
    if isinstance(user, User):
        same = user.email.lower() == invitation.email
        return Standing.CONFIRM if same else Standing.WRONG_ACCOUNT
    known = User.objects.filter(email__iexact=invitation.email).exists()
    return Standing.SIGN_IN if known else Standing.NEW
