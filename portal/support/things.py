"""How the audit log names a ticket."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.audit.things import Thing, know
from portal.support.models import Ticket


def know_tickets() -> None:
    """Called once, when the app is ready."""
    know(
        Ticket.kind,
        Thing(_("Ticket"), names=_names, page=lambda pk: reverse("support:ticket", args=[pk])),
    )


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return dict(Ticket.objects.filter(pk__in=ids).values_list("pk", "subject"))
