"""The project itself as an app: home of the management commands."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Carries `portal/management/commands`; has no models."""

    name = "portal"
    label = "portal"
