"""The start page."""

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    """App `overview`: the start page."""

    name = "portal.overview"
    label = "overview"
