"""Machine time and business time."""

from django.apps import AppConfig


class ClockConfig(AppConfig):
    """App `clock`: the one row that says how far business time is from machine time."""

    name = "portal.clock"
    label = "clock"

    def ready(self) -> None:
        """Dates on pages are business time, so "today" is as well."""
        from portal import clock
        from portal.ui.today import teach_now

        teach_now(lambda: clock.read().business)
