"""How the audit log names a brand."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from brands.models import Brand
from portal.audit.things import Thing, know


def know_brands() -> None:
    """Called once, when the app is ready."""
    know(Brand.kind, Thing(_("Brand"), names=_names, page=lambda pk: reverse("brands:detail", args=[pk])))


def _names(ids: Collection[UUID]) -> dict[UUID, str]:
    return {brand.pk: brand.name for brand in Brand.objects.filter(pk__in=ids)}
