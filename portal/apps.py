"""The project itself as an app: home of the management commands."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Carries `portal/management/commands` and the wiring of Celery; has no models."""

    name = "portal"
    label = "portal"

    def ready(self) -> None:
        """Make our Celery app the current one: without it a nudge from a page goes to nobody's broker."""
        from portal import celery  # noqa: F401
