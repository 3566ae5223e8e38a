"""How the audit log names a campaign."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns import feeds
from campaigns.feeds import CalendarFeed
from campaigns.models import Campaign
from portal.audit.sentences import Told, teach
from portal.audit.things import Thing, know


def know_campaigns() -> None:
    """Called once, when the app is ready."""
    know(
        Campaign.kind,
        Thing(_("SMS campaign"), names=_names, page=lambda pk: reverse("campaigns:detail", args=[pk])),
    )
    know(CalendarFeed.kind, Thing(_("Renewal calendar")))
    teach(feeds.CREATED, Told(_("%(actor)s made a private address of the renewal calendar"), "mute", "copy"))
    teach(
        feeds.REVOKED, Told(_("%(actor)s revoked a private address of the renewal calendar"), "mute", "trash")
    )


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {campaign.pk: campaign.display_name for campaign in Campaign.objects.filter(pk__in=ids)}
