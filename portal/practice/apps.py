"""The practice registry's app."""

from __future__ import annotations

from django.apps import AppConfig


class PracticeConfig(AppConfig):
    """Label and place of the practice registry's tables."""

    name = "portal.practice"
    label = "practice"
    default_auto_field = "django.db.models.BigAutoField"
