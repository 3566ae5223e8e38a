"""The look of the portal as an app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    """Template tags, forms and the wizard; has no models."""

    name = "portal.ui"
    label = "ui"
    verbose_name = _("Interface")
