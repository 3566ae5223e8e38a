"""Machine time and business time."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """App `clock`: the one row that says how far business time is from machine time."""

    name = "portal.clock"
    label = "clock"
