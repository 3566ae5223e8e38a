"""From claimed rows to letters, in the scope of their organization. None: there is nothing to mail any more."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.clock import Times
from portal.notifications.kinds import ATTENTION, DECISION
from portal.notifications.letters import Letter, Line, Part, absolute, moment
from portal.notifications.models import Notification
from portal.notifications.wording import Thing, things_of, words_of
from portal.tenancy.inviting import invitation_link
from portal.tenancy.models import Invitation, Membership, Role
from portal.tenancy.roles import Act, may

Things = dict[tuple[str, UUID], Thing]


def letter_of(rows: Sequence[Notification]) -> Letter | None:
    """The mail that tells `rows`, all of one person: one row by itself, the rows of a day as a digest.

    None when the person left, when what they are about is gone, or when it needs nobody any more.
    """
    first = rows[0]
    member = (
        Membership.objects.filter(
            organization_id=first.organization_id, user_id=first.user_id, user__is_active=True
        )
        .select_related("user", "organization")
        .first()
    )
    things = things_of(rows)
    rows = [row for row in rows if (row.object_kind, row.object_id) in things]
    if member is None or not rows:
        return None
    if first.digest:
        return _digest(rows, member, things)
    thing = things[first.object_kind, first.object_id]
    # Neither "it needs you" nor "it is verified" may be mailed when it is not true any more.
    if first.kind in (ATTENTION, DECISION) and not thing.still(first):
        return None
    return _single(first, member, thing)


def _zone(member: Membership) -> ZoneInfo:
    return ZoneInfo(member.user.time_zone or member.organization.time_zone)


def _reason(member: Membership) -> str:
    return _("You get this mail because you are a member of %(organization)s.") % {
        "organization": member.organization.name
    }


def _single(row: Notification, member: Membership, thing: Thing) -> Letter:
    words = words_of(row)
    name = {"name": row.object_name}
    todo = words.todo if may(member.role, Act.SUBMIT) or not words.others else words.others
    return Letter(
        id=f"notification.{row.mail or row.pk}",
        to=member.user.email,
        subject=str(words.subject) % name,
        paragraphs=[str(text) % name for text in (words.happened, todo) if text],
        quote=row.note,
        when=moment(row.at, _zone(member)),
        button=str(words.button),
        url=absolute(thing.url),
        reason=_reason(member),
    )


def _digest(rows: Sequence[Notification], member: Membership, things: Things) -> Letter:
    """One mail for the day, grouped by thing: first what still needs somebody, then what else happened."""
    zone = _zone(member)
    groups: dict[tuple[str, UUID], list[Notification]] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.pk), reverse=True):
        groups.setdefault((row.object_kind, row.object_id), []).append(row)
    needs, other = Part(_("Needs you")), Part(_("Also happened"))
    for key, told in groups.items():
        thing = things[key]
        open_still = any(row.kind == ATTENTION and thing.still(row) for row in told)
        lines = [
            Line(str(words_of(row).subject) % {"name": row.object_name}, moment(row.at, zone)) for row in told
        ]
        lines[0] = Line(lines[0].text, lines[0].when, absolute(thing.url))
        (needs if open_still else other).groups.append(lines)
    organization = member.organization.name
    if needs.groups:
        number = len(needs.groups)
        subject = ngettext(
            "%(organization)s: %(number)d thing needs you",
            "%(organization)s: %(number)d things need you",
            number,
        )
    else:
        number = len(other.groups)
        subject = ngettext(
            "%(organization)s: news of %(number)d thing",
            "%(organization)s: news of %(number)d things",
            number,
        )
    heading = subject % {"organization": organization, "number": number}
    return Letter(
        id=f"digest.{rows[0].mail or rows[0].pk}",
        to=member.user.email,
        subject=heading,
        paragraphs=[_("This is your daily mail: everything since the last one, what needs you first.")],
        parts=[part for part in (needs, other) if part.groups],
        button=_("Open the list in the portal"),
        url=absolute(reverse("notifications:list")),
        reason=_reason(member),
    )


def invitation_letter(invitation: Invitation, times: Times) -> Letter | None:
    """The mail with the link into an organization; None when it was taken, withdrawn or ran out."""
    if invitation.accepted_at or invitation.withdrawn_at or invitation.expires_at <= times.business:
        return None
    organization = invitation.organization
    words = {"who": invitation.invited_by_name, "organization": organization.name}
    role = dict(Role.choices).get(invitation.role, invitation.role)
    until = moment(invitation.expires_at, ZoneInfo(organization.time_zone))
    return Letter(
        id=f"invitation.{invitation.pk}.{invitation.generation}",
        to=invitation.email,
        subject=_("%(who)s invites you to %(organization)s on Clearline") % words,
        paragraphs=[
            _("%(who)s asks you to join %(organization)s on Clearline as %(role)s.")
            % {**words, "role": str(role).lower()},
            _(
                "Clearline is where the organization registers its business text messaging with the carriers. "
                "Follow the link to accept; it works once, until %(until)s."
            )
            % {"until": until},
        ],
        button=_("Accept the invitation"),
        url=invitation_link(invitation),
        reason=_(
            "You get this mail because somebody entered this address. If you do not know them, ignore it."
        ),
        preferences=False,
    )
