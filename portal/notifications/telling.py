"""Telling people: rows written in the transaction of the act itself, so that neither exists without the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from portal.audit.recording import Actor, Recorded
from portal.notifications import kinds
from portal.notifications.models import Hours, Notification, Preference
from portal.notifications.timing import Wall, due
from portal.tenancy.models import Membership

# A state that is left again within this time was none: longer than several readings of something that is
# watched closely (5 s), short enough that nobody waits for the mail.
HOLD = timedelta(minutes=1)
# A decision that was the last thing told of something is no news on the same day.
SAME_NEWS = timedelta(days=1)


def tell(
    about: Recorded,
    *,
    kind: str,
    state: str,
    at: datetime,
    by: Actor,
    since: datetime | None = None,
    note: str = "",
    held: bool = False,
) -> int:
    """Tell the members of the scope's organization that `about` came into `state`; how many are told.

    `str(about)` is its name. `at` and `since` (default `at`) are business time; the second of two calls with
    the same `since` tells nobody again. `note` is somebody's reason, in their own words. Nobody is told about
    their own act, or of a kind that they switched off.

    `held`: for states that may be left again at once. Mailed after HOLD, and only if it still holds then; what
    was told within HOLD before and not mailed yet is taken back, and a state that was told last is not told anew.
    """
    settings = kinds.KINDS[kind]
    everybody = Membership.objects.filter(organization_id=about.organization_id, user__is_active=True)
    members = [one for one in everybody.select_related("user", "organization") if one.user_id != by.user_id]
    people = [member.user_id for member in members]
    chosen = dict(Preference.objects.filter(user__in=people, kind=kind).values_list("user_id", "delivery"))
    walls = walls_of(members)
    known = _known_by(people, about, kind=kind, state=state, at=at) if held else frozenset()
    mailed_from = at + HOLD if held else at
    rows = []
    for member in members:
        delivery = kinds.delivery(settings, chosen.get(member.user_id), member.role)
        if delivery == kinds.Delivery.OFF or member.user_id in known:
            continue
        rows.append(
            Notification(
                organization_id=about.organization_id,
                user_id=member.user_id,
                kind=kind,
                object_kind=about.kind,
                object_id=about.pk,
                object_name=str(about)[:200],
                state=state,
                note=note[:300],
                since=since or at,
                at=at,
                digest=delivery == kinds.Delivery.DAILY,
                due_at=due(delivery, walls[member.user_id], mailed_from),
            )
        )
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _known_by(
    people: Sequence[UUID], about: Recorded, *, kind: str, state: str, at: datetime
) -> frozenset[UUID]:
    """Those of `people` to whom `state` is no news; what they were told and was not true for long is taken back."""
    told = Notification.objects.filter(object_kind=about.kind, object_id=about.pk, at__gt=at - SAME_NEWS)
    fleeting: dict[UUID, UUID] = {}
    last: dict[UUID, Notification] = {}
    # A reminder (told of an earlier occasion) stands beside the state, and no move takes it back.
    for row in told.filter(user__in=people, since__gte=F("at")).order_by("at", "pk"):
        if row.sent_at is None and row.at > at - HOLD:
            fleeting[row.pk] = row.user_id
        else:
            last[row.user_id] = row
    Notification.objects.filter(pk__in=fleeting, sent_at=None).delete()
    flickered = set(fleeting.values())
    same = [
        row
        for row in last.values()
        if row.state == state and (row.user_id in flickered or kind == kinds.DECISION)
    ]
    # It stands again, as if it had never been left.
    Notification.objects.filter(pk__in=[row.pk for row in same]).update(since=at)
    return frozenset(row.user_id for row in same)


def walls_of(members: list[Membership]) -> dict[UUID, Wall]:
    """Each member's hours, in their own time zone or else the organization's: one query."""
    zones = {one.user_id: ZoneInfo(one.user.time_zone or one.organization.time_zone) for one in members}
    walls = {user: Wall(zone) for user, zone in zones.items()}
    for hours in Hours.objects.filter(user__in=list(zones)):
        walls[hours.user_id] = Wall(
            zones[hours.user_id], hours.quiet_from, hours.quiet_until, hours.digest_at
        )
    return walls
