"""Telling people: rows written in the transaction of the act itself, so that neither exists without the other."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from portal.audit.recording import Actor, Recorded
from portal.notifications import kinds
from portal.notifications.models import Hours, Notification, Preference
from portal.notifications.timing import Wall, due
from portal.tenancy.models import Membership


def tell(
    about: Recorded,
    *,
    kind: str,
    state: str,
    at: datetime,
    by: Actor,
    since: datetime | None = None,
    note: str = "",
) -> int:
    """Tell the members of the scope's organization that `about` came into `state`; how many are told.

    `str(about)` is its name. `at` and `since` (default `at`) are business time; the second of two calls with
    the same `since` tells nobody again. `note` is somebody's reason, in their own words. Nobody is told about
    their own act, or of a kind that they switched off.
    """
    settings = kinds.KINDS[kind]
    everybody = Membership.objects.filter(organization_id=about.organization_id, user__is_active=True)
    members = [one for one in everybody.select_related("user", "organization") if one.user_id != by.user_id]
    people = [member.user_id for member in members]
    chosen = dict(Preference.objects.filter(user__in=people, kind=kind).values_list("user_id", "delivery"))
    walls = walls_of(members)
    rows = []
    for member in members:
        delivery = kinds.delivery(settings, chosen.get(member.user_id), member.role)
        if delivery == kinds.Delivery.OFF:
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
                due_at=due(delivery, walls[member.user_id], at),
            )
        )
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def walls_of(members: list[Membership]) -> dict[UUID, Wall]:
    """Each member's hours, in their own time zone or else the organization's: one query."""
    zones = {one.user_id: ZoneInfo(one.user.time_zone or one.organization.time_zone) for one in members}
    walls = {user: Wall(zone) for user, zone in zones.items()}
    for hours in Hours.objects.filter(user__in=list(zones)):
        walls[hours.user_id] = Wall(
            zones[hours.user_id], hours.quiet_from, hours.quiet_until, hours.digest_at
        )
    return walls
