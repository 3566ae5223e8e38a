"""How the audit log names a number."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from phone_numbers.models import Number
from portal.audit.things import Thing, know
from portal.lib.phones import shown as shown_phone


def know_numbers() -> None:
    """Called once, when the app is ready."""
    know(Number.kind, Thing(_("Phone number"), names=_names))


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {number.pk: shown_phone(number.e164) for number in Number.objects.filter(pk__in=ids)}
