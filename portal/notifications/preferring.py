"""A person's own choices: of what they are told, how, and when mail may reach them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.accounts.models import User
from portal.audit.recording import Actor, record_house
from portal.notifications.kinds import KINDS
from portal.notifications.models import Hours, Preference
from portal.tenancy.scope import as_person

CHANGED = "person.notifications-changed"


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that one person chose: delivery by kind, and their hours."""

    deliveries: dict[str, str]
    hours: Hours


def choices_of(user: User) -> Choices:
    """What `user` chose; the defaults where they chose nothing."""
    with as_person(user.pk):
        chosen = dict(Preference.objects.filter(user=user).values_list("kind", "delivery"))
        hours = Hours.objects.filter(user=user).first() or Hours(user=user)
    return Choices({name: chosen.get(name, str(kind.default)) for name, kind in KINDS.items()}, hours)


def choose(choices: Choices, *, user: User, by: Actor, at: datetime) -> None:
    """Keep `choices`, with an event, because it explains why somebody was not told."""
    with as_person(user.pk):
        for kind, delivery in choices.deliveries.items():
            Preference.objects.update_or_create(user=user, kind=kind, defaults={"delivery": delivery})
        hours = choices.hours
        Hours.objects.update_or_create(
            user=user,
            defaults={
                "quiet_from": hours.quiet_from,
                "quiet_until": hours.quiet_until,
                "digest_at": hours.digest_at,
            },
        )
        record_house(CHANGED, kind="person", object_id=user.pk, by=by, at=at, detail=dict(choices.deliveries))
